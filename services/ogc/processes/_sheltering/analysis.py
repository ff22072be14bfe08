"""Who finds room: people, room and walks joined, with nothing read and nothing written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from geo.coverage.demand import Floats, Ints
from geo.coverage.pairs import Pairs
from geo.location.program import OutOfTimeError
from geo.sheltering.assignment import (
    Assignment,
    Nearest,
    Programme,
    Solve,
    TooManyPairsError,
    assign,
    solved_alone,
    to_the_nearest,
)
from geo.sheltering.room import room
from layers.text import Text
from services.ogc.errors import TooMuchError
from services.ogc.processes._model import Context
from services.ogc.processes._planning.demand import AREAS, DemandPoints
from services.ogc.processes._sheltering.apart import least_cost
from services.ogc.processes._sheltering.people import InZones
from services.ogc.processes._sheltering.sites import Sites, figures

PEOPLE = ("total", "in_zones", "zone_unknown", "outside", "excluded")
"""What the demand is made up of."""
PARTS = ("assigned", "room_unknown", "overflowed", "too_far")
"""What people in the zones are made up of, in every table."""


@dataclass(frozen=True, eq=False, slots=True)
class AtStandard:
    """The best assignment at so many square metres a person; rows are used sites and points with people in the zones.

    mean_s:
        Of the walk of those who have a place or may have one; None where nobody has.
    """

    m2_per_person: float
    room: Floats
    plan: Assignment
    crowd: Nearest
    mean_s: float | None

    @property
    def sums(self) -> dict[str, float]:
        return {name: float(getattr(self.plan, name).sum()) for name in PARTS}


@dataclass(frozen=True, slots=True)
class TownShelter:
    """One town: of its ``people`` the ``total`` is the sum of the others of ``PEOPLE``; by standard those in the zones
    are the sum of ``PARTS``.
    """

    town: str | None
    people: dict[str, float]
    by_standard: tuple[dict[str, float], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Sheltering:
    """The analysis; the first standard is the one that is meant where one is."""

    reach_s: float
    standards: tuple[AtStandard, ...]
    whole: TownShelter
    towns: tuple[TownShelter, ...]
    nearest_s: Floats
    no_way: float

    @property
    def first(self) -> AtStandard:
        return self.standards[0]


def analysed(
    points: DemandPoints,
    people: InZones,
    sites: Sites,
    pairs: Pairs,
    reach_s: float,
    standards: Sequence[float],
    capacity_m2_per_person: float | None,
    context: Context,
) -> Sheltering:
    """The analysis of walks between used sites and points with people in the zones.

    Raises
    ------
    TooMuchError
        If more is within reach than can be assigned at once.
    """
    rows = people.rows
    inside = people.people.inside[rows]
    areas, capacities = figures(sites.used)
    nearest, _ = pairs.nearest()
    found: list[AtStandard] = []
    for number, standard in enumerate(standards):
        context.check()
        context.report(
            60 + round(30 * number / len(standards)), Text("避難先を割り当てています。", "Assigning people to sites.")
        )
        holds = room(areas, capacities, standard, capacity_m2_per_person)
        same = next((each for each in found if np.array_equal(each.room, holds, equal_nan=True)), None)
        plan = _assigned(inside, people, holds, pairs, reach_s, context) if same is None else same.plan
        crowd = to_the_nearest(inside, holds, pairs, reach_s)
        found.append(AtStandard(standard, holds, plan, crowd, _mean_s(plan, pairs)))
    towns, whole = _towns(points, people, found)
    return Sheltering(
        reach_s=reach_s,
        standards=tuple(found),
        whole=whole,
        towns=towns,
        nearest_s=nearest,
        no_way=float(inside[np.isinf(nearest)].sum()),
    )


def _assigned(
    inside: Floats, people: InZones, holds: Floats, pairs: Pairs, reach_s: float, context: Context
) -> Assignment:
    cluster = context.cluster

    def run(each: Solve, programmes: Iterable[Programme]) -> Iterator[tuple[int, Floats]]:
        if cluster is not None:
            yield from cluster.each(each, programmes, context.check)
            return
        for found in solved_alone(each, programmes):
            context.check()
            yield found

    try:
        least = partial(least_cost, check=context.check if cluster is None else cluster.require_wanted)
        return assign(inside, people.people.unit, holds, pairs, reach_s, run, least)
    except TooManyPairsError as error:
        # Pairs grow with the square of the reach, and what is linked faster: this is short enough, or nearly so.
        shorter_s = int(reach_s * np.sqrt(error.most / error.pairs) // 60 * 60)
        try_ja, try_en = (f"（{shorter_s}なら見込みがある）", f" ({shorter_s} may do)") if shorter_s else ("", "")
        raise TooMuchError(
            "reach_s",
            Text(
                f"歩ける時間内の人と避難先の組のうち、満員になりうる避難先でつながるものが{error.pairs:,}あります。一度に"
                f"割り当てられるのは{error.most:,}までです。reach_s をいまの{reach_s:g}より短くする{try_ja}、demand に"
                f"{AREAS}や粗いメッシュにまとめた点を使う、area を小さくする、のいずれかにしてください。",
                f"{error.pairs:,} pairs of people and sites within reach are linked by sites that may be full, and "
                f"{error.most:,} can be assigned at once. Give a reach_s below {reach_s:g}{try_en}, a coarser demand "
                f"({AREAS}, or points of larger cells), or a smaller area.",
            ),
        ) from error
    except OutOfTimeError as error:
        raise TooMuchError(
            "reach_s",
            Text(
                "最良の割当てを時間内に証明できません。reach_s を短くするか、demand を粗くするか、area を小さくして"
                "ください。",
                f"{error.message} Give a shorter reach_s, a coarser demand or a smaller area.",
            ),
        ) from error


def _mean_s(plan: Assignment, pairs: Pairs) -> float | None:
    flow = plan.flow.tocoo()
    total = float(flow.data.sum())
    return float((flow.data * pairs.at(*flow.coords)).sum()) / total if total else None


def _towns(
    points: DemandPoints, people: InZones, standards: Sequence[AtStandard]
) -> tuple[tuple[TownShelter, ...], TownShelter]:
    """The towns, those with the most without a place first, and all together."""
    index, names = points.by_town
    demand, stand, rows = points.demand, people.people, people.rows

    def by_town(values: Floats, of: Ints = index) -> list[float]:
        sums: list[float] = np.bincount(of, values, minlength=len(names)).tolist()
        return sums

    weights = demand.weights.astype(np.float64)
    excluded = np.where(demand.counts, 0.0, weights)
    columns = [by_town(each) for each in (weights, stand.inside, stand.unknown, stand.outside, excluded)]
    parts = [{name: by_town(getattr(each.plan, name), index[rows]) for name in PARTS} for each in standards]
    towns = [
        TownShelter(
            town,
            {name: each[row] for name, each in zip(PEOPLE, columns, strict=True)},
            tuple({name: each[name][row] for name in PARTS} for each in parts),
        )
        for row, town in enumerate(names)
    ]
    sums = {name: sum(each) for name, each in zip(PEOPLE, columns, strict=True)}
    whole = TownShelter(None, sums, tuple(each.sums for each in standards))
    return tuple(sorted(towns, key=lambda each: (-without_place(each), -each.people["in_zones"]))), whole


def without_place(town: TownShelter) -> float:
    """People for whom there is no place by the first standard: too far, or none left."""
    return town.by_standard[0]["overflowed"] + town.by_standard[0]["too_far"]


def check_sums(found: Sheltering, points: DemandPoints) -> None:
    """Raises ``ArithmeticError`` unless demand in is what comes out, in every table."""
    for each in (found.whole, *found.towns):
        total, *parts = each.people.values()
        if total != sum(parts):
            raise ArithmeticError(f"People do not add up: {each}.")
        if any(sum(made_up.values()) != each.people["in_zones"] for made_up in each.by_standard):
            raise ArithmeticError(f"People in the zones do not add up: {each}.")
    if (found.whole.people["total"], found.whole.people["excluded"]) != (points.demand.total, points.demand.excluded):
        raise ArithmeticError("What comes out is not the demand that came in.")
