"""GeoJSON (RFC 7946, with the older ``crs`` member), as one collection or as one feature a line."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from services.ingest.model import Action, Finding, Record, Table
from services.ingest.readers.crs import epsg_of_name
from services.ingest.readers.json_stream import JsonStream, json_encoding
from services.ingest.readers.opened import Contents, Limits
from services.ingest.readers.text import Encoding

_RFC7946_CRS = 4326
_GEOMETRIES = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"}
)


def read_geojson(path: Path, *, limits: Limits, name: str = "") -> Contents:
    """The one table of a GeoJSON file.

    The CRS is the ``crs`` member's, else EPSG:4326 (longitude, latitude) as RFC 7946 has it.  ``Record.number`` is the
    ordinal of the feature.  ``values`` are its properties with their JSON types, and ``id`` where the feature has one
    and no such property.  A feature whose geometry cannot be built comes
    with geometry None and a finding; an empty geometry is None.

    Raises
    ------
    SourceError
        If the JSON is damaged or truncated: the whole file is read once before the first record is given.
    """
    encoding = json_encoding(path)
    columns: dict[str, None] = {}
    declared: list[str] = []
    count = 0
    for feature in _features(path, encoding, limits, declared):
        count += 1
        properties = feature.get("properties")
        columns.update(dict.fromkeys(_values(feature, properties)))
    findings: list[Finding] = []
    crs: int | None = _RFC7946_CRS
    if declared:
        crs = epsg_of_name(declared[0])
        if crs is None:
            findings.append(Finding("crs-unrecognised", Action.NOTED, old=declared[0]))
    if count == 0:
        findings.append(Finding("no-rows", Action.NOTED))
    table = Table(
        name=name,
        container="geojson",
        columns=tuple(columns),
        records=lambda: _records(path, encoding, limits),
        crs=crs,
        encoding=encoding.codec,
        metadata={"features": str(count)},
        findings=tuple(findings),
    )
    return Contents(tables=(table,))


def _records(path: Path, encoding: Encoding, limits: Limits) -> Iterator[Record]:
    for number, feature in enumerate(_features(path, encoding, limits, []), start=1):
        geometry, findings = _geometry(feature.get("geometry"), number)
        yield Record(number, _values(feature, feature.get("properties")), geometry, findings)


def _values(feature: Mapping[str, Any], properties: Any) -> dict[str, object]:
    values: dict[str, object] = dict(properties) if isinstance(properties, dict) else {}
    if feature.get("id") is not None:
        values.setdefault("id", feature["id"])
    return values


def _geometry(content: Any, number: int) -> tuple[BaseGeometry | None, tuple[Finding, ...]]:
    if content is None:
        return None, ()
    try:
        geometry = shape(content)
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        finding = Finding("geometry-unreadable", Action.NOTED, number, detail=f"{type(error).__name__}: {error}")
        return None, (finding,)
    return (None if geometry.is_empty else geometry), ()


def _features(path: Path, encoding: Encoding, limits: Limits, declared: list[str]) -> Iterator[dict[str, Any]]:
    """The features of the file; the name in its ``crs`` member is appended to ``declared``."""
    stream = JsonStream(path, encoding, limits.max_element_bytes)
    try:
        while stream.peek():  # one object; or, one feature a line, many
            own: dict[str, Any] = {}
            for key in stream.members():
                if key == "features" and stream.peek() == "[":
                    for element in stream.elements():
                        if isinstance(element, dict):
                            yield element
                else:
                    own[key] = stream.value()
            name = _crs_name(own.get("crs"))
            if name:
                declared.append(name)
            if own.get("type") == "Feature":
                yield own
            elif own.get("type") in _GEOMETRIES:
                yield {"type": "Feature", "geometry": own, "properties": {}}
    finally:
        stream.close()


def _crs_name(member: Any) -> str | None:
    if not isinstance(member, dict) or not isinstance(member.get("properties"), dict):
        return None
    name = member["properties"].get("name") or member["properties"].get("code")
    return re.sub(r"\s", "", str(name)) or None
