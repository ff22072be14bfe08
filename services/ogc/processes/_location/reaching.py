"""The times that a choice of sites rests on: no farther than they can matter, so that they can be found by area."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from geo.coverage.demand import Bools, Floats, Ints
from geo.coverage.pairs import Pairs
from geo.travel.conditions import Conditions
from services.ogc.processes._location.models import Model
from services.ogc.processes._location.sites import Sites
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.ways import Ways, ways

_WITHOUT_LIMIT = frozenset({Model.P_MEDIAN, Model.P_CENTER})

type First = Callable[[Ints], tuple[Floats, Ints]]


@dataclass(frozen=True, eq=False, slots=True)
class Reaching:
    """Sites and points as they are placed, and the times between them that count.

    pairs:
        Those that are of account to some choice.
    first:
        From some sites, by their rows: when each point is reached, however late that is, and from which row; of
        equal ones the first, and -1 where there is no way.
    """

    pairs: Pairs
    first: First


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """What is asked of which sites, as far as times are concerned."""

    model: Model
    sites: Sites
    inputs: Values

    @property
    def staying(self) -> Bools:
        """Shape (sites,): some that are open in every plan: those that exist, or else those that are required."""
        found = np.zeros(len(self.sites.each), bool)
        if self.sites.standing and not self.inputs["relocations"]:
            found[: self.sites.standing] = True
        else:
            found[list(self.sites.required)] = True
        return found

    @property
    def is_bounded(self) -> bool:
        """Whether far times are of no account.

        Coverage knows no times beyond its limit.  Sums and maxima of times know none beyond the nearest site that is
        open anyway, unless that may be full.
        """
        return self.model not in _WITHOUT_LIMIT or (self.sites.capacity is None and bool(self.staying.any()))

    @property
    def limit_s(self) -> float:
        """Within which all times count."""
        names = ["limit_s", "long_limit_s"] if self.model is Model.DSM else ["limit_s"]
        return max(float(self.inputs[name]) for name in names)


def placed(asked: Question, now: Conditions | None, points: DemandPoints, context: Context) -> Ways:
    """Sites and points; on this machine alone where every time counts: a part would be the whole network then."""
    places = (asked.sites.lon, asked.sites.lat), (points.lon, points.lat)
    own = context if asked.is_bounded else replace(context, cluster=None)
    return ways(asked.inputs, now, *places, own, asked.sites.standing)


def reaching(asked: Question, now: Conditions | None, found: Ways) -> Reaching:
    """The times between them."""
    staying = asked.staying
    nearest_of = staying if staying.any() else ~_mask(asked.sites.forbidden, len(staying))
    pairs = found.pairs(now, asked.limit_s if asked.is_bounded else np.inf, nearest_of)

    def first(rows: Ints) -> tuple[Floats, Ints]:
        some = _mask(rows, len(staying))
        # Where those that stay are among them, nothing that is farther matters.
        knows = asked.is_bounded and staying.any() and not (staying & ~some).any()
        return (pairs if knows else found.pairs(now, 0.0, some)).from_sites(some).nearest()

    return Reaching(pairs, first)


def _mask(rows: Ints | tuple[int, ...], size: int) -> Bools:
    found = np.zeros(size, bool)
    found[np.asarray(rows, np.int64)] = True
    return found
