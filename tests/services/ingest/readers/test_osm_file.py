"""OSM PBF: nodes, ways, areas, turn restrictions, and extracts with holes."""

from pathlib import Path

import osmium
import pytest
from osmium.osm import mutable

from geo.errors import SourceError
from layers.model import OsmSelector
from services.ingest.model import Action
from services.ingest.readers import open_file

SELECTORS = {
    "roads": OsmSelector(elements=("way",), tags={"highway": ()}),
    "hydrants": OsmSelector(elements=("node", "area"), tags={"emergency": ("fire_hydrant", "water_tank")}),
    "restrictions": OsmSelector(elements=(), tags={}),
}


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "given.bin"
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf")) as writer:
        corners = [(135.0, 34.0), (135.1, 34.0), (135.1, 34.1), (135.0, 34.1)]
        for number, place in enumerate(corners, start=1):
            writer.add_node(mutable.Node(id=number, location=place, version=1))
        hydrant = {"emergency": "fire_hydrant", "fire_hydrant:diameter": "150"}
        writer.add_node(mutable.Node(id=5, location=(135.05, 34.05), tags=hydrant, version=1))
        writer.add_node(mutable.Node(id=6, location=(135, 34), tags={"emergency": "phone"}, version=1))
        road = {"highway": "residential", "name": "県道"}
        writer.add_way(mutable.Way(id=10, nodes=[1, 2, 3], tags=road, version=1))
        writer.add_way(mutable.Way(id=11, nodes=[3, 4, 99], tags=road, version=1))
        writer.add_way(mutable.Way(id=12, nodes=[98, 99, 4], tags=road, version=1))
        writer.add_way(mutable.Way(id=13, nodes=[1, 2, 3, 4, 1], tags={"emergency": "water_tank"}, version=1))
        members = [("w", 10, "from"), ("n", 3, "via"), ("w", 11, "to")]
        tags = {"type": "restriction", "restriction": "no_left_turn"}
        writer.add_relation(mutable.Relation(id=20, members=members, tags=tags, version=1))
        tank = {"type": "multipolygon", "emergency": "water_tank"}
        writer.add_relation(mutable.Relation(id=21, members=[("w", 777, "outer")], tags=tank, version=1))
    return path


def test_one_table_per_selector(extract: Path) -> None:
    with open_file(extract, selectors=SELECTORS) as opened:
        tables = {table.name: table for table in opened.tables}
        records = {name: list(table.records()) for name, table in tables.items()}
    assert opened.container == "osm-pbf"
    assert tables["roads"].crs == 4326
    assert tables["roads"].columns == ("osm_id", "osm_type", "node_ids", "highway", "name")
    assert tables["roads"].metadata == {"nodes": "6", "ways": "4", "relations": "2", "restrictions": "1"}

    way = records["roads"][0]
    assert way.number == 10
    assert way.values["node_ids"] == [1, 2, 3]
    assert way.geometry is not None
    assert list(way.geometry.coords) == [(135.0, 34.0), (135.1, 34.0), (135.1, 34.1)]

    hydrant, tank, broken = records["hydrants"]
    assert (hydrant.values["osm_type"], hydrant.values["fire_hydrant:diameter"]) == ("node", "150")
    assert (tank.number, tank.values["osm_type"]) == (13, "way")
    assert tank.geometry is not None
    assert tank.geometry.geom_type == "MultiPolygon"
    assert [(f.rule, f.action) for f in broken.findings] == [("dangling-reference", Action.REJECTED)]

    (restriction,) = records["restrictions"]
    assert [restriction.values[key] for key in ("from", "via", "to")] == ["w10", "n3", "w11"]
    assert restriction.values["restriction"] == "no_left_turn"


def test_ways_with_nodes_outside_the_extract(extract: Path) -> None:
    with open_file(extract, selectors=SELECTORS) as opened:
        _, cut, lost = opened.tables[0].records()
    assert cut.geometry is not None
    assert len(cut.geometry.coords) == 2
    assert cut.values["node_ids"] == [3, 4, 99]
    assert [(f.rule, f.action, f.old) for f in cut.findings] == [("dangling-reference", Action.NOTED, "99")]
    assert lost.geometry is None
    assert [(f.rule, f.action) for f in lost.findings] == [("dangling-reference", Action.REJECTED)]


def test_truncated(extract: Path) -> None:
    extract.write_bytes(extract.read_bytes()[:-25])
    with pytest.raises(SourceError, match=r"given\.bin: the OSM file is truncated or damaged \(.*(PBF|EOF)"):
        open_file(extract, selectors=SELECTORS)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_truncated_anywhere(extract: Path, share: float) -> None:
    whole = extract.read_bytes()
    extract.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(SourceError, match=r"given\.bin"):
        open_file(extract, selectors=SELECTORS)


def test_a_restriction_without_one_of_its_members(tmp_path: Path) -> None:
    path = tmp_path / "given.bin"
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf")) as writer:
        tags = {"type": "restriction", "restriction": "no_left_turn"}
        members = [("w", 777, "from"), ("w", 778, "to")]  # ways that the file lacks, and no node between them
        writer.add_relation(mutable.Relation(id=20, members=members, tags=tags, version=1))
    with open_file(path, selectors={"restrictions": SELECTORS["restrictions"]}) as opened:
        (found,) = opened.tables[0].records()
    assert [found.values[key] for key in ("from", "via", "to")] == ["w777", None, "w778"]
    assert [(each.rule, each.action) for each in found.findings] == [("dangling-reference", Action.NOTED)]


@pytest.mark.real_data
def test_full_road_file(real_data: Path) -> None:
    path = real_data / "roads" / "hanshin_osm2017_roads_full.osm.pbf"
    with open_file(path, selectors=SELECTORS) as opened:
        roads = next(table for table in opened.tables if table.name == "roads")
        ways = sum(1 for _ in roads.records())
        restrictions = next(table for table in opened.tables if table.name == "restrictions")
        assert sum(1 for _ in restrictions.records()) == 62
    assert roads.metadata == {"nodes": "93016", "ways": "98995", "relations": "62", "restrictions": "62"}
    assert ways == 98995
