"""How long people in the zones walk to each site."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from geo.coverage.pairs import Pairs
from geo.evacuation.zones import never_entering, usual_pace_mps
from geo.network.profiles import PROFILES
from geo.travel.closing import stretches_meant_each
from geo.travel.conditions import Conditions
from layers.text import Text
from services.ogc.errors import ParameterError
from services.ogc.processes._evacuation.pace import PACE
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning import times
from services.ogc.processes._planning.times import Placed, conditions_of
from services.ogc.processes._planning.ways import ways
from services.ogc.processes._sheltering.people import InZones
from services.ogc.processes._sheltering.sites import Sites, positions

REACH_S = 1800
"""Some 2 km, the catchment of a 広域避難地 (防災公園の計画・設計・管理運営ガイドライン), on foot."""

INPUTS: Mapping[str, Input] = {
    "reach_s": Input(
        title=Text("歩ける時間", "Reach"),
        description=Text(
            f"避難先まで歩く秒数の上限（ちょうどを含む）。初めの値{REACH_S}は、広域避難地の誘致距離2kmを歩くおよその時間。",
            f"Seconds on foot to a site at most, inclusive. {REACH_S} are about the 2 km that are taken as the "
            "catchment of a large evacuation site.",
        ),
        schema={"type": "number", "minimum": 0, "maximum": 86_400, "default": REACH_S},
        required=False,
    ),
    "profile": Input(
        title=Text("移動のしかた", "Who walks"),
        description=Text("徒歩、車いすなど。", "On foot, in a wheelchair and so on."),
        schema={
            "type": "string",
            "enum": [each.id for each in PROFILES.values() if not each.drives],
            "default": "walking",
        },
        required=False,
    ),
    "pace_mps": PACE,
    "keeps_out": Input(
        title=Text("区域に入らない", "Keeps out of the zones"),
        description=Text(
            "区域をいったん出たら再び入らない道だけを使う（省略時）。falseでは区域の中の道も自由に使う。",
            "Only ways that do not go back into the zones once they are out (where left out); with false the roads in "
            "the zones are used freely.",
        ),
        schema={"type": "boolean"},
        required=False,
    ),
    "straight_line_kph": times.INPUTS["straight_line_kph"],
}


@dataclass(frozen=True, eq=False, slots=True)
class Walks:
    """Of used sites and points with people.

    pairs:
        Those within the reach that was asked for, and of each point one with the nearest site.
    placed:
        Sites and points on roads; None where there are no sites or no people.
    """

    pairs: Pairs
    now: Conditions | None
    placed: Placed | None
    pace_mps: float | None
    keeps_out: bool


def conditions(inputs: Values, context: Context) -> Conditions | None:
    """What who walks finds on the roads; None in a straight line.

    Raises
    ------
    ParameterError
        If a straight line is to keep out of zones, or to have a pace.
    UnanswerableError
        If there is no network.
    """
    if inputs.get("straight_line_kph") is not None:
        for name in ("keeps_out", "pace_mps"):
            if inputs.get(name):
                raise ParameterError(
                    name,
                    Text("直線（straight_line_kph）では使えません。", "a straight line has none (straight_line_kph)."),
                )
    return conditions_of(_travel(inputs), context)


def walks(inputs: Values, now: Conditions | None, people: InZones, sites: Sites, context: Context) -> Walks:
    """The walks from the people to the sites."""
    keeps_out = now is not None and inputs.get("keeps_out") is not False
    pace = None if now is None else float(inputs.get("pace_mps") or usual_pace_mps(now))
    used, rows = sites.used, people.rows
    if not (used and len(rows)):
        return Walks(Pairs.of(np.full((len(used), len(rows)), np.inf)), now, None, pace, keeps_out)
    found = ways(_travel(inputs), now, positions(used), (people.lon[rows], people.lat[rows]), context)
    placed, every, reach_s = found.placed, np.ones(len(used), bool), float(inputs["reach_s"])
    if now is None or pace is None:
        return Walks(found.pairs(now, reach_s, every), now, placed, None, keeps_out)
    # What is slower than level ground is slower in proportion, as ``geo.evacuation.zones.seconds_on_foot`` has it.
    usual = usual_pace_mps(now)
    # The site that is nearest by road may lie farther off its road than another one.
    beyond_s = float(placed.facilities_away_m.max(initial=0.0, where=~placed.facilities_off)) / usual
    state = _kept_out(now, people) if keeps_out else now
    on_roads = found.pairs(state, reach_s * pace / usual, every, beyond_s)
    off_s = (placed.facilities_away_m[on_roads.site] + placed.points_away_m[on_roads.point]) / pace
    walked = replace(on_roads, seconds=on_roads.seconds * (usual / pace) + off_s)
    return Walks(walked, now, placed, pace, keeps_out)


def _travel(inputs: Values) -> Values:
    """What ``times`` is to know of the inputs."""
    return {
        "profile": inputs["profile"],
        "straight_line_kph": inputs.get("straight_line_kph"),
        "direction": "to-facilities",
    }


def _kept_out(now: Conditions, people: InZones) -> Conditions:
    """In which nobody enters a zone from outside, and who is inside goes on until out."""
    inside = np.zeros(len(now.topology.network.stretches), bool)
    for stretches in stretches_meant_each(now.topology, people.zones.shapes):
        inside[stretches] = True
    return never_entering(now, inside, from_inside=True)
