"""All of a coverage in one answer: by how much its cells have to become fewer."""

from contextlib import suppress
from math import ceil, sqrt

from geo.errors import GisError
from services.ogc.rasters.asked_grid import MAX_JSON_VALUES, MAX_VALUES
from services.ogc.rasters.asked_map import MAX_PIXELS
from services.ogc.rasters.cells import Cells
from services.ogc.rasters.offered import cells_of
from services.ogc.source import Source


def factor(cells: Cells, form: str) -> int:
    """The least ``scale-factor`` with which all cells go into an answer in a form; 1 where they do as they are.

    Raises
    ------
    ResourceError
        If the coverage is empty.
    """
    grid = cells.whole(cells.crs)
    values = MAX_JSON_VALUES if form == "json" else MAX_VALUES
    sides = max(grid.width, grid.height) / MAX_PIXELS if form == "png" else 1
    return max(1, ceil(sqrt(grid.cells * len(cells.bands) / values)), ceil(sides))


def scale(cells: Cells, form: str) -> str:
    """The same as a part of an address, with ``&`` before it; empty where it is 1."""
    found = factor(cells, form)
    return f"&scale-factor={found}" if found > 1 else ""


def scale_of(source: Source, form: str) -> str:
    """``scale`` of a layer; empty of a page about it, and where there is nothing."""
    with suppress(GisError):
        return "" if form == "html" else scale(cells_of(source, {}), form)
    return ""
