"""The patterns as a MapLibre sprite: one picture and the index of what is where in it."""

from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from layers.patterns import IMAGES, SIDE, image_name
from services.ogc.styles.patterns import coverage


def sprite_index(scale: int) -> dict[str, Any]:
    """The index for pictures of ``scale`` pixels to a CSS pixel."""
    side = SIDE * scale
    return {
        image_name(pattern): {"x": number * side, "y": 0, "width": side, "height": side, "pixelRatio": scale}
        for number, pattern in enumerate(IMAGES)
    }


@cache
def sprite_picture(scale: int) -> bytes:
    """The picture as PNG, the patterns side by side."""
    side = SIDE * scale
    rgba = np.empty((side, side * len(IMAGES), 4), dtype=np.uint8)
    for number, pattern in enumerate(IMAGES):
        square = rgba[:, number * side : (number + 1) * side]
        square[..., :3] = pattern.ink
        square[..., 3] = np.rint(coverage(pattern, scale) * pattern.strength * 255)
    out = BytesIO()
    Image.fromarray(rgba).save(out, "PNG")
    return out.getvalue()
