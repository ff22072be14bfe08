"""The streets of the built-up areas: bent lattices of blocks, thinned by slope, water, parks and chance.

A lattice has columns and rows; every 5th, 10th and 20th line is a road of a higher class, so that the classes form
a hierarchy as in a grown city.  What is too steep becomes steps or nothing; what meets a river becomes a bridge.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from services.ingest.sample.boundary import Boundary
from services.ingest.sample.network import Edge, Network
from services.ingest.sample.plane import Flags, Floats, Ints, to_plane
from services.ingest.sample.rivers import River
from services.ingest.sample.terrain import Terrain, waves

_SHORE_M = 22.0
_MAX_GRADE = 0.13
_MAX_ARTERIAL_GRADE = 0.19
_MAX_STEPS_GRADE = 0.5


@dataclass(frozen=True)
class Zone:
    """One lattice: where it lies, how it is turned, how large its blocks are, and how its roads are called."""

    name: str
    area: BaseGeometry
    centre: tuple[float, float]  # longitude, latitude
    angle: float  # degrees, anticlockwise
    block_m: tuple[float, float]
    top: tuple[str, str]  # class of every 20th column and row
    built: Floats | None = None  # built-up where positive (on the terrain's grid); None: everywhere


def zones(boundary: Boundary, terrain: Terrain, random: np.random.Generator) -> tuple[Zone, ...]:
    x, y = terrain.centres()
    slope = terrain.slope()
    _, foot = to_plane([135.33], [34.785])
    river = np.nanmin(terrain.river_distance_m[1:], axis=0)
    clumps = waves(x, y, (2300.0, 1200.0), random)
    plain = np.where(y < foot[0] + 200, 130.0 - terrain.height, -1.0)
    village = (
        np.clip(1.0 - river / 800.0, -0.6, 1.0) + 0.55 * clumps + np.clip((330.0 - terrain.height) / 120.0, -2, 0.4)
    )
    valley = np.where(y > foot[0] + 2400, village - slope * 4.2 + 0.40, -1.0)
    main, (west, east) = boundary.mainland, boundary.islands
    return (
        Zone("浜手", main, (135.350, 34.740), 4.0, (57.0, 74.0), ("primary", "primary"), plain),
        Zone("山口谷", main, (135.280, 34.826), -14.0, (56.0, 70.0), ("secondary", "secondary"), valley),
        Zone("西浜", west, (135.333, 34.710), 2.0, (78.0, 96.0), ("secondary", "secondary")),
        Zone("東浜", east, (135.361, 34.695), -8.0, (82.0, 100.0), ("secondary", "secondary")),
    )


def lay(
    network: Network, boundary: Boundary, terrain: Terrain, rivers: tuple[River, ...], random: np.random.Generator
) -> None:
    """Add the streets of all zones to the network."""
    for zone in zones(boundary, terrain, random):
        _lay_zone(network, zone, terrain, rivers, random)


def _lay_zone(
    network: Network, zone: Zone, terrain: Terrain, rivers: tuple[River, ...], random: np.random.Generator
) -> None:
    points, columns, rows = _lattice(zone, random)
    points = _push_from_water(points, rivers)
    inside = _allowed(points, zone, terrain, rivers)
    height = terrain.at(points[:, 0], points[:, 1])
    number = np.arange(len(points)).reshape(columns, rows)
    blocks = random.integers(0, 100, (columns // 5 + 1, rows // 5 + 1))
    edges, ranks, parks, lines = _edges(number, blocks, random)
    good = inside[edges[:, 0]] & inside[edges[:, 1]]
    edges, ranks, parks, lines = edges[good], ranks[good], parks[good], lines[good]
    shapes = shapely.linestrings(points[edges])
    shapely.prepare(zone.area)
    length = shapely.length(shapes)
    grade = np.abs(height[edges[:, 0]] - height[edges[:, 1]]) / length
    crosses = shapely.intersects(shapely.MultiLineString([river.line for river in rivers]), shapes)
    chance = random.random(len(edges))
    classes = np.select(
        [ranks == 3, ranks == 2, ranks == 1, parks, (grade > _MAX_GRADE)],
        ["top", "tertiary", "unclassified", "footway", "steps"],
        "residential",
    )
    limit = np.select([ranks >= 2, classes == "steps", parks], [_MAX_ARTERIAL_GRADE, _MAX_STEPS_GRADE, 0.3], _MAX_GRADE)
    kept = (grade <= limit) & ~((classes == "steps") & (chance < 0.55)) & ~(crosses & (ranks < 1) & (chance > 0.3))
    kept &= shapely.contains(zone.area, shapes)
    used = np.unique(edges[kept])
    ids = dict(zip(used.tolist(), network.add_points(points[used]), strict=True))
    for (start, end), kind, (across, line), bridge in zip(
        edges[kept].tolist(), classes[kept].tolist(), lines[kept].tolist(), crosses[kept].tolist(), strict=True
    ):
        tags = {"bridge": "yes", "layer": "1"} if bridge else {}
        highway = zone.top[across] if kind == "top" else kind
        if highway in ("primary", "secondary", "tertiary"):
            way = ("南北", "東西")[across]
            kind_ja = {"primary": "県道", "secondary": "県道", "tertiary": "市道"}[highway]
            tags["name"] = f"架空{kind_ja}{zone.name}{way}{line // 10 + 1}号線"
        network.edges.append(Edge([ids[start], ids[end]], highway, tags))
    _add_service(network, ids, number, points, inside, random)


def _lattice(zone: Zone, random: np.random.Generator) -> tuple[Floats, int, int]:
    """Positions of all crossings, column by column, and the numbers of columns and rows."""
    west, south, east, north = zone.area.bounds
    reach = np.hypot(east - west, north - south) / 2
    axes = []
    for block in zone.block_m:
        steps = block * random.uniform(0.72, 1.28, int(2 * reach / block) + 2)
        axes.append(np.cumsum(steps) - steps.sum() / 2)
    u, v = np.meshgrid(*axes, indexing="ij")
    angle = np.deg2rad(zone.angle)
    (centre_x,), (centre_y,) = to_plane([zone.centre[0]], [zone.centre[1]])
    x = centre_x + u * np.cos(angle) - v * np.sin(angle)
    y = centre_y + u * np.sin(angle) + v * np.cos(angle)
    bend_x = 95.0 * waves(x, y, (3600.0, 1900.0), random) + random.normal(0, 3.5, x.shape)
    bend_y = 95.0 * waves(x, y, (3600.0, 1900.0), random) + random.normal(0, 3.5, x.shape)
    return np.column_stack(((x + bend_x).ravel(), (y + bend_y).ravel())), *u.shape


def _push_from_water(points: Floats, rivers: tuple[River, ...]) -> Floats:
    """Crossings that would stand in a small river, moved to its bank."""
    moved = points.copy()
    for river in rivers[1:]:
        near = shapely.distance(river.line, shapely.points(moved)) < river.bank_m + 12.0
        at = shapely.points(moved[near])
        foot = shapely.get_coordinates(
            shapely.line_interpolate_point(river.line, shapely.line_locate_point(river.line, at))
        )
        away = moved[near] - foot
        distance = np.maximum(np.hypot(away[:, 0], away[:, 1]), 0.1)[:, None]
        moved[near] = foot + away / distance * (river.bank_m + 12.0)
    return moved


def _allowed(points: Floats, zone: Zone, terrain: Terrain, rivers: tuple[River, ...]) -> Flags:
    shapely.prepare(ground := zone.area.buffer(-_SHORE_M))
    allowed = shapely.contains_xy(ground, points[:, 0], points[:, 1])
    allowed &= shapely.distance(rivers[0].line, shapely.points(points)) > rivers[0].bank_m + 30.0
    if zone.built is not None:
        built = terrain.at(points[:, 0], points[:, 1], zone.built)
        allowed &= np.nan_to_num(built, nan=-1.0) > 0.0
    return np.asarray(allowed)


def _edges(number: Ints, blocks: Ints, random: np.random.Generator) -> tuple[Ints, Ints, Flags, Ints]:
    """Edges between neighbouring crossings that chance and the kind of their block leave.

    Returns node pairs (n, 2), rank 0-3, whether the edge lies in a park, and (n, 2) direction (0 along a column,
    1 along a row) with the index of the line.
    """
    columns, rows = number.shape
    i, j = np.indices((columns, rows))
    found = []
    for along, (start, end) in enumerate(
        (
            ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
            ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
        )
    ):
        pairs = np.column_stack((number[start].ravel(), number[end].ravel()))
        line = (i if along == 0 else j)[start].ravel()
        kind = blocks[i[start].ravel() // 5, j[start].ravel() // 5]
        rank = np.select([line % 20 == 0, line % 10 == 0, line % 5 == 0], [3, 2, 1], 0)
        park = (rank == 0) & (kind < 6)
        thinned = (kind >= 6) & (kind < 20) & (line % 2 == along)
        loose = (kind >= 20) & (kind < 42)
        chance = random.random(len(pairs))
        dropped = (rank == 0) & (thinned | (chance < np.select([park, loose], [0.5, 0.27], 0.07)))
        kept = ~dropped
        found.append((pairs[kept], rank[kept], park[kept], np.column_stack((np.full(kept.sum(), along), line[kept]))))
    edges, ranks, parks, lines = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return edges, ranks, parks, lines


def _add_service(
    network: Network, ids: dict[int, int], number: Ints, points: Floats, inside: Flags, random: np.random.Generator
) -> None:
    """Short dead ends into blocks: forecourts, car parks, drives."""
    cells = np.column_stack(
        [number[:-1, :-1].ravel(), number[1:, :-1].ravel(), number[1:, 1:].ravel(), number[:-1, 1:].ravel()]
    )
    cells = cells[inside[cells].all(axis=1)]
    chosen = cells[random.random(len(cells)) < 0.13]
    share = random.uniform(0.30, 0.46, len(chosen))[:, None]
    ends = points[chosen[:, 0]] + share * (points[chosen[:, 2]] - points[chosen[:, 0]])
    for corner, end in zip(chosen[:, 0].tolist(), ends, strict=True):
        if corner in ids:
            network.edges.append(Edge([ids[corner], *network.add_points([end])], "service"))
