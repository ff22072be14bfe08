"""Series as a CoverageJSON document (OGC 21-069r2): a collection of PointSeries, one for each station."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from geo.crs import is_geographic
from services.ogc.crs import ServedCrs
from services.ogc.edr import parameters
from services.ogc.edr.coords import in_crs
from services.ogc.edr.provider import Found
from services.ogc.edr.sensor import Sensor
from services.ogc.edr.series import Series
from services.ogc.rights import FICTITIOUS, as_of, attribution, rights_of


def document(sensor: Sensor, found: Found, crs: ServedCrs, base: str) -> dict[str, Any]:
    """The document.  A missing value is null; where nothing was found, ``dct:description`` says why.

    Members beyond the standard have the prefix ``dct`` (Dublin Core terms), which it registers, or, where no
    vocabulary names them, the names they have in our collections.
    """
    described = parameters.described(sensor, base, found.names)
    # Stations report at the same times: each is written once.
    written = {time: utc(time) for time in {each for series in found.series for each in series.times}}
    return {
        "type": "CoverageCollection",
        "domainType": "PointSeries",
        "parameters": {name: _without_edr(each) for name, each in described.items()},
        "referencing": [
            {
                # In the order of the system's own axes; x is always the easting or the longitude.
                "coordinates": ["y", "x"] if crs.flip else ["x", "y"],
                "system": {"type": "GeographicCRS" if is_geographic(crs.srid) else "ProjectedCRS", "id": crs.uri},
            },
            {"coordinates": ["t"], "system": {"type": "TemporalRS", "calendar": "Gregorian"}},
        ],
        "coverages": [_coverage(sensor, each, found.names, crs, written) for each in found.series],
        **_said(sensor, found),
    }


def utc(time: datetime) -> str:
    """An instant as CoverageJSON and RFC 3339 write it."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _coverage(
    sensor: Sensor, series: Series, names: tuple[str, ...], crs: ServedCrs, written: Mapping[datetime, str]
) -> dict[str, Any]:
    x, y = in_crs(series.station.lon, series.station.lat, crs)
    coverage: dict[str, Any] = {
        "type": "Coverage",
        "id": series.station.id,
        "dct:title": series.station.title,
        "domain": {
            "type": "Domain",
            "domainType": "PointSeries",
            "axes": {
                "x": {"values": [x]},
                "y": {"values": [y]},
                "t": {"values": [written[each] for each in series.times]},
            },
        },
        "ranges": {
            name: {
                "type": "NdArray",
                "dataType": "float" if sensor.parameters[name].grades is None else "integer",
                "axisNames": ["t"],
                "shape": [len(series.times)],
                "values": series.values[name],
            }
            for name in names
        },
    }
    if series.station.distance_m is not None:
        coverage["distance_m"] = round(series.station.distance_m, 1)
    return coverage


def _without_edr(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter without the member that EDR alone knows."""
    return {name: value for name, value in parameter.items() if name != "data-type"}


def _said(sensor: Sensor, found: Found) -> dict[str, Any]:
    source = sensor.rows
    said: dict[str, Any] = {
        "dct:source": {"ja": attribution(source, "ja"), "en": attribution(source, "en")},
        "dct:license": [licence.url or licence.id for licence in rights_of(source)],
        "asOf": as_of(source, "en"),
        "fictitious": sensor.is_fictitious,
    }
    if sensor.is_fictitious:
        said["dct:rights"] = {"ja": FICTITIOUS.ja, "en": FICTITIOUS.en}
    if found.reason is not None:
        said["dct:description"] = {"ja": found.reason.ja, "en": found.reason.en}
    return said
