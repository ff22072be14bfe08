"""The vehicles of the fire service as they may be sent: where each is, as far as is known, and why it is not sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from layers import fire_stations, vehicles
from layers.fire_codes import READY, RETURNING, STATUS_KEYS
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.processes._model import Context

VEHICLES, STATIONS = vehicles.LAYER.id, fire_stations.LAYER.id
OLD_S = 600.0
"""A position older than this is said to be old; of one at its station it is not."""
_AT_STATION = "station"
_NO_CREWS = frozenset({"corps-headquarters", "corps-post"})
_UNKNOWN = Text("動態が不明", "its status is not known")
_STATUS = {code.value: code.title for code in STATUS_KEYS.codes}


class Basis(StrEnum):
    """What a position rests on."""

    LAST_KNOWN = "last-known"
    STATION = "station"  # the vehicle's own is not known
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle.

    why_not:
        Why it cannot be sent; None where it can.
    position:
        Longitude and latitude, EPSG:6668; None where nothing is known.
    age_s:
        Of its last known position; None where that has no time.
    """

    feature: Feature
    why_not: Text | None
    position: tuple[float, float] | None
    basis: Basis
    age_s: float | None

    @property
    def profile(self) -> str:
        return str(self.feature.properties["profile"])

    @property
    def is_old(self) -> bool:
        """Whether it may no longer be where it was."""
        is_at_station = self.feature.properties.get("position_source") == _AT_STATION
        return self.basis is Basis.LAST_KNOWN and not is_at_station and (self.age_s is None or self.age_s > OLD_S)


def stations_of(context: Context) -> list[Feature]:
    """Stations with crews and a place."""
    return [
        each
        for each in context.layers.features(STATIONS)
        if each.geometry is not None and each.properties.get("kind") not in _NO_CREWS
    ]


def vehicles_of(context: Context, stations: list[Feature], now: datetime, *, returning: bool) -> list[Vehicle] | None:
    """All vehicles; None where they are not served here.

    ``returning``: those on the way back to their stations can be sent.
    """
    if context.layers.state(VEHICLES) is None:
        return None
    homes = {str(each.properties.get("name")): each for each in stations}
    ready = READY | ({RETURNING} if returning else frozenset())
    return [_vehicle(each, homes, now, ready) for each in context.layers.features(VEHICLES)]


def age_s(moment: str | None, now: datetime) -> float | None:
    """Seconds since a time as JSON has it, None where there is none; what lies ahead, by another clock, is 0 s old."""
    if moment is None:
        return None
    return round(max(0.0, (now - datetime.fromisoformat(moment)).total_seconds()), 1)


def position_of(feature: Feature) -> tuple[float, float] | None:
    """Longitude and latitude of a point; None where it has no place."""
    point = feature.geometry
    return None if point is None else (float(point.x), float(point.y))


def _vehicle(feature: Feature, homes: Mapping[str, Feature], now: datetime, ready: frozenset[str]) -> Vehicle:
    about = feature.properties
    status = about.get("status")
    why_not = None if status in ready else _STATUS.get(status, _UNKNOWN) if status is not None else _UNKNOWN
    position, basis, age = _place(feature, homes, now)
    return Vehicle(feature, why_not, position, basis, age)


def _place(
    feature: Feature, homes: Mapping[str, Feature], now: datetime
) -> tuple[tuple[float, float] | None, Basis, float | None]:
    if feature.geometry is not None:
        return position_of(feature), Basis.LAST_KNOWN, age_s(feature.properties.get("position_at"), now)
    home = homes.get(str(feature.properties.get("station")))
    if home is None:
        return None, Basis.UNKNOWN, None
    return position_of(home), Basis.STATION, None
