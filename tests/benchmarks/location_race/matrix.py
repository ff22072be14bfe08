"""The instance of the race: travel times of a made-up city from many candidate sites to many points of demand."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.geo.routing.cities import city
from tests.geo.routing.graphs import scipy_costs

CANDIDATES, POINTS, SITES = 300, 6_000, 10
_NODES, _SEED = 20_000, 28204
_PEOPLE = 200


@dataclass(frozen=True, eq=False)
class Instance:
    """``times_s`` as ``(candidates, points)``, people at each point, and the limit."""

    times_s: npt.NDArray[np.float64]
    people: npt.NDArray[np.float64]
    limit_s: float


def instance() -> Instance:
    """Along its roads.  The limit is the time in which ten sites in random places reach half of the people."""
    made, random = city(_NODES), np.random.default_rng(_SEED)
    nodes = random.permutation(made.graph.nodes)[: CANDIDATES + POINTS]
    times_s = scipy_costs(made.graph, made.weights, nodes[:CANDIDATES])[:, nodes[CANDIDATES:]] / 1000
    people = random.integers(1, _PEOPLE, POINTS).astype(np.float64)
    nearest = times_s[:SITES].min(axis=0)
    order = np.argsort(nearest)
    half = int(np.searchsorted(np.cumsum(people[order]), people.sum() / 2))
    return Instance(times_s, people, float(np.ceil(nearest[order[half]])))
