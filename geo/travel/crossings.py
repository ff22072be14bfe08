"""Where the edges of a network begin and end: those in a box, without a look at all others."""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.routing.graph import FloatArray, Graph, Int32Array, Int64Array

type Box = tuple[float, float, float, float]
"""West, south, east and north in the plane of the network, in metres, inclusive."""

_CELL_M = 1_000.0


class Crossings:
    """The nodes of a road graph in a plane, row by row of square cells, and the edges at each."""

    def __init__(self, graph: Graph, x: FloatArray, y: FloatArray) -> None:
        self._graph, self._x, self._y = graph, x, y

    def within(self, box: Box) -> Int64Array:
        """The edges that begin or end in a box, ascending."""
        west, south, east, north = box
        nodes = self._nodes_near(box)
        x, y = self._x[nodes], self._y[nodes]
        nodes = nodes[(x >= west) & (x <= east) & (y >= south) & (y <= north)]
        into = self._onto(nodes)
        tail = self._graph.tail[into]
        x, y = self._x[tail], self._y[tail]
        beyond = into[(x < west) | (x > east) | (y < south) | (y > north)]  # the others begin in it
        return np.sort(np.concatenate([ranges(self._graph.first_arc, nodes), beyond]))

    def around(self, edges: npt.NDArray[np.integer]) -> Box:
        """The smallest box with both ends of each of these; ``edges`` is not empty."""
        nodes = np.concatenate([self._graph.tail[edges], self._graph.head[edges]])
        x, y = self._x[nodes], self._y[nodes]
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def before(self, edges: npt.NDArray[np.integer]) -> Int64Array:
        """The edges that end where one of these begins, ascending."""
        nodes = np.sort(self._graph.tail[edges])
        return np.sort(self._onto(nodes[np.diff(nodes, prepend=-1) != 0]))  # `unique` takes longer for many

    def _onto(self, nodes: npt.NDArray[np.integer]) -> Int64Array:
        order, first = self._by_head
        found: Int64Array = order[ranges(first, nodes)].astype(np.int64)
        return found

    def _nodes_near(self, box: Box) -> Int32Array:
        """Those of all cells that the box touches."""
        order, cells, corner, columns = self._by_cell
        if not len(order):
            return order
        last_row = int(cells[-1]) // columns
        west, east = (min(max(int((each - corner[0]) // _CELL_M), 0), columns - 1) for each in box[::2])
        south, north = (min(max(int((each - corner[1]) // _CELL_M), 0), last_row) for each in box[1::2])
        rows = np.arange(south, north + 1, dtype=np.int64) * columns
        begins, ends = np.searchsorted(cells, rows + west), np.searchsorted(cells, rows + east, "right")
        return order[between(begins, ends)]

    @cached_property
    def _by_cell(self) -> tuple[Int32Array, Int64Array, tuple[float, float], int]:
        """The nodes in the order of their cells, the cell of each, the corner of the first cell, and how many there are
        in a row.
        """
        if not len(self._x):
            return np.empty(0, np.int32), np.empty(0, np.int64), (0.0, 0.0), 1
        corner = float(self._x.min()), float(self._y.min())
        column, row = (
            ((each - low) // _CELL_M).astype(np.int64) for each, low in zip((self._x, self._y), corner, strict=True)
        )
        columns = int(column.max()) + 1
        cell = row * columns + column
        order = np.argsort(cell, kind="stable").astype(np.int32)
        return order, cell[order], corner, columns

    @cached_property
    def _by_head(self) -> tuple[Int32Array, Int64Array]:
        """The edges in the order of the nodes where they end, and where those of each node begin."""
        head = self._graph.head
        order = np.argsort(head, kind="stable").astype(np.int32)
        counts = np.bincount(head, minlength=self._graph.nodes)
        return order, np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def ranges(first: Int64Array, which: npt.NDArray[np.integer]) -> Int64Array:
    """Every number from ``first`` of each to before ``first`` of the next, one after the other."""
    return between(first[which], first[which + 1])


def between(begins: npt.NDArray[np.integer], ends: npt.NDArray[np.integer]) -> Int64Array:
    """Every number from each begin to before its end, one after the other."""
    counts = ends - begins
    before = np.cumsum(counts) - counts
    found: Int64Array = np.arange(counts.sum()) + np.repeat(begins - before, counts)
    return found
