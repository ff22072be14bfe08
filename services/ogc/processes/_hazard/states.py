"""A place against the areas of one hazard: inside, outside or unknown in each scenario, and what may be the case.

Where the place is a circle, because an address is known to its town only, several states are possible; the worst of
them is the one reported: inside before unknown before outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

import shapely
from shapely.geometry.base import BaseGeometry

from layers.advice import Finding, State
from layers.hazard import severity
from layers.model import Code, Layer
from services.ogc.analysis.city import is_of_city
from services.ogc.analysis.layers import Feature
from services.ogc.analysis.speaking import Statement
from services.settings import City

_WHOLE = 1 - 1e-6
_WORST_FIRST = (State.INSIDE, State.UNKNOWN, State.OUTSIDE)


class Reason(StrEnum):
    """Why nothing is known."""

    NOT_SERVED = "not-served"  # the layer is not loaded, or not published
    NO_BOUNDARY = "no-boundary"  # the city's boundary is not loaded
    NOT_IN_CITY = "not-in-city"
    NOT_STATED = "not-stated"  # no dataset speaks for this spot


@dataclass(frozen=True, slots=True)
class Ground:
    """The shape of a place and its relation to the city.

    city_share:
        Of the shape inside the city, 0 to 1; of a point 0 or 1.  None where the boundary is not loaded.
    """

    shape: BaseGeometry
    city_share: float | None

    @property
    def corners(self) -> list[tuple[float, float]]:
        """The positions that stand for the whole shape."""
        return [(lon, lat) for lon, lat in shapely.get_coordinates(self.shape).tolist()]

    def share(self, parts: Sequence[BaseGeometry | None]) -> float:
        """The share of the shape that these clipped parts cover; of a point 1 where there is any."""
        if isinstance(self.shape, shapely.Point):
            return 1.0 if parts else 0.0
        together = shapely.union_all([part for part in parts if part is not None])
        return float(together.area / self.shape.area)


def ground(shape: BaseGeometry, districts: Sequence[Feature], city: City, *, has_boundary: bool) -> Ground:
    """A place's shape with the districts that meet it (clipped to it where it is a circle)."""
    if not has_boundary:
        return Ground(shape, None)
    ours = [each.geometry for each in districts if is_of_city(each.properties, city)]
    return Ground(shape, Ground(shape, None).share(ours))


@dataclass(frozen=True, slots=True)
class ScenarioState:
    """One scenario at a place (``code`` None where the hazard has none).

    possible:
        Every state that may be the true one, the worst first.
    areas:
        The areas that the place meets, the worst first.
    statements:
        What speaks for the place where it is outside.
    reason:
        Why nothing is known, where that is possible.
    """

    code: Code | None
    possible: tuple[State, ...]
    areas: tuple[Feature, ...]
    statements: tuple[Statement, ...]
    reason: Reason | None

    @property
    def state(self) -> State:
        return self.possible[0]


def scenario_states(
    layer: Layer, areas: Sequence[Feature], spoken: Sequence[Statement], place: Ground, *, is_served: bool
) -> tuple[ScenarioState, ...]:
    """The states of a hazard's scenarios at a place, in the order of their code list."""
    hazard = layer.hazard
    field = None if hazard is None or hazard.scenario is None else layer.by_name[hazard.scenario]
    if field is None or field.codes is None:
        return (_state(None, areas, spoken, place, is_served=is_served),)
    return tuple(
        _state(
            code,
            [area for area in areas if area.properties.get(field.name) == code.value],
            [each for each in spoken if each.scenario == code.value],
            place,
            is_served=is_served,
        )
        for code in field.codes.codes
    )


def _state(
    code: Code | None, areas: Sequence[Feature], spoken: Sequence[Statement], place: Ground, *, is_served: bool
) -> ScenarioState:
    worst_first = tuple(sorted(areas, key=_severity, reverse=True))
    possible: set[State] = {State.INSIDE} if areas else set()
    reason: Reason | None = None
    covering: tuple[Statement, ...] = ()
    if not areas or place.share([area.geometry for area in areas]) < _WHOLE:
        reason, covering = _elsewhere(spoken, place, is_served=is_served)
        if covering:
            possible.add(State.OUTSIDE)
        if reason is not None:
            possible.add(State.UNKNOWN)
    ordered = tuple(state for state in _WORST_FIRST if state in possible)
    return ScenarioState(code, ordered, worst_first, covering, reason)


def _elsewhere(
    spoken: Sequence[Statement], place: Ground, *, is_served: bool
) -> tuple[Reason | None, tuple[Statement, ...]]:
    """What is known where there is no area: why nothing is (for a part at least), and what speaks for the rest."""
    if not is_served:
        return Reason.NOT_SERVED, ()
    if place.city_share is None:
        return Reason.NO_BOUNDARY, ()
    if not place.city_share:
        return Reason.NOT_IN_CITY, ()
    covering = tuple(each for each in spoken if each.covers(place.corners))
    if not covering:
        return Reason.NOT_STATED, ()
    return (None if place.city_share >= _WHOLE else Reason.NOT_IN_CITY), covering


def _severity(area: Feature) -> tuple[float, float, str]:
    return (*severity(area.properties), area.id)


def overall(states: Sequence[ScenarioState]) -> tuple[State, ...]:
    """What may be the case for the hazard as a whole, the worst first.

    Inside where any scenario is; else as the first scenario, which is the widest.
    """
    if any(each.state is State.INSIDE for each in states):
        others = {state for each in states if each.state is State.INSIDE for state in each.possible}
        certain = any(each.possible == (State.INSIDE,) for each in states)
        return (State.INSIDE,) if certain else tuple(state for state in _WORST_FIRST if state in others)
    return states[0].possible


def finding(layer: Layer, states: Sequence[ScenarioState], municipality: str | None) -> Finding:
    """The worst that may be the case, for advice."""
    hazard = layer.hazard
    collapse = None if hazard is None else hazard.collapse
    bounds = [
        (area.properties.get("depth_lower_m"), area.properties.get("depth_upper_m"))
        for each in states
        for area in each.areas
    ]
    known = [
        inf if upper is None else float(upper) for lower, upper in bounds if lower is not None or upper is not None
    ]
    deepest = max(known, default=inf)
    return Finding(
        state=overall(states)[0],
        depth_upper_m=None if deepest == inf else deepest,
        collapse=any(
            each.state is State.INSIDE and each.code is not None and each.code.value == collapse for each in states
        ),
        municipality=municipality,
    )
