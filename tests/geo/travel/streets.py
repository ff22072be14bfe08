"""Small made-up street maps, drawn in metres."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geo.crs import STORAGE, transform_xy
from geo.network.building import build_network
from geo.network.model import RoadNetwork
from geo.network.records import Way

PLANE = 6673
_EAST, _NORTH = 92_000.0, -139_000.0  # somewhere in the city


def position(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place on the map."""
    lon, lat = transform_xy(_EAST + x, _NORTH + y, PLANE, STORAGE)
    return float(lon), float(lat)


def street(name: str, *points: tuple[float, float], highway: str = "residential", **tags: Any) -> Way:
    """A street through points of the map; streets meet where they share a point."""
    lon, lat = zip(*(position(*point) for point in points), strict=True)
    nodes = [f"n{x:g}/{y:g}" for x, y in points]
    return Way(id=f"w-{name}", node_ids=nodes, lon=lon, lat=lat, highway=highway, name=name, **tags)


def street_map(streets: Sequence[Way]) -> RoadNetwork:
    """The network of some streets."""
    network, report = build_network(streets, plane=PLANE)
    assert not report.findings, report.findings
    return network


def grid(side: int, cut_at: Mapping[str, Sequence[float]] | None = None) -> list[Way]:
    """Streets every 100 m both ways, some one-way; ``cut_at`` puts further points (metres) on some."""
    found = []
    for number in range(side):
        for kind in ("east", "north"):
            name = f"{kind}-{number}"
            stops = sorted({*np.arange(side) * 100.0, *(cut_at or {}).get(name, ())})
            line = [(stop, number * 100.0) if kind == "east" else (number * 100.0, stop) for stop in stops]
            oneway = {1: "yes", 2: "-1"}.get(number % 4)
            highway = "secondary" if number % 3 == 0 else "residential"
            found.append(street(name, *line, highway=highway, oneway=oneway))
    return found
