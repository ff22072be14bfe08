"""The EDR provider: the queries of the standard, answered with the series of stations.

Nothing is interpolated.  A position is answered by the nearest station, which says how far away it is, and only within
the distance that the layer's declaration allows; beyond it nothing is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from pygeoapi.provider.base_edr import BaseEDRProvider
from shapely.geometry.base import BaseGeometry

from layers.model import Text
from services.ogc.crs import Bounds
from services.ogc.edr import series, stations
from services.ogc.edr.sensor import Sensor
from services.ogc.edr.series import Interval, Series
from services.ogc.edr.stations import Station
from services.ogc.errors import ResourceError


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: the series of the parameters named, or the reason why there is none."""

    names: tuple[str, ...]
    series: tuple[Series, ...]
    reason: Text | None = None


class SensorProvider(BaseEDRProvider):  # type: ignore[misc]  # pygeoapi has no types
    """What the stations of one sensor observed.

    Every query takes the names of parameters (all where none is given) and a time interval, ends inclusive.  Geometries
    are of EPSG:6668, longitude before latitude.  Raises ``TooMuchError``, ``ResourceError`` and ``StoreError``.
    """

    def __init__(self, provider_def: dict[str, Any]) -> None:
        self.sensor: Sensor = provider_def["data"]
        self.name = provider_def["name"]
        self.type = "edr"
        self.data = self.sensor.places.layer.id
        self.id_field = self.sensor.told.station
        self.time_field = self.sensor.rows.time_field
        self.title_field = self.uri_field = None
        self.editable = False
        self.properties: list[str] = []

    def get_fields(self) -> dict[str, Any]:
        return {name: each.column.schema() for name, each in self.sensor.parameters.items()}

    @property
    def fields(self) -> dict[str, Any]:
        return self.get_fields()

    def get_query_types(self) -> list[str]:
        return []  # what pygeoapi would link has no coordinates and formats that are not offered; see ``metadata``

    def get_parameters(self) -> dict[str, Any]:
        return {}

    def position(self, points: BaseGeometry, names: Sequence[str] = (), during: Interval = (None, None)) -> Found:
        """The nearest station of each point, each station once, in the order of the points."""
        nearest: dict[str, Station] = {}
        far: list[Station] = []
        for point in shapely.get_parts(points):
            station = stations.nearest(self.sensor, point)
            if station is None:
                continue
            distance = station.distance_m or 0.0
            if distance > self.sensor.told.reach_m:
                far.append(station)
            elif station.id not in nearest or distance < (nearest[station.id].distance_m or 0.0):
                nearest[station.id] = station
        return self._found(tuple(nearest.values()), names, during, None if nearest else self._too_far(far))

    def radius(
        self, point: BaseGeometry, within_m: float, names: Sequence[str] = (), during: Interval = (None, None)
    ) -> Found:
        """All stations at most ``within_m`` metres from a point, the nearest first."""
        return self._found(stations.around(self.sensor, point, within_m), names, during)

    def area(self, area: BaseGeometry, names: Sequence[str] = (), during: Interval = (None, None)) -> Found:
        """All stations in a (multi)polygon."""
        return self._found(stations.inside(self.sensor, area), names, during)

    def cube(self, box: Bounds, names: Sequence[str] = (), during: Interval = (None, None)) -> Found:
        """All stations in a box, which may cross 180 degrees."""
        return self._found(stations.all_of(self.sensor, [box]), names, during)

    def locations(self, station_id: str, names: Sequence[str] = (), during: Interval = (None, None)) -> Found:
        """One station by its id; ``ResourceError`` where there is none of which something was observed."""
        station = stations.named(self.sensor, station_id)
        if station is None:
            raise ResourceError(
                Text("この観測所の観測値はありません。", "There is no station with this id that observed anything.")
            )
        return self._found((station,), names, during)

    def _found(
        self, chosen: tuple[Station, ...], names: Sequence[str], during: Interval, reason: Text | None = None
    ) -> Found:
        wanted = tuple(names) or tuple(self.sensor.parameters)
        found = series.read(self.sensor, chosen, wanted, during)
        if not chosen:
            reason = reason or Text("この範囲に観測所はありません。", "There is no station in this area.")
        elif not found:
            reason = Text(
                "この期間の観測値はありません（0ではなく不明です）。",
                "Nothing was observed in this time: the values are unknown, not zero.",
            )
        return Found(wanted, found, reason)

    def _too_far(self, far: list[Station]) -> Text | None:
        if not far:
            return None
        nearest = min(far, key=lambda station: station.distance_m or 0.0)
        km = f"{(nearest.distance_m or 0.0) / 1000:.1f}"
        reach = self.sensor.reach()
        return Text(
            f"{reach.ja}でしか答えられません。最寄りの{nearest.title}（{nearest.id}）まで{km} kmあります。"
            "この地点の値は不明です。",
            f"Answers are given {reach.en} only; the nearest, {nearest.title} ({nearest.id}), is {km} km away. "
            "What happened at this position is unknown.",
        )

    def __repr__(self) -> str:
        return f"<SensorProvider {self.data}>"
