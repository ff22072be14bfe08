"""A network built of what is loaded, kept in files, mapped again whole, and built anew when the roads move."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import NotFoundError, SourceError
from geo.network.profiles import PROFILES
from geo.travel.conditions import conditions
from geo.travel.topology import Topology, topology_of
from services.database.connect import connect
from services.database.revisions import layer_states
from services.ingest.rasters import rasters_folder
from services.ogc.alone import opened
from services.ogc.errors import UnanswerableError
from services.routing.building import build_missing, note_of, state_key
from services.routing.reading import read_records
from services.routing.roads import Networks
from services.routing.storing import load, remove, store, store_hierarchy
from services.routing.zones import zones_folder
from tests.conftest import DatabaseUnderTest
from tests.geo.travel.streets import grid, street_map


def columns(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if hasattr(value, "_fields") or is_dataclass(value):
        for each in value._fields if hasattr(value, "_fields") else [field.name for field in fields(value)]:
            yield from columns(getattr(value, each), f"{name}.{each}")
    else:
        yield name, value


@pytest.fixture(scope="module")
def topology() -> Topology:
    made = topology_of(street_map(grid(4)))
    return replace(made, stored=made.hierarchy)


@pytest.fixture(scope="module")
def networks(loaded_city: DatabaseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the networks of the sample city, both sides built."""
    folder = tmp_path_factory.mktemp("networks")
    plane, rasters = loaded_city.settings.city.plane_crs, rasters_folder(loaded_city.settings.var)
    with connect(loaded_city.urls.public, autocommit=True) as public:
        assert build_missing(public, "published", folder, plane, rasters)
        assert not build_missing(public, "published", folder, plane, rasters), "it is there"
    with connect(loaded_city.urls.internal, autocommit=True) as internal:
        assert build_missing(internal, "core", folder, plane, rasters)
    return folder


def test_what_is_stored_comes_back_as_it_was(topology: Topology, tmp_path: Path) -> None:
    store(tmp_path / "network", topology)
    found = load(tmp_path / "network")
    before, after = dict(columns(topology)), dict(columns(found))
    assert before.keys() == after.keys()
    for name, column in before.items():
        is_float = isinstance(column, np.ndarray) and column.dtype.kind == "f"
        assert np.array_equal(column, after[name], equal_nan=is_float), name
        if isinstance(column, np.ndarray):
            assert column.dtype == after[name].dtype, name
    assert found.hierarchy.graph is found.turns.graph
    assert found.turns.roads is found.network.graph
    assert [each.name for each in tmp_path.iterdir()] == ["network"], "nothing else is left"
    store(tmp_path / "network", topology)  # which is there already


def test_a_hierarchy_is_kept_when_it_is_asked_for_and_not_before(topology: Topology, tmp_path: Path) -> None:
    store(tmp_path / "network", topology, ordered=False)
    found = load(tmp_path / "network")
    assert not found.is_ordered
    assert conditions(found, PROFILES["car"]).usable.any()
    assert not found.is_ordered, "what a vehicle finds does not ask for it"
    store_hierarchy(tmp_path / "network", found)
    again = load(tmp_path / "network")
    assert again.is_ordered
    assert np.array_equal(again.hierarchy.rank, topology.hierarchy.rank)
    remove(tmp_path / "network")
    assert not list(tmp_path.iterdir())


def test_analyses_by_area_have_a_network_before_routes_have(loaded_city: DatabaseUnderTest, tmp_path: Path) -> None:
    plane, rasters = loaded_city.settings.city.plane_crs, rasters_folder(loaded_city.settings.var)
    with connect(loaded_city.urls.public, autocommit=True) as public:
        assert build_missing(public, "published", tmp_path, plane, rasters, ordered=False)
        assert not build_missing(public, "published", tmp_path, plane, rasters, ordered=False)
        key = state_key(layer_states(public, "published"), "published")
        assert key is not None
        kept = Networks(tmp_path)
        by_area = kept.conditions(key, "car", metric=False)
        assert by_area.metric is None
        assert not by_area.topology.is_ordered
        assert not kept.is_built(key)
        with pytest.raises(UnanswerableError):
            kept.conditions(key, "car")
        assert build_missing(public, "published", tmp_path, plane, rasters), "its hierarchy was missing"
    now = kept.conditions(key, "car")
    assert now.metric is not None
    assert np.array_equal(now.weights, by_area.weights)
    assert kept.conditions(key, "car", metric=False) is now


def test_with_a_cluster_the_hierarchy_is_built_when_a_route_is_asked_for(
    loaded_city: DatabaseUnderTest, tmp_path: Path
) -> None:
    nobody = {"dask_scheduler": "tcp://127.0.0.1:9", "var": tmp_path}
    with opened(loaded_city.settings.model_copy(update=nobody)) as context:
        by_area = context.roads.conditions("car", metric=False)
        assert not by_area.topology.is_ordered
        assert not zones_folder(tmp_path).exists()
        now = context.roads.conditions("car")
        assert now.topology.is_ordered
        assert context.roads.zones(now) is not None


