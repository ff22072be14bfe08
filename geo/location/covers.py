"""Which sites cover which demand, made as small as can be without changing any optimum."""

from dataclasses import dataclass

import numpy as np

from geo.location.problem import Bools, Floats, Problem

_BLOCK = 1024
"""Rows that are compared with all others at once: memory stays within tens of megabytes."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Demand points that the same sites cover are one.

    weight:
        ``(groups,)``, the sum.
    sets:
        ``(groups, candidates * thresholds)``, the sites that cover each, one block of columns for each threshold.
    """

    weight: Floats
    sets: Bools

    @staticmethod
    def of(problem: Problem, *limits_s: float) -> "Groups":
        """By one threshold or more, of the sites that may be open; points covered by none within any are left out."""
        within = np.concatenate([(problem.travel_time_s <= limit) & problem.usable[:, None] for limit in limits_s])
        packed = np.ascontiguousarray(np.packbits(within, axis=0).T)
        keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        sets, weight = within[:, first].T, np.bincount(group, problem.weight)
        some = sets.any(axis=1)
        return Groups(weight[some], np.ascontiguousarray(sets[some]))

    def only(self, kept: Bools) -> "Groups":
        """Those of ``(groups,)`` that are kept."""
        return Groups(self.weight[kept], self.sets[kept])


def implied(sets: Bools) -> Bools:
    """``(groups,)``, covered wherever some other group is: its set holds the other's.  No two sets may be the same."""
    size, found = sets.sum(axis=1), np.zeros(len(sets), np.bool_)
    as_float = sets.astype(np.float32)
    for begin in range(0, len(sets), _BLOCK):
        common = as_float[begin : begin + _BLOCK] @ as_float.T
        found[begin : begin + _BLOCK] = (
            (common == size[None, :]) & (size[None, :] < size[begin : begin + _BLOCK, None])
        ).any(axis=1)
    return found


def outdone(sets: Bools, replaceable: Bools) -> Bools:
    """``(candidates,)``, replaceable sites that cover nothing which some other does not; of equal ones the first is
    left.

    Dropping them changes no optimum of a model in which a site counts once, while as many as are to open remain.
    """
    covers = sets.T.astype(np.float32)
    common, size = covers @ covers.T, sets.sum(axis=0)
    held = common == size[:, None]
    order = np.arange(len(size))
    preferred = (size[None, :] > size[:, None]) | (
        (~replaceable[None, :] & replaceable[:, None])
        | ((replaceable[None, :] == replaceable[:, None]) & (order[None, :] < order[:, None]))
    )
    return np.asarray(replaceable & (held & preferred).any(axis=1))
