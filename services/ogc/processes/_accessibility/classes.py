"""How much each point of demand has within reach, beside the mean."""

import numpy as np

from layers.result_classes import rank, unknown
from services.ogc.processes._accessibility.analysis import Access
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints

_BOUNDS = (1.5, 1.1, 0.9, 0.5)
_COLOURS = ("#4575b4", "#abd9e9", "#ffffbf", "#fdae61")
_CLASSES = (
    *(
        rank(f"from-{bound:g}-times", f"平均の{bound:g}倍以上", f"from {bound:g} times the mean", colour)
        for bound, colour in zip(_BOUNDS, _COLOURS, strict=True)
    ),
    rank("less", f"平均の{_BOUNDS[-1]:g}倍未満", f"below {_BOUNDS[-1]:g} times the mean", "#d73027"),
    rank("none", "届く所がない", "none in reach", "#4d004b"),
    unknown("unknown", "あるか分からない", "not known whether there is any", "#9e9ac8"),
)


def classed(found: Access, points: DemandPoints) -> Classed:
    """At the first moment.  Where the mean is nothing, what one has is not much."""
    first = found.first
    has, mean = first.found.index, first.mean or 0.0
    below = np.sum([(has < bound * mean) | (has <= 0) for bound in _BOUNDS], axis=0)
    number = np.select([first.reached, first.perhaps], [below, 6], 5)
    return Classed.of_demand(_CLASSES, number, points.demand)
