"""Hatching that tells neighbouring classes of a hazard apart where their official colours are hard to distinguish.

A pattern is a square that repeats, drawn in ink over the class's colour, which stays what it officially is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from layers.model import Layer, Theme

SIDE = 16
"""Side of the repeated square in CSS pixels."""
INK = (40, 40, 40)
STRENGTH = 0.45
"""Opacity of the ink."""
_WIDTH = 1.3

Segment = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Lines from x, y to x, y inside the square; those of length 0 are dots.  Drawn nine times over, they repeat."""

    id: str
    segments: tuple[Segment, ...]
    width: float = _WIDTH


PATTERNS = (
    Pattern("plain", ()),
    Pattern("dots", ((4, 4, 4, 4), (12, 12, 12, 12)), width=2.6),
    Pattern("slash", ((0, 8, 8, 0), (8, 16, 16, 8))),
    Pattern("horizontal", ((0, 4, 16, 4), (0, 12, 16, 12))),
    Pattern("backslash", ((0, 8, 8, 16), (8, 0, 16, 8))),
    Pattern("vertical", ((4, 0, 4, 16), (12, 0, 12, 16))),
    Pattern("cross", ((0, 8, 16, 8), (8, 0, 8, 16))),
    Pattern("lattice", ((0, 0, 16, 16), (0, 16, 16, 0))),
)


def patterns_of(layer: Layer) -> Mapping[str | int | bool, Pattern]:
    """The pattern of each class of a hazard's legend, in turn; none for other layers."""
    if layer.theme is not Theme.HAZARD:
        return {}
    return {entry.value: PATTERNS[number % len(PATTERNS)] for number, entry in enumerate(layer.style.classes)}


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
