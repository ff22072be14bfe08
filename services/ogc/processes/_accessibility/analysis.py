"""The analysis: supplies, people and times joined, with nothing read and nothing written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.accessibility.floating_catchment import Accessibility, accessibility
from geo.accessibility.inequality import gini, share_below
from geo.coverage.demand import Bools, Demand, Floats
from geo.coverage.pairs import Pairs
from geo.coverage.percentiles import time_percentiles
from geo.coverage.reach import demand_of_sites
from services.ogc.processes._accessibility.supply import Supplies
from services.ogc.processes._accessibility.weights import Weights
from services.ogc.processes._planning.demand import DemandPoints

PERCENTS = (10, 50, 90)
PARTS = ("total", "reached", "perhaps", "unreached", "excluded")


@dataclass(frozen=True, eq=False, slots=True)
class AtMoment:
    """One moment (None: whenever).

    found:
        The index of each point and the ratio of each facility.
    offered:
        Shape (facilities,), NaN where it is not known.
    reached, perhaps:
        Shape (points,): something that is known to be offered lies within reach; else, something that may be.
    people:
        The demand by ``PARTS``: ``total`` is the sum of the others.
    mean:
        Units of supply for each person of the demand that counts; None where there is none.
    percentiles:
        Of the index over people: what ``PERCENTS`` of them have at most.
    """

    moment: str | None
    is_open: tuple[bool | None, ...]
    offered: Floats
    found: Accessibility
    reached: Bools
    perhaps: Bools
    people: dict[str, float]
    mean: float | None
    gini: float | None
    below_half: float | None
    percentiles: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class TownAccess:
    """One town: its people by ``PARTS`` at the first moment, the mean index of its people at every moment, and the
    least at the first; None where nobody counts.
    """

    town: str | None
    people: dict[str, float]
    means: tuple[float | None, ...]
    least: float | None


@dataclass(frozen=True, eq=False, slots=True)
class Access:
    """The analysis; the first moment is the one that is meant where one is."""

    moments: tuple[AtMoment, ...]
    towns: tuple[TownAccess, ...]
    in_reach: tuple[float, ...]
    nearest_s: Floats

    @property
    def first(self) -> AtMoment:
        return self.moments[0]


def analysed(
    points: DemandPoints, supplies: Supplies, pairs: Pairs, weights: Weights, moments: Sequence[str | None]
) -> Access:
    """The analysis of the pairs within the reach, and of each point those with the nearest that may offer something at
    the first moment.
    """
    demand, near = points.demand, pairs.within(weights.reach_s)
    found = tuple(_at(moment, demand, supplies, near, weights) for moment in moments)
    offers = supplies.may_offer(moments[0])
    return Access(
        moments=found,
        towns=_towns(points, found),
        in_reach=demand_of_sites(demand, near),
        nearest_s=pairs.from_sites(offers).nearest()[0],
    )


def _at(moment: str | None, demand: Demand, supplies: Supplies, near: Pairs, weights: Weights) -> AtMoment:
    offered = supplies.at(moment)
    found = accessibility(demand, offered, near, weights.decay)
    reached = near.from_sites(offered > 0).reached()
    perhaps = near.from_sites(np.isnan(offered)).reached() & ~reached
    counted = demand.sum(np.ones(len(demand), bool))
    mean = _sum(demand, found.index) / counted if counted else None
    return AtMoment(
        moment=moment,
        is_open=tuple(supplies.open_at(moment)),
        offered=offered,
        found=found,
        reached=reached,
        perhaps=perhaps,
        people={
            "total": demand.total,
            "reached": demand.sum(reached),
            "perhaps": demand.sum(perhaps),
            "unreached": demand.sum(~reached & ~perhaps),
            "excluded": demand.excluded,
        },
        mean=mean,
        gini=gini(demand, found.index),
        below_half=None if mean is None else share_below(demand, found.index, mean / 2),
        percentiles=time_percentiles(demand, found.index, PERCENTS),
    )


def _sum(demand: Demand, index: Floats) -> float:
    return float((index * np.where(demand.counts, demand.weights, 0)).sum())


def _towns(points: DemandPoints, moments: Sequence[AtMoment]) -> tuple[TownAccess, ...]:
    """The towns, those whose people have least first, and those without anybody last."""
    demand, (index, names) = points.demand, points.by_town
    size, first, everyone = len(names), moments[0], np.ones(len(demand), bool)
    where = {"reached": first.reached, "perhaps": first.perhaps, "unreached": ~first.reached & ~first.perhaps}
    parts = {name: demand.by(index, size, mask) for name, mask in where.items()}
    out = ~demand.counts
    weights = demand.weights[out].astype(np.float64)
    excluded = np.bincount(index[out], weights, minlength=size).astype(demand.weights.dtype).tolist()
    counted = demand.by(index, size, everyone)
    sums = [demand.by(index, size, everyone, each.found.index) for each in moments]
    least = np.full(size, np.inf)
    living = demand.counts & (demand.weights > 0)
    np.minimum.at(least, index[living], first.found.index[living])
    found = []
    for row, town in enumerate(names):
        of_town = {name: each[row] for name, each in parts.items()}
        people = {"total": sum(of_town.values()) + excluded[row], **of_town, "excluded": excluded[row]}
        means = tuple(each[row] / counted[row] if counted[row] else None for each in sums)
        found.append(TownAccess(town, people, means, float(least[row]) if counted[row] else None))
    return tuple(sorted(found, key=lambda each: (each.means[0] is None, each.means[0] or 0.0, -each.people["total"])))


def check_sums(found: Access, demand: Demand) -> None:
    """Raises ``ArithmeticError`` unless demand in is what comes out, in every table."""
    for each in (*(moment.people for moment in found.moments), *(town.people for town in found.towns)):
        total, *parts = each.values()
        if total != sum(parts):
            raise ArithmeticError(f"Demand does not add up: {each}.")
    if {moment.people["total"] for moment in found.moments} != {demand.total} or (
        sum(town.people["total"] for town in found.towns) != demand.total
    ):
        raise ArithmeticError(f"What comes out is not the demand of {demand.total} that came in.")
