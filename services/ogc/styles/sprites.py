"""The patterns as a MapLibre sprite: one picture and the index of what is where in it."""

from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from layers.patterns import INK, PATTERNS, SIDE, STRENGTH, image_name
from services.ogc.styles.patterns import coverage

_DRAWN = tuple(pattern for pattern in PATTERNS if pattern.segments)


def sprite_index(scale: int) -> dict[str, Any]:
    """The index for pictures of ``scale`` pixels to a CSS pixel."""
    side = SIDE * scale
    return {
        image_name(pattern): {"x": number * side, "y": 0, "width": side, "height": side, "pixelRatio": scale}
        for number, pattern in enumerate(_DRAWN)
    }


@cache
def sprite_picture(scale: int) -> bytes:
    """The picture as PNG, the patterns side by side."""
    alpha = np.hstack([coverage(pattern, scale) for pattern in _DRAWN]) * STRENGTH
    rgba = np.empty((*alpha.shape, 4), dtype=np.uint8)
    rgba[..., :3] = INK
    rgba[..., 3] = np.rint(alpha * 255)
    out = BytesIO()
    Image.fromarray(rgba).save(out, "PNG")
    return out.getvalue()
