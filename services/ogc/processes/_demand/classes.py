"""Cells by fifths of the index."""

from layers.result_classes import FIFTHS, rank, unknown
from services.ogc.processes._demand.index import Index
from services.ogc.processes._planning.classes import Classed

_TITLES = (
    ("最も少ない5分の1", "the least fifth"),
    ("2番目に少ない5分の1", "the second fifth"),
    ("中ほどの5分の1", "the middle fifth"),
    ("2番目に多い5分の1", "the fourth fifth"),
    ("最も多い5分の1", "the greatest fifth"),
)
_UNKNOWN = unknown("unknown", "不明", "not known", "#bdbdbd")
_CLASSES = tuple(
    rank(f"fifth-{number}", *titles, colour)
    for number, (titles, colour) in enumerate(zip(_TITLES, FIFTHS, strict=True), 1)
)


def classed(index: Index) -> Classed:
    """Of every cell; 0 of the fifths is what is not known."""
    by_number = (_UNKNOWN, *_CLASSES)
    return Classed((*_CLASSES, _UNKNOWN), tuple(str(by_number[each].value) for each in index.fifths.tolist()))
