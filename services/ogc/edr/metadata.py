"""What the collection of a sensor says of itself, as EDR 1.1 asks: queries, formats, reference systems, parameters."""

from functools import cache
from typing import Any

import pyproj

from layers.model import Text
from services.ogc.crs import CRS84, served_crs
from services.ogc.edr import handlers, parameters
from services.ogc.edr.sensor import Sensor

_SERIES_FORMATS = ("CoverageJSON", "csv", "html")
_STATION_FORMATS = {"locations": ("GeoJSON", "html"), "items": ("json", "html")}
_QUERIES = {
    "position": Text("最寄りの観測所", "Nearest station"),
    "radius": Text("半径内の観測所", "Stations within a distance"),
    "area": Text("区域内の観測所", "Stations in an area"),
    "cube": Text("範囲内の観測所", "Stations in a box"),
    "locations": Text("観測所", "Stations"),
    "items": Text("観測所（地物）", "Stations as features"),
}


def collection_metadata(sensor: Sensor, language: str, base: str) -> dict[str, Any]:
    """Members of the collection's description; ``crs`` names what every query accepts and answers in."""
    path = f"{base}/collections/{sensor.places.layer.id}"
    systems = _systems(sensor.places.plane_crs)
    queries = {
        name: _link(sensor, name, title, f"{path}/{name}", language, systems) for name, title in _QUERIES.items()
    }
    return {
        "links": [{name: link[name] for name in ("href", "rel", "type", "title")} for link in queries.values()],
        "data_queries": {name: {"link": link} for name, link in queries.items()},
        "parameter_names": parameters.described(sensor, base),
        "output_formats": list(_SERIES_FORMATS),
        "crs": [system["crs"] for system in systems],
    }


def _link(
    sensor: Sensor, name: str, title: Text, href: str, language: str, systems: tuple[dict[str, str], ...]
) -> dict[str, Any]:
    formats = _STATION_FORMATS.get(name, _SERIES_FORMATS)
    variables: dict[str, Any] = {
        "title": title.in_language(language),
        "query_type": name,
        "output_formats": list(formats),
        "default_output_format": formats[0],
        "crs_details": list(systems),
    }
    if name == "position":
        reach = sensor.reach()
        variables["description"] = Text(
            f"{reach.ja}に限り、その観測所の値を距離とともに返します。補間はしません。",
            f"Answered {reach.en}, with the values of that station and its distance; nothing is interpolated.",
        ).in_language(language)
    if name == "radius":
        variables["within_units"] = list(handlers.UNITS_M)
    media_type = "application/geo+json" if name in _STATION_FORMATS else "application/vnd.cov+json"
    return {"href": href, "rel": "data", "type": media_type, "title": variables["title"], "variables": variables}


@cache
def _systems(plane_crs: int) -> tuple[dict[str, str], ...]:
    """The reference systems by the values of the parameter ``crs``, each with its WKT (ISO 19162)."""
    return tuple(
        {
            "crs": uri,
            "wkt": pyproj.CRS.from_user_input("OGC:CRS84" if uri == CRS84 else uri).to_wkt("WKT2_2019_SIMPLIFIED"),
        }
        for uri in served_crs(plane_crs)
    )
