"""The place a process is asked about: a position as given, or an address placed at its town, with its error."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import cos, isfinite, pi
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.addresses import Gazetteer, Located, Refusal
from geo.crs import STORAGE, transform_geometry, transform_xy
from layers.text import Text
from services.ingest.geocoding import gazetteer_of
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes._model import Context, Input, Values
from services.settings import City

TOWNS = "towns"
AS_GIVEN = "as-given"
"""Position quality of coordinates that the asker gave."""

_QUADRANT_SEGMENTS = 16
_POINT = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["Point"]},
        "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3},
    },
}
_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_ADDRESS = {"type": "string", "minLength": 1, "maxLength": 200}
INPUTS: Mapping[str, Input] = {
    "location": Input(
        title=Text("位置", "Location"),
        description=Text(
            "経度、緯度の順の2つの数（度）、またはGeoJSONのPoint。住所とどちらか一方を指定する。",
            "Longitude, latitude in degrees, or a GeoJSON Point. Give either this or an address.",
        ),
        schema={"oneOf": [_POSITION, _POINT]},
        required=False,
    ),
    "address": Input(
        title=Text("住所", "Address"),
        description=Text(
            "市内の住所。町丁目の代表点に置かれ、その誤差の中で結果が変わりうるときはそう示す。",
            "An address in the city. It is placed at the point of its town; where the answer may differ within the "
            "error of that, it says so.",
        ),
        schema=_ADDRESS,
        required=False,
    ),
}
"""The inputs that name a place; a process that takes them says so in ``exactly_one_of``."""

EITHER: Mapping[str, Any] = {"oneOf": [_POSITION, _POINT, _ADDRESS]}
"""Schema of one input that names a place, see ``place_named``."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["lon", "lat", "position_quality", "position_error_m"],
    "properties": {
        "lon": {"type": "number"},
        "lat": {"type": "number"},
        "address": {"oneOf": [{"type": "string"}, {"enum": [None]}]},
        "town": {"oneOf": [{"type": "string"}, {"enum": [None]}]},
        "position_quality": {"type": "string", "enum": [AS_GIVEN, "town", "town-inferred"]},
        "position_error_m": {"type": "number", "minimum": 0},
        "fictitious": {"type": "boolean"},
    },
}
"""Of a place in an output."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position in degrees (EPSG:6668) and the radius in metres in which the true place lies with 9 of 10 chances.

    ``address`` as it was asked, ``town`` as the gazetteer writes it; both None where coordinates were given.
    ``fictitious``: the towns it was placed by are.
    """

    lon: float
    lat: float
    quality: str = AS_GIVEN
    error_m: float = 0.0
    address: str | None = None
    town: str | None = None
    fictitious: bool = False

    @property
    def point(self) -> shapely.Point:
        """The position, in degrees."""
        return _point(self.lon, self.lat)

    def shape(self, plane_crs: int) -> BaseGeometry:
        """The point, or the circle that its error makes of it (around the true one), in degrees."""
        if not self.error_m:
            return self.point
        x, y = transform_xy(self.lon, self.lat, STORAGE, plane_crs)
        radius = self.error_m / cos(pi / (4 * _QUADRANT_SEGMENTS))
        circle = shapely.Point(x, y).buffer(radius, quad_segs=_QUADRANT_SEGMENTS)
        return transform_geometry(circle, plane_crs, STORAGE)

    def document(self) -> dict[str, Any]:
        """The place as an output has it."""
        return {
            "lon": self.lon,
            "lat": self.lat,
            "address": self.address,
            "town": self.town,
            "position_quality": self.quality,
            "position_error_m": self.error_m,
            "fictitious": self.fictitious,
        }


@lru_cache(maxsize=16)  # an answer asks several times for it
def _point(lon: float, lat: float) -> shapely.Point:
    found: shapely.Point = shapely.points([lon, lat])
    return found


def place_of(inputs: Values, context: Context) -> Place:
    """The place that the inputs name.

    Raises
    ------
    ParameterError
        If both or neither are given, a coordinate is impossible, or the address is not one of the city.
    UnanswerableError
        If an address is given and no towns are loaded.
    """
    location, address = inputs.get("location"), inputs.get("address")
    if (location is None) == (address is None):
        raise ParameterError(
            "location",
            Text(
                "位置（location）か住所（address）のどちらか一方を指定してください。",
                "give either a location or an address.",
            ),
        )
    return _given(location) if location is not None else _located(str(address), context)


def place_named(parameter: str, value: Any, context: Context) -> Place:
    """The place that one input names, by a position or by an address; errors as of ``place_of``."""
    return _located(value, context, parameter) if isinstance(value, str) else _given(value, parameter)


def _given(location: Any, parameter: str = "location") -> Place:
    lon, lat = (location if isinstance(location, list) else location["coordinates"])[:2]
    if not (isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise ParameterError(
            parameter,
            Text(
                "経度、緯度の順に度で指定してください（経度は-180～180、緯度は-90～90）。",
                "give longitude (-180 to 180), then latitude (-90 to 90), in degrees.",
            ),
        )
    return Place(float(lon), float(lat))


def _located(address: str, context: Context, parameter: str = "address") -> Place:
    gazetteer = known_towns(context)
    if gazetteer is None:
        raise UnanswerableError(
            Text(
                "町丁目のデータが読み込まれていないため、住所の位置がわかりません。位置（location）を指定してください。",
                "No towns are loaded, so the address cannot be placed; give a location instead.",
            )
        )
    found = gazetteer.explain(address)
    if isinstance(found, Refusal):
        raise ParameterError(parameter, _refusal(found, context.city))
    return at_town(found, address, context)


def at_town(found: Located, address: str, context: Context) -> Place:
    """The place of an address that the gazetteer knows."""
    state = context.layers.state(TOWNS)
    return Place(
        lon=found.lon,
        lat=found.lat,
        quality=str(found.quality),
        error_m=found.position_error_m,
        address=address,
        town=found.town,
        fictitious=state is not None and state.fictitious,
    )


def known_towns(context: Context) -> Gazetteer | None:
    """The gazetteer of the towns that are served; None where there are none."""
    return context.layers.remember("gazetteer", [TOWNS], lambda: _gazetteer(context))


def _gazetteer(context: Context) -> Gazetteer | None:
    towns = [
        (str(each.properties["name"]), each.geometry.x, each.geometry.y)
        for each in context.layers.features(TOWNS)
        if each.properties.get("name") and each.geometry is not None and may_be_of(each, context.city)
    ]
    return gazetteer_of(towns, context.city) if towns else None


def may_be_of(town: Feature, city: City) -> bool:
    """A town without a municipality is of a file of one city, which does not name it."""
    return is_city_code(town.properties.get("municipality_code"), city)


def is_city_code(code: object, city: City) -> bool:
    """Whether a code of a municipality, of five digits or six, may be the city's: None may."""
    return code is None or str(code)[:5] == city.code


def _refusal(found: Refusal, city: City) -> Text:
    match found:
        case Refusal.OTHER_MUNICIPALITY:
            return Text(f"{city.name_ja}の住所ではありません。", f"it is not an address in {city.name_en}.")
        case Refusal.MISSING:
            return Text("空です。", "it is empty.")
        case Refusal.NOT_FOUND:
            return Text(
                f"{city.name_ja}にこの町はありません。町名から書いてください。",
                f"{city.name_en} has no such town; begin with the town's name.",
            )
