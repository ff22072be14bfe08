"""The road network and the rivers as an OSM file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from services.ingest.sample.network import Network
from services.ingest.sample.plane import to_degrees
from services.ingest.sample.rivers import River
from services.ingest.sample.traffic import Restriction
from services.ingest.sample.writers import FICTITIOUS, OsmRelation, OsmWay, write_pbf

_NOTE = {"note": FICTITIOUS}


def write_roads_and_rivers(
    path: Path, network: Network, restrictions: Sequence[Restriction], rivers: Sequence[River]
) -> None:
    """Roads (one way for each edge), barriers, turn restrictions and waterways; only nodes in use are written."""
    points = network.coordinates()
    used = np.unique(np.concatenate([edge.nodes for edge in network.edges]))
    position = {node: index for index, node in enumerate(used.tolist())}
    ways = [
        OsmWay([position[node] for node in edge.nodes], {"highway": edge.highway, **edge.tags, **_NOTE})
        for edge in network.edges
    ]
    places = [points[used]]
    count = len(used)
    for river in rivers:
        vertices = river.points
        tags = {"waterway": river.kind, "name": river.name, "name:ja_kana": river.kana, "name:en": river.english}
        ways.append(OsmWay(range(count, count + len(vertices)), {**tags, "width": f"{2 * river.bank_m:.0f}", **_NOTE}))
        places.append(vertices)
        count += len(vertices)
    relations = [
        OsmRelation(
            (("w", rule.from_edge, "from"), ("n", position[rule.via], "via"), ("w", rule.to_edge, "to")),
            {"type": "restriction", "restriction": rule.kind, **_NOTE},
        )
        for rule in restrictions
    ]
    node_tags = {
        position[node]: {"barrier": kind, **_NOTE} for node, kind in network.barriers.items() if node in position
    }
    everywhere = np.concatenate(places)
    longitude, latitude = to_degrees(everywhere[:, 0], everywhere[:, 1])
    write_pbf(path, np.column_stack((longitude, latitude)), node_tags, ways, relations)
