"""Hatching that tells classes apart where their official colours are hard to distinguish, and what is of no class from all.

A pattern is a square that repeats, drawn in ink over the class's colour, which stays what it officially is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from layers.model import Layer, Style

SIDE = 16
"""Side of the repeated square in CSS pixels."""
_INK = (40, 40, 40)
_LIGHT = (255, 255, 255)
_STRENGTH = 0.45
_WIDTH = 1.3

Segment = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Lines from x, y to x, y inside the square; those of length 0 are dots.  Drawn nine times over, they repeat.

    ``ink``: red, green and blue 0-255; ``strength``: its opacity.
    """

    id: str
    segments: tuple[Segment, ...]
    width: float = _WIDTH
    ink: tuple[int, int, int] = _INK
    strength: float = _STRENGTH


PLAIN = Pattern("plain", ())
PATTERNS = (
    PLAIN,
    Pattern("dots", ((4, 4, 4, 4), (12, 12, 12, 12)), width=2.6),
    Pattern("slash", ((0, 8, 8, 0), (8, 16, 16, 8))),
    Pattern("horizontal", ((0, 4, 16, 4), (0, 12, 16, 12))),
    Pattern("backslash", ((0, 8, 8, 16), (8, 0, 16, 8))),
    Pattern("vertical", ((4, 0, 4, 16), (12, 0, 12, 16))),
    Pattern("cross", ((0, 8, 16, 8), (8, 0, 8, 16))),
    Pattern("lattice", ((0, 0, 16, 16), (0, 16, 16, 0))),
)


ON_BLACK = Pattern("on-black", PATTERNS[-1].segments, width=1.6, ink=_LIGHT, strength=0.9)
"""For a class whose official colour is black: no ink would be seen on it, and half transparent it is a grey."""
UNKNOWN = Pattern(
    "unknown",
    (
        (5, 5, 6, 3),
        (6, 3, 8, 2.2),
        (8, 2.2, 10, 3),
        (10, 3, 11, 5),
        (11, 5, 10, 7),
        (10, 7, 8, 8.6),
        (8, 8.6, 8, 10.2),
        (8, 13.4, 8, 13.4),
    ),
    width=1.8,
    strength=0.9,
)
"""Question marks: what is of no known class is not to be taken for a mild one."""
IMAGES = (*(each for each in PATTERNS if each.segments), ON_BLACK, UNKNOWN)
"""All that may have to be drawn."""
_BY_ID = {each.id: each for each in (*PATTERNS, ON_BLACK, UNKNOWN)}


def patterns_of(layer: Layer) -> Mapping[str | int | bool, Pattern]:
    """The pattern of each class: where classes are ranks in turn, of others where they are declared."""
    return patterns_in_turn(layer.style) if layer.is_ranked else _declared(layer.style)


def patterns_in_turn(style: Style) -> Mapping[str | int | bool, Pattern]:
    """The pattern of each class of a legend: that of its place, where none is declared."""
    return {entry.value: PATTERNS[number % len(PATTERNS)] for number, entry in enumerate(style.classes)} | _declared(
        style
    )


def _declared(style: Style) -> dict[str | int | bool, Pattern]:
    return {each.value: _BY_ID[each.pattern] for each in style.classes if each.pattern is not None}


def lines_on(pattern: Pattern, width: int, height: int) -> str:
    """The lines of a pattern on an area of ``width`` to ``height`` CSS pixels, as the path of an SVG."""
    return "".join(
        f"M{x0 + SIDE * column:g} {y0 + SIDE * row:g}L{x1 + SIDE * column:g} {y1 + SIDE * row:g}"
        for column in range(-(-width // SIDE))
        for row in range(-(-height // SIDE))
        for x0, y0, x1, y1 in pattern.segments
    )


def image_name(pattern: Pattern) -> str:
    """Name of the pattern's image in a style and in its sprite."""
    return f"pattern-{pattern.id}"
