"""The zones and sites of all hazards together: a place is held against all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from shapely.geometry.base import BaseGeometry

from geo.shape_index import ShapeIndex
from layers import emergency_sites
from layers.catalogue import catalogue
from services.ogc.analysis.city import DISTRICTS
from services.ogc.errors import UnanswerableError
from services.ogc.processes._evacuation.known_sites import Listed, sites_listed
from services.ogc.processes._evacuation.sites import HAZARDS
from services.ogc.processes._evacuation.zones import Zones
from services.ogc.processes._model import Context


@dataclass(frozen=True, eq=False)
class CityHazards:
    """Those that sites are designated for; made once for each state of their layers.

    zones, sites:
        By hazard; no sites where their layer is not loaded.
    """

    zones: Mapping[str, Zones]
    sites: Mapping[str, Listed]
    _owners: tuple[Zones, ...]
    _index: ShapeIndex

    @classmethod
    def of(cls, context: Context) -> "CityHazards":
        return context.layers.remember("hazards of the card", _layers_read(), lambda: cls._read(context))

    @classmethod
    def _read(cls, context: Context) -> "CityHazards":
        zones = {hazard: Zones.of(hazard, context) for hazard in HAZARDS}
        try:
            sites = {hazard: sites_listed(hazard, each, context) for hazard, each in zones.items()}
        except UnanswerableError:
            sites = {}
        owned = [(each, shape) for each in dict.fromkeys(zones.values()) for shape in each.shapes]
        return cls(zones, sites, tuple(each for each, _ in owned), ShapeIndex([shape for _, shape in owned]))

    def met_by(self, shape: BaseGeometry) -> frozenset[Zones]:
        """The hazards' zones that a shape touches."""
        return frozenset(self._owners[number] for number in self._index.meeting(shape))


@cache
def _layers_read() -> tuple[str, ...]:
    return *(layer.id for layer in catalogue().values() if layer.hazard), emergency_sites.LAYER.id, DISTRICTS
