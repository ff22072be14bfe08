"""The pixels of the patterns that tell neighbouring classes of a hazard apart (``layers.patterns``)."""

import numpy as np
import numpy.typing as npt

from layers.patterns import SIDE, Pattern, Segment


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
