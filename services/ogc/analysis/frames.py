"""Layers held in memory as GeoDataFrames: a ``LayerReader`` for notebooks and tests, without a database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE
from services.database.revisions import DatasetState, LayerState
from services.ogc.analysis.layers import Feature


class FrameLayers:
    """Layers by id.  Features are known by the column ``id``, else by the index.

    A frame in another system than JGD2011 is transformed, one without a system is taken to be in it.  ``states`` says
    what is known of a layer's sources; without it, each value of the column ``dataset`` is one of unknown date.
    """

    def __init__(self, frames: Mapping[str, gpd.GeoDataFrame], states: Mapping[str, LayerState] | None = None) -> None:
        self._features = {layer_id: _features(frame) for layer_id, frame in frames.items()}
        self._trees = {
            layer_id: shapely.STRtree([feature.geometry for feature in features])
            for layer_id, features in self._features.items()
        }
        self._states = {layer_id: _state(layer_id, features) for layer_id, features in self._features.items()}
        self._states |= states or {}
        self._made: dict[tuple[str, ...], Any] = {}

    def state(self, layer_id: str) -> LayerState | None:
        return self._states.get(layer_id)

    def meeting(
        self, layer_ids: Sequence[str], shape: BaseGeometry, *, clipped: bool = False
    ) -> Mapping[str, Sequence[Feature]]:
        return {
            layer_id: [
                Feature(each.id, each.properties, shapely.intersection(each.geometry, shape) if clipped else None)
                for each in self.features(layer_id, within=shape)
            ]
            for layer_id in layer_ids
        }

    def features(
        self, layer_id: str, *, within: BaseGeometry | None = None, equal: Mapping[str, object] | None = None
    ) -> Sequence[Feature]:
        every = self._features.get(layer_id, [])
        if within is not None and every:
            every = [every[index] for index in sorted(self._trees[layer_id].query(within, predicate="intersects"))]
        wanted = equal or {}
        return [each for each in every if all(each.properties.get(name) == value for name, value in wanted.items())]

    def distinct(
        self, layer_id: str, fields: Sequence[str], *, overlapping: BaseGeometry | None = None
    ) -> frozenset[tuple[Any, ...]]:
        return frozenset(
            tuple(each.properties.get(name) for name in fields)
            for each in self.features(layer_id, within=overlapping)
            if overlapping is None or (each.geometry is not None and not shapely.touches(each.geometry, overlapping))
        )

    def remember[T](self, name: str, layer_ids: Sequence[str], make: Callable[[], T]) -> T:
        key = (name, *layer_ids)
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found


def _features(frame: gpd.GeoDataFrame) -> list[Feature]:
    if frame.crs is not None and frame.crs.to_epsg() != STORAGE:
        frame = frame.to_crs(STORAGE)
    names = [name for name in frame.columns if name not in ("id", frame.geometry.name)]
    keys = frame["id"] if "id" in frame.columns else frame.index
    columns = {name: [_plain(value) for value in frame[name]] for name in names}
    found = [
        Feature(str(key), {name: columns[name][row] for name in names}, geometry)
        for row, (key, geometry) in enumerate(zip(keys, frame.geometry, strict=True))
    ]
    return sorted(found, key=lambda feature: feature.id)


def _plain(value: Any) -> Any:
    """A cell as JSON has it; missing in whichever way is None."""
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(each) for each in value]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _state(layer_id: str, features: Sequence[Feature]) -> LayerState:
    datasets: dict[str, list[Feature]] = {}
    for feature in features:
        datasets.setdefault(str(feature.properties.get("dataset") or ""), []).append(feature)
    return LayerState(
        layer_id,
        revision=0,
        published_at=None,
        datasets=tuple(
            DatasetState(
                id=name,
                format_id=str(rows[0].properties.get("source_id") or ""),
                source_id=None,
                title=None,
                url=None,
                licence=None,
                attribution=None,
                as_of=None,
                fictitious=any(row.properties.get("fictitious") for row in rows),
                row_count=len(rows),
                loaded_at=datetime.min.replace(tzinfo=UTC),
            )
            for name, rows in datasets.items()
        ),
    )
