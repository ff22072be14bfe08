"""The stations themselves as GeoJSON (EDR GeoJSON): where they are, and of which time there are values."""

from typing import Any
from urllib.parse import quote

from services.ogc.crs import ServedCrs
from services.ogc.edr.coords import in_crs
from services.ogc.edr.coverage_json import utc
from services.ogc.edr.sensor import Sensor
from services.ogc.edr.series import Interval
from services.ogc.edr.stations import Station


def document(
    sensor: Sensor, stations: tuple[Station, ...], names: tuple[str, ...], crs: ServedCrs, base: str
) -> dict[str, Any]:
    """A feature for each station; coordinates in the order of the system's axes."""
    endpoint = f"{base}/collections/{sensor.places.layer.id}/locations"
    return {
        "type": "FeatureCollection",
        "features": [_feature(station, names or tuple(sensor.parameters), crs, endpoint) for station in stations],
        "numberMatched": len(stations),
        "numberReturned": len(stations),
        "fictitious": sensor.is_fictitious,
    }


def overlapping(stations: tuple[Station, ...], asked: Interval) -> tuple[Station, ...]:
    """The stations with a value between their first and last time that lies in the interval."""
    lower, upper = asked
    return tuple(
        station
        for station in stations
        if (lower is None or station.last >= lower) and (upper is None or station.first <= upper)
    )


def _feature(station: Station, names: tuple[str, ...], crs: ServedCrs, endpoint: str) -> dict[str, Any]:
    x, y = in_crs(station.lon, station.lat, crs)
    return {
        "type": "Feature",
        "id": station.id,
        "geometry": {"type": "Point", "coordinates": [y, x] if crs.flip else [x, y]},
        "properties": {
            "label": station.title,
            "datetime": f"{utc(station.first)}/{utc(station.last)}",
            "parameter-name": list(names),
            "edrqueryendpoint": f"{endpoint}/{quote(station.id, safe='')}",
        },
    }
