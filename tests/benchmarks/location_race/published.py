"""Published instances: spopt's San Francisco stores and its lattice, with the figures that its own tests document.

The data ship in the package (BSD-3-Clause).  San Francisco: 16 candidate stores, 205 census tracts, metres along roads
by ArcGIS, people of the census of 2000; service within 5 km, four stores (Church, Murray: Location Covering Models,
2018, as spopt's tutorial of real cases has it).  The lattice: 100 clients and 5 facilities put on a grid of 11 x 11.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import spopt

from geo.location.center import p_center
from geo.location.covering import lscp, mclp
from geo.location.median import p_median
from geo.location.problem import Problem
from tests.benchmarks.location_race import peer

_DATA = Path(spopt.__file__).parent / "tests" / "test_locate" / "data"
_SERVICE_M, _STORES = 5000.0, 4
_UNCOVERED_TRACTS, _MEAN_M = 21, 2982.1268579890657
"""Of MCLP and p-median with four stores: spopt/tests/test_locate/test_mclp.py and test_p_median.py."""
_LATTICE_UNCOVERED, _LATTICE_SERVICE, _LATTICE_SITES = 1, 7.0, 4
"""Of MCLP on the lattice: test_mclp.py."""
_TOLERANCE = 1e-6

type Floats = npt.NDArray[np.float64]


def mismatches() -> Iterator[tuple[str, bool]]:
    """What is compared, and whether ours differs from the peer's or from what is published."""
    distances, people = san_francisco()
    yield from _against_peer("San Francisco", distances, people, _SERVICE_M, _STORES)
    stores = mclp(Problem.of(distances, people), _SERVICE_M, _STORES)
    uncovered = int(np.count_nonzero(distances[stores.sites].min(axis=0) > _SERVICE_M))
    yield "San Francisco, MCLP: tracts not covered as published", uncovered != _UNCOVERED_TRACTS
    mean = p_median(Problem.of(distances, people), _STORES).objective / people.sum()
    yield "San Francisco, p-median: mean distance as published", _differ(mean, _MEAN_M)
    distances = lattice()
    yield from _against_peer("lattice", distances, np.ones(distances.shape[1]), _LATTICE_SERVICE, _LATTICE_SITES)
    found = mclp(Problem.of(distances, np.ones(distances.shape[1])), _LATTICE_SERVICE, _LATTICE_SITES)
    yield "lattice, MCLP: clients not covered as published", found.uncovered != _LATTICE_UNCOVERED


def san_francisco() -> tuple[Floats, Floats]:
    """Metres as ``(stores, tracts)``, and people of the tracts."""
    long = pd.read_csv(_DATA / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    wide = long.pivot_table(values="distance", index="name", columns="DestinationName")
    tracts = pd.read_csv(_DATA / "SF_demand_205_centroid_uniform_weight.csv").sort_values("NAME")
    if list(tracts["NAME"]) != list(wide.columns):
        raise ValueError("The tracts of the two files are not the same.")
    return wide.to_numpy(np.float64), tracts["POP2000"].to_numpy(np.float64)


def lattice() -> Floats:
    """Distances along the grid as ``(facilities, clients)``, made as spopt's ``network_instance`` makes them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import geopandas
        import spaghetti
        from spopt.locate.util import simulated_geo_points

        network = spaghetti.Network(in_data=spaghetti.regular_lattice((0, 0, 10, 10), 9, exterior=True))
        arcs = spaghetti.element_as_gdf(network, arcs=True)
        ground = geopandas.GeoDataFrame(
            geopandas.GeoSeries(arcs["geometry"].buffer(0.2).union_all()), crs=arcs.crs, columns=["geometry"]
        )
        for name, count, seed in (("clients", 100, 5), ("facilities", 5, 6)):
            points = simulated_geo_points(ground, needed=count, seed=seed)
            network.snapobservations(points, name, attribute=True)
        patterns = network.pointpatterns
        found = network.allneighbordistances(patterns["clients"], destpattern=patterns["facilities"])
    return np.ascontiguousarray(found.T)


def _against_peer(name: str, distances: Floats, people: Floats, limit: float, sites: int) -> Iterator[tuple[str, bool]]:
    problem = Problem.of(distances, people)
    # One demand that no site reaches is left out by ours and makes the peer's infeasible.
    within = (distances <= limit).any(axis=0)
    reached = Problem.of(distances[:, within], people[within])
    yield f"{name}, LSCP", _differ(lscp(reached, limit).objective, peer.lscp(distances[:, within], limit))
    yield f"{name}, MCLP", _differ(mclp(problem, limit, sites).objective, peer.mclp(distances, people, limit, sites))
    yield f"{name}, p-median", _differ(p_median(problem, sites).objective, peer.p_median(distances, people, sites))
    yield f"{name}, p-center", _differ(p_center(problem, sites).objective, peer.p_center(distances, sites))


def _differ(ours: float, theirs: float) -> bool:
    return bool(abs(ours - theirs) > _TOLERANCE * max(1.0, abs(theirs)))
