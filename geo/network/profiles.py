"""The profiles that are shipped: vehicles of a fire service, a car, and people.

Sizes are those of common Japanese types, to be replaced by those of a headquarters' own vehicles (the ladder: 30 m
class, Maizuru: 3.65 m high, 2.50 m wide, 10.67 m long; its access road of 6 m and 21 t after municipal guidelines on
消防活動空地).  Speeds are assumptions of this project to be calibrated by dispatch records: there is no national table.
With the emergency factor they come near trunk 44, secondary 36, tertiary 31, residential 20 km/h.
"""

from collections.abc import Mapping
from types import MappingProxyType

from geo.errors import NotFoundError
from geo.network.access import Access, Mode
from geo.network.classes import HIGHWAYS
from geo.network.vehicle import TurnCosts, VehicleProfile

_DRIVEN: Mapping[str, float] = {
    "motorway": 80.0,
    "motorway_link": 40.0,
    "trunk": 40.0,
    "trunk_link": 30.0,
    "primary": 36.0,
    "primary_link": 28.0,
    "secondary": 33.0,
    "secondary_link": 26.0,
    "tertiary": 28.0,
    "tertiary_link": 24.0,
    "unclassified": 24.0,
    "residential": 18.0,
    "living_street": 12.0,
    "service": 12.0,
    "road": 12.0,
}
_EMERGENCY = {**_DRIVEN, "busway": 30.0, "track": 10.0, "pedestrian": 10.0}
"""In km/h; busways, field tracks and pedestrian streets are open to them (道路交通法41条1項)."""
_NARROW_KPH = 12.5
_PRIVATE = frozenset({Access.UNSPECIFIED, Access.YES, Access.DESTINATION, Access.PRIVATE})

_WALKED = tuple(way for way in HIGHWAYS if way not in ("motorway", "motorway_link", "busway"))
_WALKING_KPH, _STAIRS_KPH, _WHEELCHAIR_KPH = 3.6, 1.8, 1.8
"""1.0 m/s, 0.5 m/s on stairs, and 0.5 m/s for who needs help: 津波避難 guidelines."""
_STEEP_FOR_WALKERS = 0.10
"""Up to here maps of flight (逃げ地図) reckon with 43 m/min for old people."""
_STEEP_FOR_WHEELS, _TOO_STEEP_FOR_WHEELS = 0.05, 0.08
"""Of pavements, 道路移動等円滑化基準 (平成18年国土交通省令116号): 5 % at most, 8 % where there is no other way."""


def _emergency(
    name: str,
    ja: str,
    en: str,
    size: tuple[float, float, float, float],
    min_road_width_m: float,
    turns: TurnCosts,
    factor: float = 1.1,
) -> VehicleProfile:
    """``size``: width, height, length in metres, mass in tonnes."""
    return VehicleProfile(
        name,
        ja,
        en,
        Mode.MOTOR_VEHICLE,
        *size,
        min_road_width_m=min_road_width_m,
        speeds_kph=_EMERGENCY,
        emergency_factor=factor,
        narrow_speed_kph=_NARROW_KPH,
        ignores_oneway=True,
        ignores_turn_restrictions=True,
        enters=_PRIVATE,
        turns=turns,
    )


_LIGHT = TurnCosts(1.5, 3.0, 20.0)
_HEAVY = TurnCosts(3.0, 5.0, 40.0)
_PEOPLE = dict.fromkeys(_WALKED, _WALKING_KPH)

PROFILES: Mapping[str, VehicleProfile] = MappingProxyType(
    {
        profile.id: profile
        for profile in (
            _emergency("pumper", "消防ポンプ自動車", "Pumper", (2.1, 2.8, 6.5, 8.0), 2.6, TurnCosts(2.0, 4.0, 30.0)),
            _emergency("tank", "水槽付消防ポンプ自動車", "Tank pumper", (2.3, 3.0, 7.5, 11.0), 2.8, _HEAVY),
            _emergency(
                "ladder", "はしご車", "Ladder truck", (2.5, 3.65, 10.67, 21.0), 6.0, TurnCosts(5.0, 8.0, 60.0), 1.0
            ),
            _emergency("rescue", "救助工作車", "Rescue truck", (2.3, 3.3, 8.0, 12.0), 2.8, _HEAVY),
            _emergency("ambulance", "救急自動車", "Ambulance", (1.9, 2.5, 5.7, 3.5), 2.4, _LIGHT),
            _emergency("command", "指揮車", "Command car", (1.9, 2.3, 5.0, 2.8), 2.3, _LIGHT),
            VehicleProfile(
                "car",
                "乗用車",
                "Car",
                Mode.MOTOR_VEHICLE,
                width_m=1.7,
                height_m=1.8,
                length_m=4.7,
                mass_t=2.0,
                min_road_width_m=2.0,
                speeds_kph=_DRIVEN,
                narrow_speed_kph=15.0,
                turns=TurnCosts(2.0, 6.0, 20.0),
            ),
            VehicleProfile(
                "walking",
                "徒歩",
                "Walking",
                Mode.FOOT,
                width_m=0.6,
                height_m=1.8,
                length_m=0.6,
                mass_t=0.1,
                min_road_width_m=0.0,
                speeds_kph={**_PEOPLE, "steps": _STAIRS_KPH},
                stairs=True,
                steep_slope=_STEEP_FOR_WALKERS,
                ignores_oneway=True,
                ignores_turn_restrictions=True,
                curve=None,
            ),
            VehicleProfile(
                "wheelchair",
                "車いす",
                "Wheelchair",
                Mode.WHEELCHAIR,
                width_m=0.7,
                height_m=1.5,
                length_m=1.2,
                mass_t=0.2,
                min_road_width_m=0.9,
                speeds_kph={way: _WHEELCHAIR_KPH for way in _WALKED if way != "steps"},
                wading_depth_m=0.10,
                steep_slope=_STEEP_FOR_WHEELS,
                max_slope=_TOO_STEEP_FOR_WHEELS,
                ignores_oneway=True,
                ignores_turn_restrictions=True,
                doubtful_classes=frozenset({"path", "track", "bridleway"}),
                curve=None,
            ),
        )
    }
)


def profile(name: str) -> VehicleProfile:
    """The shipped profile of this id; ``NotFoundError`` where there is none."""
    if name not in PROFILES:
        raise NotFoundError(f"There is no profile {name!r}.", fix=f"Choose one of {', '.join(PROFILES)}.")
    return PROFILES[name]
