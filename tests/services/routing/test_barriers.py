"""Barriers go from the layer into the network: they keep out whom they are there for, and nobody else."""

import json
from pathlib import Path

import numpy as np
import pytest

from geo.network.access import Access, Mode
from geo.network.impedance import impedance
from geo.network.model import RoadNetwork
from geo.network.profiles import profile
from geo.network.rules import Rule
from services.database.connect import connect
from services.database.revisions import layer_states
from services.ingest.rasters import rasters_folder
from services.routing.building import build_missing, state_key
from services.routing.reading import LAYERS, read_records
from services.routing.storing import load
from tests.conftest import DatabaseUnderTest


@pytest.fixture(scope="module")
def network(loaded_city: DatabaseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    folder: Path = tmp_path_factory.mktemp("networks")
    with connect(loaded_city.urls.public, autocommit=True) as connection:
        settings = loaded_city.settings
        build_missing(connection, "published", folder, settings.city.plane_crs, rasters_folder(settings.var))
    (note,) = (json.loads(file.read_text("utf-8")) for file in folder.glob("*.json"))
    assert note["barriers"] > 0
    return load(folder / note["network"]).network


def test_bollards_of_the_city_keep_cars_out_and_let_walkers_through(
    loaded_city: DatabaseUnderTest, network: RoadNetwork
) -> None:
    with connect(loaded_city.urls.public, autocommit=True) as connection:
        barriers = read_records(connection, "published").barriers
    access = network.stretches.barrier[network.stretch]
    barred = np.flatnonzero(access[:, Mode.MOTOR_VEHICLE] == Access.NO)
    assert len(barred) > 100
    assert set(network.node_id[network.graph.tail[barred]]) <= {barrier.node_id for barrier in barriers}
    for name in ("car", "pumper", "ambulance"):  # 道路交通法41条 frees them of signs, not of posts
        assert np.all(impedance(network, profile(name)).rule[barred] != 0), name
    for name in ("walking", "wheelchair"):
        assert not np.any(impedance(network, profile(name)).rule == Rule.BARRIER), name


def test_the_state_of_the_roads_is_that_of_their_barriers_too(loaded_city: DatabaseUnderTest) -> None:
    with connect(loaded_city.urls.public, autocommit=True) as connection:
        states = dict(layer_states(connection, "published"))
    before = state_key(states, "published")
    for layer_id in LAYERS:
        other = {each: state for each, state in states.items() if each != layer_id}
        assert state_key(other, "published") != before, layer_id


def test_limits_of_roads_and_barriers_come_out_of_their_layers(database: DatabaseUnderTest) -> None:
    add_barrier = (
        "INSERT INTO core.road_barriers (id, osm_id, osm_type, barrier, barrier_stated, max_width_m, max_height_m, "
        "geometry, source_id, dataset, as_of, fictitious, position_quality, load_id, raw_number) VALUES ('b', 'n7', "
        "'node', 'gate', 'gate', 1.9, 2.3, ST_SetSRID(ST_MakePoint(135.34, 34.73), 6668), 'osm', 'test', "
        "'2024-03-31', true, 'as-published', 1, 1)"
    )
    add_road = (
        "INSERT INTO core.roads (id, osm_id, osm_type, highway, max_length_m, node_ids, geometry, source_id, dataset, "
        "as_of, fictitious, position_quality, load_id, raw_number) VALUES ('r', 'w1', 'way', 'residential', 9.5, "
        "ARRAY['n7', 'n8'], ST_SetSRID(ST_MakeLine(ST_MakePoint(135.34, 34.73), ST_MakePoint(135.341, 34.73)), 6668), "
        "'osm', 'test', '2024-03-31', true, 'as-published', 1, 1)"
    )
    with connect(database.urls.owner, autocommit=True) as owner:
        owner.execute(add_barrier)
        owner.execute(add_road)
    with connect(database.urls.internal, autocommit=True) as internal:
        records = read_records(internal, "core")
    (barrier,) = records.barriers
    assert (barrier.node_id, barrier.max_width_m, barrier.max_height_m) == ("7", 1.9, 2.3)
    assert records.ways.ways.max_length_m.tolist() == [9.5]
