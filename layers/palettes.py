"""Colours of ranks that are told apart with every kind of colour vision.

The scale is magma (Nathaniel Smith and Stéfan van der Walt, matplotlib, CC0), as the nine colours of ``magma(9)`` of
viridisLite, linear between them: its lightness falls evenly, so that what is worse is darker for everybody, in print too.
Of the usual scales its neighbours differ most where they are laid half transparent on the map's ground.
"""

import re
from dataclasses import replace
from itertools import cycle, groupby

from layers.model import Layer, Style, StyleClass
from layers.patterns import UNKNOWN

_MAGMA = ("#000004", "#1d1147", "#51127c", "#822681", "#b63679", "#e65164", "#fb8861", "#fec287", "#fcfdbf")
_UNKNOWNS = ("#5fbfff", "#b5e1ff", "#0b8fd6")
"""In no hue of the scale; the first is of what is in no class too."""
_RANK = re.compile(r"(.*)-\d+")


def in_safe_colours(layer: Layer) -> Layer:
    """The same layer with its ranks in other colours; the layer itself where it has none."""
    if not layer.is_ranked or not layer.style.classes:
        return layer
    return replace(layer, style=ranks_in_safe_colours(layer.style))


def ranks_in_safe_colours(style: Style) -> Style:
    """The same style with the classes of a legend in other colours.

    Classes of one kind (``depth-1``, ``depth-2``...) share the scale from its light end; classes without a number are
    one kind, in the order of the legend.  Those of what is unknown are in no hue of it, and those whose pattern is
    declared otherwise are no ranks and stay.
    """
    unknowns = cycle(_UNKNOWNS)
    classes: list[StyleClass] = []
    for _, members in groupby(style.classes, _kind):
        kept = list(members)
        if kept[0].pattern is None:
            colours = scale(len(kept))
        else:
            colours = [next(unknowns) if each.pattern == UNKNOWN.id else each.color for each in kept]
        classes += [replace(each, color=colour) for each, colour in zip(kept, colours, strict=True)]
    return replace(style, color=_UNKNOWNS[0], classes=tuple(classes))


def scale(count: int) -> list[str]:
    """So many colours from light to dark, as far apart as they can be."""
    return [_at(1 - number / max(1, count - 1)) for number in range(count)]


def _kind(entry: StyleClass) -> tuple[bool, str]:
    found = _RANK.fullmatch(str(entry.value))
    return entry.pattern is not None, found[1] if found else ""


def _at(share: float) -> str:
    """The colour at 0 (dark) to 1 (light)."""
    place = share * (len(_MAGMA) - 1)
    below = min(int(place), len(_MAGMA) - 2)
    rest = place - below
    pairs = zip(_parts(_MAGMA[below]), _parts(_MAGMA[below + 1]), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(low + (high - low) * rest) for low, high in pairs))


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
