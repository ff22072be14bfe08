"""Hatching that tells neighbouring classes of a hazard apart where their official colours are hard to distinguish.

A pattern is a square that repeats, drawn in ink over the class's colour, which stays what it officially is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


def coverage(pattern: Pattern, scale: int) -> npt.NDArray[np.float64]:
    """Share of ink 0-1 on each pixel of the square, shape ``(SIDE * scale, SIDE * scale)``."""
    side = SIDE * scale
    at = (np.arange(side) + 0.5) / scale
    x, y = np.meshgrid(at, at)
    ink = np.zeros((side, side))
    for x0, y0, x1, y1 in pattern.segments:
        for over in (-SIDE, 0, SIDE):  # a line that leaves the square comes back on its other side
            for down in (-SIDE, 0, SIDE):
                gap = _distance(x, y, (x0 + over, y0 + down, x1 + over, y1 + down))
                ink = np.maximum(ink, np.clip(0.5 + (pattern.width / 2 - gap) * scale, 0, 1))
    return ink


def _distance(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], segment: Segment) -> npt.NDArray[np.float64]:
    """From each pixel to the segment."""
    x0, y0, x1, y1 = segment
    across, down = x1 - x0, y1 - y0
    squared = across**2 + down**2
    along = np.clip(((x - x0) * across + (y - y0) * down) / squared, 0, 1) if squared else np.zeros_like(x)
    return np.hypot(x - x0 - along * across, y - y0 - along * down)
