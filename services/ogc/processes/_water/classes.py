"""How much of the ground of each point of demand has water for certain."""

import numpy as np

from geo.water_supply.straight import Supply
from layers.result_classes import rank, unknown
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._water.analysis import WaterSupply
from services.ogc.processes._water.files import shares
from services.ogc.processes._water.places import Places

_BOUNDS = (0.999, 0.75, 0.25)
_CLASSES = (
    rank("all", "すべて距離内", "all within the distance", "#4575b4"),
    rank("three-quarters", "75％以上が確か", "75% and more for certain", "#fee090"),
    rank("a-quarter", "25％以上が確か", "25% and more for certain", "#fc8d59"),
    rank("less", "25％未満", "less than 25%", "#d73027"),
    unknown("unknown", "不明（確かなのは25％未満）", "not known (less than 25% for certain)", "#9e9ac8"),
)
_LESS, _UNKNOWN = 3, 4


def classed(found: WaterSupply, points: DemandPoints, places: Places) -> Classed:
    """By what has water for certain; where that is little, and what may have water makes it more, it is not known."""
    share = {each: np.array(shares(found.asked.supply, each, places, len(points))) for each in Supply}
    certain = np.sum([share[Supply.COVERED] < bound for bound in _BOUNDS], axis=0)
    has_little = share[Supply.COVERED] + share[Supply.UNKNOWN] < _BOUNDS[-1]
    has_ground = sum(share.values()) > 0
    number = np.where((certain == _LESS) & ~(has_little & has_ground), _UNKNOWN, certain)
    return Classed.of_demand(_CLASSES, number, points.demand)
