"""Facilities in the zones: how many of each layer, which ones, and for which of them the position leaves it open."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from geo.crs import STORAGE, transform_geometries
from layers.catalogue import catalogue
from layers.model import Geometry, Layer, Theme
from services.ogc.processes._exposure.zones import CLASS_SCHEMA, COUNT_SCHEMA, HazardZones
from services.ogc.processes._model import Context
from services.ogc.processes._place import TOWNS

MOST_LISTED = 500
"""Facilities of one layer that are named; all are counted."""
_THEMES = (Theme.EVACUATION, Theme.MEDICAL, Theme.FIRE)

_COUNTED = ("in_area", "without_position", "inside", "may_be_outside", "may_be_inside", "not_listed")
SCHEMA: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["layer", "title", *_COUNTED, "by_class", "features"],
        "properties": {
            "layer": {"type": "string"},
            "title": {"type": "string"},
            **dict.fromkeys(_COUNTED, COUNT_SCHEMA),
            "by_class": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["class", "count"],
                    "properties": {"class": CLASS_SCHEMA, "count": COUNT_SCHEMA},
                },
            },
            "features": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "name", "lon", "lat", "rank", "inside", "may_differ"],
                },
            },
        },
    },
}
"""Of the facilities in an output."""


def facility_layers() -> dict[str, Layer]:
    """The layers that can be asked for: points where something stands, by id."""
    return {
        layer.id: layer
        for layer in catalogue().values()
        if layer.geometry is Geometry.POINT and layer.theme in (*_THEMES, Theme.BASE) and layer.id != TOWNS
    }


def default_layers() -> tuple[str, ...]:
    """Those that are looked at where none are named: for evacuation, medical care and the fire service."""
    return tuple(layer.id for layer in facility_layers().values() if layer.theme in _THEMES)


def facilities_document(zones: HazardZones, ids: Sequence[str], context: Context) -> list[dict[str, Any]]:
    """For each layer that is served: counts, and the facilities that are or may be inside."""
    found = []
    for layer_id in dict.fromkeys(ids):
        context.check()
        if context.layers.state(layer_id) is not None:
            found.append(_layer(catalogue()[layer_id], zones, context))
    return found


def _layer(layer: Layer, zones: HazardZones, context: Context) -> dict[str, Any]:
    every = context.layers.features(layer.id)
    placed = [each for each in every if each.geometry is not None]
    points = transform_geometries([each.geometry for each in placed], STORAGE, context.city.plane_crs)
    shapely.prepare(zones.area)
    within = np.flatnonzero(shapely.intersects(zones.area, points)).tolist() if points else []
    errors = [float(placed[index].properties.get("position_error_m") or 0.0) for index in within]
    kinds, doubtful = zones.zones.at([points[index] for index in within], errors)
    inside = kinds >= 0
    listed = np.flatnonzero(inside | doubtful).tolist()
    return {
        "layer": layer.id,
        "title": context.say(layer.title),
        "in_area": len(within),
        "without_position": len(every) - len(placed),
        "inside": int(inside.sum()),
        "may_be_outside": int((inside & doubtful).sum()),
        "may_be_inside": int((~inside & doubtful).sum()),
        "by_class": [
            {"class": each.document(context), "count": int((kinds == index).sum())}
            for index, each in enumerate(zones.classes)
        ],
        "features": [
            {
                "id": placed[within[place]].id,
                "name": placed[within[place]].properties.get(layer.title_field or ""),
                "lon": shapely.get_x(placed[within[place]].geometry),
                "lat": shapely.get_y(placed[within[place]].geometry),
                "rank": zones.classes[kinds[place]].rank if inside[place] else None,
                "inside": bool(inside[place]),
                "may_differ": bool(doubtful[place]),
            }
            for place in listed[:MOST_LISTED]
        ],
        "not_listed": max(0, len(listed) - MOST_LISTED),
    }
