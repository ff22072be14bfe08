"""Hazard zones laid over the roads, when either has moved: once for each side, for all processes."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometries, transform_xy
from geo.errors import GisError, StoreError
from geo.network.model import RoadNetwork
from geo.routing.graph import FloatArray, Int64Array
from geo.travel.zoned import Pieces, ZonedRoads, zoned
from layers.advice import State
from layers.catalogue import catalogue
from layers.hazard import severity
from layers.model import Layer
from services.database.revisions import LayerState, Schema
from services.ogc.analysis.layers import Feature, LayerReader
from services.ogc.analysis.speaking import area_spoken_for, statements
from services.routing.storing import load, remove_old
from services.routing.zones import HAZARDS, RoadZones, Sheet, store_zones, zones_key
from services.settings import City

logger = logging.getLogger(__name__)

_KEPT = 8
"""So many of what was prepared last are kept."""
_given_up: set[str] = set()
_MARGIN = 0.001  # degrees around the roads
_KIND = ("rank", "hazard_class", "depth_lower_m", "depth_upper_m", "duration_lower_h", "duration_upper_h")
"""What zones of one kind have in common."""


def build_missing_zones(
    layers: LayerReader, states: Mapping[str, LayerState], schema: Schema, network: Path, folder: Path, city: City
) -> bool:
    """Prepares what a side has now for the network in a folder, where it is not there yet; whether there was anything
    to do.

    Areas that cannot be laid over roads are logged, and not tried again by this process while they stay as they are:
    routes then say that zones are not known, and the networks are kept up to date all the same.

    Raises
    ------
    StoreError
        The database is away or not migrated.
    """
    key = zones_key(network.name, states, schema, city)
    if key in _given_up or (folder / key).is_dir():
        return False
    started = time.monotonic()
    try:
        zones = zones_on(load(network).network, layers, city)
    except StoreError:
        raise
    except (GisError, ShapelyError) as error:
        _given_up.add(key)
        logger.warning("the hazard zones of %s cannot be laid over its roads: %s", schema, error)
        return False
    store_zones(folder / key, zones)
    remove_old(folder, _KEPT)
    seconds = time.monotonic() - started
    logger.info("laid hazard zones over the roads of %s: %d rows in %.1f s", schema, len(zones.roads.kind), seconds)
    return True


def zones_on(network: RoadNetwork, layers: LayerReader, city: City) -> RoadZones:
    """The zones of every hazard layer on the roads of a network."""
    stretches = network.stretches
    points = np.column_stack(transform_xy(stretches.point_lon, stretches.point_lat, STORAGE, network.plane))
    sheets: list[Sheet] = []
    rows: list[Pieces] = []
    first = 0
    for layer, scenario, features in _sheets(network, layers):
        spoken_for = area_spoken_for(layer, layers, city, scenario)
        on = _Laid.of(features, spoken_for, network.plane)
        rest, pieces = on.rows(points, stretches.first_point, first)
        spoken = {each.dataset for each in statements(layer, layers, city) if each.scenario == scenario}
        datasets = {*spoken, *(each.properties.get("dataset") for each in features)} - {None}
        sheets.append(Sheet(layer.id, scenario, tuple(sorted(map(str, datasets))), first, on.zones, rest))
        rows.append(pieces)
        first = sheets[-1].unknown + 1
    columns = [np.concatenate([getattr(each, name) for each in rows]) for name in Pieces.__dataclass_fields__]
    return RoadZones(tuple(sheets), ZonedRoads.of(len(stretches), Pieces(*columns)))


def _sheets(network: RoadNetwork, layers: LayerReader) -> Iterator[tuple[Layer, str | None, Sequence[Feature]]]:
    """Each hazard layer with its areas near the roads, scenario by scenario where it has such."""
    around = _around(network)
    for layer_id in HAZARDS:
        layer = catalogue()[layer_id]
        features = [each for each in layers.features(layer_id, within=around) if each.geometry is not None]
        name = layer.hazard.scenario if layer.hazard is not None else None
        codes = None if name is None else layer.by_name[name].codes
        if name is None or codes is None:
            yield layer, None, features
            continue
        for code in codes.codes:
            yield layer, str(code.value), [each for each in features if each.properties.get(name) == code.value]


def _around(network: RoadNetwork) -> BaseGeometry:
    lon, lat = network.stretches.point_lon, network.stretches.point_lat
    if not len(lon):
        return shapely.Polygon()
    return shapely.box(lon.min() - _MARGIN, lat.min() - _MARGIN, lon.max() + _MARGIN, lat.max() + _MARGIN)


@dataclass(frozen=True, eq=False)
class _Laid:
    """The areas of one sheet in the plane of the roads, and the kind of each; ``known`` as of ``zoned``."""

    zones: tuple[Mapping[str, Any], ...]
    areas: npt.NDArray[np.object_]
    kinds: Sequence[int]
    known: BaseGeometry | None

    @classmethod
    def of(cls, features: Sequence[Feature], spoken_for: BaseGeometry | None, plane: int) -> Self:
        told = [tuple(each.properties.get(name) for name in _KIND) for each in features]
        zones = [dict(zip(_KIND, each, strict=True)) for each in dict.fromkeys(told)]
        zones.sort(key=severity, reverse=True)
        numbers = {tuple(each.values()): number for number, each in enumerate(zones)}
        known = None if spoken_for is None else _plane([spoken_for], plane)[0]
        areas = _plane([each.geometry for each in features if each.geometry is not None], plane)
        return cls(tuple(zones), areas, [numbers[each] for each in told], known)

    def rows(self, points: FloatArray, first_point: Int64Array, first: int) -> tuple[State, Pieces]:
        """What most roads are that lie in no zone, and the pieces of all others, with their kinds from ``first`` on."""
        count = len(self.zones)
        pieces = zoned(points, first_point, self.areas, self.kinds, self.known, count)
        outside, unknown = (int((pieces.kind == count + each).sum()) for each in (0, 1))
        rest = State.OUTSIDE if outside > unknown else State.UNKNOWN
        kept = pieces.kind != (count if rest is State.OUTSIDE else count + 1)
        columns = (pieces.stretch, pieces.begin_m, pieces.end_m, pieces.kind + np.int32(first))
        return rest, Pieces(*(column[kept] for column in columns))


def _plane(areas: Sequence[BaseGeometry], plane: int) -> npt.NDArray[np.object_]:
    """Valid areas in the plane; what has none is empty."""
    inside = transform_geometries(areas, STORAGE, plane)
    found: npt.NDArray[np.object_] = shapely.make_valid(inside, method="structure", keep_collapsed=False)
    return found
