"""Where everything of a legend stands, in CSS pixels: the same for SVG and PNG."""

from collections.abc import Callable
from dataclasses import dataclass

from layers.maplibre import FONTS
from services.ogc.styles.legend import Entry, Legend

SWATCH = (34.0, 20.0)
TITLE_SIZE = 15.0
LABEL_SIZE = 13.0
NOTE_SIZE = 11.0
INK = "#1d2733"
PAPER = "#ffffff"
FONT_FAMILY = ", ".join((*FONTS, "sans-serif"))
EDGE = "#767676"
_MARGIN = 12.0
_GAP = 10.0
_ROW = 26.0

Measure = Callable[[str, float], float]
"""Width of a text at a size."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text; ``y`` is its baseline."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A swatch by its top left corner, ``SWATCH`` large."""

    x: float
    y: float
    entry: Entry


@dataclass(frozen=True, slots=True)
class Layout:
    width: float
    height: float
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]


def estimated(text: str, size: float) -> float:
    """About the width of a text in a font nobody knows here: a Japanese character is square, a Latin one half."""
    return sum(size * (1.0 if ord(character) > 0x2E7F else 0.62) for character in text)


def layout(legend: Legend, measure: Measure = estimated) -> Layout:
    """Title, one row for each entry, notes."""
    lines = [Line(_MARGIN, _MARGIN + TITLE_SIZE, TITLE_SIZE, legend.title, bold=True)]
    marks: list[Mark] = []
    y = _MARGIN + TITLE_SIZE + _GAP
    for entry in legend.entries:
        marks.append(Mark(_MARGIN, y + (_ROW - SWATCH[1]) / 2, entry))
        baseline = y + _ROW / 2 + LABEL_SIZE * 0.36
        lines.append(Line(_MARGIN + SWATCH[0] + _GAP, baseline, LABEL_SIZE, entry.label))
        y += _ROW
    y += _GAP / 2
    for note in legend.notes:
        y += NOTE_SIZE * 1.5
        lines.append(Line(_MARGIN, y, NOTE_SIZE, note))
    width = max(line.x + measure(line.text, line.size) * (1.05 if line.bold else 1.0) for line in lines)
    return Layout(round(width + _MARGIN), round(y + _MARGIN), tuple(lines), tuple(marks))
