"""The roads as who walks finds them, packed for a device, and where the sites for each hazard meet them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.crs import STORAGE, transform_xy
from geo.errors import StoreError
from geo.evacuation.zones import usual_pace_mps
from geo.network.model import Words
from geo.offline.packing import Packer
from geo.routing.graph import UNREACHABLE, Int64Array
from geo.travel.conditions import Conditions
from geo.travel.snapping import Snap
from services.ogc.errors import UnanswerableError
from services.ogc.processes._card.telling import START_DELAY_S
from services.ogc.processes._card.walker import PREFERRED_FACTOR
from services.ogc.processes._evacuation.known_sites import sites_now
from services.ogc.processes._evacuation.sites import HAZARDS, Site, Sites
from services.ogc.processes._evacuation.ways import Walk
from services.ogc.processes._evacuation.zones import Zones
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._place import Place

MM = 1_000.0
_MM_OF_CLIMB = 1_000.0
_SLOPE_DIGITS = 10_000_000.0
_UNKNOWN = 0
"""A slope that is not known; known ones are one more than they are."""


@dataclass(frozen=True, eq=False)
class Footways:
    """Who walks now; ``stretch`` and ``node``: the number that each has for a device, -1 where it has none."""

    now: Conditions
    kept: Int64Array
    stretch: Int64Array
    node: Int64Array

    @classmethod
    def of(cls, context: Context) -> "Footways | None":
        """None where no roads are known.

        Raises
        ------
        StoreError
            If walking is held to rules that no device knows.
        """
        try:
            now = context.roads.conditions("walking")
        except UnanswerableError:
            return None
        if not isinf(now.profile.max_slope):
            raise StoreError("The calibration limits how steep a way on foot may be, which no device can do offline.")
        network = now.topology.network
        kept = np.flatnonzero(now.usable)
        stretch = np.full(len(network.stretches), -1, np.int64)
        stretch[kept] = np.arange(len(kept))
        node = np.full(network.graph.nodes, -1, np.int64)
        tail, head = _ends(now, kept)
        order = np.stack([tail, head], axis=1).ravel()
        first = np.sort(np.unique(order, return_index=True)[1])
        node[order[first]] = np.arange(len(first))
        return cls(now, kept, stretch, node)

    def packed(self, context: Context) -> bytes:
        """The roads: where they lie, what they take on foot each way, what they are called, how steep they are, and for
        each hazard which touch its zones, and of which it is not known whether they do.
        """
        now, kept = self.now, self.kept
        network = now.topology.network
        stretches, ways, slopes = network.stretches, network.ways, network.slopes
        tail, head = _ends(now, kept)
        along, against = _weights(now, kept)
        owned = np.repeat(now.usable, np.diff(stretches.first_point))
        x, y = transform_xy(stretches.point_lon[owned], stretches.point_lat[owned], STORAGE, network.plane)
        row = stretches.way[kept].astype(np.int64)
        used, place = np.unique(row, return_inverse=True)
        names = {key: _Table(getattr(ways, key)) for key in ("name", "name_english", "ref")}
        packer = (
            Packer()
            .deltas("from", self.node[tail])
            .deltas("to", self.node[head])
            .plain("along_ms", along)
            .plain("against_ms", against)
            .plain("points", np.diff(stretches.first_point)[kept])
            .deltas("x", np.rint(np.asarray(x) * MM))
            .deltas("y", np.rint(np.asarray(y) * MM))
            .deltas("way", place)
            .plain("highway", ways.highway[used])
            .bits("roundabout", ways.roundabout[used])
            .plain("onward", network.onward[np.argsort(self.node)[np.sum(self.node < 0) :]])
            .plain("climb", _known(slopes.climb_m[kept] * _MM_OF_CLIMB))
            .plain("descent", _known(slopes.descent_m[kept] * _MM_OF_CLIMB))
            .plain("rises", _known(slopes.steepest_up[kept] * _SLOPE_DIGITS))
            .plain("falls", _known(slopes.steepest_down[kept] * _SLOPE_DIGITS))
        )
        for key, table in names.items():
            packer.plain(key, table.codes(used) + 1)
        for hazard in HAZARDS:
            zones = Zones.of(hazard, context)
            packer.bits(f"touched {hazard}", zones.touched(now.topology)[kept])
            packer.bits(f"unknown {hazard}", zones.unknown(now.topology)[kept])
        return packer.packed(
            plane=network.plane,
            reach_m=REACH_M,
            usual_pace_mps=usual_pace_mps(now),
            preferred_factor=PREFERRED_FACTOR,
            start_delay_s=START_DELAY_S,
            words={key: table.known for key, table in names.items()},
        )

    def snap(self, snap: Snap) -> list[float | int]:
        """Stretch, share, distance in metres, and 1 where the place lies on the left."""
        return [int(self.stretch[snap.stretch]), snap.share, round(snap.distance_m, 3), int(snap.left)]


class _Table:
    """The words of a column that are used, each once."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.known: list[str] = []

    def codes(self, rows: Int64Array) -> npt.NDArray[np.int64]:
        """Their places in ``known``, which this fills; -1 for none."""
        codes = self._words.code[rows].astype(np.int64)
        used = np.unique(codes[codes >= 0])
        self.known.extend(map(str, self._words.known[used].tolist()))
        return np.where(codes >= 0, np.searchsorted(used, codes), -1)


