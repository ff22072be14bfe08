"""Points that come with a request: read out of GeoJSON, and refused where they cannot be what they are said to be."""

from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from math import isfinite
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.coordinates import JAPAN
from geo.geometry import repair
from layers.text import Text
from services.ogc import geojson
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ParameterError

_DEGREES = frozenset({"CRS84", "4326", "6668"})
"""Endings of the names that say what GeoJSON is in anyway."""

_NO_PLACE = Text("位置がないか、読めません。", "it has no place, or one that cannot be read.")


def collection(most: int) -> Mapping[str, Any]:
    """Schema of a FeatureCollection of so many features at most."""
    return {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "maxItems": most, "items": {"type": "object"}},
        },
    }


def features_of(parameter: str, given: Mapping[str, Any]) -> list[Feature]:
    """The features, in their order, in EPSG:6668; known by their ``id``, else by their number from 1.

    Raises
    ------
    ParameterError
        If there are none, one has no place, an id is there twice, or coordinates are not longitude and latitude in
        Japan.
    """
    require_degrees(parameter, given.get("crs"))
    found = [_feature(parameter, number, each) for number, each in enumerate(given["features"])]
    if not found:
        raise ParameterError(parameter, Text("地物がありません。", "there are no features."))
    seen: set[str] = set()
    for each in found:
        if each.id in seen:
            raise ParameterError(
                parameter, Text(f"id「{each.id}」が2つあります。", f"the id {each.id!r} is there twice.")
            )
        seen.add(each.id)
    return found


def point_of(geometry: BaseGeometry) -> tuple[float, float]:
    """Longitude and latitude of a point; of an area or a line, of a point that lies on it."""
    point = geometry if geometry.geom_type == "Point" else shapely.point_on_surface(geometry)
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def summary(value: Any) -> Any:
    """An input as the parameters of an answer name it: of many features how many they are, and a digest of all."""
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        digest = blake2b(geojson.dumps(value).encode(), digest_size=16).hexdigest()
        return {"type": "FeatureCollection", "features": len(value["features"]), "digest": digest}
    return value


def number_of(parameter: str, where: str, value: Any) -> float | None:
    """A number of 0 or more, or None; ``where`` names the feature and the property."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        raise ParameterError(
            parameter,
            Text(
                f"{where}は0以上の数かnullです（{value!r}）。", f"{where} is a number of 0 or more, or null: {value!r}."
            ),
        )
    return float(value)


def require_degrees(parameter: str, crs: Any) -> None:
    """Raises ``ParameterError`` where a collection says that it is in another reference system than GeoJSON is."""
    name = str((crs.get("properties") or {}).get("name") if isinstance(crs, dict) else crs or "CRS84")
    if not any(name.endswith(each) for each in _DEGREES):
        raise ParameterError(
            parameter,
            Text(
                f"座標系「{name[:80]}」は使えません。経度、緯度の度（JGD2011またはWGS 84）に変換してください。",
                f"it is in {name[:80]!r}; transform it to longitude and latitude in degrees (JGD2011 or WGS 84).",
            ),
        )


def _feature(parameter: str, number: int, given: Mapping[str, Any]) -> Feature:
    where = f"{parameter}.features[{number}]"
    geometry: BaseGeometry | None = None
    with suppress(ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        geometry = shape(given["geometry"]) if given.get("geometry") else None
    if geometry is None or geometry.is_empty:
        raise ParameterError(where, _NO_PLACE)
    west, south, east, north = geometry.bounds
    if not (isfinite(west + east + south + north)):
        raise ParameterError(where, Text("座標が数ではありません。", "a coordinate is no number."))
    if not (JAPAN.west <= west <= east <= JAPAN.east and JAPAN.south <= south <= north <= JAPAN.north):
        raise ParameterError(
            where,
            Text(
                f"座標（{west:g}, {south:g}）は、経度、緯度の順の度では日本にありません。平面直角座標（m）や緯度、"
                "経度の順でないか確かめてください。",
                f"{west:g}, {south:g} is not in Japan as longitude, then latitude, in degrees: are these metres, or "
                "latitude first?",
            ),
        )
    if not geometry.is_valid:  # an outline that crosses itself: it covers what its parts cover
        geometry = repair(geometry).geometry
        if geometry.is_empty:
            raise ParameterError(where, _NO_PLACE)
    properties = given.get("properties") or {}
    if not isinstance(properties, dict):
        raise ParameterError(where, Text("propertiesが正しくありません。", "its properties are no object."))
    key = given.get("id", number + 1)
    return Feature(str(key), properties, geometry)
