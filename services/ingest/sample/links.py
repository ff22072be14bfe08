"""Roads between the built-up areas: mountain roads and a tunnel, harbour bridges, two motorways, trails.

Each is drawn as a course in degrees.  Where a course runs through streets that are there already it uses them; only
its stretches through open country become roads of their own, joined to the streets at both ends.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from services.ingest.sample.boundary import Boundary
from services.ingest.sample.network import CAR_CLASSES, Edge, Network
from services.ingest.sample.plane import Flags, Floats, Ints, densify, meander, path

_OPEN_COUNTRY_M = 85.0
_VERTEX_M = 45.0
_CARRIAGEWAY_M = 13.0
_MAX_JOIN_M = 1500.0
_SMALLEST_PLACE = 25  # crossings; smaller groups of streets that hang on nothing are dropped


@dataclass(frozen=True)
class Link:
    name: str
    highway: str
    course: tuple[tuple[float, float], ...]
    bend_m: float = 30.0
    tags: tuple[tuple[str, str], ...] = ()
    tunnel: tuple[float, float] | None = None  # between these shares of the course


LINKS = (
    Link("架空国道901号 山手トンネル", "trunk",
         ((135.3300, 34.7640), (135.3290, 34.7760), (135.3240, 34.7850), (135.3150, 34.8020), (135.3080, 34.8130),
          (135.3060, 34.8220)), 15.0, (("ref", "901"),), (0.32, 0.80)),
    Link("架空県道82号 峰越線", "secondary",
         ((135.3150, 34.7660), (135.3110, 34.7740), (135.3040, 34.7820), (135.2960, 34.7890), (135.2950, 34.7960),
          (135.2870, 34.8010), (135.2900, 34.8090), (135.2950, 34.8180)), 65.0, (("ref", "82"),)),
    Link("架空県道33号 武瀬渓谷線", "tertiary",
         ((135.3480, 34.7780), (135.3390, 34.7870), (135.3345, 34.7970), (135.3385, 34.8080), (135.3340, 34.8160),
          (135.3250, 34.8220)), 25.0, (("ref", "33"),)),
    Link("架空県道51号 谷筋線", "primary",
         ((135.2480, 34.8330), (135.2620, 34.8280), (135.2750, 34.8270), (135.2880, 34.8250), (135.3000, 34.8230),
          (135.3180, 34.8270)), 25.0, (("ref", "51"),)),
    Link("架空市道 西浜大橋", "secondary", ((135.3330, 34.7130), (135.3332, 34.7235)), 0.0,
         (("bridge", "yes"), ("layer", "1"))),
    Link("架空市道 西浜新橋", "tertiary", ((135.3250, 34.7130), (135.3248, 34.7235)), 0.0,
         (("bridge", "yes"), ("layer", "1"))),
    Link("架空市道 東浜大橋", "secondary", ((135.3570, 34.7015), (135.3585, 34.7095)), 0.0,
         (("bridge", "yes"), ("layer", "1"))),
    Link("架空市道 港口大橋", "tertiary", ((135.3415, 34.7100), (135.3540, 34.7015)), 0.0,
         (("bridge", "yes"), ("layer", "1"))),
)  # fmt: skip

_TRAILS = (
    ((135.3190, 34.7700), (135.3190, 34.7790), (135.3110, 34.7850), (135.3040, 34.7900), (135.2960, 34.7890)),
    ((135.3040, 34.7900), (135.2940, 34.7970), (135.2860, 34.7990), (135.2760, 34.8040), (135.2650, 34.8090)),
    ((135.2860, 34.7990), (135.2880, 34.8070), (135.2850, 34.8150)),
    ((135.3190, 34.7790), (135.3240, 34.7900), (135.3220, 34.7990), (135.3150, 34.8090), (135.3130, 34.8180)),
    ((135.3220, 34.7970), (135.3300, 34.8020), (135.3340, 34.8100)),
    ((135.2620, 34.8320), (135.2680, 34.8400), (135.2740, 34.8470)),
    ((135.2680, 34.8400), (135.2600, 34.8440), (135.2530, 34.8460)),
    ((135.3380, 34.7830), (135.3290, 34.7850), (135.3190, 34.7790)),
)

# Courses of the motorways from west to east, and the shares of their length at which ramps lead down.
_MOTORWAYS = (
    ("架空湾岸自動車道", ((135.3205, 34.7275), (135.3400, 34.7255), (135.3560, 34.7215), (135.3700, 34.7165),
                     (135.3795, 34.7140)), (0.30, 0.72), "bridge"),
    ("架空北神自動車道", ((135.2365, 34.8240), (135.2530, 34.8290), (135.2760, 34.8300), (135.2980, 34.8255),
                     (135.3170, 34.8300), (135.3275, 34.8260)), (0.22, 0.70), "ground"),
)  # fmt: skip


def join(network: Network, boundary: Boundary, random: np.random.Generator) -> None:
    """Add all links, motorways and trails; drop streets that cars cannot reach."""
    for link in LINKS:
        course = meander(path(link.course), link.bend_m, _VERTEX_M, random) if link.bend_m else path(link.course)
        _add_link(network, link, densify(course, _VERTEX_M))
    _join_places(network, boundary, random)
    for name, degrees, ramps, kind in _MOTORWAYS:
        _add_motorway(network, name, meander(path(degrees), 20.0, 60.0, random), ramps, kind)
    for trail in _TRAILS:
        _add_trail(network, boundary, meander(path(trail), 45.0, 40.0, random))


def _add_link(network: Network, link: Link, course: Floats) -> None:
    streets = network.junctions()
    _, distance = network.nearest(course, streets)
    shares = np.linspace(0.0, 1.0, len(course))
    below = np.zeros(len(course), bool) if link.tunnel is None else _between(shares, link.tunnel)
    tags = {"name": link.name, **dict(link.tags)}
    for start, end in _runs((distance > _OPEN_COUNTRY_M) | below):
        first, last = network.nearest(course[[start, end - 1]], streets)[0].tolist()
        if first == last or end - start < 3:
            continue
        nodes = [first, *network.add_points(course[start:end]), last]
        inside = np.concatenate(([False], below[start:end], [False]))
        cuts = [0, *(np.flatnonzero(np.diff(inside.astype(int))) + 1).tolist(), len(nodes) - 1]
        for part, (head, tail) in enumerate(pairwise(cuts)):
            under = {"tunnel": "yes", "layer": "-1"} if part % 2 else {}
            network.edges.append(Edge(nodes[head : tail + 1], link.highway, {**tags, **under}))


def _between(shares: Floats, limits: tuple[float, float]) -> Flags:
    return (shares > limits[0]) & (shares < limits[1])


def _runs(flags: Flags) -> list[tuple[int, int]]:
    """Start (inclusive) and end (exclusive) of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(int), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _join_places(network: Network, boundary: Boundary, random: np.random.Generator) -> None:
    """Connect groups of streets that hang on nothing with the main part, nearest first; drop the small ones."""
    main, *others = network.components()
    waiting = [place for place in others if len(place) >= _SMALLEST_PLACE]
    shapely.prepare(boundary.land)
    while waiting:
        streets = np.array(sorted(main))
        points = network.coordinates()
        best: tuple[float, int, int, int] | None = None
        for index, place in enumerate(waiting):
            members = np.array(sorted(place))
            nearest, distance = network.nearest(points[members], streets)
            near = int(np.argmin(distance))
            if best is None or distance[near] < best[0]:
                best = (float(distance[near]), index, int(members[near]), int(nearest[near]))
        assert best is not None  # noqa: S101  # `waiting` is not empty
        distance_m, index, start, end = best
        if distance_m > _MAX_JOIN_M:
            break
        course = meander(points[[start, end]], distance_m / 12, _VERTEX_M, random)[1:-1]
        if shapely.contains_xy(boundary.land, course[:, 0], course[:, 1]).all():
            network.edges.append(Edge([start, *network.add_points(course), end], "unclassified"))
            main |= waiting[index]
        waiting.pop(index)
    walked = {node for edge in network.edges if edge.highway not in CAR_CLASSES for node in edge.nodes}
    network.keep(main | walked)
    network.edges = [edge for edge in network.edges if edge.nodes[0] in main or edge.nodes[-1] in main]


