"""Whether there is a way to a site, and which ones; else why there is none."""

from typing import Any, NamedTuple

from services.ogc.processes._evacuation.answer import refusal_text
from services.ogc.processes._evacuation.sites import HAZARDS, Sites
from services.ogc.processes._evacuation.ways import Flight, Walk, straight_m
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads.provenance import REACH_M


class Answered(NamedTuple):
    """Ways or a refusal; ``through`` where the ways go back into zones."""

    flights: list[Flight]
    reached: int
    refusal: dict[str, Any] | None
    through: bool = False


def answered(walk: Walk, sites: Sites, most: int, hazard: str, context: Context, *, briefly: bool = False) -> Answered:
    """The ways to the ``most`` sites for a hazard that are reached first, or why there are none.

    ``briefly``: each site once, and how many are reached at all is not counted, which takes longer than all else.
    """
    offered = sites.offered
    flights, reached = walk.to(offered, most, briefly=briefly)
    if flights:
        return Answered(flights, reached, None)
    through, reached_through = walk.to(offered, most, through_zones=True, briefly=briefly)
    if through and walk.is_inside:  # who is inside has to get out
        return Answered(through, reached_through, None, through=True)
    if not offered.every:
        reason = "all-closed" if sites.closed else "no-designated-site"
    elif through:
        reason = "only-through-zones"
    else:
        reason = "no-way" if walk.start(through_zones=True) else "off-the-network"
    text = refusal_text(reason, context, hazard=context.say(HAZARDS[hazard]), unknown=sites.unknown, reach=REACH_M)
    distance_m, nearest = min(
        ((straight_m(walk.now, walk.origin, each), each) for each in offered.every),
        key=lambda pair: pair[0],
        default=(0.0, None),
    )
    return Answered(
        [],
        0,
        {
            "reason": reason,
            "text": text,
            "nearest": None
            if nearest is None
            else {"site": nearest.document(context), "distance_m": round(distance_m, 1)},
            "through_zones": {
                "site": through[0].site.document(context),
                "travel_time_s": round(through[0].seconds, 1),
                "in_zone_m": round(through[0].in_zone_m, 1),
            }
            if through
            else None,
        },
    )
