"""The published zones of a hazard as who flees on foot meets them: where they are, and which roads touch them."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.evacuation.zones import never_entering
from geo.network.impedance import Impedance
from geo.routing.graph import Mask
from geo.shape_index import ShapeIndex
from geo.travel.closing import stretches_meant_each
from geo.travel.conditions import Conditions
from geo.travel.topology import Topology
from layers.advice import State
from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.analysis.city import DISTRICTS, city_area
from services.ogc.analysis.speaking import area_spoken_for, statements
from services.ogc.processes._hazard.states import ground, scenario_states
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._place import Place

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["layer", "known", "origin", "text"],
    "properties": {
        "layer": or_null({"type": "string"}),
        "known": {"type": "boolean"},
        "origin": {"type": "string", "enum": [str(each) for each in State]},
        "text": {"type": "string"},
    },
}
"""Of the zones in an output; ``origin`` is the worst that may be the case there."""

_MARGIN = 0.01  # degrees
_NONE = Text(
    "この災害の想定区域は公表されたものがここにない。危険な場所を避けていない。",
    "No zones of this hazard are known here: dangerous places are not kept out of.",
)
_SAID = {
    State.INSIDE: Text(
        "出発地は想定区域の中にある。区域を出たら、再び入らない。",
        "The origin lies in a zone. Once out of the zones, the way does not go back in.",
    ),
    State.OUTSIDE: Text(
        "出発地は公表された想定区域の外にあり、経路は区域に入らない。区域の外も安全を意味しない。",
        "The origin lies outside of the published zones and the way enters none. Outside does not mean safe.",
    ),
    State.UNKNOWN: Text(
        "出発地が想定区域の中かどうかは分からない。分かっている区域には入らない。安全を意味しない。",
        "Whether the origin lies in a zone is unknown; the way enters none that is known. It does not mean safe.",
    ),
}


@dataclass(frozen=True, eq=False)
class Zones:
    """All zones of a hazard's scenarios, in degrees; ``layer`` None where no layer holds such zones.

    spoken_for:
        Where a place in no zone is outside, by the widest scenario; None where nothing speaks for the city.
    """

    layer: Layer | None
    shapes: tuple[BaseGeometry, ...]
    spoken_for: BaseGeometry | None
    _index: ShapeIndex
    _touched: WeakKeyDictionary[Topology, Mask] = field(default_factory=WeakKeyDictionary)
    _unknown: WeakKeyDictionary[Topology, Mask] = field(default_factory=WeakKeyDictionary)
    _outside: WeakKeyDictionary[Conditions, dict[bool, Conditions]] = field(default_factory=WeakKeyDictionary)
    _on_known: WeakKeyDictionary[Conditions, Conditions] = field(default_factory=WeakKeyDictionary)
    _kept: WeakKeyDictionary[Impedance, dict[Hashable, Any]] = field(default_factory=WeakKeyDictionary)

    @classmethod
    def of(cls, hazard: str, context: Context) -> "Zones":
        """The zones as they are loaded; made once for each state of their layer."""
        layer = _layer_of(hazard)
        if layer is None:  # the same for all of these: there is nothing to tell them apart
            return context.layers.remember("no zones", [DISTRICTS], lambda: cls(None, (), None, ShapeIndex(())))

        def make() -> "Zones":
            shapes = tuple(each.geometry for each in context.layers.features(layer.id) if each.geometry is not None)
            spoken_for = area_spoken_for(layer, context.layers, context.city, _widest(layer))
            return cls(layer, shapes, spoken_for, ShapeIndex(shapes))

        return context.layers.remember(f"evacuation zones {layer.id}", [layer.id, DISTRICTS], make)

    def meets(self, shape: BaseGeometry) -> bool:
        """Whether a shape touches a zone."""
        return bool(self._index.meeting(shape))

    def touched(self, topology: Topology) -> Mask:
        """``(stretches,)``: those that touch a zone."""
        found = self._touched.get(topology)
        if found is None:
            found = np.zeros(len(topology.network.stretches), bool)
            for stretches in stretches_meant_each(topology, self.shapes):
                found[stretches] = True
            self._touched[topology] = found
        return found

    def unknown(self, topology: Topology) -> Mask:
        """``(stretches,)``: those that touch no zone and lie, in part at least, where nothing speaks for them."""
        found = self._unknown.get(topology)
        if found is None:
            found = np.ones(len(topology.network.stretches), bool)
            if self.spoken_for is not None:
                found[:] = False
                for stretches in stretches_meant_each(topology, [_around(topology, self.spoken_for)]):
                    found[stretches] = True
            found &= ~self.touched(topology)
            self._unknown[topology] = found
        return found

    def outside(self, now: Conditions, *, from_inside: bool) -> Conditions:
        """The conditions in which nobody enters a zone (``geo.evacuation.zones.never_entering``); made once of each."""
        if not self.shapes:
            return now
        made = self._outside.setdefault(now, {})
        if from_inside not in made:
            made[from_inside] = never_entering(now, self.touched(now.topology), from_inside=from_inside)
        return made[from_inside]

    def on_known_ground(self, now: Conditions) -> Conditions:
        """The conditions in which nobody goes on from known ground to where ``unknown`` is; made once of each."""
        found = self._on_known.get(now)
        if found is None:
            found = self._on_known[now] = never_entering(now, self.unknown(now.topology), from_inside=True)
        return found

    def kept(self, now: Conditions) -> dict[Hashable, Any]:
        """What others keep of these zones by which roads may be used, and by whatever else it depends on.

        It must not hold the conditions themselves.
        """
        return self._kept.setdefault(now.impedance, {})

    def state_at(self, place: Place, context: Context) -> State:
        """The worst that may be the case at a place, as hazard-at-point has it."""
        layer = self.layer
        if layer is None:
            return State.UNKNOWN
        shape = place.shape(context.city.plane_crs)
        met = context.layers.meeting([layer.id, DISTRICTS], shape, clipped=bool(place.error_m))
        has_boundary = city_area(context.layers, context.city) is not None
        where = ground(shape, met[DISTRICTS], context.city, has_boundary=has_boundary)
        spoken = statements(layer, context.layers, context.city)
        is_served = context.layers.state(layer.id) is not None
        states = scenario_states(layer, met[layer.id], spoken, where, is_served=is_served)
        if any(State.INSIDE in each.possible for each in states):
            return State.INSIDE
        return states[0].state

    def document(self, state: State, context: Context) -> dict[str, Any]:
        known = bool(self.shapes)
        return {
            "layer": None if self.layer is None else self.layer.id,
            "known": known,
            "origin": str(state),
            "text": context.say(_SAID[state] if known else _NONE),
        }


@cache
def _layer_of(hazard: str) -> Layer | None:
    return next((each for each in catalogue().values() if each.hazard and each.hazard.type == hazard), None)


def _widest(layer: Layer) -> str | None:
    """The scenario by which a place outside of all zones is outside, as ``overall`` has it; None where there is one."""
    hazard = layer.hazard
    field_ = None if hazard is None or hazard.scenario is None else layer.by_name[hazard.scenario]
    return None if field_ is None or field_.codes is None else str(field_.codes.codes[0].value)


def _around(topology: Topology, area: BaseGeometry) -> BaseGeometry:
    """All ground that the roads may lie on, but the area."""
    network = topology.network
    if not len(network.lon):
        return shapely.Polygon()
    lon, lat = network.stretches.point_lon, network.stretches.point_lat
    whole = shapely.box(lon.min() - _MARGIN, lat.min() - _MARGIN, lon.max() + _MARGIN, lat.max() + _MARGIN)
    return shapely.difference(whole, area)
