"""The sites of an analysis: for which hazards they are designated, how much they hold, and where they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.demand import Floats
from geo.crs import STORAGE, transform_geometry
from geo.evacuation.floors import floor_rules
from layers import emergency_sites, shelters
from layers.advice import State
from layers.model import Layer
from layers.text import Text
from services.ogc.errors import ParameterError
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._place import is_city_code
from services.ogc.processes._planning.facilities import MOST, WHERE, Facilities, Facility, asked_facilities
from services.ogc.processes._planning.given import collection, number_of
from services.ogc.processes._sheltering.designations import Designation, designations, said_together, same_sites
from services.ogc.processes._sheltering.people import InZones

_EMERGENCY, _SHELTERS = emergency_sites.LAYER.id, shelters.LAYER.id
_OPENS: Mapping[str, str] = {
    "flood": "opens_for_storm_flood",
    "inland_flood": "opens_for_storm_flood",
    "storm_surge": "opens_for_storm_flood",
    "landslide": "opens_for_landslide",
    "tsunami": "opens_for_earthquake_tsunami",
}
"""The flag of 指定避難所 for a hazard: they are designated for none, and some lists say for what they open."""

INPUTS: Mapping[str, Input] = {
    "sites": Input(
        title=Text("避難先", "Sites"),
        description=Text(
            f"{_EMERGENCY}（指定緊急避難場所。災害の種類ごとの指定による）か{_SHELTERS}（指定避難所。開設する災害の記載による）、"
            "またはGeoJSONのFeatureCollection。後者は属性name、floor_area_m2、capacity（人）、designated（この災害に指定され"
            "ているか。なければ指定とみなす）を読む。",
            f"{_EMERGENCY} (designated by type of hazard) or {_SHELTERS} (by what they are said to open for), or a "
            "GeoJSON FeatureCollection, of which the properties name, floor_area_m2, capacity (persons) and designated "
            "(for this hazard; true where absent) are read.",
        ),
        schema={"oneOf": [{"type": "string", "enum": [_EMERGENCY, _SHELTERS]}, collection(MOST)],
                "default": _EMERGENCY},
        required=False,
    ),
    "where": WHERE,
    "without_designation": Input(
        title=Text("指定の記載のない所も", "Also sites without a designation"),
        description=Text(
            "この災害への指定の記載がない所のうち、想定区域の外と分かる所も使えるものとして求める（指定を広げる検討）。指定されて"
            "いないと明記された所は使わない。",
            "Also sites of which no designation for the hazard is stated, where they are known to lie outside of its "
            "zones: what more designations would do. Never those that are stated not to be designated.",
        ),
        schema={"type": "boolean", "default": False},
        required=False,
    ),
    "area_where_unknown_m2": Input(
        title=Text("面積も人数も分からない所の面積", "Area where nothing is known"),
        description=Text(
            "面積も収容人数も分からない所に仮に置く面積。省略すると何も仮定せず、その数を別に答える。",
            "Square metres to be put in for sites of which neither area nor capacity is known. Nothing is assumed "
            "where left out: such sites are counted apart.",
        ),
        schema={"type": "number", "minimum": 0, "maximum": 1_000_000},
        required=False,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """A site, at a place in degrees (EPSG:6668).

    designated:
        For the hazard; None where it is not stated.
    area_m2, capacity:
        None where not known.
    assumes_area:
        Whether the area is one that was put in.
    zone:
        Where it lies: the worst that may be the case.
    from_floor:
        The lowest storey that is a site, where one is stated.
    used:
        Whether people are sent there.
    abroad:
        Whether it is known to be of another municipality.
    """

    id: str
    name: str
    lon: float
    lat: float
    designated: bool | None
    area_m2: float | None
    capacity: float | None
    assumes_area: bool
    zone: State
    from_floor: int | None
    used: bool
    abroad: bool

    @property
    def has_known_room(self) -> bool:
        """Whether something was published that says how much it holds."""
        return not self.assumes_area and (self.area_m2 is not None or self.capacity is not None)


@dataclass(frozen=True, eq=False, slots=True)
class Sites:
    """All sites, and those that are ``used`` in their order.

    twice:
        So many were named by two lists and are one.
    designations:
        Of the emergency sites, whichever sites are looked at; None where they are not loaded.
    """

    each: tuple[Site, ...]
    facilities: Facilities
    twice: int
    designations: tuple[Designation, ...] | None

    @property
    def used(self) -> list[Site]:
        return [each for each in self.each if each.used]

    @property
    def title(self) -> Text:
        return Text("避難先", "sites") if self.facilities.layer is None else self.facilities.layer.title


def figures(sites: Sequence[Site]) -> tuple[Floats, Floats]:
    """Areas and capacities, NaN where not known."""
    return tuple(  # type: ignore[return-value]
        np.array([np.nan if value is None else value for value in column], np.float64)
        for column in ([each.area_m2 for each in sites], [each.capacity for each in sites])
    )


def asked_sites(inputs: Values, people: InZones, context: Context) -> Sites:
    """The sites of the inputs; none of them may be designated.

    Raises
    ------
    ParameterError
        If there are none at all, or what is given of one is no figure.
    UnanswerableError
        If the layer is not loaded, or empty.
    """
    found = asked_facilities(inputs, context, "sites")
    hazard = people.zones.layer.hazard
    kind = "" if hazard is None else hazard.type
    sites = [_site(each, number, kind, found.layer, context) for number, each in enumerate(found.each)]
    one = sites if found.layer is None else _joined(sites)
    states = _states(one, found.each, people, context)
    assumed = inputs.get("area_where_unknown_m2")
    placed = []
    for each, state in zip(one, states, strict=True):
        used = each.designated is True or (
            inputs["without_designation"] and each.designated is None and state is State.OUTSIDE
        )
        assumes = used and assumed is not None and not each.has_known_room
        area = assumed if assumes else each.area_m2
        placed.append(replace(each, zone=state, used=used, assumes_area=assumes, area_m2=area))
    return Sites(tuple(placed), found, len(sites) - len(one), designations(context))


def _site(each: Facility, number: int, hazard: str, layer: Layer | None, context: Context) -> Site:
    about = each.properties
    where = f"features[{number}].properties"
    capacity = number_of("sites", f"{where}.capacity", about.get("capacity"))
    stated = emergency_sites.persons(about.get("capacity_text"))
    remarks = about.get("remarks")
    return Site(
        id=each.id,
        name=each.name,
        lon=each.lon,
        lat=each.lat,
        designated=_designated(about, where, hazard, layer),
        area_m2=number_of("sites", f"{where}.floor_area_m2", about.get("floor_area_m2")),
        capacity=capacity if capacity is not None or stated is None else float(stated),
        assumes_area=False,
        zone=State.UNKNOWN,
        from_floor=floor_rules(str(remarks) if remarks else None).get(hazard),
        used=False,
        abroad=not is_city_code(about.get("municipality_code"), context.city),
    )


def _designated(about: Mapping[str, Any], where: str, hazard: str, layer: Layer | None) -> bool | None:
    if layer is None:
        told = about.get("designated", True)
        if told is not None and not isinstance(told, bool):
            raise ParameterError(
                "sites",
                Text(f"{where}.designatedはtrue、falseかnullです。", f"{where}.designated is true, false or null."),
            )
        return told
    told = about.get(f"for_{hazard}" if layer.id == _EMERGENCY else _OPENS.get(hazard, ""))
    return told if isinstance(told, bool) else None


def _joined(sites: Sequence[Site]) -> list[Site]:
    """Each site once: what one list does not say of it the other may."""
    found: dict[int, Site] = {}
    for each, first in zip(sites, same_sites(sites), strict=True):
        other = found.get(first, each)
        found[first] = replace(
            other,
            designated=said_together([other.designated, each.designated]),
            area_m2=each.area_m2 if other.area_m2 is None else other.area_m2,
            capacity=each.capacity if other.capacity is None else other.capacity,
            from_floor=each.from_floor if other.from_floor is None else other.from_floor,
        )
    return list(found.values())


def _states(sites: Sequence[Site], given: Sequence[Facility], people: InZones, context: Context) -> list[State]:
    """Where each lies; where its position is not exact enough to say so, it is not known."""
    errors = {each.id: _error_m(each, number) for number, each in enumerate(given)}
    points = [transform_geometry(shapely.Point(each.lon, each.lat), STORAGE, context.city.plane_crs) for each in sites]
    kinds, doubtful = people.zones.zones.at(points, [errors[each.id] for each in sites])
    spoken = people.spoken_for
    known = np.zeros(len(sites), bool) if spoken is None else shapely.contains(spoken, np.array(points, object))
    found = []
    for kind, doubt, is_known in zip(kinds.tolist(), doubtful.tolist(), known.tolist(), strict=True):
        if kind >= 0:
            found.append(State.INSIDE)
        else:
            found.append(State.OUTSIDE if is_known and not doubt else State.UNKNOWN)
    return found


def _error_m(each: Facility, number: int) -> float:
    where = f"features[{number}].properties.position_error_m"
    return number_of("sites", where, each.properties.get("position_error_m")) or 0.0


def positions(sites: Sequence[Site]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitudes and latitudes."""
    lon, lat = np.array([(each.lon, each.lat) for each in sites], np.float64).reshape(-1, 2).T
    return lon.copy(), lat.copy()