def _add_motorway(network: Network, name: str, course: Floats, ramps: tuple[float, ...], kind: str) -> None:
    """Two carriageways, each one-way on the left as traffic goes in Japan, with ramps in both directions."""
    centre = shapely.linestrings(course)
    grounds = _ground(network)
    tags = {"name": name, **({"bridge": "yes", "layer": "2"} if kind == "bridge" else {"layer": "1", "bridge": "yes"})}
    for eastbound in (True, False):
        side = shapely.offset_curve(centre, _CARRIAGEWAY_M if eastbound else -_CARRIAGEWAY_M)
        line = shapely.get_coordinates(shapely.segmentize(side, 120.0))
        if not eastbound:
            line = line[::-1]
        nodes = network.add_points(line)
        stations = sorted(share if eastbound else 1 - share for share in ramps)
        cuts = [0]
        for station in stations:
            leave, enter = (round((station + shift) * (len(nodes) - 1)) for shift in (-0.05, 0.05))
            middle = line[round(station * (len(nodes) - 1))]
            street = int(network.nearest(middle[None, :], grounds)[0][0])
            network.edges.append(Edge([nodes[leave], street], "motorway_link", {"name": f"{name} 出口"}, oneway=True))
            network.edges.append(Edge([street, nodes[enter]], "motorway_link", {"name": f"{name} 入口"}, oneway=True))
            cuts += [leave, enter]
        cuts.append(len(nodes) - 1)
        for start, end in pairwise(cuts):
            network.edges.append(Edge(nodes[start : end + 1], "motorway", dict(tags), oneway=True))


def _ground(network: Network) -> Ints:
    """Nodes on roads that a motorway's ramp may lead to."""
    main = np.array(sorted(network.components()[0]))
    return np.intersect1d(network.junctions(frozenset({"primary", "secondary", "tertiary"})), main)


def _add_trail(network: Network, boundary: Boundary, course: Floats) -> None:
    shapely.prepare(boundary.land)
    course = course[shapely.contains_xy(boundary.land, course[:, 0], course[:, 1])]
    everywhere = network.junctions(CAR_CLASSES | {"path", "steps", "footway"})
    ends = []
    for end in (course[0], course[-1]):
        nearest, distance = network.nearest(end[None, :], everywhere)
        ends.append(int(nearest[0]) if distance[0] < 350.0 else network.add_points([end])[0])
    between = network.add_points(course[1:-1])
    cut = len(between) // 2
    network.edges.append(Edge([ends[0], *between[: cut + 1]], "path", {"name": "架空ハイキング道"}))
    network.edges.append(Edge([*between[cut:], ends[1]], "path", {"name": "架空ハイキング道"}))
