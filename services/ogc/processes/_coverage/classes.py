"""How late each point of demand is reached."""

import numpy as np

from layers.result_classes import rank
from services.ogc.processes._coverage.analysis import Coverage
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.words import time_text

_TIMES = (1.0, 1.5, 2.0)


def classed(found: Coverage, points: DemandPoints) -> Classed:
    """By the limit that the analysis is about."""
    within = [time_text(each * found.limit_s) for each in _TIMES]
    classes = [
        rank(value, f"{time.ja}以内", f"within {time.en}", colour)
        for value, time, colour in zip(
            ("in-time", "half-as-long-again", "twice-as-long"), within, ("#4575b4", "#fee090", "#fc8d59"), strict=True
        )
    ]
    classes += [rank("later", "それより後", "later", "#d73027"), rank("no-way", "道がない", "no way", "#4d004b")]
    first_s = found.two.first_s
    late = np.searchsorted(found.limit_s * np.array(_TIMES), first_s)
    return Classed.of_demand(classes, np.where(np.isfinite(first_s), late, 4), points.demand)
