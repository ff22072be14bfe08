"""The roads of the full real PBF, where that file is."""

from rich.console import Console

from geo.network.building import build_network
from geo.network.model import RoadNetwork
from tests.benchmarks.machine import ROOT
from tests.geo.network.osm import read_osm

ROADS = ROOT.parent / "shared" / "data" / "roads" / "hanshin_osm2017_roads_full.osm.pbf"
_PLANE = 6673


def has_real_roads() -> bool:
    """Whether the file is on this machine; said where it is not."""
    if not ROADS.is_file():
        Console().print("  the real road file (../shared/data) is not on this machine: it is not measured")
    return ROADS.is_file()


def real_network() -> RoadNetwork:
    network, _ = build_network(*read_osm(ROADS), plane=_PLANE)
    return network
