"""The grid that a request for a coverage asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt

from geo.grid import Grid, bounds_in
from layers.model import Text
from services.ogc.errors import ParameterError, ResourceError
from services.ogc.rasters.boxes import box_of, cut, uncut
from services.ogc.rasters.cells import Band, Cells
from services.ogc.rasters.scaling import scaling_of
from services.ogc.rasters.systems import System, required, system_of

MAX_VALUES = 16_000_000
"""Most values (cells x bands) in a file."""
MAX_JSON_VALUES = 1_000_000


@dataclass(frozen=True, slots=True)
class AskedGrid:
    """The cells to answer with, the system they are written in, and the bands."""

    grid: Grid
    system: System
    bands: tuple[Band, ...]


def asked_grid(cells: Cells, given: Mapping[str, str], *, limit: int = MAX_VALUES) -> AskedGrid:
    """What a checked query string asks for.

    Without ``crs`` in the coverage's own system.  A box is widened to whole cells and cut to the
    coverage; only where ``scale-size`` divides it into a number of cells it is taken as it is.

    Raises
    ------
    ParameterError
        If a parameter cannot be understood, or more than ``limit`` values are asked for.
    ResourceError
        If the box has nothing in common with the coverage, or the coverage is empty.
    """
    system = required("crs", given["crs"], cells.source, cells.epsg) if "crs" in given else system_of(cells.epsg)
    bands = _bands(cells, given)
    scaling = scaling_of(given, system)
    box = box_of(given, cells)
    grid: Grid | None = cells.whole(system.crs)
    assert grid is not None  # noqa: S101 - ResourceError otherwise
    if box is not None:
        common = cut(box, cells)
        part = grid.touching(bounds_in(common, box.system.crs, system.crs))
        if part is None:
            raise ResourceError(Text("この範囲にはデータがありません。", "There is no data in this box."))
        if scaling.sized:
            name = "bbox" if "bbox" in given else "subset"
            part = Grid(system.crs, uncut(box, cells, system.crs, name), part.width, part.height)
        grid = part
    grid = scaling.of(grid)
    if grid.cells * len(bands) > limit:
        raise _too_many(grid, len(bands), limit, scaling.factor_x)
    return AskedGrid(grid, system, bands)


def _bands(cells: Cells, given: Mapping[str, str]) -> tuple[Band, ...]:
    if "properties" not in given:
        return tuple(cells.bands)
    by_name = {band.name: band for band in cells.bands}
    names = given["properties"].split(",")
    if len(set(names)) < len(names) or not set(names) <= set(by_name):
        known = ", ".join(by_name)
        raise ParameterError(
            "properties", Text(f"次の項目を一度ずつ指定してください: {known}", f"give some of {known}, each once.")
        )
    return tuple(by_name[name] for name in names)


def _too_many(grid: Grid, bands: int, limit: int, scaled: float) -> ParameterError:
    factor = ceil(sqrt(grid.cells * bands / limit) * scaled)
    return ParameterError(
        "scale-factor",
        Text(
            f"値が多すぎます（{grid.width:,}×{grid.height:,}格子×{bands}項目、上限は{limit:,}）。"
            f"bboxで範囲を絞るか、scale-factor={factor}などで粗くするか、propertiesで項目を減らしてください。",
            f"that is too much at once ({grid.width:,} x {grid.height:,} cells of {bands}, at most {limit:,} values); "
            f"give a smaller bbox, a scale-factor such as {factor}, or fewer properties.",
        ),
    )
