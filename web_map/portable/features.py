"""A drawing as plain data for the page: features with the words of the popups, and the entries of the legend."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import isfinite, sqrt
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import InputError
from layers.maplibre import class_text
from layers.model import Geometry, StyleClass
from layers.patterns import UNKNOWN, image_name
from web_map.pages import fill, localise
from web_map.portable.drawing import Column, Drawing
from web_map.texts import texts
from web_map.view import legend_view

_DIGITS = 6
"""Of degrees: a decimetre."""
_WGS84 = 4326
_MOST_MARKS = 12
"""Of one feature: the largest of its parts are numbered."""
_UNKNOWN_MARK = "?"


def entry_of(drawing: Drawing, language: str, number: int, letter: str, time_zone: str) -> dict[str, Any]:
    """What the page needs of one drawing; ``data`` is for its script.

    ``letter`` stands before the numbers of its classes.  ``InputError`` where its frame says no reference system.
    """
    frame = drawing.frame
    if frame.crs is None:
        raise InputError(
            f"{drawing.title.ja}: the features are in no reference system.",
            fix="Say which: frame.set_crs(6668), or 6673 where they are metres.",
        )
    placed = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    placed = placed if placed.crs.to_epsg() == _WGS84 else placed.to_crs(_WGS84)
    of_class = _numbers(drawing, placed)
    legend = _legend(drawing, language, letter, Counter(of_class))
    title = drawing.title.in_language(language)
    words = _Words(language, time_zone)
    return {
        "id": f"layer-{number}",
        "title": title,
        "notes": [*_in_force(drawing, words, len(frame)), *(each.in_language(language) for each in drawing.notes)],
        "count": len(placed),
        "without_place": len(frame) - len(placed),
        "is_unknown": len(frame) == 0 and drawing.at is None,
        "geometry": _geometry(drawing, placed).value,
        "style": legend,
        "sources": [
            {
                "name": each.name.in_language(language),
                "as_of": each.as_of,
                "fictitious": each.fictitious,
                "licence": None if each.licence is None else each.licence.in_language(language),
            }
            for each in drawing.sources
        ],
        "data": {
            "title": title,
            "hazard": drawing.hazard,
            "style": {
                **{name: legend[name] for name in ("opacity", "width", "radius", "outline")},
                "classes": _drawn(drawing, legend),
            },
            "columns": [each.title.in_language(language) for _, each in _columns(drawing)],
            "features": _features(drawing, placed, of_class, words),
        },
    }


def _legend(drawing: Drawing, language: str, letter: str, counts: Counter[int]) -> dict[str, Any]:
    """As of a layer on the live map, with the number by which a class is found on the map, and how many there are."""
    legend: dict[str, Any] = localise(
        legend_view(drawing.style, drawing.safe_style or drawing.style, drawing.patterns), language
    )
    for place, (entry, each) in enumerate(zip(legend["classes"], drawing.style.classes, strict=True)):
        unknown = _UNKNOWN_MARK if drawing.patterns.get(each.value) is UNKNOWN else ""
        entry["mark"], entry["count"] = f"{letter}{place + 1}{unknown}", counts[place]
    legend["mark"], legend["count"] = _UNKNOWN_MARK, counts[len(legend["classes"])]
    return legend


def _drawn(drawing: Drawing, legend: dict[str, Any]) -> list[dict[str, Any]]:
    """How the classes are drawn, then what is in none of them."""
    classes: Sequence[StyleClass] = drawing.style.classes
    named = [
        {
            **{name: shown[name] for name in ("title", "color", "mark")},
            "safe": shown["safe_color"],
            "width": each.width or drawing.style.width,
            "opacity": each.opacity or drawing.style.opacity,
            "unknown": (pattern := drawing.patterns.get(each.value)) is UNKNOWN,
            "pattern": image_name(pattern) if pattern is not None else None,
        }
        for each, shown in zip(classes, legend["classes"], strict=True)
    ]
    rest = {
        "title": None,
        "color": drawing.style.color,
        "mark": _UNKNOWN_MARK if classes else None,
        "safe": legend["safe_color"],
        "width": drawing.style.width,
        "opacity": drawing.style.opacity,
        "unknown": bool(classes),
        "pattern": image_name(UNKNOWN) if drawing.patterns else None,
    }
    return [*named, rest]


def _geometry(drawing: Drawing, placed: gpd.GeoDataFrame) -> Geometry:
    if drawing.geometry is not None:
        return drawing.geometry
    kinds = {each.removeprefix("Multi") for each in placed.geom_type.unique()}
    one = {"Point": Geometry.POINT, "LineString": Geometry.LINE, "Polygon": Geometry.MULTIPOLYGON}
    return one.get(next(iter(kinds)), Geometry.ANY) if len(kinds) == 1 else Geometry.ANY


def _in_force(drawing: Drawing, words: "_Words", count: int) -> list[str]:
    """Of when what is drawn holds, where it holds for a time."""
    if drawing.at is None:
        return []
    key = "client.live_now" if count else "client.live_none"
    return [fill(words.texts[key], {"time": words.of(drawing.at, None), "count": count})]


def _numbers(drawing: Drawing, placed: gpd.GeoDataFrame) -> list[int]:
    """The number of the class of each feature; one more than there are where it is in none."""
    classes = {class_text(each): number for number, each in enumerate(drawing.style.classes)}
    values = placed[drawing.style.by].tolist() if drawing.style.by in placed.columns else [None] * len(placed)
    return [classes.get(_as_text(value), len(classes)) for value in values]


def _columns(drawing: Drawing) -> list[tuple[str, Column]]:
    return [(name, column) for name, column in drawing.columns.items() if name in drawing.frame.columns]


def _features(
    drawing: Drawing, placed: gpd.GeoDataFrame, of_class: Iterable[int], words: "_Words"
) -> list[dict[str, Any]]:
    """Compact: number of the class, heading, values in the order of the columns, marks, geometry."""
    shapes = shapely.transform(placed.geometry.to_numpy(), lambda each: np.round(each, _DIGITS))
    values = [[words.of(value, column) for value in placed[name].tolist()] for name, column in _columns(drawing)]
    rows = zip(*values, strict=True) if values else [()] * len(placed)
    heads = placed[drawing.title_column].tolist() if drawing.title_column in placed.columns else [None] * len(placed)
    return [
        {
            "c": number,
            "t": None if _is_absent(head) else str(head),
            "p": row,
            "m": _marks(shape),
            "g": shapely.geometry.mapping(shape),
        }
        for number, head, row, shape in zip(of_class, heads, rows, shapes, strict=True)
    ]


def _marks(shape: shapely.Geometry) -> list[list[float]]:
    """Where it is pointed at, the largest part first: longitude, latitude, and how wide it is about, in degrees."""
    parts = shapely.get_parts(shape)
    areas = shapely.area(parts)
    largest = parts[np.argsort(-areas, kind="stable")[:_MOST_MARKS]]
    places = shapely.get_coordinates(shapely.point_on_surface(largest)).round(_DIGITS)
    widths = [round(sqrt(each), 5) for each in shapely.area(largest)]
    return [[*place, width] for place, width in zip(places.tolist(), widths, strict=True)]


def _as_text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _is_absent(value: object) -> bool:
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError):  # pandas' NA, and arrays
        return not isinstance(value, np.ndarray)


class _Words:
    """Values as a person reads them in a language."""

    def __init__(self, language: str, time_zone: str) -> None:
        self.texts = texts(language)
        self.language = language
        self._zone = ZoneInfo(time_zone)

    def of(self, value: Any, column: Column | None) -> str | None:
        """None where there is no value: it is not stated, and said to be so."""
        if _is_absent(value):
            return None
        if (column is not None and column.flag) or isinstance(value, bool | np.bool_):
            return self.texts["client.yes" if _as_text(value).lower() in ("1", "true") else "client.no"]
        if column is not None and (code := column.codes.get(_as_text(value))) is not None:
            return code.in_language(self.language)
        if isinstance(value, datetime):
            return (
                value.astimezone(self._zone).strftime("%Y-%m-%d %H:%M") if value.tzinfo else f"{value:%Y-%m-%d %H:%M}"
            )
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, list | tuple | np.ndarray):
            members = [said for each in value if (said := self.of(each, column)) is not None]
            return self.texts["client.list_separator"].join(members) or None
        if isinstance(value, int | float | np.integer | np.floating):
            if not isfinite(value):
                return None
            text, unit = f"{round(float(value), 2):,.10g}", None if column is None else column.unit
            return text if unit in (None, "1") else f"{text} {self.texts.get(f'unit.{unit}', unit)}"
        return str(value) or None
