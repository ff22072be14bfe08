"""Geometries as requests carry them: by the layer's type, valid, near the city, in the axes of their system."""

from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, box

from layers.model import Geometry
from services.ogc.crs import CRS84, ServedCrs, served_crs
from services.ogc.errors import Flaw
from services.ogc.transactions import geometries

BBOX = (135.2, 34.6, 135.4, 34.9)
PLAIN = served_crs(6673)[CRS84]
RING = [[135.30, 34.70], [135.31, 34.70], [135.31, 34.71], [135.30, 34.70]]
BOW = [[135.30, 34.70], [135.31, 34.71], [135.31, 34.70], [135.30, 34.71], [135.30, 34.70]]


def system(code: int) -> ServedCrs:
    return served_crs(6673)[f"http://www.opengis.net/def/crs/EPSG/0/{code}"]


@pytest.mark.parametrize(
    ("wanted", "kind", "coordinates", "expected"),
    [
        (Geometry.LINE, "LineString", RING[:2], "LineString"),
        (Geometry.MULTILINE, "MultiLineString", [RING[:2], RING[1:3]], "MultiLineString"),
        (Geometry.MULTILINE, "LineString", RING[:2], "MultiLineString"),
        (Geometry.MULTIPOLYGON, "MultiPolygon", [[RING]], "MultiPolygon"),
        (Geometry.MULTIPOLYGON, "Polygon", [RING], "MultiPolygon"),
        (Geometry.MULTIPOLYGON, "Polygon", [RING[::-1]], "MultiPolygon"),
        (Geometry.ANY, "Point", RING[0], "Point"),
        (Geometry.ANY, "LineString", RING[:2], "LineString"),
        (Geometry.ANY, "Polygon", [RING], "Polygon"),
        (Geometry.ANY, "MultiLineString", [RING[:2], RING[1:3]], "MultiLineString"),
        (Geometry.ANY, "MultiPolygon", [[RING]], "MultiPolygon"),
    ],
)
def test_every_type_of_layer(wanted: Geometry, kind: str, coordinates: Any, expected: str) -> None:
    found = geometries.read({"type": kind, "coordinates": coordinates}, "/geometry", wanted, PLAIN)
    assert not isinstance(found, Flaw)
    assert found is not None
    assert found.geom_type == expected
    flipped = geometries.read({"type": kind, "coordinates": coordinates}, "/geometry", wanted, system(6668))
    assert shapely.get_coordinates(flipped)[:, ::-1].tolist() == shapely.get_coordinates(found).tolist()


@pytest.mark.parametrize(
    ("wanted", "value", "pointer"),
    [
        (Geometry.MULTIPOLYGON, {"type": "Polygon", "coordinates": [BOW]}, "/geometry/coordinates"),
        (Geometry.MULTIPOLYGON, {"type": "Polygon", "coordinates": [RING[:3]]}, "/geometry/coordinates/0"),
        (
            Geometry.MULTIPOLYGON,
            {"type": "Polygon", "coordinates": [RING, [*RING[:3], RING[1]]]},
            "/geometry/coordinates/1",
        ),
        (Geometry.MULTIPOLYGON, {"type": "MultiPolygon", "coordinates": [[RING], []]}, "/geometry/coordinates/1"),
        (Geometry.MULTIPOLYGON, {"type": "MultiPolygon", "coordinates": [[RING], [RING]]}, "/geometry/coordinates"),
        (Geometry.MULTIPOLYGON, {"type": "Polygon", "coordinates": []}, "/geometry/coordinates"),
        (
            Geometry.MULTIPOLYGON,
            {"type": "Polygon", "coordinates": [[*RING[:3], ["x", 1]]]},
            "/geometry/coordinates/0/3",
        ),
        (Geometry.LINE, {"type": "LineString", "coordinates": RING[:1]}, "/geometry/coordinates"),
        (Geometry.LINE, {"type": "LineString", "coordinates": [RING[0], RING[0]]}, "/geometry/coordinates"),
        (Geometry.LINE, {"type": "MultiLineString", "coordinates": [RING]}, "/geometry/type"),
    ],
)
def test_what_is_wrong_is_pointed_at(wanted: Geometry, value: Any, pointer: str) -> None:
    found = geometries.read(value, "/geometry", wanted, PLAIN)
    assert isinstance(found, Flaw)
    assert found.pointer == pointer


def test_near_the_city_is_near_enough() -> None:
    margin = geometries.MARGIN_DEG
    for point, is_near in ((Point(135.2 - margin, 34.6), True), (Point(135.2 - margin - 1e-9, 34.6), False)):
        found = geometries.located(point, "/geometry", PLAIN, BBOX)
        assert isinstance(found, Flaw) is not is_near
    whole = MultiPolygon([box(*BBOX), box(136.0, 34.7, 136.1, 34.8)])  # a part of it is elsewhere
    assert isinstance(geometries.located(whole, "/geometry", PLAIN, BBOX), Flaw)


@pytest.mark.parametrize("code", [6668, 4326, 6673, 3857])
def test_what_is_written_is_recognised(code: int) -> None:
    hole = box(135.302, 34.702, 135.303, 34.703)
    stored = MultiPolygon([box(135.300000000123, 34.7, 135.31, 34.71).difference(hole)])
    served = geometries.written(stored, system(code))
    back = geometries.read(served, "/geometry", Geometry.MULTIPOLYGON, system(code))
    assert not isinstance(back, Flaw)
    assert geometries.is_as_served(back, stored, system(code))
    assert not geometries.is_as_served(None, stored, system(code))
    assert not geometries.is_as_served(back, None, system(code))
    assert back is not None
    moved = shapely.transform(back, lambda points: points + (1e-3 if code in (6673, 3857) else 1e-8))
    assert not geometries.is_as_served(moved, stored, system(code))
    assert not geometries.is_as_served(MultiPolygon([box(*back.bounds)]), stored, system(code))
    assert geometries.is_as_served(None, None, system(code))
