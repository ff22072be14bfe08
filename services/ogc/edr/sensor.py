"""A sensor: a layer of stations together with the layer their values are in, as one face serves both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from layers.model import CodeList, Text
from layers.observations import Observations, Observed
from services.ogc.source import Column, Source


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be asked for: a property that is observed, or the quality of one.

    ``observed`` is None for a quality, whose values are codes of the column's list.
    """

    column: Column
    observed: Observed | None = None

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def grades(self) -> CodeList | None:
        return self.column.codes if self.observed is None else None


@dataclass(frozen=True, eq=False)
class Sensor:
    """``places`` and ``rows`` are the two layers; times of day are told in ``time_zone``."""

    places: Source
    rows: Source
    told: Observations
    time_zone: ZoneInfo

    def __deepcopy__(self, _memo: object) -> Self:
        return self  # pygeoapi copies its configuration

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """What this face may show, by name: the observed properties in their order, then the qualities."""
        observed = {each.field: each for each in self.told.observed}
        columns = self.rows.columns
        return {name: Parameter(columns[name], observed.get(name)) for name in parameter_names(self.places)}

    @property
    def times(self) -> tuple[datetime, datetime] | None:
        """First and last time observed anywhere, None where nothing was."""
        return self.rows.times

    @property
    def is_fictitious(self) -> bool:
        return self.places.state.fictitious or self.rows.state.fictitious

    def quality_of(self, name: str) -> Parameter | None:
        """The parameter that grades the values of another one."""
        observed = self.parameters[name].observed
        return None if observed is None or observed.quality is None else self.parameters.get(observed.quality)

    def reach(self) -> Text:
        """How far a station speaks for a place."""
        km = f"{self.told.reach_m / 1000:g}"
        return Text(f"最寄りの観測所から{km} km以内", f"within {km} km of the nearest station")


def parameter_names(places: Source) -> list[str]:
    """Names of the parameters that may be asked of a layer of stations; none where it is none."""
    told, rows = places.layer.observations, places.observations
    if told is None or rows is None:
        return []
    names = [each.field for each in told.observed if each.field in rows.columns]
    graded = [each.quality for each in told.observed if each.field in names and each.quality in rows.columns]
    return list(dict.fromkeys([*names, *(name for name in graded if name is not None)]))


def sensor_of(places: Source, time_zone: str) -> Sensor | None:
    """The sensor that a layer is, None where it is none or this face does not serve what it needs."""
    told, rows = places.layer.observations, places.observations
    if told is None or rows is None or rows.time_field is None or not parameter_names(places):
        return None
    if told.station not in places.columns or told.station not in rows.columns:
        return None
    return Sensor(places, rows, told, ZoneInfo(time_zone))


def provider_definition(sensor: Sensor) -> dict[str, Any]:
    """The provider of a sensor in pygeoapi's configuration."""
    return {"type": "edr", "name": "services.ogc.edr.provider.SensorProvider", "data": sensor}
