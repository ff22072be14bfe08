"""Our routing kernel against its peers on the real roads: crossings, one-way streets and speeds of the full real PBF.

Every road is drawn straight from crossing to crossing, so that all engines, which measure it themselves, have the same
graph and the same weights.
"""

from collections.abc import Iterator

import numpy as np

from geo.network.impedance import impedance
from geo.network.profiles import profile
from geo.routing.graph import UNREACHABLE
from tests.benchmarks.machine import open_folder
from tests.benchmarks.measures import Measure, Race
from tests.benchmarks.real_roads import has_real_roads, real_network
from tests.benchmarks.routing import race
from tests.benchmarks.routing_race.stored import store
from tests.geo.routing.cities import City, connected, metres_of

ONLY_WHEN_NAMED = True


def measure() -> Iterator[Measure | Race]:
    """The race of ``routing`` over the real roads, where their file is."""
    if not has_real_roads():
        return
    with open_folder() as folder:
        path = folder / "roads.npz"
        store(real_city(), path)
        yield from race(str(path))


def real_city() -> City:
    """The real roads that a car may use, with its speeds to the next km/h."""
    network = real_network()
    car = impedance(network, profile("car"))
    used = np.flatnonzero((car.weights < UNREACHABLE) & (network.graph.tail != network.graph.head))
    km, hours = network.stretches.length_m[network.stretch[used]] / 1000, car.weights[used] / 3_600_000
    speeds = np.divide(km, hours, out=np.full(len(used), 20.0), where=hours > 0)  # some have no length
    speeds = np.clip(np.rint(speeds), 5, 120).astype(np.int32)
    x, y = metres_of(np.asarray(network.lon), np.asarray(network.lat))
    return connected(x, y, network.graph.tail[used].astype(np.int64), network.graph.head[used].astype(np.int64), speeds)
