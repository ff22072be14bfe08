"""The road file of the sample city: its size, its classes and tags, and that cars get everywhere."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from services.ingest.sample.network import CAR_CLASSES, reach


@dataclass
class Osm:
    """The file as read back: positions by node id, tags of nodes, ways and relations."""

    positions: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    relations: list[tuple[dict[str, int], dict[str, str]]] = field(default_factory=list)

    @property
    def roads(self) -> dict[int, tuple[list[int], dict[str, str]]]:
        return {number: way for number, way in self.ways.items() if "highway" in way[1]}


@pytest.fixture(scope="module")
def roads(sample_city: Path) -> Osm:
    found = Osm()
    for thing in osmium.FileProcessor(str(sample_city / "sample_roads.osm.pbf")):
        tags = {tag.k: tag.v for tag in thing.tags}
        if isinstance(thing, osmium.osm.Node):
            found.positions[thing.id] = (thing.location.lon, thing.location.lat)
            if tags:
                found.node_tags[thing.id] = tags
        elif isinstance(thing, osmium.osm.Way):
            found.ways[thing.id] = ([node.ref for node in thing.nodes], tags)
        elif isinstance(thing, osmium.osm.Relation):
            found.relations.append(({member.role: member.ref for member in thing.members}, tags))
    return found


def test_header_says_that_it_is_invented(sample_city: Path) -> None:
    with osmium.io.Reader(str(sample_city / "sample_roads.osm.pbf")) as reader:
        assert "架空データ" in reader.header().get("generator")


def test_has_the_size_of_a_city(roads: Osm) -> None:
    assert 20_000 < len(roads.roads) < 32_000
    assert all(tags["note"] == "架空データ" for _, tags in roads.ways.values())
    assert all(node in roads.positions for nodes, _ in roads.ways.values() for node in nodes)
    assert all(len(nodes) >= 2 and len(set(nodes)) >= 2 for nodes, _ in roads.ways.values())


def test_roads_run_from_junction_to_junction(roads: Osm) -> None:
    ends = Counter(node for nodes, _ in roads.roads.values() for node in (nodes[0], nodes[-1]))
    inner = {node for nodes, _ in roads.roads.values() for node in nodes[1:-1]}
    assert not inner & ends.keys()


def test_has_all_classes_and_tags(roads: Osm) -> None:
    classes = Counter(tags["highway"] for _, tags in roads.roads.values())
    assert classes.keys() >= CAR_CLASSES | {"footway", "steps", "path"}
    assert classes["residential"] > 10_000
    for key in ("name", "ref", "oneway", "bridge", "tunnel", "layer", "maxspeed", "lanes", "width"):
        assert any(key in tags for _, tags in roads.roads.values()), key
    widths = [float(tags["width"]) for _, tags in roads.roads.values() if "width" in tags]
    assert 0.4 < len(widths) / len(roads.roads) < 0.9
    narrow = [tags for _, tags in roads.roads.values() if float(tags.get("width", 99)) < 4]
    assert len(narrow) > 1000
    assert 1000 < sum(tags.get("oneway") == "yes" for _, tags in roads.roads.values()) < 4000
    assert sum(tags.get("barrier") == "bollard" for tags in roads.node_tags.values()) > 100


def test_waterways_are_in_the_same_file(roads: Osm) -> None:
    rivers = [tags for _, tags in roads.ways.values() if "waterway" in tags]
    assert len(rivers) == 8
    assert all(tags["name"].endswith("川") for tags in rivers)


def test_turn_restrictions_join_at_their_node(roads: Osm) -> None:
    assert len(roads.relations) >= 100
    kinds = {tags["restriction"] for _, tags in roads.relations}
    assert kinds == {"no_left_turn", "no_right_turn", "no_u_turn", "only_straight_on"}
    for members, tags in roads.relations:
        assert tags["type"] == "restriction"
        for role in ("from", "to"):
            nodes, _ = roads.ways[members[role]]
            assert members["via"] in (nodes[0], nodes[-1])
        assert (members["from"] == members["to"]) == (tags["restriction"] == "no_u_turn")


def test_cars_get_everywhere_and_back(roads: Osm) -> None:
    """One strong component holds every car road but the ends of the motorways at the city's border."""
    forward: dict[int, list[int]] = defaultdict(list)
    backward: dict[int, list[int]] = defaultdict(list)
    junctions = set()
    for nodes, tags in roads.roads.values():
        if tags["highway"] not in CAR_CLASSES or tags.get("access") == "no":
            continue
        start, end = nodes[0], nodes[-1]
        junctions |= {start, end}
        for a, b in [(start, end)] if tags.get("oneway") == "yes" else [(start, end), (end, start)]:
            forward[a].append(b)
            backward[b].append(a)
    middle = next(nodes[0] for nodes, tags in roads.roads.values() if tags["highway"] == "primary")
    strong = reach(middle, forward) & reach(middle, backward)
    assert len(strong) > 0.998 * len(junctions)
    for nodes, tags in roads.roads.values():
        if tags["highway"] in CAR_CLASSES - {"motorway", "motorway_link"} and tags.get("access") != "no":
            assert {nodes[0], nodes[-1]} <= strong


def test_bollards_close_their_street(roads: Osm) -> None:
    for nodes, tags in roads.roads.values():
        barred = any("barrier" in roads.node_tags.get(node, {}) for node in nodes)
        if barred and tags["highway"] in CAR_CLASSES:
            assert tags["access"] == "no"


def test_few_roads_join_north_and_south(roads: Osm) -> None:
    """The mountains are crossed by three roads, one of them in a tunnel."""
    latitude = 34.7960
    crossing = []
    for nodes, tags in roads.roads.values():
        heights = [roads.positions[node][1] for node in nodes]
        if tags["highway"] in CAR_CLASSES and min(heights) < latitude < max(heights):
            crossing.append(tags)
    assert 2 <= len(crossing) <= 4
    assert sum("tunnel" in tags for tags in crossing) == 1


def test_streets_lie_on_land(sample_city: Path, roads: Osm) -> None:
    """All but the harbour bridges."""
    import json

    collection = json.loads((sample_city / "N03-sample_28_boundary.geojson").read_text("utf-8"))
    land = shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in collection["features"]])
    shapely.prepare(land)
    nodes = np.array(
        [roads.positions[node] for way, tags in roads.roads.values() if "bridge" not in tags for node in way]
    )
    assert shapely.contains_xy(land, nodes[:, 0], nodes[:, 1]).mean() > 0.999


def test_hydrants_stand_along_streets(sample_city: Path, roads: Osm) -> None:
    import csv

    with (sample_city / "282049_fire_hydrant.csv").open(encoding="utf-8-sig", newline="") as file:
        places = [(float(row["経度"]), float(row["緯度"])) for row in csv.DictReader(file)]
    lines = [shapely.LineString([roads.positions[node] for node in nodes]) for nodes, _ in roads.roads.values()]
    _, distance = shapely.STRtree(lines).query_nearest(shapely.points(places), return_distance=True, all_matches=False)
    assert distance.max() < 0.0001  # about 10 m
