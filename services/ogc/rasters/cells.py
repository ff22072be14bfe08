"""What every coverage is: bands of values over a grid in any reference system, read in pieces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from geo.grid import Grid
from layers.model import Text
from services.ogc.source import Source

FloatGrid = np.ma.MaskedArray[Any, np.dtype[np.float32]]
"""Values of one band, shape ``(height, width)``, masked where there is none."""

Reader = Callable[[Grid], list[FloatGrid]]
"""The bands asked for, in their order, over a part of the grid that was opened."""


@dataclass(frozen=True, slots=True)
class Category:
    """One value of a band of categories: its number in the cells, its code elsewhere."""

    number: int
    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Band:
    """One value of each cell.  ``categories`` empty: a quantity in ``unit`` (UCUM)."""

    name: str
    title: Text
    description: Text
    unit: str | None = None
    categories: tuple[Category, ...] = ()


class Cells(Protocol):
    """The coverage of one layer, in one state of it."""

    @property
    def source(self) -> Source: ...

    @property
    def bands(self) -> Sequence[Band]: ...

    @property
    def epsg(self) -> int:
        """EPSG code of the system the coverage is natively in; ``ResourceError`` where it is empty."""
        ...

    @property
    def crs(self) -> int:
        """The same as it is computed with: ``STORAGE`` for every system of degrees."""
        ...

    def whole(self, crs: int) -> Grid:
        """All cells, at their natural size in the system; ``ResourceError`` where the coverage is empty."""
        ...

    def open(self, grid: Grid, bands: Sequence[Band]) -> Reader:
        """What reads parts of ``grid``; its queries are done when this returns."""
        ...
