"""Parts of answers that every analysis of demand has, and their schemas."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from geo.coverage.covering import Cover
from geo.coverage.demand import MISSING, SUPPRESSED, Demand
from geo.coverage.percentiles import USUAL
from layers.text import Text
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._planning.demand import MESH, DemandPoints
from services.ogc.processes._planning.times import Placed
from services.ogc.processes._planning.words import amount

_REASONS = {
    SUPPRESSED: Text("統計で秘匿されているか、値がない", "withheld by the statistics, or without a figure"),
    MISSING: Text("値がない", "without a figure"),
}


def object_of(members: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object that has all of these members."""
    return {"type": "object", "required": list(members), "properties": dict(members)}


def array_of(members: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an array of such objects."""
    return {"type": "array", "items": object_of(members)}


COUNT = {"type": "integer", "minimum": 0}
AMOUNT = {"type": "number", "minimum": 0}
TIME = or_null(AMOUNT)
TEXT: Mapping[str, Any] = {"type": "string"}
NAME = or_null(TEXT)
SHARE = or_null({"type": "number", "minimum": 0, "maximum": 1})
PARTS = {"total": AMOUNT, "covered": AMOUNT, "uncovered": AMOUNT, "unreachable": AMOUNT, "excluded": AMOUNT}
COVER = {**PARTS, "share": SHARE}
PERCENTILES = {
    "type": "array",
    "items": object_of({"percent": COUNT, "time_s": TIME, "reached": {"type": "boolean"}}),
}
_COUNTED = object_of({"points": COUNT, "demand": AMOUNT})
DEMAND = object_of(
    {
        "layer": NAME,
        "weight": TEXT,
        "title": TEXT,
        "statistics": or_null({"type": "object"}),
        "points": COUNT,
        "empty_points": COUNT,
        "off_the_network": _COUNTED,
        "beyond_the_area": _COUNTED,
        "excluded": array_of(
            {"reason": TEXT, "text": TEXT, "points": COUNT, "demand": AMOUNT, "without_number": COUNT}
        ),
    }
)


def cover(each: Cover) -> dict[str, Any]:
    """What is covered and what is not, as ``COVER`` has it."""
    return {
        "total": each.total,
        "covered": each.covered,
        "uncovered": each.uncovered,
        "unreachable": each.unreachable,
        "excluded": each.excluded,
        "share": each.share,
    }


def percentiles(times_s: Sequence[float | None]) -> list[dict[str, Any]]:
    """Times of the usual percentiles; what is never reached has none."""
    return [
        {
            "percent": percent,
            "time_s": time if time is not None and isfinite(time) else None,
            "reached": time is not None and isfinite(time),
        }
        for percent, time in zip(USUAL, times_s, strict=True)
    ]


def demand(points: DemandPoints, times: Placed, context: Context) -> dict[str, Any]:
    """What is counted, and what of it is not as it should be, as ``DEMAND`` has it."""
    off, lost = off_the_network(points.demand, times)
    return {**about_demand(points, context), "off_the_network": {"points": off, "demand": lost}}


def about_demand(points: DemandPoints, context: Context) -> dict[str, Any]:
    """The same of demand that is not put on roads."""
    return {
        "layer": None if points.layer is None else points.layer.id,
        "weight": points.weight,
        "title": context.say(points.what),
        "statistics": points.statistics,
        "points": len(points),
        "empty_points": points.demand.empty_points,
        "beyond_the_area": {"points": points.beyond[0], "demand": points.beyond[1]},
        "excluded": [
            {
                "reason": each.reason,
                "text": context.say(reason_text(each.reason)),
                "points": each.points,
                "demand": each.demand,
                "without_number": each.unknown,
            }
            for each in points.demand.exclusions()
        ],
    }


def reason_text(reason: str) -> Text:
    """Why demand is left out: a reason of ours in words, one that was given as it is."""
    return _REASONS.get(reason, Text(reason, reason))


def off_the_network(demand: Demand, times: Placed) -> tuple[int, float]:
    """Points that count and have no road near, and their demand."""
    return int((times.points_off & demand.counts).sum()), demand.sum(times.points_off)


def notes_of_demand(points: DemandPoints) -> list[Text]:
    """What of the demand is not as it should be, counted."""
    counted, said = points.demand, []
    for each in counted.exclusions():
        why = reason_text(each.reason)
        said.append(
            Text(
                f"{each.points:,}点の需要を除外した（{why.ja}）。分かっている数は{amount(each.demand)}、"
                f"数の分からない点は{each.unknown:,}。",
                f"{each.points:,} points are excluded ({why.en}): {amount(each.demand)} are known of them, and "
                f"{each.unknown:,} have no number.",
            )
        )
    if points.beyond[0]:
        said.append(
            Text(
                f"範囲にかかるが、点（区画の中心）が範囲の外にあるものが{points.beyond[0]:,}（{amount(points.beyond[1])}）あり、"
                "数えない。",
                f"{points.beyond[0]:,} ({amount(points.beyond[1])}) meet the area with their point (the centre of a "
                "cell) outside, and are not counted.",
            )
        )
    if counted.empty_points:
        said.append(
            Text(f"需要が0の点が{counted.empty_points:,}ある。", f"{counted.empty_points:,} points have a demand of 0.")
        )
    if points.without_ages:
        said.append(
            Text(
                f"年齢の一部または全部が公表されていない点が{points.without_ages:,}ある。その人は「年齢区分なし」に数える。",
                f"Of {points.without_ages:,} points some or all ages are not published: these people count as of an "
                "age not stated.",
            )
        )
    return said


def notes(points: DemandPoints, found: Placed) -> list[Text]:
    """The same, and what of the places on roads is not as it should be."""
    return [*notes_of_demand(points), *notes_of_places(found, *off_the_network(points.demand, found))]


def notes_of_places(found: Placed, off: int, people: float) -> list[Text]:
    """What of the places on roads is not as it should be; so many points, with so many people, have no road."""
    said = []
    if off:
        said.append(
            Text(
                f"{REACH_M:.0f}m以内にその車両の通れる道路がない点が{off:,}（{amount(people)}）あり、届かないものに数える。",
                f"{off:,} points ({amount(people)}) have no road for the vehicle within {REACH_M:.0f} m and count as "
                "not reached.",
            )
        )
    if found.facilities_off.any():
        number = int(found.facilities_off.sum())
        said.append(
            Text(
                f"{REACH_M:.0f}m以内に道路のない施設が{number}か所あり、どこにも届かない。",
                f"{number} facilities have no road within {REACH_M:.0f} m and reach nobody.",
            )
        )
    if found.moved:
        said.append(
            Text(
                f"最も近い道路がほかとつながっていないため、つながる道路に置いた所が{found.moved:,}ある。",
                f"{found.moved:,} places were put on a farther road, as the nearest one leads nowhere.",
            )
        )
    return said


def assumptions(points: DemandPoints) -> list[Text]:
    """Where people are taken to be."""
    found = []
    if points.layer is not None and points.layer.id == MESH:
        found.append(
            Text(
                "人口は住んでいる場所で、区画の人は皆その中心にいるものとして数える。町は、区画の中心に最も近い町の代表点による。",
                "People are counted where they live, all of a cell at its centre. The town is the one whose point is "
                "nearest to that centre.",
            )
        )
    elif points.layer is not None:
        found.append(
            Text("町の人は皆その代表点にいるものとして数える。", "All people of a town are counted at its point.")
        )
    return found
