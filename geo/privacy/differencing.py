"""What can be worked out from several releases together: differencing attacks, tried out with bounds.

A released count is a statement about a set of unknown counts of persons, whole and not negative.  What somebody who
puts all statements together can know of an unknown is the least and the greatest value that it has in any solution of
them (the attacker's problem; Fischetti, M. and Salazar, J. J., 2000, Models and algorithms for optimizing cell
suppression in tabular data with linear constraints, JASA 95, 916-928).  Solved as integer programs by HiGHS.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, eye_array, hstack
from scipy.sparse.csgraph import connected_components

from geo.errors import InfeasibleError, InputError

type Unknown = Hashable
_ROUNDING = 1e-6
_ENDLESS = 1e6  # what nothing bounds
_FEW = 8  # so few are looked at one by one
_MOST_TRIED = 2_000
_TIME_LIMIT_S = 20.0
_SOLVED, _INFEASIBLE = 0, 2


@dataclass(frozen=True, slots=True)
class Statement:
    """These unknowns add up to at least ``low`` and at most ``high`` (None: no bound), both inclusive."""

    unknowns: frozenset[Unknown]
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Reveal:
    """Unknowns that cannot be told apart, what they add up to at least and at most, and the most any of them can be."""

    unknowns: frozenset[Unknown]
    low: int
    high: int
    most: int


def exactly(unknowns: Iterable[Unknown], count: int) -> Statement:
    """They add up to ``count``."""
    return Statement(frozenset(unknowns), count, count)


def positive(unknowns: Iterable[Unknown]) -> Statement:
    """Not all of them are 0."""
    return Statement(frozenset(unknowns), 1, None)


def newly_revealed(known: Sequence[Statement], new: Sequence[Statement], least: int) -> tuple[Reveal, ...]:
    """The unknowns of which ``new``, together with what is ``known``, says that there are fewer than ``least``.

    An unknown is revealed where its greatest value is less than ``least``, unless that is 0: that nobody is there may
    be known.  Where none is, no set of unknowns is known to hold from 1 to ``least`` - 1 either: such a set would have
    an unknown whose greatest value is no greater.  What was known before from ``known`` alone, as closely, is not the
    fault of ``new`` and left out.

    Raises
    ------
    InfeasibleError
        If the statements contradict one another, or the question is too hard to be answered; the message says which.
    """
    parts = _connected([*known, *new])
    found: list[Reveal] = []
    fresh = set(map(id, new))
    for part in parts:
        before = [each for each in part if id(each) not in fresh]
        if len(before) == len(part):
            continue
        after = _System(part)
        earlier = _System(before) if before else None
        found += (
            reveal
            for reveal in after.small(least)
            if earlier is None or earlier.between(reveal.unknowns) != (reveal.low, reveal.high)
        )
    return tuple(found)


class _System:
    """Statements as an integer program.  Unknowns that are in the same statements are one variable."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        statements = _without_empty(statements)
        sums = [each for each in statements if not _is_of_one(each)]
        columns: dict[Unknown, list[int]] = {unknown: [] for each in statements for unknown in each.unknowns}
        for row, each in enumerate(sums):
            for unknown in each.unknowns:
                columns[unknown].append(row)
        least: dict[Unknown, int] = {}
        for each in statements:
            if _is_of_one(each):
                (only,) = each.unknowns
                least[only] = max(least.get(only, 0), each.low)
        alike: dict[tuple[int, ...], list[Unknown]] = {}
        for unknown, rows in columns.items():
            alike.setdefault(tuple(rows), []).append(unknown)
        self._members = list(alike.values())
        self._variable = {unknown: index for index, members in enumerate(self._members) for unknown in members}
        self._least = [[least.get(unknown, 0) for unknown in members] for members in self._members]
        if not self._members:
            return  # nobody is anywhere
        lower = np.array([sum(each) for each in self._least], np.float64)
        entries = [(row, index) for index, rows in enumerate(alike) for row in rows]
        rows_of, columns_of = (np.array(each, np.int64) for each in zip(*entries, strict=True)) if entries else ([], [])
        matrix = coo_array((np.ones(len(entries)), (rows_of, columns_of)), shape=(len(sums), len(self._members)))
        low = np.array([each.low for each in sums], np.float64)
        high = np.array([np.inf if each.high is None else each.high for each in sums], np.float64)
        self._bounds = Bounds(lower, lower + _ENDLESS)
        self._constraints = LinearConstraint(csr_array(matrix), low, high)

    def small(self, least: int) -> list[Reveal]:
        """The variables of which some unknown can be more than 0, and none can be ``least``."""
        size = len(self._members)
        if not size:
            return []
        # The others that cannot be told from an unknown are as few as they can be where it is at its greatest.
        others = np.array([sum(each) - min(each) for each in self._least], np.float64)
        large = np.zeros(size, np.bool_)
        found: list[Reveal] = []
        while (world := self._of_many(~large, least + others)) is not None:
            more = ~large & (world - others >= least)
            large |= more
            if not more.any():
                break
        if size - int(large.sum()) > _MOST_TRIED:
            raise InfeasibleError("There is too much to be tried out beside the earlier releases.")
        for index in range(size):
            if large[index]:
                continue
            world = self._extreme(index, -1)
            large |= world - others >= least
            if large[index]:
                continue
            high = round(world[index])
            if high > 0:
                low = round(self._extreme(index, 1)[index])
                found.append(Reveal(frozenset(self._members[index]), low, high, high - round(others[index])))
        return found

    def between(self, unknowns: frozenset[Unknown]) -> tuple[int, int] | None:
        """What some unknowns add up to at least and at most; None where they are not known of."""
        chosen = np.zeros(len(self._members))
        for unknown in unknowns:
            if unknown not in self._variable:
                return None
            chosen[self._variable[unknown]] = 1
        if {each for index in np.flatnonzero(chosen) for each in self._members[index]} != unknowns:
            return None  # nobody could tell them from others before
        try:
            return round(float(chosen @ self._solved(chosen))), round(float(chosen @ self._solved(-chosen)))
        except InfeasibleError:
            return None

    def _of_many(self, wanted: npt.NDArray[np.bool_], goal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
        """A solution in which as many as possible come as near to their goals as possible; None: none in whole numbers.

        One of them shows of many unknowns at once that they can be large.
        """
        chosen = np.flatnonzero(wanted)
        size, count = len(self._members), len(chosen)
        if count < _FEW:
            return None
        below = coo_array((np.ones(count), (np.arange(count), chosen)), shape=(count, size))
        solved = milp(
            np.concatenate([np.zeros(size), -np.ones(count)]),
            bounds=Bounds(
                np.concatenate([self._bounds.lb, np.zeros(count)]), np.concatenate([self._bounds.ub, goal[chosen]])
            ),
            constraints=[
                LinearConstraint(
                    hstack([self._constraints.A, csr_array((len(self._constraints.lb), count))]),
                    self._constraints.lb,
                    self._constraints.ub,
                ),
                LinearConstraint(hstack([below, -eye_array(count)]), 0, np.inf),
            ],
            options={"time_limit": _TIME_LIMIT_S},
        )
        if solved.status != _SOLVED or solved.x is None:
            return None
        world = np.asarray(solved.x[:size], np.float64)
        whole: npt.NDArray[np.float64] = np.round(world)
        return whole if np.abs(world - whole).max(initial=0) < _ROUNDING else None

    def _extreme(self, index: int, sign: int) -> npt.NDArray[np.float64]:
        aim = np.zeros(len(self._members))
        aim[index] = sign
        return self._solved(aim)

    def _solved(self, aim: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        solved = milp(
            aim,
            integrality=np.ones(len(aim)),
            bounds=self._bounds,
            constraints=self._constraints,
            options={"mip_rel_gap": 0.0, "time_limit": _TIME_LIMIT_S},
        )
        if solved.status == _INFEASIBLE:
            raise InfeasibleError("The statements contradict one another.")
        if solved.status != _SOLVED or solved.x is None:
            raise InfeasibleError("Whether the statements reveal anything cannot be found out in time.")
        return np.asarray(np.round(solved.x), np.float64)


def _without_empty(statements: Sequence[Statement]) -> list[Statement]:
    """The statements about those of whom it is not said that nobody is there."""
    empty = {unknown for each in statements if each.high == 0 for unknown in each.unknowns}
    found = [Statement(each.unknowns - empty, each.low, each.high) for each in statements]
    if any(each.low > 0 and not each.unknowns for each in found):
        raise InfeasibleError("The statements contradict one another.")
    return [each for each in found if each.unknowns]


def _is_of_one(statement: Statement) -> bool:
    return len(statement.unknowns) == 1 and statement.high is None


def _connected(statements: Sequence[Statement]) -> list[list[Statement]]:
    """The statements in parts that have no unknown in common."""
    if any(not each.unknowns for each in statements):
        raise InputError("A statement is about something.")
    numbers: dict[Unknown, int] = {}
    pairs = [
        (row, numbers.setdefault(unknown, len(numbers)))
        for row, each in enumerate(statements)
        for unknown in each.unknowns
    ]
    if not pairs:
        return []
    size = len(statements) + len(numbers)
    rows = np.array([row for row, _ in pairs])
    columns = np.array([column for _, column in pairs]) + len(statements)
    graph = coo_array((np.ones(len(pairs), np.int8), (rows, columns)), shape=(size, size))
    _, label = connected_components(graph.tocsr(), directed=False)
    parts: dict[int, list[Statement]] = {}
    for row, each in enumerate(statements):
        parts.setdefault(int(label[row]), []).append(each)
    return list(parts.values())