def _remove(file: Path) -> None:
    file.unlink()


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-8])


def _overwrite(file: Path) -> None:
    file.write_bytes(b"\0" * file.stat().st_size)


@pytest.mark.parametrize("damage", [_remove, _cut_short, _overwrite])
@pytest.mark.parametrize("name", ["turns.head.npy", "hierarchy/hierarchy.up.upper.npy", "manifest.json"])
def test_a_damaged_network_is_refused(
    topology: Topology, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    store(tmp_path / "network", topology)
    damage(tmp_path / "network" / name)
    with pytest.raises(SourceError, match="not whole"):
        load(tmp_path / "network")


def test_both_sides_with_the_same_roads_share_one_network(networks: Path) -> None:
    notes = [json.loads(file.read_text("utf-8")) for file in networks.glob("*.json")]
    assert len(notes) == 2
    assert notes[0] == notes[1]
    assert len([each for each in networks.iterdir() if each.is_dir()]) == 1


def test_records_are_those_of_the_layers(loaded_city: DatabaseUnderTest) -> None:
    with connect(loaded_city.urls.public, autocommit=True) as connection:
        records = read_records(connection, "published")
        again = read_records(connection, "published")
        states = layer_states(connection, "published")
    assert len(records.ways) == states["roads"].row_count > 1000
    assert len(records.restrictions) == states["turn-restrictions"].row_count > 0
    assert len(records.barriers) == states["road-barriers"].row_count > 0
    lines = records.ways.lines
    assert {barrier.node_id.encode() for barrier in records.barriers} <= set(lines.node.tolist())
    assert records.digest == again.digest
    assert lines.points.sum() == len(lines.node) == len(lines.lon) == len(lines.lat)
    assert not records.ways.findings, "each has as many positions as nodes"


def test_every_profile_finds_roads_and_unknown_ones_are_refused(loaded_city: DatabaseUnderTest, networks: Path) -> None:
    with connect(loaded_city.urls.public, autocommit=True) as connection:
        key = state_key(layer_states(connection, "published"), "published")
    assert key is not None
    kept = Networks(networks)
    for name in PROFILES:
        now = kept.conditions(key, name)
        assert now.usable.mean() > 0.2, name
        assert kept.conditions(key, name) is now
    with pytest.raises(NotFoundError, match="hovercraft"):
        kept.conditions(key, "hovercraft")


def test_until_a_network_is_built_the_one_before_answers(networks: Path) -> None:
    (state, *_) = [file.stem for file in networks.glob("*.json")]
    kept = Networks(networks)
    with pytest.raises(UnanswerableError):
        kept.conditions("of-a-state-to-come", "car")
    now = kept.conditions(state, "car")
    assert kept.conditions("of-a-state-to-come", "car") is now
    assert not kept.is_built("of-a-state-to-come")
    assert kept.is_built(state)


def test_roads_that_move_are_built_anew(database: DatabaseUnderTest, tmp_path: Path) -> None:
    add = (
        "INSERT INTO core.roads (id, osm_id, osm_type, highway, node_ids, geometry, source_id, dataset, as_of, "
        "fictitious, position_quality, load_id, raw_number) VALUES (%(id)s, %(id)s, 'way', 'residential', %(nodes)s, "
        "ST_SetSRID(ST_MakeLine(ST_MakePoint(135.34, 34.73), ST_MakePoint(%(lon)s, 34.73)), 6668), 'osm', 'test', "
        "'2024-03-31', true, 'as-published', 1, 1)"
    )
    plane, rasters = database.settings.city.plane_crs, rasters_folder(database.settings.var)
    with (
        connect(database.urls.owner, autocommit=True) as owner,
        connect(database.urls.internal, autocommit=True) as internal,
    ):
        assert not build_missing(internal, "core", tmp_path / "n", plane, rasters), "no roads, no network"
        keys = []
        for number, lon in enumerate((135.341, 135.342)):
            owner.execute(
                "INSERT INTO ngis.load (file_name, layer_id, status, loaded_by, started_at, rows_loaded) "
                "VALUES ('test', 'roads', 'loaded', 'test', now(), 1)"
            )
            owner.execute(
                "INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, fictitious, row_count) SELECT 'roads', "
                "'test', 'osm-roads', max(id), true, 1 FROM ngis.load ON CONFLICT DO NOTHING"
            )
            owner.execute(add, {"id": f"w{number}", "nodes": [f"n{number}", f"m{number}"], "lon": lon})
            owner.execute("UPDATE ngis.layer SET revision = revision + 1 WHERE id = 'roads'")
            assert build_missing(internal, "core", tmp_path / "n", plane, rasters)
            key = state_key(layer_states(internal, "core"), "core")
            assert key is not None
            note = note_of(tmp_path / "n", key)
            assert note is not None
            keys.append(note["network"])
            assert note["ways"] == number + 1
    assert keys[0] != keys[1]
    shutil.rmtree(tmp_path / "n" / keys[1])
    with connect(database.urls.internal, autocommit=True) as internal:
        assert build_missing(internal, "core", tmp_path / "n", plane, rasters), "one that was lost is built again"
