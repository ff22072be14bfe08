"""What becomes of the people of each point of demand; what is not known never looks as if all were well."""

import numpy as np

from layers.result_classes import aside, rank, unknown
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._sheltering.analysis import Sheltering
from services.ogc.processes._sheltering.files import spread
from services.ogc.processes._sheltering.people import InZones

_CLASSES = (
    rank("place-for-all", "皆に場所がある", "a place for all", "#4575b4"),
    rank("some-without", "場所のない人がいる", "no place for some", "#fc8d59"),
    rank("half-without", "半分以上に場所がない", "no place for half and more", "#d73027"),
    unknown("room-unknown", "収容力の分からない所だけ", "only sites of unknown room", "#9e9ac8"),
    unknown("zone-unknown", "区域内か分からない人がいる", "not known whether all are in the zones", "#6a51a3"),
    aside("outside", "区域内に人がいない", "nobody in the zones"),
)


def classed(found: Sheltering, points: DemandPoints, people: InZones) -> Classed:
    """By the first standard: first of all those who have no place."""
    plan, size = found.first.plan, len(points)
    lacking = spread(plan.overflowed + plan.too_far, people, size)
    inside = people.people.inside
    number = np.select(
        [
            (lacking > 0) & (2 * lacking >= inside),
            lacking > 0,
            people.people.unknown > 0,
            spread(plan.room_unknown, people, size) > 0,
            inside > 0,
        ],
        [2, 1, 4, 3, 0],
        5,
    )
    return Classed.of_demand(_CLASSES, number, points.demand)