def _ends(now: Conditions, kept: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The nodes at which stretches begin and end, along their ways."""
    network = now.topology.network
    edge = np.full(len(network.stretches), -1, np.int64)
    plain = np.flatnonzero(~network.is_twin)
    edge[network.stretch[plain]] = plain
    edge = edge[kept]
    along = network.along[edge]
    tail, head = network.graph.tail[edge], network.graph.head[edge]
    return np.where(along, tail, head).astype(np.int64), np.where(along, head, tail).astype(np.int64)


def _weights(now: Conditions, kept: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Milliseconds along and against each way, one more than they are; 0 where one may not go."""
    network = now.topology.network
    found = np.zeros((2, len(network.stretches)), np.int64)
    used = np.flatnonzero(~network.is_twin & (now.impedance.weights < UNREACHABLE))
    found[np.where(network.along[used], 0, 1), network.stretch[used]] = now.impedance.weights[used] + 1
    return found[0, kept], found[1, kept]


def _known(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.where(np.isnan(values), _UNKNOWN, np.nan_to_num(np.rint(values)) + 1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class OfferedSites:
    """The sites of every hazard; ``by_hazard`` None where no sites are known at all."""

    by_hazard: Mapping[str, Sites] | None

    @classmethod
    def now(cls, context: Context) -> "OfferedSites":
        try:
            return cls({hazard: sites_now(hazard, Zones.of(hazard, context), context) for hazard in HAZARDS})
        except UnanswerableError:
            return cls(None)

    @property
    def every(self) -> list[Site]:
        """Each site once, as one of its hazards has it."""
        found: dict[str, Site] = {}
        for sites in (self.by_hazard or {}).values():
            for each in sites.designated:
                found.setdefault(each.id, each)
        return list(found.values())

    def document(self, footways: Footways | None, context: Context) -> dict[str, Any]:
        """For a device: the places of the sites, and of each hazard its sites with the places where they meet the road
        for who goes through zones, who comes from outside of them, and who sets out inside.
        """
        if self.by_hazard is None:
            return {"places": [], "by_hazard": None}
        number = {each.id: place for place, each in enumerate(self.every)}
        return {
            "places": [self._place(each, context) for each in self.every],
            "by_hazard": {
                hazard: {
                    "unknown": sites.unknown,
                    "sites": [
                        {
                            "site": number[each.id],
                            "from_floor": each.from_floor,
                            "roof": each.roof,
                            "in_zone": each.in_zone,
                            "ends": None if footways is None else _ends_of(each, hazard, footways, context),
                        }
                        for each in sites.designated
                    ],
                }
                for hazard, sites in self.by_hazard.items()
            },
        }

    def _place(self, site: Site, context: Context) -> list[float]:
        x, y = transform_xy(site.lon, site.lat, STORAGE, context.city.plane_crs)
        return [site.lon, site.lat, round(float(x), 2), round(float(y), 2)]


def _ends_of(site: Site, hazard: str, footways: Footways, context: Context) -> dict[str, Any]:
    zones = Zones.of(hazard, context)
    here = Place(site.lon, site.lat)

    def walk(*, inside: bool) -> Walk:
        now = footways.now
        return Walk(now, zones, here, usual_pace_mps(now), inside, now.profile.max_slope, PREFERRED_FACTOR)

    ways: Sequence[tuple[str, list[Snap]]] = (
        ("through", walk(inside=False).ends(site, through_zones=True)),
        ("outside", walk(inside=False).ends(site, through_zones=False)),
        ("inside", walk(inside=True).ends(site, through_zones=False)),
    )
    return {name: [footways.snap(each) for each in ends] for name, ends in ways}
