"""The database answers as geometry in memory does, in one look, and each face as it may."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import geopandas as gpd
import numpy as np
import psycopg
import pytest
import shapely

from layers.catalogue import catalogue
from services.database.connect import connect, open_pool
from services.database.publish import publish
from services.database.revisions import layer_states
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.analysis.frames import FrameLayers
from services.ogc.face import Face
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.ogc.source import Source
from tests.conftest import DatabaseUnderTest
from tests.services.ogc.processes.stored import put

HAZARDS = [layer.id for layer in catalogue().values() if layer.hazard is not None]
READ = [*HAZARDS, "districts", "towns", "population-mesh", "emergency-sites"]


class CountingPool:
    """A pool that counts how often it is asked."""

    def __init__(self, url: str) -> None:
        self._pool = open_pool(url, 2)
        self.asked = 0

    def connection(self) -> AbstractContextManager[psycopg.Connection[tuple[Any, ...]]]:
        self.asked += 1
        return self._pool.connection()

    def close(self) -> None:
        self._pool.close()


@contextmanager
def opened(database: DatabaseUnderTest, face: Face) -> Iterator[tuple[Context, CountingPool]]:
    """A context over the database as one face sees it."""
    pool = CountingPool(database.urls.public if face is Face.PUBLIC else database.urls.internal)
    try:
        with pool.connection() as connection:
            states = layer_states(connection, face.schema)
        city = database.settings.city
        sources = {
            layer.id: Source.unmeasured(layer, face, states[layer.id], pool, city.plane_crs, database.settings.var)
            for layer in catalogue().values()
            if layer.id in states
        }
        yield Context(DatabaseLayers(sources), city), pool
    finally:
        pool.close()


@pytest.fixture(scope="module")
def both(loaded_city: DatabaseUnderTest) -> Iterator[tuple[Context, Context, CountingPool]]:
    """The same city in the database and in memory."""
    with opened(loaded_city, Face.PUBLIC) as (database, pool):
        frames, states = {}, {}
        for layer_id in READ:
            features = database.layers.features(layer_id)
            frames[layer_id] = gpd.GeoDataFrame(
                [{"id": each.id, **each.properties} for each in features],
                geometry=[each.geometry for each in features],
                crs=6668,
            )
            state = database.layers.state(layer_id)
            assert state is not None
            states[layer_id] = state
        yield database, Context(FrameLayers(frames, states), database.city), pool


def spots(memory: Context) -> list[Any]:
    """Positions all over the city, outside of it, and exactly on vertices of areas."""
    generator = np.random.default_rng(28204)
    found: list[Any] = np.column_stack(
        (generator.uniform(135.22, 135.39, 120), generator.uniform(34.67, 34.86, 120))
    ).tolist()
    for layer_id in HAZARDS:
        vertices = shapely.get_coordinates([each.geometry for each in memory.layers.features(layer_id)])
        found += vertices[generator.integers(0, len(vertices), 20)].tolist()
    return found


def test_positions_are_answered_as_in_memory(both: tuple[Context, Context, CountingPool]) -> None:
    database, memory, _ = both
    process = processes()["hazard-at-point"]
    states = set()
    for location in spots(memory):
        found = process.run({"location": location}, database)
        assert found == process.run({"location": location}, memory), location
        states |= {each["state"] for each in found["answer"]["hazards"]}
    assert states == {"inside", "outside", "unknown"}


def test_addresses_are_answered_as_in_memory(both: tuple[Context, Context, CountingPool]) -> None:
    database, memory, _ = both
    process = processes()["hazard-at-point"]
    names = [each.properties["name"] for each in memory.layers.features("towns")]
    several = 0
    for name in names[:: max(1, len(names) // 25)]:
        found = process.run({"address": f"西宮市{name}1-1"}, database)
        assert found == process.run({"address": f"西宮市{name}1-1"}, memory), name
        several += any(len(each["possible_states"]) > 1 for each in found["answer"]["hazards"])
    assert several


@pytest.mark.parametrize("hazard", ["hazard-landslide", "hazard-tsunami"])
def test_exposure_as_in_memory(both: tuple[Context, Context, CountingPool], hazard: str) -> None:
    database, memory, _ = both
    process = processes()["exposure"]
    inputs = {"hazard": hazard, "k": 10, "rounding": 1, "facilities": ["emergency-sites"]}
    assert process.run(inputs, database) == process.run(inputs, memory)


def test_exposure_of_everything_is_everybody(both: tuple[Context, Context, CountingPool]) -> None:
    """Where the whole city is inside, the people are those of its cells: the census counts them once."""
    database, memory, _ = both
    process = processes()["exposure"]
    every = {"hazard": "hazard-flood", "k": 10, "rounding": 1, "facilities": ["emergency-sites"]}
    west, south, east, north = 135.2, 34.6, 135.5, 34.9
    box = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    found = process.run({**every, "area": {"type": "Polygon", "coordinates": [box]}}, database)["exposure"]
    people = sum(each.properties["population"] or 0 for each in memory.layers.features("population-mesh"))
    bounds, total = found["population"]["bounds"], found["population"]["totals"]["total"]
    assert bounds["lower"] <= total <= bounds["upper"] <= people + 10
    # Sums over the classes are the same whichever way they are added.
    rows = found["population"]["rows"]
    assert sum(row["total"] for row in rows if row["total"] is not None) == total


def test_a_position_needs_no_look_and_an_address_one(both: tuple[Context, Context, CountingPool]) -> None:
    database, memory, pool = both
    process = processes()["hazard-at-point"]
    name = memory.layers.features("towns")[0].properties["name"]
    for inputs, looks in (({"location": [135.35, 34.74]}, 0), ({"address": f"西宮市{name}1-1"}, 1)):
        process.run(inputs, database)
        before = pool.asked
        process.run(inputs, database)
        assert pool.asked == before + looks


# --- the faces -------------------------------------------------------------------------------------------------


def test_what_was_not_published_is_unknown_to_the_public(database: DatabaseUnderTest) -> None:
    square = shapely.box(135.30, 34.70, 135.40, 34.80)
    layers = catalogue()
    put(
        database, layers["districts"], [{"id": "d", "municipality_code": "28204", "name": "西宮市", "geometry": square}]
    )
    put(
        database,
        layers["hazard-tsunami"],
        [{"id": "t", "rank": 4, "hazard_class": "depth-4", "depth_lower_m": 1, "depth_upper_m": 3, "geometry": square}],
    )
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, "districts", "test")

    def state(face: Face) -> str:
        with opened(database, face) as (context, _):
            answer = processes()["hazard-at-point"].run({"location": [135.35, 34.75]}, context)["answer"]
        return next(str(each["statement"]) for each in answer["hazards"] if each["id"] == "hazard-tsunami")

    assert "データが読み込まれていません" in state(Face.PUBLIC)
    assert "区域の中" in state(Face.INTERNAL)
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, "hazard-tsunami", "test")
    assert "区域の中" in state(Face.PUBLIC)


def test_what_was_remembered_is_forgotten_with_its_revision(database: DatabaseUnderTest) -> None:
    square = shapely.box(135.30, 34.70, 135.40, 34.80)
    put(
        database,
        catalogue()["districts"],
        [{"id": "d", "municipality_code": "28204", "name": "西宮市", "geometry": square}],
    )
    inside = {"location": [135.45, 34.75]}

    def in_city() -> object:
        with opened(database, Face.INTERNAL) as (context, _):
            return processes()["hazard-at-point"].run(inside, context)["answer"]["place"]["in_city"]

    assert in_city() is False
    with connect(database.urls.owner) as connection:
        connection.execute(
            "UPDATE core.districts SET geometry = ST_Multi(ST_MakeEnvelope(135.3, 34.7, 135.5, 34.8, 6668))"
        )
    assert in_city() is True
