"""What tiles show: positions against pyproj, generalised areas against the true ones, and how large they get."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Point, Polygon, box

from geo.tile_matrix import WEB_MERCATOR_QUAD, TileMatrixSet, plane_rectangular
from layers.catalogue import layer_named
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.revisions import Schema
from services.tiles.drawing import MOST_BYTES, Drawing, draw
from tests.conftest import DatabaseUnderTest, _database
from tests.services.tiles.ground import add
from tests.services.tiles.mvt import Feature, decode

PLANE = plane_rectangular(6673)
HAZARD, BASE, POINTS, LINES = "hazard-inland-flood", "population-mesh", "towns", "waterways"
Connection = psycopg.Connection[tuple[Any, ...]]


def specks(seed: int, count: int, size_m: float) -> dict[str, MultiPolygon]:
    """Small squares scattered over the south of the city."""
    random = np.random.default_rng(seed)
    lon, lat = 135.33 + 0.02 * random.random(count), 34.73 + 0.02 * random.random(count)
    side = size_m / 111_000
    return {
        f"s{number}": MultiPolygon([box(x, y, x + side, y + side)])
        for number, (x, y) in enumerate(zip(lon, lat, strict=True))
    }


WINDING = Polygon(
    [(135.30 + 0.02 * np.cos(a) * r, 34.76 + 0.02 * np.sin(a) * r) for a in np.linspace(0, 6.28, 400)[:-1]
     for r in [0.8 + 0.2 * np.sin(a * 37)]]
)  # fmt: skip
THIN = box(135.31, 34.80, 135.35, 34.80001)


@pytest.fixture(scope="module")
def ground(
    cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseUnderTest]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        add(database, HAZARD, specks(1, 150, 3.0), hazard_class="depth-2")
        add(database, HAZARD, {"deep": MultiPolygon([WINDING, THIN])}, hazard_class="depth-5")
        add(database, HAZARD, {"unknown": MultiPolygon([box(135.26, 34.82, 135.27, 34.83)])})
        add(database, BASE, specks(2, 300, 3.0), mesh_code="x")
        add(database, BASE, {"large": MultiPolygon([box(135.25, 34.70, 135.35, 34.80)])}, mesh_code="y")
        random = np.random.default_rng(3)
        spots = zip(135.24 + 0.14 * random.random(3000), 34.68 + 0.17 * random.random(3000), strict=True)
        add(database, POINTS, {f"t{number}": Point(*spot) for number, spot in enumerate(spots)}, name="浜町")
        yield database


@pytest.fixture
def connection(ground: DatabaseUnderTest) -> Iterator[Connection]:
    with connect(ground.urls.ingest, autocommit=True) as opened:
        yield opened


def drawn(
    connection: Connection,
    layer_id: str,
    zoom: int,
    at: tuple[float, float],
    scheme: TileMatrixSet = WEB_MERCATOR_QUAD,
    side: Schema = "core",
) -> tuple[list[Feature], tuple[int, int]]:
    """The features of the tile at a position, and its column and row."""
    column, row = next(scheme.tiles((*at, *at), zoom))
    tile = draw(connection, Drawing(layer_named(layer_id), side), scheme, zoom, column, row)
    return decode(tile).get(layer_id, []), (column, row)


@cache
def _transformer(srid: int) -> Transformer:
    return Transformer.from_crs(6668, srid, always_xy=True)


def to_tile(scheme: TileMatrixSet, zoom: int, tile: tuple[int, int], shape: Any) -> Any:
    """A shape in degrees in units of a tile, by pyproj."""
    west, _, _, north = scheme.tile_box(zoom, *tile)
    unit = scheme.tile_side_m(zoom) / 4096
    transformer = _transformer(scheme.srid)

    def place(points: Any) -> Any:
        x, y = transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack([(x - west) / unit, (north - y) / unit])

    return shapely.transform(shape, place)


@pytest.mark.parametrize("scheme", [WEB_MERCATOR_QUAD, PLANE], ids=lambda each: each.id)
@pytest.mark.parametrize("zoom", [3, 9, 12, 14, 16, 18])
def test_points_are_where_pyproj_puts_them(connection: Connection, scheme: TileMatrixSet, zoom: int) -> None:
    rows = connection.execute("SELECT id, ST_X(geometry), ST_Y(geometry) FROM core.towns").fetchall()
    truth = {key: Point(x, y) for key, x, y in rows}
    features, tile = drawn(connection, POINTS, zoom, (rows[0][1], rows[0][2]), scheme)
    assert features
    for feature in features:
        expected = to_tile(scheme, zoom, tile, truth[feature.properties["id"]])
        assert feature.geometry.distance(expected) <= 0.75  # half a diagonal of a unit, and the straight strip's 0.11


@pytest.mark.parametrize("zoom", [0, 9, 11, 13])
def test_points_that_are_left_out_are_counted(connection: Connection, zoom: int) -> None:
    total = 0
    around = (135.2, 34.6, 135.45, 34.9)
    for column, row in WEB_MERCATOR_QUAD.tiles(around, zoom):
        tile = draw(connection, Drawing(layer_named(POINTS), "core"), WEB_MERCATOR_QUAD, zoom, column, row)
        inside = [f for f in decode(tile).get(POINTS, []) if 0 <= f.geometry.x < 4096 and 0 <= f.geometry.y < 4096]
        total += sum(feature.properties.get("feature_count", 1) for feature in inside)
        cells = [(f.geometry.x // 32, f.geometry.y // 32) for f in inside]
        assert len(cells) - len(set(cells)) <= len(cells) * 0.08 + 1  # one mark for each spot, but for rounding
    # A spot on an edge may be shown by the neighbour's representative.
    assert total == pytest.approx(3000, rel=0.02)


@pytest.mark.parametrize("scheme", [WEB_MERCATOR_QUAD, PLANE], ids=lambda each: each.id)
@pytest.mark.parametrize("zoom", [5, 9, 11, 13])
def test_what_is_drawn_of_a_hazard_covers_what_is_true(
    connection: Connection, scheme: TileMatrixSet, zoom: int
) -> None:
    rows = connection.execute("SELECT hazard_class, ST_AsBinary(geometry) FROM core.hazard_inland_flood").fetchall()
    for at in ((135.34, 34.74), (135.30, 34.76), (135.33, 34.80), (135.265, 34.825)):
        features, tile = drawn(connection, HAZARD, zoom, at, scheme)
        window = box(0, 0, 4096, 4096)
        shown = shapely.union_all([feature.geometry.buffer(0) for feature in features])
        truth = shapely.union_all([to_tile(scheme, zoom, tile, shapely.from_wkb(shape)) for _, shape in rows])
        missing = truth.intersection(window).difference(shown.buffer(0.75))  # vertices are rounded to units
        assert missing.area == pytest.approx(0, abs=1e-6)
        # It stays where it is: two cells or the reach of simplifying, not kilometres.
        assert shown.intersection(window).difference(truth.buffer(70)).area == pytest.approx(0, abs=1e-6)


def test_the_gravest_class_of_a_spot_is_shown(database: DatabaseUnderTest) -> None:
    spot = MultiPolygon([box(135.34, 34.74, 135.34001, 34.74001)])
    for number, rank in enumerate(("depth-1", "depth-7", None, "depth-3")):
        add(database, HAZARD, {f"{number}": spot}, hazard_class=rank)
    with connect(database.urls.ingest, autocommit=True) as connection:
        (feature,), _ = drawn(connection, HAZARD, 10, (135.34, 34.74))
    assert feature.properties == {"hazard_class": "depth-7", "fictitious": True, "feature_count": 4}


@pytest.mark.parametrize("zoom", [12, 15])
def test_the_gravest_class_lies_uppermost(database: DatabaseUnderTest, zoom: int) -> None:
    area = MultiPolygon([box(135.34, 34.74, 135.35, 34.75)])
    for number, rank in enumerate(("depth-7", None, "depth-1", "depth-3")):
        add(database, HAZARD, {f"{number}": area}, hazard_class=rank)
    with connect(database.urls.ingest, autocommit=True) as connection:
        features, _ = drawn(connection, HAZARD, zoom, (135.345, 34.745))
    assert [feature.properties.get("hazard_class") for feature in features] == [None, "depth-1", "depth-3", "depth-7"]


def test_scenarios_are_not_merged_with_one_another(database: DatabaseUnderTest) -> None:
    spot = MultiPolygon([box(135.34, 34.74, 135.34001, 34.74001)])
    add(database, "hazard-flood", {"a": spot}, scenario="maximum", hazard_class="depth-2")
    add(database, "hazard-flood", {"b": spot}, scenario="planned", hazard_class="depth-1")
    with connect(database.urls.ingest, autocommit=True) as connection:
        features, _ = drawn(connection, "hazard-flood", 10, (135.34, 34.74))
    found = {feature.properties["scenario"]: feature.properties["hazard_class"] for feature in features}
    assert found == {"maximum": "depth-2", "planned": "depth-1"}


@pytest.mark.parametrize("zoom", [11, 12, 13])
def test_small_areas_become_the_cells_they_lie_in(connection: Connection, zoom: int) -> None:
    features, _ = drawn(connection, BASE, zoom, (135.34, 34.74))
    large = [feature for feature in features if feature.properties.get("id") == "large"]
    merged = [feature for feature in features if "id" not in feature.properties]
    assert len(large) == 1
    assert len(merged) == 1
    assert 0 < merged[0].properties["feature_count"] <= 300
    assert merged[0].geometry.area % (32 * 32) == pytest.approx(0, abs=1e-6)


def test_detail_is_drawn_as_it_is(connection: Connection) -> None:
    zoom = 16
    ((shape,),) = connection.execute(
        "SELECT ST_AsBinary(geometry) FROM core.hazard_inland_flood WHERE id = 's7'"
    ).fetchall()
    truth = shapely.from_wkb(shape)
    features, tile = drawn(connection, HAZARD, zoom, (truth.centroid.x, truth.centroid.y))
    one = next(feature for feature in features if feature.properties["id"] == "s7")
    expected = to_tile(WEB_MERCATOR_QUAD, zoom, tile, truth)
    assert one.geometry.hausdorff_distance(expected) <= 0.8
    assert one.properties == {"id": "s7", "hazard_class": "depth-2", "fictitious": True}


def test_a_crowded_tile_stays_small(database: DatabaseUnderTest) -> None:
    random = np.random.default_rng(5)
    lon, lat = 135.31 + 0.02 * random.random(25_000), 34.74 + 0.016 * random.random(25_000)
    add(database, "shelters", {f"p{n}": Point(*at) for n, at in enumerate(zip(lon, lat, strict=True))}, name="避難所")
    with connect(database.urls.ingest, autocommit=True) as connection:
        drawing = Drawing(layer_named("shelters"), "core")
        for zoom in (5, 11, 13, 14):
            column, row = next(WEB_MERCATOR_QUAD.tiles((135.32, 34.748, 135.32, 34.748), zoom))
            tile = draw(connection, drawing, WEB_MERCATOR_QUAD, zoom, column, row)
            assert 0 < len(tile) <= MOST_BYTES
            counted = sum(f.properties.get("feature_count", 1) for f in decode(tile)["shelters"])
            assert counted > 1_000


def test_a_place_without_features_has_no_tile(connection: Connection) -> None:
    drawing = Drawing(layer_named(HAZARD), "core")
    for zoom in (8, 13, 15):
        column, row = next(WEB_MERCATOR_QUAD.tiles((139.7, 35.6, 139.7, 35.6), zoom))
        assert draw(connection, drawing, WEB_MERCATOR_QUAD, zoom, column, row) == b""
    assert draw(connection, drawing, PLANE, 12, 0, 0) == b""


def test_the_public_side_carries_no_internal_column() -> None:
    for layer_id in (HAZARD, POINTS, BASE):
        layer = layer_named(layer_id)
        public = {field.name for field in layer.public_fields} | {"fictitious"}
        assert set(Drawing(layer, "published").columns) <= public
