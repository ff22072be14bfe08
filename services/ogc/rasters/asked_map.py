"""The picture that a request for a map asks for (OGC API Maps: core, scaling, spatial subsetting, CRS)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from geo.crs import transform_xy
from geo.errors import InputError
from geo.grid import Bounds, Grid, ground_size_m
from layers.model import Text
from services.ogc.crs import CRS84
from services.ogc.errors import ParameterError
from services.ogc.rasters.boxes import box_of, extent_in, uncut
from services.ogc.rasters.cells import Cells
from services.ogc.rasters.png import Rgb
from services.ogc.rasters.systems import System, required

MAX_PIXELS = 2048
"""Longest side of a map."""
DEFAULT_PIXELS = 1024
DEFAULT_MM_PER_PIXEL = 0.28
"""Size of a pixel on the screen where ``mm-per-pixel`` does not say it (OGC API Maps, display resolution)."""

_COLOUR = re.compile(r"(?:0x|#)?([0-9a-fA-F]{6})")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
WHITE: Rgb = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class AskedMap:
    """The pixels, the system they are in, and what shines through where there is nothing; None: it is transparent."""

    grid: Grid
    system: System
    background: Rgb | None


def asked_map(cells: Cells, given: Mapping[str, str]) -> AskedMap:
    """What a checked query string asks for; without a system CRS84, without a place the whole coverage.

    A map shows all of the box asked for, also where it reaches beyond the coverage.  Where only one of ``width`` and
    ``height`` is given, or none, pixels are square on the ground in the middle of the map.

    Raises
    ------
    ParameterError
        If a parameter cannot be understood, or contradicts another.
    ResourceError
        If the coverage is empty.
    """
    system = required("crs", given.get("crs", CRS84), cells.source, cells.epsg)
    width, height = (int(given[name]) if name in given else None for name in ("width", "height"))
    scale = _metres_per_pixel(given)
    place = next((name for name in ("bbox", "subset", "center") if name in given), None)
    if place in ("bbox", "subset"):
        if "center" in given:
            raise _together("center", place)
        if scale is not None and (width or height):
            raise _together("scale-denominator", "width" if width else "height")
        box = box_of(given, cells)
        assert box is not None  # noqa: S101 - it is given
        bounds = uncut(box, cells, system.crs, place)
    elif place is None and scale is None:
        bounds = extent_in(cells, system.crs)
    else:
        middle = _centre(given, cells, system)
        return AskedMap(_around(middle, system, width, height, scale, cells), system, background_of(given))
    return AskedMap(_filling(bounds, system, width, height, scale), system, background_of(given))


def background_of(given: Mapping[str, str]) -> Rgb | None:
    """The colour of what shows nothing: transparent unless ``bgcolor`` or ``transparent=false`` say otherwise."""
    colour: Rgb = WHITE
    if "bgcolor" in given:
        matched = _COLOUR.fullmatch(given["bgcolor"])
        if matched is None:
            raise ParameterError("bgcolor", Text("0xRRGGBBの形で指定してください。", "give it as 0xRRGGBB."))
        colour = (int(matched[1][:2], 16), int(matched[1][2:4], 16), int(matched[1][4:], 16))
    transparent = given.get("transparent", "false" if "bgcolor" in given else "true") == "true"
    return None if transparent else colour


def _filling(bounds: Bounds, system: System, width: int | None, height: int | None, scale: float | None) -> Grid:
    """The box in the number of pixels asked for, or that makes them square on the ground."""
    east_m, north_m = _ground(bounds, system)
    across, down = east_m * (bounds[2] - bounds[0]), north_m * (bounds[3] - bounds[1])
    if scale is not None:
        width, height = round(across / scale), round(down / scale)
    elif width is None and height is None:
        longest = max(across, down)
        width, height = round(DEFAULT_PIXELS * across / longest), round(DEFAULT_PIXELS * down / longest)
    elif width is None:
        width = round((height or 1) * across / down)
    elif height is None:
        height = round(width * down / across)
    width, height = max(1, width or 1), max(1, height or 1)
    _check_size(width, height)
    return Grid(system.crs, bounds, width, height)


def _around(
    middle: tuple[float, float],
    system: System,
    width: int | None,
    height: int | None,
    scale: float | None,
    cells: Cells,
) -> Grid:
    """The pixels around a place, each ``scale`` metres on the ground, or as large as the coverage's own cells."""
    width, height = width or height or DEFAULT_PIXELS, height or width or DEFAULT_PIXELS
    _check_size(width, height)
    x, y = middle
    east_m, north_m = _ground((x, y, x + 1e-6, y + 1e-6), system)
    if scale is None:
        native = cells.whole(cells.crs)
        size_x, size_y = ground_size_m(native)
        scale = float(min(size_x[native.height // 2], size_y[native.height // 2]))
    half_x, half_y = width * scale / east_m / 2, height * scale / north_m / 2
    try:
        return Grid(system.crs, (x - half_x, y - half_y, x + half_x, y + half_y), width, height)
    except InputError:
        raise ParameterError(
            "scale-denominator", Text("この縮尺の地図は作れません。", "there is no map of this scale.")
        ) from None


def _ground(bounds: Bounds, system: System) -> tuple[float, float]:
    """Metres on the ground of one unit of the system, east and north, in the middle of a box."""
    size_x, size_y = ground_size_m(Grid(system.crs, bounds, 1, 1))
    east_m = float(size_x[0]) / (bounds[2] - bounds[0])
    return max(abs(east_m), 1e-9), float(size_y[0]) / (bounds[3] - bounds[1])


def _check_size(width: int, height: int) -> None:
    for name, pixels in (("width", width), ("height", height)):
        if pixels > MAX_PIXELS:
            raise ParameterError(
                name,
                Text(
                    f"{pixels:,}画素は大きすぎます。{MAX_PIXELS:,}画素以下になるよう指定してください。",
                    f"{pixels:,} pixels are too many; ask for at most {MAX_PIXELS:,}.",
                ),
            )


def _metres_per_pixel(given: Mapping[str, str]) -> float | None:
    values = {}
    for name, default in (("scale-denominator", None), ("mm-per-pixel", DEFAULT_MM_PER_PIXEL)):
        if name not in given:
            values[name] = default
            continue
        value = float(given[name]) if _NUMBER.fullmatch(given[name]) else 0.0
        if not (isfinite(value) and 0 < value < 1e12):
            raise ParameterError(name, Text("正の数で指定してください。", "give a positive number."))
        values[name] = value
    denominator, mm_per_pixel = values["scale-denominator"], values["mm-per-pixel"]
    return None if denominator is None or mm_per_pixel is None else denominator * mm_per_pixel / 1000


def _centre(given: Mapping[str, str], cells: Cells, target: System) -> tuple[float, float]:
    if "center" not in given:
        left, bottom, right, top = extent_in(cells, target.crs)
        return (left + right) / 2, (bottom + top) / 2
    system = required("center-crs", given.get("center-crs", CRS84), cells.source, cells.epsg)
    parts = given["center"].split(",")
    numbers = [float(part) for part in parts if _NUMBER.fullmatch(part.strip())]
    if len(numbers) != 2 or len(parts) != 2 or not all(map(isfinite, numbers)):
        raise ParameterError("center", Text("数を2つ、コンマで区切ってください。", "give two numbers and a comma."))
    x, y = (numbers[1], numbers[0]) if system.northing_first else (numbers[0], numbers[1])
    try:
        return transform_xy(x, y, system.crs, target.crs)
    except InputError:
        raise ParameterError(
            "center", Text("この座標参照系で表せない位置です。", "it lies outside of its reference system.")
        ) from None


def _together(name: str, other: str) -> ParameterError:
    return ParameterError(
        name, Text(f"{other}と同時には指定できません。", f"it cannot be given together with {other}.")
    )
