"""A geometry finds the same things in whatever served system it is written, in that system's own axis order."""

import json
from functools import cache
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from services.database.schema import Connection
from services.ogc.cql2 import condition, parse
from services.ogc.cql2.conditions.geometries import stored
from services.ogc.cql2.tree import Box, Geometry
from services.ogc.crs import CRS84, served_crs
from services.ogc.errors import ParameterError
from tests.services.ogc.cql2.conftest import Matching
from tests.services.ogc.cql2.things import SOURCE

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SYSTEMS = tuple(served_crs(6673))


@cache
def from_degrees(epsg: int) -> Transformer:
    return Transformer.from_crs("OGC:CRS84", epsg)


def written(shape: Any, uri: str) -> Any:
    """A geometry of longitudes and latitudes in another system, by the authority's own axis order."""
    if uri == CRS84:
        return shape
    transformer = from_degrees(int(uri.rpartition("/")[2]))
    return shapely.transform(shape, lambda xy: shapely.get_coordinates(
        shapely.points(*transformer.transform(xy[:, 0], xy[:, 1]))))  # fmt: skip


_LON, _LAT = st.floats(135.0, 135.6), st.floats(34.5, 35.0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(_LON, _LAT), st.floats(0.001, 0.2), st.floats(0.001, 0.2), st.sampled_from(SYSTEMS))
def test_geometries_are_where_they_are(corner: tuple[float, float], width: float, height: float, uri: str) -> None:
    shape = shapely.box(corner[0], corner[1], corner[0] + width, corner[1] + height)
    coordinates = shapely.get_coordinates(written(shapely.segmentize(shape, 0.005), uri))
    literal = Geometry("Polygon", (tuple(map(tuple, coordinates.tolist())),))
    found = stored(literal, served_crs(6673)[uri])
    assert found.is_valid
    assert shapely.symmetric_difference(found, shape).area < 1e-5 * shape.area


@pytest.mark.parametrize("uri", [uri for uri in SYSTEMS if "6673" not in uri])  # its zone is far from the things
def test_text_and_json_in_every_system(matching: Matching, uri: str) -> None:
    square = shapely.box(0.5, 0.5, 2.5, 2.5)
    place = written(square, uri)
    expected = matching(f"S_INTERSECTS(geometry, {square.wkt})")
    assert expected
    assert matching(f"S_INTERSECTS(geometry, {place.wkt})", crs=uri) == expected
    document = {"op": "s_intersects", "args": [{"property": "geometry"}, json.loads(shapely.to_geojson(place))]}
    assert matching(json.dumps(document), "cql2-json", uri) == expected
    box = ",".join(map(repr, place.bounds))
    assert matching(f"S_INTERSECTS(geometry, BBOX({box}))", crs=uri) == expected


def test_a_box_of_the_plane_system_follows_its_edges(connection: Connection) -> None:
    """Northing before easting; its long edges are bent in degrees, so corners alone would be metres off."""
    crs = served_crs(6673)[f"{EPSG}6673"]
    south_west, north_east = (-150_000.0, 70_000.0), (-130_000.0, 100_000.0)
    box = stored(Box((*south_west, *north_east)), crs)
    inverse = Transformer.from_crs(6673, "OGC:CRS84")
    for fraction in (0.1, 0.5, 0.77):
        northing, easting = -150_000.0, 70_000.0 + fraction * 30_000.0
        for inside in (True, False):
            lon, lat = inverse.transform(northing + (0.1 if inside else -0.1), easting)
            assert box.covers(shapely.Point(lon, lat)) is inside, "10 cm from the edge"


def test_boxes_across_180_degrees(matching: Matching) -> None:
    crossing = matching("S_INTERSECTS(geometry, BBOX(170, -10, 0.5, 10))")
    west = matching("S_INTERSECTS(geometry, BBOX(-180, -10, 0.5, 10))")
    assert crossing == west
    assert matching("S_INTERSECTS(geometry, BBOX(-10, 170, 10, 0.5))", crs=f"{EPSG}4326") == west
    assert matching("S_DISJOINT(geometry, BBOX(170, -10, 0.5, 10))") == matching("geometry IS NOT NULL") - west
    assert matching("S_WITHIN(geometry, BBOX(170, -10, 2, 10))") == matching(
        "S_WITHIN(geometry, BBOX(-180, -10, 2, 10))"
    )
    with pytest.raises(ParameterError, match="left edge"):
        matching("S_INTERSECTS(geometry, BBOX(5, 0, 1, 10))", crs=f"{EPSG}3857")


def test_a_box_without_width_is_a_line(matching: Matching) -> None:
    assert matching("S_EQUALS(geometry, BBOX(2, 2, 2, 2))") == matching("S_EQUALS(geometry, POINT(2 2))")
    assert matching("S_TOUCHES(geometry, BBOX(0, 2, 4, 2))") == matching("S_TOUCHES(geometry, LINESTRING(0 2, 4 2))")


@pytest.mark.parametrize(
    ("uri", "point", "axes"),
    [
        (f"{EPSG}6668", "135.3 34.7", "latitude, longitude"),
        (f"{EPSG}4326", "91 0", "latitude, longitude"),
        (CRS84, "181 0", "longitude, latitude"),
        (f"{EPSG}3857", "3e7 0", "x, y"),
        (f"{EPSG}3857", "0 1e300", "x, y"),
        (f"{EPSG}6673", "1e8 1e8", "northing, easting"),
    ],
)
def test_coordinates_outside_of_their_system(uri: str, point: str, axes: str) -> None:
    with pytest.raises(ParameterError, match=f"whose axes are {axes}"):
        condition(parse(f"S_INTERSECTS(geometry, POINT({point}))", "cql2-text"), SOURCE, uri)
