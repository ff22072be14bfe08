"""Which sites cover which demand, made as small as can be without changing any optimum."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from geo.location.problem import Bools, Floats, Ints, Problem
from geo.location.substitution import Costs
from geo.routing._compiled import kernel


@dataclass(frozen=True, eq=False)
class Groups:
    """Demand points that the same sites cover are one.

    weight:
        ``(groups,)``, the sum.
    sets:
        ``(groups, candidates * thresholds)``, 1 for the sites that cover each, one block of columns for each threshold.
    """

    weight: Floats
    sets: sparse.csr_array

    @staticmethod
    def of(problem: Problem, *limits_s: float) -> "Groups":
        """By one threshold or more, of the sites that may be open; points covered by none within any are left out."""
        count, points = problem.times.shape
        near = [problem.times.within(limit).from_sites(problem.usable) for limit in limits_s]
        point = np.concatenate([each.point for each in near])
        column = np.concatenate([each.site + number * count for number, each in enumerate(near)])
        width = count * len(limits_s)
        of_points = sparse.csr_array((np.ones(len(point)), (point, column)), (points, width))
        of_points.sort_indices()
        # As bytes sets are compared at once; their order is that of the sets as rows of 0 and 1.
        said, begins = (width - of_points.indices).astype(">u4").tobytes(), (4 * of_points.indptr).tolist()
        keys = [said[begin:end] for begin, end in pairwise(begins)]
        number = {key: row for row, key in enumerate(sorted(set(keys)))}
        group = np.array([number[key] for key in keys], np.int64)
        first = np.empty(len(number), np.int64)
        first[group[::-1]] = np.arange(points)[::-1]
        weight = np.bincount(group, problem.weight)
        some = np.array([row for key, row in number.items() if key], np.int64)
        return Groups(weight[some], of_points[first[some]])

    def only(self, kept: Bools) -> "Groups":
        """Those of ``(groups,)`` that are kept."""
        return Groups(self.weight[kept], self.sets[kept])

    def having(self, sites: Bools) -> Bools:
        """``(groups,)``, whether some of these sites covers it."""
        return np.asarray(self.sets @ sites.astype(np.float64) > 0)

    def without(self, sites: Bools) -> "Groups":
        """As if these sites covered nothing; what no other covers is left out."""
        left = self.sets.copy()
        left.data[sites[left.indices]] = 0.0
        left.eliminate_zeros()
        some = np.diff(left.indptr) > 0
        return Groups(self.weight[some], left[some])

    def costs(self) -> Costs:
        """Of a group at a site that covers it nothing, at any other 1."""
        by_site = sparse.csr_array(self.sets.T)
        by_site.sort_indices()
        begins, group = by_site.indptr.astype(np.int64), by_site.indices.astype(np.int64)
        return Costs(begins, group, np.zeros(len(group)), 1.0)


def implied(sets: sparse.csr_array) -> Bools:
    """``(groups,)``, covered wherever some other group is: its set holds the other's.  No two sets may be the same."""
    found = np.zeros(sets.shape[0], np.bool_)
    _mark_holding(*_both_ways(sets), found)
    return found


def outdone(sets: sparse.csr_array, replaceable: Bools) -> Bools:
    """``(candidates,)``, replaceable sites that cover nothing which some other does not; of equal ones the first is
    left.

    Dropping them changes no optimum of a model in which a site counts once, while as many as are to open remain.
    """
    found = np.zeros(sets.shape[1], np.bool_)
    _mark_held(*_both_ways(sparse.csr_array(sets.T)), replaceable, found)
    return found


def _both_ways(sets: sparse.csr_array) -> tuple[Ints, Ints, Ints, Ints]:
    """Of each set the members, ascending, and of each member the sets."""
    turned = sparse.csr_array(sets.T)
    columns = []
    for each in (sets, turned):
        each.sort_indices()
        columns += [each.indptr.astype(np.int64), each.indices.astype(np.int64)]
    return columns[0], columns[1], columns[2], columns[3]


@kernel
def _mark_holding(begins: Ints, members: Ints, in_begins: Ints, in_sets: Ints, found: Bools) -> None:
    """Marks sets that hold another and more."""
    for small in range(len(begins) - 1):
        size = begins[small + 1] - begins[small]
        rarest = _rarest(begins, members, in_begins, small)
        if rarest < 0:
            continue
        for place in range(in_begins[rarest], in_begins[rarest + 1]):
            large = in_sets[place]
            if not found[large] and begins[large + 1] - begins[large] > size and _holds(begins, members, large, small):
                found[large] = True


@kernel
def _mark_held(begins: Ints, members: Ints, in_begins: Ints, in_sets: Ints, replaceable: Bools, found: Bools) -> None:
    """Marks replaceable sets that another holds which is larger, not replaceable, or an equal one before it."""
    sets = len(begins) - 1
    for small in range(sets):
        if not replaceable[small]:
            continue
        size = begins[small + 1] - begins[small]
        rarest = _rarest(begins, members, in_begins, small)
        first, last = (0, sets) if rarest < 0 else (in_begins[rarest], in_begins[rarest + 1])
        for place in range(first, last):
            large = place if rarest < 0 else in_sets[place]
            if large == small or begins[large + 1] - begins[large] < size:
                continue
            is_before = not replaceable[large] or large < small
            if (is_before or begins[large + 1] - begins[large] > size) and _holds(begins, members, large, small):
                found[small] = True
                break


@kernel
def _rarest(begins: Ints, members: Ints, in_begins: Ints, of: int) -> int:
    """The member of a set that is in the fewest sets; -1 where it has none."""
    best, least = -1, 0
    for place in range(begins[of], begins[of + 1]):
        member = members[place]
        number = in_begins[member + 1] - in_begins[member]
        if best < 0 or number < least:
            best, least = member, number
    return best


@kernel
def _holds(begins: Ints, members: Ints, large: int, small: int) -> bool:
    """Whether all members of the one are in the other."""
    at, end = begins[large], begins[large + 1]
    for place in range(begins[small], begins[small + 1]):
        while at < end and members[at] < members[place]:
            at += 1
        if at == end or members[at] != members[place]:
            return False
    return True
