"""JSON that is not GeoJSON, in the shapes its publishers use.

- a list of flat objects (geolonia's towns): a row each;
- AMeDAS stations (``amedastable.json``): station code -> properties, latitude and longitude as [degrees, minutes];
- AMeDAS observations (``map/YYYYMMDDhhmmss.json``): station code -> element -> [value, quality flag];
- the "no data published" answer of the shelter API, which is an error here: it must not pass as "no shelters".
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from geo.errors import SourceError
from services.ingest.model import Action, Finding, Record, Table
from services.ingest.readers.geojson_file import read_geojson
from services.ingest.readers.json_stream import JsonStream, json_encoding
from services.ingest.readers.opened import Contents, Limits, UnrecognisedError
from services.ingest.readers.text import Encoding

JST = timezone(timedelta(hours=9), "JST")
_GEOJSON_TYPES = frozenset(
    {
        "FeatureCollection",
        "Feature",
        "Point",
        "LineString",
        "Polygon",
        "MultiPoint",
        "MultiLineString",
        "MultiPolygon",
        "GeometryCollection",
    }
)
_STATION = re.compile(r"\d{5}")
_TIME = re.compile(r"(?<!\d)(\d{14})(?!\d)")
_JMA_CRS = 6668  # JMA states its station positions in the Japanese geodetic system

_Rows = Callable[[Path, Encoding, Limits], Iterator[tuple[int, dict[str, object]]]]


def read_json(path: Path, *, limits: Limits, name: str = "") -> Contents:
    """The one table of a JSON file, GeoJSON included, by the shape of its first member.

    Observations give ``station_id``, ``observed_at`` (aware, JST, from the file's name) and for every element its
    value under the element's name and its flag under ``<element>_flag``, both as served; an element a station does
    not observe is absent from its record.  Stations give ``station_id``, ``lat`` and ``lon`` in decimal degrees (from
    degrees and minutes) and every other property as served.  ``Record.number`` is the ordinal.

    Raises
    ------
    SourceError
        If the JSON is damaged, says that no data is published, or has no time in an observation file's name;
        ``UnrecognisedError`` if its shape is none of these.
    """
    encoding = json_encoding(path)
    shape = _shape(path, encoding, limits)
    if shape == "geojson":
        return read_geojson(path, limits=limits, name=name)
    if shape == "stations":
        return _table(path, encoding, limits, name, "amedas-stations", _stations)
    if shape == "observations":
        if _TIME.search(path.name) is None:
            raise SourceError(
                f"{path.name}: AMeDAS observations carry their time only in the file's name, and this one has none.",
                fix="Name the file as JMA does: YYYYMMDDhhmmss.json (JST).",
            )
        return _table(path, encoding, limits, name, "amedas-observations", _observations)
    return _table(path, encoding, limits, name, "list", _list)


def _shape(path: Path, encoding: Encoding, limits: Limits) -> str:
    stream = JsonStream(path, encoding, limits.max_element_bytes)
    try:
        if stream.peek() == "[":
            first = next(stream.elements(), None)
            if isinstance(first, dict) and not any(isinstance(value, (dict, list)) for value in first.values()):
                return "list"
            raise _unknown(path)
        seen: dict[str, Any] = {}
        for key in stream.members():
            if key == "features" and stream.peek() == "[":
                return "geojson"
            value = seen[key] = stream.value()
            if key == "type" and value in _GEOJSON_TYPES:
                return "geojson"
            if _STATION.fullmatch(key) and isinstance(value, dict):
                if "kjName" in value:
                    return "stations"
                if value and all(isinstance(pair, list) and len(pair) == 2 for pair in value.values()):
                    return "observations"
    finally:
        stream.close()
    if seen.get("type") == "unavailable":
        raise SourceError(
            f"{path.name}: the source answers that it publishes no such data ({seen.get('name', '?')}: "
            f"{seen.get('message', '')}). That is not the same as an empty list.",
            fix="Ask the municipality, or look for the list of the city this ward belongs to.",
        )
    raise _unknown(path)


def _unknown(path: Path) -> UnrecognisedError:
    return UnrecognisedError(
        f"{path.name}: this is JSON, but of no shape known here.",
        fix="Give GeoJSON, a list of flat objects, or AMeDAS stations or observations as JMA serves them.",
    )


def _table(path: Path, encoding: Encoding, limits: Limits, name: str, shape: str, rows: _Rows) -> Contents:
    columns: dict[str, None] = {}
    count = 0
    for _, values in rows(path, encoding, limits):
        count += 1
        columns.update(dict.fromkeys(values))
    table = Table(
        name=name,
        container="json",
        columns=tuple(columns),
        records=lambda: (Record(number, values) for number, values in rows(path, encoding, limits)),
        crs=_JMA_CRS if shape == "amedas-stations" else None,
        encoding=encoding.codec,
        metadata={"shape": shape, "features": str(count)},
        findings=() if count else (Finding("no-rows", Action.NOTED),),
    )
    return Contents(tables=(table,))


def _members(path: Path, encoding: Encoding, limits: Limits) -> Iterator[tuple[int, str, dict[str, Any]]]:
    stream = JsonStream(path, encoding, limits.max_element_bytes)
    try:
        for number, key in enumerate(stream.members(), start=1):
            value = stream.value()
            if not isinstance(value, dict):
                raise SourceError(f"{path.name}: member {key!r} is not an object as the others are.")
            yield number, key, value
        stream.finish()
    finally:
        stream.close()


def _list(path: Path, encoding: Encoding, limits: Limits) -> Iterator[tuple[int, dict[str, object]]]:
    stream = JsonStream(path, encoding, limits.max_element_bytes)
    try:
        for number, element in enumerate(stream.elements(), start=1):
            if not isinstance(element, dict):
                raise SourceError(f"{path.name}: element {number} of the list is not an object as the others are.")
            yield number, element
        stream.finish()
    finally:
        stream.close()


def _stations(path: Path, encoding: Encoding, limits: Limits) -> Iterator[tuple[int, dict[str, object]]]:
    for number, station, properties in _members(path, encoding, limits):
        values: dict[str, object] = {"station_id": station, **properties}
        for axis in ("lat", "lon"):
            values[axis] = _decimal_degrees(path, station, axis, properties.get(axis))
        yield number, values


def _decimal_degrees(path: Path, station: str, axis: str, value: Any) -> float:
    try:
        degrees, minutes = value
        return float(degrees) + float(minutes) / 60
    except (TypeError, ValueError) as error:
        raise SourceError(f"{path.name}: station {station}: {axis} is not [degrees, minutes]: {value!r}.") from error


def _observations(path: Path, encoding: Encoding, limits: Limits) -> Iterator[tuple[int, dict[str, object]]]:
    match = _TIME.search(path.name)
    if match is None:
        return
    try:
        observed_at = datetime.strptime(match.group(1), "%Y%m%d%H%M%S").replace(tzinfo=JST)
    except ValueError as error:
        raise SourceError(
            f"{path.name}: {match.group(1)} in the file's name is no time.", fix="Name the file YYYYMMDDhhmmss.json."
        ) from error
    for number, station, elements in _members(path, encoding, limits):
        values: dict[str, object] = {"station_id": station, "observed_at": observed_at}
        for element, pair in elements.items():
            if not isinstance(pair, list) or len(pair) != 2:
                raise SourceError(f"{path.name}: station {station}: {element} is not [value, flag]: {pair!r}.")
            values[element], values[f"{element}_flag"] = pair
        yield number, values
