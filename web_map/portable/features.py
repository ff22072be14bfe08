"""A drawing as plain data for the page: GeoJSON with the words of the popups, and the entries of the legend."""

from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import InputError
from layers.maplibre import class_text
from layers.model import Style, Text
from web_map.portable.drawing import Column, Drawing
from web_map.texts import texts

_DIGITS = 6
"""Of degrees: a decimetre."""
_NO = Text("いいえ", "no")
_YES = Text("はい", "yes")
_WGS84 = 4326


def entry_of(drawing: Drawing, language: str, number: int) -> dict[str, Any]:
    """What the page needs of one drawing; raises ``InputError`` where its frame says no reference system."""
    frame = drawing.frame
    if frame.crs is None:
        raise InputError(
            f"{drawing.title.ja}: the features are in no reference system.",
            fix="Say which: frame.set_crs(6668), or 6673 where they are metres.",
        )
    placed = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    style = drawing.style
    return {
        "id": f"layer-{number}",
        "title": drawing.title.in_language(language),
        "notes": [each.in_language(language) for each in drawing.notes],
        "count": len(placed),
        "without_place": len(frame) - len(placed),
        "style": {
            "opacity": style.opacity,
            "width": style.width,
            "radius": style.radius,
            "outline": style.outline,
            "classes": [_class(each, style) for each in _classes(style, language)],
        },
        "legend": _classes(style, language),
        "sources": [
            {"name": each.name.in_language(language), "as_of": each.as_of, "fictitious": each.fictitious}
            for each in drawing.sources
        ],
        "features": _features(drawing, placed, language),
    }


def _classes(style: Style, language: str) -> list[dict[str, Any]]:
    """The classes, then what is in none of them."""
    named = [
        {
            "value": class_text(each),
            "title": each.title.in_language(language),
            "color": each.color,
            "width": each.width,
            "hatched": each.hatched,
        }
        for each in style.classes
    ]
    return [*named, {"value": None, "title": None, "color": style.color, "width": None, "hatched": False}]


def _class(each: Mapping[str, Any], style: Style) -> dict[str, Any]:
    return {"color": each["color"], "width": each["width"] or style.width, "hatched": each["hatched"]}


def _features(drawing: Drawing, placed: gpd.GeoDataFrame, language: str) -> list[dict[str, Any]]:
    """Compact: number of the class, heading, lines of the popup, geometry."""
    style = drawing.style
    frame = placed if placed.crs.to_epsg() == _WGS84 else placed.to_crs(_WGS84)
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda each: np.round(each, _DIGITS))
    numbers = {class_text(each): number for number, each in enumerate(style.classes)}
    values = frame[style.by].tolist() if style.by in frame.columns else [None] * len(frame)
    kept = {name: column for name, column in drawing.columns.items() if name in frame.columns}
    lines: list[list[list[str]]] = [[] for _ in range(len(frame))]
    for name, column in kept.items():
        title = column.title.in_language(language)
        for row, value in enumerate(frame[name].tolist()):
            if (said := _said(value, column, language)) is not None:
                lines[row].append([title, said])
    heads = frame[drawing.title_column].tolist() if drawing.title_column in frame.columns else [None] * len(frame)
    return [
        {
            "c": numbers.get(_as_text(value), len(numbers)),
            "t": None if _is_absent(head) else str(head),
            "p": line,
            "g": shapely.geometry.mapping(shape),
        }
        for value, head, line, shape in zip(values, heads, lines, shapes, strict=True)
    ]


def _as_text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _is_absent(value: object) -> bool:
    return value is None or value != value


def _said(value: Any, column: Column, language: str) -> str | None:
    """A value in words; None where there is none, which no line says."""
    try:
        if _is_absent(value):
            return None
    except (TypeError, ValueError):  # pandas' NA, and arrays
        return None
    if isinstance(value, bool | np.bool_):
        return (_YES if value else _NO).in_language(language)
    if (code := column.codes.get(_as_text(value))) is not None:
        return code.in_language(language)
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, int | float | np.integer | np.floating):
        if not isfinite(value):
            return None
        text = f"{round(float(value), 2):,.10g}"
        unit = texts(language).get(f"unit.{column.unit}", column.unit) if column.unit else None
        return text if unit is None else f"{text} {unit}"
    return str(value)
