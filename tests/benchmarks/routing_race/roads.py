"""The city of the race as engines that read OpenStreetMap want it: a PBF of straight ways with whole speeds."""

from pathlib import Path

import osmium
from osmium.osm import mutable

from geo.routing.graph import Int32Array
from tests.geo.routing.cities import City

_CLASSES = ((55, "primary"), (40, "secondary"), (30, "tertiary"), (0, "residential"))
"""From which speed in km/h on a way is of a class."""


def write_pbf(city: City, path: Path) -> None:
    """Node ``n`` of the city is OSM node ``n + 1``; a way for each road, whose id is that of its first arc, and one."""
    graph, longitude, latitude = city.graph, city.longitude, city.latitude
    writer = osmium.SimpleWriter(str(path))
    for node in range(graph.nodes):
        place = (float(longitude[node]), float(latitude[node]))
        writer.add_node(mutable.Node(id=node + 1, version=1, location=place))
    for arc in range(graph.arcs):
        back = int(city.reverse[arc])
        if 0 <= back < arc:
            continue
        speed = int(city.speeds_kmh[arc])
        tags = {"highway": _class(speed), "maxspeed": str(speed)}
        if back < 0:
            tags["oneway"] = "yes"
        ends = [int(graph.tail[arc]) + 1, int(graph.head[arc]) + 1]
        writer.add_way(mutable.Way(id=arc + 1, version=1, nodes=ends, tags=tags))
    writer.close()


def _class(speed_kmh: int) -> str:
    return next(name for least, name in _CLASSES if speed_kmh >= least)


def closed_lines(city: City, arcs: Int32Array) -> str:
    """Arcs that are closed, in the form of OSRM's files of speeds: OSM ids of both ends, and 0 km/h."""
    ends = zip(city.graph.tail[arcs].tolist(), city.graph.head[arcs].tolist(), strict=True)
    return "".join(f"{tail + 1},{head + 1},0\n" for tail, head in ends)
