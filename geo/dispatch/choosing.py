"""Units chosen for a dispatch set where some may stand in for others: an assignment, which no rule of thumb gets right.

To each place that a demand asks for one unit at most is assigned.  The choice is the least, compared in this order:

1. fewest places left empty;
2. earliest arrivals: no choice that leaves as few empty has an earlier first arrival, or second, or k-th;
3. fewest stand-ins, the less preferred ones counting for more;
4. demands that are named first are filled first.

That one choice has the earliest arrival at every place in line, and not only the least sum of them, is because the sets
of units that can be placed at once are the independent sets of a (transversal) matroid, of which the greedy algorithm
finds the best for any weights in that order (Edmonds: Matroids and the Greedy Algorithm, Mathematical Programming 1,
1971).  So only the order of arrivals counts, and small whole numbers stand for them here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from geo.dispatch.units import Demand, Unit, by_arrival
from geo.errors import InputError

MOST_PLACES = 100
_EXACT = 2**53
"""Whole numbers below it are exact in the floating-point numbers of the solver."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A unit in a place of a demand, which is named by its number; ``preference`` as of ``Demand``."""

    unit: Unit
    demand: int
    preference: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Places of a demand that are left empty.

    others:
        The units that could take one if nothing hindered them: a hindrance, or, without one, another demand.
    """

    demand: int
    missing: int
    others: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """``assigned`` in the order of arrival, ``shortfalls`` in that of the demands."""

    assigned: tuple[Assigned, ...]
    shortfalls: tuple[Shortfall, ...]


def choose(units: Sequence[Unit], demands: Sequence[Demand]) -> Choice:
    """The choice of the module's description; the same for the same units in any order.

    Raises
    ------
    InputError
        If two units have one id, or the demands are for more than ``MOST_PLACES``.
    """
    if len({unit.id for unit in units}) < len(units):
        raise InputError("Two units have the same id.")
    places = [number for number, demand in enumerate(demands) for _ in range(demand.count)]
    if len(places) > MOST_PLACES:
        raise InputError(f"The demands are for {len(places)} units; {MOST_PLACES} can be sent at most.")
    ready = by_arrival(units)
    chosen = _assigned(ready, demands, places)
    chosen.sort(key=lambda each: ready.index(each.unit))
    return Choice(tuple(chosen), tuple(_shortfalls(units, demands, chosen)))


def _assigned(ready: Sequence[Unit], demands: Sequence[Demand], places: Sequence[int]) -> list[Assigned]:
    if not ready or not places:
        return []
    preferences = [[demand.preference(unit.capability) for demand in demands] for unit in ready]
    fits = np.array([[preference is not None for preference in row] for row in preferences])[:, places]
    _, order = np.unique([unit.travel or 0 for unit in ready], return_inverse=True)
    costs = _in_one(
        [
            np.broadcast_to(order[:, None], fits.shape),
            np.array([[preference or 0 for preference in row] for row in preferences])[:, places],
            np.broadcast_to(np.array(places)[None, :], fits.shape),
        ],
        len(places),
    )
    empty = len(places) * int(costs.max()) + 1
    if len(places) * empty >= _EXACT:
        raise InputError("There are more units and demands than can be compared exactly.")
    rows, columns = linear_sum_assignment(np.where(fits, costs, empty))
    return [
        Assigned(ready[row], places[column], preferences[row][places[column]] or 0)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if fits[row, column]
    ]


def _in_one(columns: Sequence[npt.NDArray[np.int64]], terms: int) -> npt.NDArray[np.int64]:
    """Numbers whose sums of up to ``terms`` compare as the sums of the columns do, the first column first."""
    found = np.zeros(columns[0].shape, np.int64)
    for column in columns:
        found = found * (terms * int(column.max()) + 1) + column
    return found


def _shortfalls(units: Sequence[Unit], demands: Sequence[Demand], chosen: Sequence[Assigned]) -> list[Shortfall]:
    found = []
    for number, demand in enumerate(demands):
        sent = {each.unit.id for each in chosen if each.demand == number}
        if len(sent) < demand.count:
            others = (each for each in units if each.id not in sent and demand.preference(each.capability) is not None)
            found.append(Shortfall(number, demand.count - len(sent), tuple(sorted(others, key=lambda each: each.id))))
    return found
