"""The figures of routing that a city sets for itself: speeds, costs and sizes of vehicles, and the model of widths.

Shipped are assumptions, as there is no national table; a document of overrides makes a headquarters' own of them.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from geo.errors import InputError, NotFoundError
from geo.network.profiles import PROFILES
from geo.network.vehicle import TurnCosts, VehicleProfile
from geo.network.widths import SHIPPED_WIDTHS, ClassWidth, WidthModel

Document = Mapping[str, Any]

FASTEST_KPH: Mapping[bool, float] = {True: 120.0, False: 15.0}
"""No speed beyond this is believed of who drives, and of who does not: 緊急自動車 may go 100 km/h on expressways."""

_RANGES: Mapping[str, tuple[float, float]] = {
    "width_m": (0.3, 4.0),
    "height_m": (0.5, 6.0),
    "length_m": (0.3, 25.0),
    "mass_t": (0.01, 60.0),
    "min_road_width_m": (0.0, 20.0),
    "wading_depth_m": (0.0, 2.0),
    "emergency_factor": (0.5, 2.0),
    "against_flow_factor": (0.05, 1.0),
    "narrow_speed_kph": (1.0, FASTEST_KPH[True]),
}
"""The figures of a profile beside its speeds, and between what they are believed, both ends inclusive."""
_TURNS = ("left_s", "right_s", "u_turn_s")
_TURN_RANGE = (0.0, 600.0)
_WIDTH_RANGE = (0.3, 100.0)
_WIDTHS = ("lane_low_m", "lane_high_m", "shoulders_m", "narrow_m")
_LEAST_KPH = 0.5


@dataclass(frozen=True)
class Figures:
    """All figures: profiles by id, and the model of widths."""

    profiles: Mapping[str, VehicleProfile] = field(default_factory=lambda: PROFILES, hash=False)
    widths: WidthModel = SHIPPED_WIDTHS

    def profile(self, name: str) -> VehicleProfile:
        """The profile of this id; ``NotFoundError`` where there is none."""
        if name not in self.profiles:
            raise NotFoundError(f"There is no profile {name!r}.", fix=f"Choose one of {', '.join(self.profiles)}.")
        return self.profiles[name]


SHIPPED = Figures()


def overridden(document: Document, figures: Figures = SHIPPED) -> Figures:
    """The figures with those of a document in place of theirs.

    ``document`` has the tables ``profiles`` and ``widths`` as ``document_of`` gives them, with whatever of them is set.

    Raises
    ------
    InputError
        If a key, profile or class is unknown, or a value is no number in the range that is believed; the key is named.
    """
    tables = _table(document, "", ("profiles", "widths"))
    named = _table(tables.get("profiles", {}), "profiles", figures.profiles)
    profiles = {
        name: _profile(found, named[name], f"profiles.{name}") if name in named else found
        for name, found in figures.profiles.items()
    }
    return Figures(profiles, _widths(figures.widths, tables.get("widths", {})))


def document_of(figures: Figures) -> dict[str, Any]:
    """All figures as a document: ``overridden`` with it gives them back."""
    widths = figures.widths
    return {
        "profiles": {name: dict(_written(found)) for name, found in figures.profiles.items()},
        "widths": {
            **{name: getattr(widths, name) for name in _WIDTHS},
            **{
                highway: {each.name: getattr(width, each.name) for each in fields(ClassWidth)}
                for highway, width in widths.by_class.items()
            },
        },
    }


def _written(profile: VehicleProfile) -> Iterator[tuple[str, Any]]:
    for name in _names(profile):
        yield name, getattr(profile, name)
    if profile.drives:
        yield "turns", {name: getattr(profile.turns, name) for name in _TURNS}
    yield "speeds_kph", dict(profile.speeds_kph)


def _names(profile: VehicleProfile) -> list[str]:
    """What can be set of a profile: who does not drive has no figures of driving."""
    driving = ("mass_t", "emergency_factor", "against_flow_factor", "narrow_speed_kph")
    return [name for name in _RANGES if profile.drives or name not in driving]


def _profile(profile: VehicleProfile, given: Any, at: str) -> VehicleProfile:
    tables = ("turns", "speeds_kph") if profile.drives else ("speeds_kph",)
    table = _table(given, at, (*_names(profile), *tables))
    changed: dict[str, Any] = {
        name: _number(value, f"{at}.{name}", _RANGES[name]) for name, value in table.items() if name not in tables
    }
    if "turns" in table:
        costs = _table(table["turns"], f"{at}.turns", _TURNS)
        seconds = {name: _number(value, f"{at}.turns.{name}", _TURN_RANGE) for name, value in costs.items()}
        changed["turns"] = TurnCosts(**{name: seconds.get(name, getattr(profile.turns, name)) for name in _TURNS})
    speeds = _table(table.get("speeds_kph", {}), f"{at}.speeds_kph", profile.speeds_kph)
    believed = (_LEAST_KPH, FASTEST_KPH[profile.drives])
    found = {name: _number(value, f"{at}.speeds_kph.{name}", believed) for name, value in speeds.items()}
    made = replace(profile, **changed).with_speeds(found)
    if 0 < made.min_road_width_m < made.width_m:
        raise InputError(f"{at}.min_road_width_m = {made.min_road_width_m:g} is less than width_m = {made.width_m:g}.")
    return made


def _widths(widths: WidthModel, given: Any) -> WidthModel:
    table = _table(given, "widths", (*_WIDTHS, *widths.by_class))
    by_class = dict(widths.by_class)
    names = [each.name for each in fields(ClassWidth)]
    for highway in table.keys() & by_class.keys():
        at = f"widths.{highway}"
        new = {
            name: _number(value, f"{at}.{name}", _WIDTH_RANGE)
            for name, value in _table(table[highway], at, names).items()
        }
        with _named(at):
            by_class[highway] = replace(by_class[highway], **new)
    single = {name: _number(table[name], f"widths.{name}", (0.0, 20.0)) for name in _WIDTHS if name in table}
    with _named("widths"):
        return replace(widths, by_class=by_class, **single)


@contextmanager
def _named(at: str) -> Iterator[None]:
    """Puts the key before what is wrong with it."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{at}: {error.message}") from None


def _table(value: Any, at: str, known: Collection[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{at or 'The document'} is no table.")
    for key in value:
        if key not in known:
            raise InputError(f"{at + '.' if at else ''}{key} is unknown.", fix=f"Known are {', '.join(known)}.")
    return value


def _number(value: Any, at: str, believed: tuple[float, float]) -> float:
    least, most = believed
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise InputError(f"{at} = {value!r} is no number from {least:g} to {most:g}.")
    return float(value)
