"""Frames as inputs of a process, and its outputs as frames."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import mapping

from geo.coordinates import JAPAN
from geo.crs import STORAGE
from geo.errors import InputError
from layers.result_classes import LEGEND
from services.ogc.analysis.ages import COLUMNS

type Given = str | gpd.GeoDataFrame
"""Id of a layer, or features."""
DEMAND_COLUMNS = ("weight", "town", "reason", *COLUMNS)
"""What analyses read of points of demand, where they have it."""


def given(features: Given, columns: Iterable[str], name: str) -> str | dict[str, Any]:
    """A layer's id as it is; a frame as a FeatureCollection in EPSG:6668, with these columns where it has them.

    Features are known by the column ``id``, else by the index.

    Raises
    ------
    InputError
        If the frame does not say in which reference system it is, or two rows have one id.
    """
    if isinstance(features, str):
        return features
    frame = _in_storage(features, name)
    has_ids = "id" in frame.columns
    if has_ids:
        frame = frame.set_index("id")
    if frame.index.has_duplicates:
        twice = frame.index[frame.index.duplicated()]
        raise InputError(
            f"The {name} are known by their {'column id' if has_ids else 'index'}, in which {twice[0]!r} is there twice"
            + (f" ({len(twice)} such rows)." if len(twice) > 1 else "."),
            fix='Give each an id of its own, or leave them out: frame.drop(columns="id").reset_index(drop=True).'
            if has_ids
            else "Number them anew, as after pandas.concat: frame.reset_index(drop=True).",
        )
    kept = [each for each in dict.fromkeys(columns) if each in frame.columns]
    frame = gpd.GeoDataFrame(frame[kept], geometry=frame.geometry, crs=STORAGE)
    found: dict[str, Any] = json.loads(frame.to_json(na="null"))
    return found


def drawn(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs, with frames of areas as processes take them: ``area`` as one, ``avoid`` as many, ``flooded`` with the
    column ``depth_m``.

    Raises
    ------
    InputError
        If a frame does not say its reference system, has no area, or no depth where it is under water.
    """
    found = dict(inputs)
    for name in ("area", "avoid", "flooded"):
        frame = found.get(name)
        if not isinstance(frame, gpd.GeoDataFrame):
            continue
        shapes = _in_storage(frame, name).geometry
        if not len(shapes) or not shapes.geom_type.isin(("Polygon", "MultiPolygon")).all():
            raise InputError(f"The {name} is no frame of polygons.")
        if name == "area":
            found[name] = mapping(shapes.union_all())
        elif name == "avoid":
            found[name] = [mapping(each) for each in shapes]
        elif "depth_m" not in frame.columns:
            raise InputError("The flooded areas have no column depth_m.", fix="Give the depth of each in metres.")
        else:
            depths = frame["depth_m"].astype(float).tolist()
            found[name] = [
                {"area": mapping(each), "depth_m": depth} for each, depth in zip(shapes, depths, strict=True)
            ]
    return found


def demand(features: Given, weight: str | None) -> str | dict[str, Any]:
    """Points of demand, as ``given``; ``weight`` names a further column that says how much there is."""
    return given(features, (*DEMAND_COLUMNS, *([weight] if weight else [])), "points of demand")


def _in_storage(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise InputError(
            f"The {name} are no frame of places, but {type(frame).__name__}.",
            fix="Give the id of a layer, services.planning.read(file), or geopandas.GeoDataFrame(rows, "
            "geometry=geopandas.points_from_xy(lon, lat), crs=6668).",
        )
    if frame.crs is None:
        raise InputError(
            f"The {name} are in no reference system.",
            fix="Say which: frame.set_crs(6668), or 6673 where they are metres.",
        )
    if frame.crs.is_projected and len(frame) and _are_degrees(frame.total_bounds):
        raise InputError(
            f"The {name} are said to be in metres ({frame.crs.name}), but are degrees.",
            fix="Say so: frame.set_crs(6668, allow_override=True).",
        )
    return frame if frame.crs.to_epsg() == STORAGE else frame.to_crs(STORAGE)


def _are_degrees(bounds: Sequence[float]) -> bool:
    """Whether all lie where Japan is in degrees: as metres that is a spot of 40 m beside the system's origin."""
    west, south, east, north = bounds
    return JAPAN.west <= west <= east <= JAPAN.east and JAPAN.south <= south <= north <= JAPAN.north


def layer(text: str) -> gpd.GeoDataFrame:
    """A FeatureCollection in EPSG:6668 as a frame, known by the ids of its features; its legend is in ``attrs``."""
    collection = json.loads(text)
    features = collection["features"]
    if not features:
        return gpd.GeoDataFrame(geometry=[], crs=STORAGE)
    frame = gpd.GeoDataFrame.from_features(features, crs=STORAGE)
    frame.index = pd.Index([each["id"] for each in features], name="id")
    frame.attrs[LEGEND] = collection.get(LEGEND, [])
    return frame


def points(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Rows with ``lon`` and ``lat`` as a frame of points."""
    frame = pd.DataFrame(rows)
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=STORAGE)


def table(text: str, *, sums: bool) -> pd.DataFrame:
    """A table; without its last row, where that has the ``sums``."""
    found = pd.read_csv(io.StringIO(text.removeprefix("\ufeff")), dtype={"town": "string"})
    return found.iloc[:-1] if sums else found
