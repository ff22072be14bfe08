"""The transportation problem in whole numbers, by OR-tools' minimum-cost flow; and a program of its own that solves it.

The method is push-relabel with scaled costs (Goldberg, A. V., 1997, An efficient implementation of a scaling
minimum-cost flow algorithm, Journal of Algorithms 22, 1-29).  The library keeps Python's lock until it is done and
cannot be told to stop: what takes longer than a moment is solved by ``python transport.py``, which is run by its path,
imports nothing of this project, and can be ended.
"""

import signal
import sys
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]

_MOST_SCALED = 2**59
"""Of the greatest cost times the nodes, as the library scales it: its potentials are a few times that, of 63 bits."""


def least_cost(supply: Whole, room: Whole, source: Whole, sink: Whole, cost: Whole) -> Whole:
    """Along each pair: of the plans that move most, one of least cost; the same for the same problem.

    Parameters
    ----------
    supply, room:
        Shape (sources,) and (sinks,), 0 or more.
    source, sink, cost:
        Shape (pairs,); costs are 0 or more.

    Raises
    ------
    ArithmeticError
        If the library gives up.
    """
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flow = SimpleMinCostFlow()
    sources, nodes = len(supply), len(supply) + len(room)
    # From sinks to sources: fewer, and each with more pairs, they are gone through sooner.
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        (sources + sink).astype(np.int32), source.astype(np.int32), np.minimum(supply[source], room[sink]), cost
    )
    flow.set_nodes_supplies(np.arange(nodes, dtype=np.int32), np.concatenate([-supply, room]))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise ArithmeticError(status.name)
    found: Whole = flow.flows(pairs)
    return found


def fits(greatest_cost: int, nodes: int) -> bool:
    """Whether the library's numbers are large enough for costs between so many sources and sinks."""
    return greatest_cost * (nodes + 3) <= _MOST_SCALED


def main(given: BinaryIO, found: BinaryIO, limit_s: float) -> None:
    """Arrays from one file to another, for so many seconds at most, whether or not somebody is there who waits."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, limit_s)
    np.save(found, least_cost(*(np.load(given) for _ in range(5))))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, float(sys.argv[1]))
