"""The part of a coverage that a request asks for: ``bbox``, ``subset`` or ``center``, each in a system of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from geo.crs import STORAGE
from geo.errors import InputError
from geo.grid import Bounds, bounds_in
from layers.model import Text
from services.ogc.crs import CRS84
from services.ogc.errors import ParameterError, ResourceError
from services.ogc.rasters.cells import Cells
from services.ogc.rasters.systems import CRS84_SYSTEM, System, required, system_of

_AXIS = re.compile(r"\s*([A-Za-z_]\w*)\(([^()]*)\)\s*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)

Interval = tuple[float | None, float | None]
"""Lower and upper bound of an axis, both inclusive; None: to the end of the coverage."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of x and y in a system.  Of degrees, x may run from a greater to a lesser number: across 180 degrees."""

    system: System
    x: Interval
    y: Interval


def box_of(given: Mapping[str, str], cells: Cells) -> Box | None:
    """The box of ``bbox`` or of ``subset``; None where neither is given.

    Raises
    ------
    ParameterError
        If one cannot be understood, or both are given.
    """
    if "bbox" in given and "subset" in given:
        raise ParameterError("subset", Text("bboxと同時には指定できません。", "it cannot be given together with bbox."))
    if "bbox" in given:
        system = required("bbox-crs", given.get("bbox-crs", CRS84), cells.source, cells.epsg)
        numbers = [float(part) for part in given["bbox"].split(",")]
        half = len(numbers) // 2
        low, high = numbers[:2], numbers[half : half + 2]
        (x_low, y_low), (x_high, y_high) = _xy(system, low), _xy(system, high)
        box = Box(system, (x_low, x_high), (y_low, y_high))
    elif "subset" in given:
        box = _subset(given, cells)
    else:
        return None
    _check(box, "bbox" if "bbox" in given else "subset")
    return box


def _xy(system: System, pair: list[float]) -> tuple[float, float]:
    return (pair[1], pair[0]) if system.northing_first else (pair[0], pair[1])


def _subset(given: Mapping[str, str], cells: Cells) -> Box:
    axes = dict(axis_values("subset", given["subset"]))
    if "subset-crs" in given:
        candidates = [required("subset-crs", given["subset-crs"], cells.source, cells.epsg)]
    else:
        candidates = [CRS84_SYSTEM, system_of(cells.epsg)]
        if cells.crs == STORAGE:  # the plane of the city, by E and N
            candidates.append(system_of(cells.source.plane_crs))
    for system in candidates:
        names = {name: system.x_names for name in axes if name in system.x_names}
        names |= {name: system.y_names for name in axes if name in system.y_names}
        if len(names) == len(axes):
            break
    else:
        known = "; ".join(dict.fromkeys(f"{each.x_names[0]}, {each.y_names[0]}" for each in candidates))
        raise ParameterError("subset", Text(f"軸の名前は次のいずれかです: {known}", f"the axes are {known}."))
    by_axis: dict[tuple[str, ...], Interval] = {}
    for name, text in axes.items():
        if names[name] in by_axis:
            raise ParameterError("subset", Text(f"軸{name}が重複しています。", f"the axis {name} is given twice."))
        by_axis[names[name]] = _interval(text)
    return Box(system, by_axis.get(system.x_names, (None, None)), by_axis.get(system.y_names, (None, None)))


def axis_values(parameter: str, text: str) -> list[tuple[str, str]]:
    """Names and contents of ``Name(content),Name(content)``; each name once.

    Raises ``ParameterError`` where the text is of another form.
    """
    found: list[tuple[str, str]] = []
    for part in re.split(r",(?![^(]*\))", text):
        matched = _AXIS.fullmatch(part)
        if matched is None or matched[1] in dict(found):
            raise ParameterError(
                parameter,
                Text(
                    "軸の名前(値),軸の名前(値) の形で、軸ごとに一度指定してください。",
                    "give Axis(value),Axis(value), each axis once.",
                ),
            )
        found.append((matched[1], matched[2].strip()))
    return found


def _interval(text: str) -> Interval:
    parts = [part.strip() for part in text.split(":")]
    values = [None if part == "*" else float(part) if _NUMBER.fullmatch(part) else "?" for part in parts]
    if len(values) > 2 or "?" in values or (len(values) == 1 and values[0] is None):
        raise ParameterError(
            "subset",
            Text(
                "Lon(西:東),Lat(南:北) のように数で指定してください。*は端まで、値が1つならその位置の格子。",
                "give numbers as in Lon(west:east),Lat(south:north); * is the end, one value the cells there.",
            ),
        )
    low, high = values[0], values[-1]
    return (None if low is None else float(low)), (None if high is None else float(high))


def _check(box: Box, parameter: str) -> None:
    for low, high, wraps in ((*box.x, box.system.crs == STORAGE), (*box.y, False)):
        if not all(isfinite(each) for each in (low, high) if each is not None):
            raise ParameterError(parameter, Text("有限の数で指定してください。", "give finite numbers."))
        if low is not None and high is not None and low > high and not wraps:
            raise ParameterError(
                parameter, Text("下端が上端より大きくなっています。", "a lower end is above its upper end.")
            )


def cut(box: Box, cells: Cells) -> Bounds:
    """What a box has in common with the coverage, in the system of the box.

    Raises
    ------
    ResourceError
        If that is nothing.
    """
    extent = extent_in(cells, box.system.crs)
    pieces = [(box.x[0], box.x[1])]
    if box.x[0] is not None and box.x[1] is not None and box.x[0] > box.x[1]:
        pieces = [(box.x[0], 180.0), (-180.0, box.x[1])]
    spans = [found for low, high in pieces if (found := _common((low, high), extent[0], extent[2]))]
    rows = _common(box.y, extent[1], extent[3])
    if not spans or rows is None:
        raise ResourceError(Text("この範囲にはデータがありません。", "There is no data in this box."))
    return min(low for low, _ in spans), rows[0], max(high for _, high in spans), rows[1]


def extent_in(cells: Cells, crs: int) -> Bounds:
    """The box around the coverage in a system."""
    return bounds_in(cells.whole(cells.crs).bounds, cells.crs, crs)


def _common(interval: Interval, low: float, high: float) -> tuple[float, float] | None:
    first = low if interval[0] is None else max(low, interval[0])
    last = high if interval[1] is None else min(high, interval[1])
    return (first, last) if first <= last else None


def uncut(box: Box, cells: Cells, crs: int, parameter: str) -> Bounds:
    """The whole box in ``crs``, even where it reaches beyond the coverage; open ends are those of the coverage.

    Raises
    ------
    ParameterError
        If it cannot be expressed in ``crs``, or has no extent.
    """
    extent = extent_in(cells, box.system.crs)
    edges = [
        end if value is None else value
        for value, end in zip((box.x[0], box.y[0], box.x[1], box.y[1]), extent, strict=True)
    ]
    if edges[0] > edges[2]:
        edges[2] += 360.0  # across 180 degrees
    bounds = (edges[0], edges[1], edges[2], edges[3])
    if bounds[0] >= bounds[2] or bounds[1] >= bounds[3]:
        raise ParameterError(parameter, Text("範囲に広がりがありません。", "the box has no extent."))
    try:
        return bounds_in(bounds, box.system.crs, crs)
    except InputError:
        raise ParameterError(
            parameter, Text("この座標参照系で表せない範囲です。", "it lies outside of its reference system.")
        ) from None
