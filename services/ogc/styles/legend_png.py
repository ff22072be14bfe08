"""A legend as PNG, two pixels to a CSS pixel, lettered in a font of this machine."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from layers import patterns
from layers.model import Geometry
from services.ogc.styles.fonts import font
from services.ogc.styles.legend import AREAS, Legend
from services.ogc.styles.legend_layout import EDGE, INK, PAPER, SWATCH, Layout, Mark, layout
from services.ogc.styles.patterns import coverage

SCALE = 2

Colour = tuple[int, int, int]


def png(legend: Legend) -> bytes:
    """The picture.  Its texts should be of a language that ``fonts.japanese_font`` can letter."""
    placed = layout(legend, _width)
    picture = Image.new("RGB", (int(placed.width * SCALE), int(placed.height * SCALE)), PAPER)
    draw = ImageDraw.Draw(picture)
    for mark in placed.marks:
        _mark(picture, draw, mark, legend)
    _letter(draw, placed)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _width(text: str, size: float) -> float:
    return float(font(size * SCALE).getlength(text)) / SCALE


def _letter(draw: ImageDraw.ImageDraw, placed: Layout) -> None:
    for line in placed.lines:
        at = (line.x * SCALE, line.y * SCALE)
        bold = SCALE * 0.3 if line.bold else 0  # the font has one weight
        draw.text(at, line.text, INK, font(line.size * SCALE), anchor="ls", stroke_width=bold)


def _mark(picture: Image.Image, draw: ImageDraw.ImageDraw, mark: Mark, legend: Legend) -> None:
    entry = mark.entry
    left, top = round(mark.x * SCALE), round(mark.y * SCALE)
    width, height = round(SWATCH[0] * SCALE), round(SWATCH[1] * SCALE)
    box = (left, top, left + width - 1, top + height - 1)
    if entry.color is None:
        _dashed(draw, box)
        return
    colour = _mixed(entry.color, entry.opacity or legend.opacity)
    if legend.geometry in (Geometry.LINE, Geometry.MULTILINE, Geometry.ANY):
        middle = top + height // 2
        draw.line((left, middle, left + width, middle), colour, max(round(max(entry.width, 1.5) * SCALE), 1))
    if legend.geometry in (Geometry.POINT, Geometry.ANY):
        radius = min(legend.radius, SWATCH[1] / 2 - 1) * SCALE
        draw.circle((left + width / 2, top + height / 2), radius, colour, EDGE, SCALE)
    if legend.geometry in AREAS:
        draw.rectangle(box, colour)
        if entry.pattern is not None and entry.pattern.segments:
            _hatch(picture, entry.pattern, (left, top, width, height), colour)
        draw.rectangle(box, None, legend.outline or EDGE, SCALE)


def _hatch(picture: Image.Image, pattern: patterns.Pattern, place: tuple[int, int, int, int], colour: Colour) -> None:
    left, top, width, height = place
    side = patterns.SIDE * SCALE
    ink = np.tile(coverage(pattern, SCALE), (height // side + 1, width // side + 1))
    ink = ink[:height, :width, np.newaxis] * pattern.strength
    mixed = np.array(colour) * (1 - ink) + np.array(pattern.ink) * ink
    picture.paste(Image.fromarray(np.rint(mixed).astype(np.uint8)), (left, top))


def _dashed(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    dash = 3 * SCALE
    for x in range(left, right, dash * 2):
        for y in (top, bottom):
            draw.line((x, y, min(x + dash, right), y), EDGE, SCALE)
    for y in range(top, bottom, dash * 2):
        for x in (left, right):
            draw.line((x, y, x, min(y + dash, bottom)), EDGE, SCALE)


def _mixed(color: str, opacity: float) -> Colour:
    """A colour of some opacity on paper."""
    ink, paper = ImageColor.getrgb(color), ImageColor.getrgb(PAPER)
    red, green, blue = (round(a * opacity + b * (1 - opacity)) for a, b in zip(ink[:3], paper[:3], strict=True))
    return red, green, blue
