"""The handlers of the EDR queries, in pygeoapi's form.

pygeoapi 0.24 has one of its own, which does not serve: it answers in the server's first language only, refuses times
outside of the data, takes coordinates that are none, knows CSV only where items have it too, and labels in English.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from math import isfinite
from typing import Any
from urllib.parse import urlencode

from pygeoapi.api import API, APIRequest
from pygeoapi.plugin import load_plugin
from pygeoapi.provider import get_provider_by_type
from shapely.geometry.base import BaseGeometry

from layers.model import Text
from services.ogc import filters, geojson, rendering
from services.ogc.asked import Asked, current
from services.ogc.crs import Bounds, ServedCrs, lonlat_bounds
from services.ogc.edr import coords, coverage_json, locations, stations, table
from services.ogc.edr.provider import Found, SensorProvider
from services.ogc.edr.sensor import Sensor
from services.ogc.edr.series import Interval
from services.ogc.errors import ParameterError

Answer = tuple[dict[str, str], int, str]
Wanted = tuple[Sequence[str], Interval]
"""Names of parameters, and the time."""
Query = Callable[[SensorProvider, ServedCrs, Wanted], Found]

SHOWN_TIMES = 240
"""Times of a station that a page for people shows: its last ones."""
POSITIONS, CENTRES, AREAS = ("POINT", "MULTIPOINT"), ("POINT",), ("POLYGON", "MULTIPOLYGON")
UNITS_M = {"m": 1.0, "km": 1000.0, "miles": 1609.344}


def position(api: API, request: APIRequest, collection: str) -> Answer:
    """Series of the stations nearest to the positions of ``coords``."""
    return _series(
        api, request, collection, lambda provider, crs, wanted: provider.position(_place(crs, *POSITIONS), *wanted)
    )


def radius(api: API, request: APIRequest, collection: str) -> Answer:
    """Series of all stations within a distance of a position."""
    given = current().given
    within_m = distance(given["within"]) * UNITS_M[given["within-units"]]
    return _series(
        api,
        request,
        collection,
        lambda provider, crs, wanted: provider.radius(_place(crs, *CENTRES), within_m, *wanted),
    )


def area(api: API, request: APIRequest, collection: str) -> Answer:
    """Series of all stations in an area."""
    return _series(api, request, collection, lambda provider, crs, wanted: provider.area(_place(crs, *AREAS), *wanted))


def cube(api: API, request: APIRequest, collection: str) -> Answer:
    """Series of all stations in a box."""
    return _series(api, request, collection, lambda provider, crs, wanted: provider.cube(_box(provider, crs), *wanted))


def location(api: API, request: APIRequest, collection: str, station_id: str) -> Answer:
    """Series of one station."""
    return _series(api, request, collection, lambda provider, _crs, wanted: provider.locations(station_id, *wanted))


def all_locations(api: API, request: APIRequest, collection: str) -> Answer:
    """The stations, those in a box and with values of a time where that is asked for."""
    asked, provider = current(), _provider(api, collection)
    sensor = provider.sensor
    crs = coords.crs_named(asked.given.get("crs"), sensor.places.plane_crs)
    boxes = [_box(provider, crs)] if "bbox" in asked.given else []
    found = locations.overlapping(stations.all_of(sensor, boxes), _interval(asked))
    if asked.format.name == "html":
        page = {"collection": collection, "stations": found, "time_zone": sensor.time_zone}
        return (
            {},
            HTTPStatus.OK,
            rendering.render(api.tpl_config, {}, "collections/edr/locations.html", page, request.locale),
        )
    headers = {"Content-Crs": f"<{crs.uri}>"}
    return headers, HTTPStatus.OK, geojson.dumps(locations.document(sensor, found, _names(asked), crs, asked.base))


def distance(text: str) -> float:
    """A positive, finite number; ``ParameterError`` for anything else."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not isfinite(value) or not 0 < value <= 40_000_000:
        raise ParameterError("within", Text("正の数で指定してください。", "give a positive number."))
    return value


def _series(api: API, request: APIRequest, collection: str, query: Query) -> Answer:
    asked, provider = current(), _provider(api, collection)
    sensor = provider.sensor
    crs = coords.crs_named(asked.given.get("crs"), sensor.places.plane_crs)
    names = _names(asked)
    is_table = asked.format.name in ("csv", "html")
    found = query(provider, crs, (table.names_with_quality(sensor, names) if is_table else names, _interval(asked)))
    if asked.format.name == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{collection}.csv"'}
        return headers, HTTPStatus.OK, table.as_csv(sensor, found, names, asked.language)
    if asked.format.name == "html":
        text = rendering.render(
            api.tpl_config, {}, "collections/edr/series.html", _page(collection, sensor, found, names), request.locale
        )
        return {}, HTTPStatus.OK, text
    headers = {"Content-Crs": f"<{crs.uri}>"}
    return headers, HTTPStatus.OK, geojson.dumps(coverage_json.document(sensor, found, crs, asked.base))


def _page(collection: str, sensor: Sensor, found: Found, names: Sequence[str]) -> dict[str, Any]:
    asked = current()
    shown = table.shown_names(sensor, found, names)
    tables = []
    for series in found.series:
        first = max(0, len(series.times) - SHOWN_TIMES)
        lines = [
            (time.astimezone(sensor.time_zone), table.line(sensor, series, first + place, shown, asked.language))
            for place, time in enumerate(series.times[first:])
        ]
        tables.append({"station": series.station, "lines": lines, "times": len(series.times)})
    return {
        "collection": collection,
        "rows": sensor.rows,
        "reason": found.reason,
        "columns": [sensor.parameters[name].column for name in shown],
        "tables": tables,
        "query": urlencode([(name, value) for name, value in asked.given.items() if name != "f"]),
    }


def _provider(api: API, collection: str) -> SensorProvider:
    definition = get_provider_by_type(api.config["resources"][collection]["providers"], "edr")
    provider: SensorProvider = load_plugin("provider", definition)
    return provider


def _place(crs: ServedCrs, *kinds: str) -> BaseGeometry:
    return coords.in_degrees("coords", coords.read("coords", current().given["coords"], kinds), crs)


def _box(provider: SensorProvider, crs: ServedCrs) -> Bounds:
    box = [float(part) for part in current().given["bbox"].split(",")]
    return lonlat_bounds(box, crs.uri, provider.sensor.places.plane_crs)


def _names(asked: Asked) -> tuple[str, ...]:
    text = asked.given.get("parameter-name")
    return () if text is None else tuple(dict.fromkeys(text.split(",")))


def _interval(asked: Asked) -> Interval:
    text = asked.given.get("datetime")
    return (None, None) if text is None else filters.interval(text)
