"""Small networks drawn by hand: nodes have a name and a place in metres east and north of a corner in the city."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geo.crs import transform_xy
from geo.network.building import build_network
from geo.network.model import RoadNetwork
from geo.network.records import Barrier, TurnRestriction, Way
from geo.network.report import BuildReport

PLANE = 6673
CORNER = (92_000.0, -139_600.0)

Places = Mapping[str, tuple[float, float]]

CROSS: Places = {"c": (0, 0), "n": (0, 100), "e": (100, 0), "s": (0, -100), "w": (-100, 0), "far": (0, -200)}
"""A crossing ``c`` with an arm in each direction; the one to the south goes on."""


def lonlat(place: tuple[float, float]) -> tuple[float, float]:
    return transform_xy(CORNER[0] + place[0], CORNER[1] + place[1], PLANE, 6668)


def way(way_id: str, nodes: str, places: Places = CROSS, highway: str = "residential", **tags: Any) -> Way:
    """A way over nodes named by letters with blanks between them; one without a place has no position."""
    ids = nodes.split()
    line = [lonlat(places[node]) if node in places else (np.nan, np.nan) for node in ids]
    return Way(way_id, ids, [lon for lon, _ in line], [lat for _, lat in line], highway, **tags)


def cross(**tags: Any) -> list[Way]:
    """A way from the centre to each end of the crossing, drawn outwards and named as the end is."""
    return [*(way(f"w-{end}", f"c {end}", **tags) for end in "nesw"), way("w-far", "s far", **tags)]


def network(
    ways: Sequence[Way], restrictions: Sequence[TurnRestriction] = (), barriers: Sequence[Barrier] = ()
) -> RoadNetwork:
    return built(ways, restrictions, barriers)[0]


def built(
    ways: Sequence[Way], restrictions: Sequence[TurnRestriction] = (), barriers: Sequence[Barrier] = ()
) -> tuple[RoadNetwork, BuildReport]:
    return build_network(ways, restrictions, barriers, plane=PLANE)


def edge(made: RoadNetwork, tail: str, head: str, way_id: str | None = None) -> int:
    """The one edge between two nodes (of that way)."""
    found = [
        number
        for number in range(made.edges)
        if made.node_id[made.graph.tail[number]] == tail
        and made.node_id[made.graph.head[number]] == head
        and (way_id is None or made.ways.id[made.way[number]] == way_id)
    ]
    assert len(found) == 1, f"{tail} to {head}: {len(found)} edges"
    return found[0]


def pairs(made: RoadNetwork) -> set[str]:
    """Edges of a network as ``tail>head``."""
    ids = made.node_id
    return {f"{ids[tail]}>{ids[head]}" for tail, head in zip(made.graph.tail, made.graph.head, strict=True)}


def turns(made: RoadNetwork) -> set[str]:
    """Forbidden turns as ``from>over>onto``."""
    ids, graph = made.node_id, made.graph
    return {
        f"{ids[graph.tail[before]]}>{ids[graph.head[before]]}>{ids[graph.head[behind]]}"
        for before, behind in made.forbidden_turns
    }
