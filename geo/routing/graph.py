"""A directed graph in compressed sparse rows, and weights of its arcs.

Weights are whole milliseconds (or whole units of anything else) as ``int32``, so that equal costs are equal and sums do
not depend on their order.  ``UNREACHABLE`` stands for no way at all: 2**30, so that the sum of two never overflows.  A
path that costs as much or more (12.4 days in milliseconds) counts as none.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self, TypeGuard

import numpy as np
import numpy.typing as npt

from geo.errors import InputError

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

UNREACHABLE = 2**30
"""The weight of an arc that may not be used, and the cost where there is no path."""
UNITS_PER_SECOND = 1_000


@dataclass(frozen=True, eq=False)
class Graph:
    """``first_arc`` of shape ``(nodes + 1,)`` and ``head`` of shape ``(arcs,)``: the arcs of a node lie side by side.

    Parallel arcs and loops are allowed.
    """

    first_arc: Int64Array
    head: Int32Array

    @classmethod
    def from_arcs(cls, nodes: int, tail: Int32Array | Int64Array, head: Int32Array | Int64Array) -> Self:
        """The graph of these arcs, which keep their numbers.

        Raises
        ------
        InputError
            If the arcs are not in the order of their tails, or name a node that is none.
        """
        if len(tail) != len(head):
            raise InputError(f"There are {len(tail)} tails and {len(head)} heads of arcs.")
        for ends in (tail, head):
            if len(ends) and (int(ends.min()) < 0 or int(ends.max()) >= nodes):
                raise InputError(f"An arc names a node outside of 0 to {nodes - 1}.")
        if np.any(np.diff(tail) < 0):
            raise InputError("Arcs must be in the order of their tails.", fix="Sort them first.")
        return cls(np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int64), np.asarray(head, np.int32))

    @property
    def nodes(self) -> int:
        return len(self.first_arc) - 1

    @property
    def arcs(self) -> int:
        return len(self.head)

    @cached_property
    def tail(self) -> Int32Array:
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.first_arc))

    def require_nodes(self, nodes: npt.ArrayLike) -> Int32Array:
        """The nodes as an array; ``InputError`` where one is none of the graph."""
        if _is_short(nodes):
            if any(type(each) is not int or not 0 <= each < self.nodes for each in nodes):
                raise InputError(f"A node is outside of 0 to {self.nodes - 1}.")
            return np.array(nodes, np.int32)
        found = np.atleast_1d(np.asarray(nodes))
        if found.size and (found.dtype.kind not in "iu" or int(found.min()) < 0 or int(found.max()) >= self.nodes):
            raise InputError(f"A node is outside of 0 to {self.nodes - 1}.")
        return found.astype(np.int32)

    @staticmethod
    def require_costs(costs: npt.ArrayLike, nodes: int) -> Int32Array:
        """A cost for each of so many nodes; ``InputError`` unless they are whole, from 0 to ``UNREACHABLE``."""
        if _is_short(costs):
            if len(costs) != nodes or any(type(each) is not int or each < 0 for each in costs):
                raise InputError(f"There are {nodes} nodes, and no cost of 0 or more for each.")
            return np.array([min(each, UNREACHABLE) for each in costs], np.int32)
        found = np.asarray(costs)
        if found.shape != (nodes,) or (nodes and (found.dtype.kind not in "iu" or int(found.min()) < 0)):
            raise InputError(f"There are {nodes} nodes, and no cost of 0 or more for each.")
        checked: Int32Array = np.minimum(found, UNREACHABLE).astype(np.int32)
        return checked

    def require_weights(self, weights: npt.NDArray[np.generic]) -> Int32Array:
        """The weights as ``int32``; ``InputError`` unless there is one for each arc, from 0 to ``UNREACHABLE``."""
        return require_weights(weights, self.arcs)


_SHORT = 8


def _is_short(numbers: npt.ArrayLike) -> TypeGuard[list[int]]:
    """Whether they are few and no array: to make one and look at it takes longer than to look at each."""
    return isinstance(numbers, list) and 0 < len(numbers) <= _SHORT and type(numbers[0]) is int


def require_weights(weights: npt.NDArray[np.generic], arcs: int) -> Int32Array:
    """The weights as ``int32``; ``InputError`` unless there are so many, from 0 to ``UNREACHABLE``."""
    if weights.shape != (arcs,):
        raise InputError(f"There are {arcs} arcs, and weights of shape {weights.shape}.")
    if weights.dtype.kind not in "iu":
        raise InputError("Weights must be whole numbers.", fix="Convert seconds with `whole_units`.")
    if arcs and (int(weights.min()) < 0 or int(weights.max()) > UNREACHABLE):
        raise InputError(f"A weight is outside of 0 to {UNREACHABLE}.")
    return np.ascontiguousarray(weights, np.int32)


def whole_units(seconds: FloatArray) -> Int32Array:
    """Seconds as weights; what is infinite is ``UNREACHABLE``.

    Each is rounded to the nearest millisecond, so that the cost of a path of ``k`` arcs is at most ``k / 2``
    milliseconds off, and a path that is chosen is at most ``k`` milliseconds longer than the shortest of ``k`` arcs.

    Raises
    ------
    InputError
        If a value is negative or not a number, or so large that it could be mistaken for ``UNREACHABLE``.
    """
    if np.any(np.isnan(seconds)) or np.any(seconds < 0):
        raise InputError("A travel time is negative or not a number.")
    endless = np.isinf(seconds)
    units = np.rint(np.where(endless, 0.0, seconds) * UNITS_PER_SECOND)
    if units.size and units.max() >= UNREACHABLE:
        raise InputError(f"A travel time is longer than {UNREACHABLE // UNITS_PER_SECOND} s.")
    found: Int32Array = np.where(endless, UNREACHABLE, units).astype(np.int32)
    return found


def seconds_of(units: Int32Array) -> FloatArray:
    """Costs in seconds, ``inf`` where there is no path."""
    found: FloatArray = np.where(units >= UNREACHABLE, np.inf, units / UNITS_PER_SECOND)
    return found
