"""Which hazard zones the roads lie in, as it is kept in files beside the networks and mapped by every worker.

Prepared when the roads, a hazard layer or the boundary of the city has moved (``zone_building``): of a way it is known
in some microseconds then.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from geo.errors import SourceError
from geo.network.model import RoadNetwork
from geo.travel.finding import Way
from geo.travel.zoned import ZonedRoads
from layers.advice import State
from layers.catalogue import catalogue
from services.database.revisions import LayerState, Schema
from services.ogc.analysis.city import DISTRICTS
from services.routing.storing import load_columns, store_columns
from services.settings import City

FORMAT = 1
"""To be raised with every change of what is stored or how it is found: older files are then not used."""
_COLUMNS = ("first", "begin_m", "end_m", "kind")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One hazard, or one scenario of it, and its kinds: numbers from ``first`` on for its zones, one for outside, one
    for unknown.

    zones:
        Properties that the zones of a kind share, the worst kind first.
    rest:
        What the parts of roads are that are in no row.
    datasets:
        Ids of those that its zones are of, and that speak for the city.
    """

    layer: str
    scenario: str | None
    datasets: tuple[str, ...]
    first: int
    zones: tuple[Mapping[str, Any], ...]
    rest: State

    @property
    def outside(self) -> int:
        return self.first + len(self.zones)

    @property
    def unknown(self) -> int:
        return self.outside + 1


@dataclass(frozen=True, eq=False)
class RoadZones:
    """The sheets of every hazard layer, in the order of the catalogue, and where on the roads their kinds are."""

    sheets: tuple[Sheet, ...]
    roads: ZonedRoads

    @property
    def kinds(self) -> int:
        return self.sheets[-1].unknown + 1 if self.sheets else 0

    def metres(self, network: RoadNetwork, way: Way, length_m: float) -> list[float]:
        """By kind the metres of a way, which is so long in all; those of each sheet add up to its length.

        Of several zones of a sheet at a place the worst counts.
        """
        found: list[float] = self.roads.metres(network, way, self.kinds).tolist()
        for sheet in self.sheets:
            rest = sheet.outside if sheet.rest is State.OUTSIDE else sheet.unknown
            found[rest] += max(length_m - sum(found[sheet.first : sheet.unknown + 1]), 0.0)
        return found


HAZARDS = tuple(layer.id for layer in catalogue().values() if layer.hazard is not None)
"""Ids of the hazard layers, in the order of the catalogue."""
LAYERS = (*HAZARDS, DISTRICTS)
"""What zones on roads follow from, beside the network."""


def zones_folder(var: Path) -> Path:
    """Where they are kept."""
    return var / "road-zones"


def zones_key(network: str, states: Mapping[str, LayerState], schema: Schema, city: City) -> str:
    """The name of what is prepared for a network from these states of ``LAYERS``."""
    words = (FORMAT, network, schema, city.code, [states.get(layer_id) for layer_id in LAYERS])
    return blake2b(repr(words).encode(), digest_size=16).hexdigest()


def store_zones(folder: Path, zones: RoadZones) -> None:
    """Writes them into a folder that is not there yet."""
    columns = [(name, getattr(zones.roads, name)) for name in _COLUMNS]
    store_columns(folder, columns, {"format": FORMAT, "sheets": [asdict(each) for each in zones.sheets]})


def load_zones(folder: Path) -> RoadZones:
    """Those in a folder, their columns mapped into memory; ``SourceError`` where a file is not as it was written."""
    try:
        about, columns = load_columns(folder)
        sheets = [
            Sheet(
                **{**each, **{name: tuple(each[name]) for name in ("datasets", "zones")}, "rest": State(each["rest"])}
            )
            for each in about["sheets"]
        ]
        roads = ZonedRoads(**{name: columns[name] for name in _COLUMNS})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"What is prepared of hazard zones in {folder.name} is not whole.",
            fix="Remove its folder; it is prepared again.",
        ) from error
    return RoadZones(tuple(sheets), roads)
