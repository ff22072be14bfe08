"""Who and what lies in a hazard's areas: shares of population cells, estimates with their bounds, and facilities.

People are known by cell, not by house.  A cell that lies partly in an area counts with the share of its ground there
(area weighting; Goodchild & Lam, 1980, Areal interpolation, Geo-Processing 1, 297-312).  How wrong that can be is said
by the bounds: the people of cells that lie wholly inside, and of all cells that the area reaches.

All geometries are in one plane-rectangular system, in metres.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError
from geo.geometry import subdivide

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_WHOLE = 1 - 1e-6  # a cell is wholly inside from this share on: rounding of coordinates is no part of it
_STEP = 200  # cells between two calls of ``tick``


class Zones:
    """Areas of a hazard by class, 0 the worst: where areas overlap, the worst counts.

    Parameters
    ----------
    areas, classes:
        As many as one another; classes are 0, 1, 2 ...

    Raises
    ------
    InputError
        If their numbers differ or a class is negative.
    """

    def __init__(self, areas: Sequence[BaseGeometry], classes: Sequence[int]) -> None:
        if len(areas) != len(classes) or any(number < 0 for number in classes):
            raise InputError("Every area of a hazard needs one class, from 0.")
        self._areas = np.array(areas, dtype=object)
        self._classes: Ints = np.asarray(classes, dtype=np.int64)
        cut = [subdivide(area) for area in areas]
        self._pieces = np.array([piece for pieces in cut for piece in pieces], dtype=object)
        self._of_piece: Ints = np.repeat(self._classes, [len(pieces) for pieces in cut])
        self._tree = shapely.STRtree(self._pieces)
        self.count = max(classes, default=-1) + 1

    def shares(self, cells: Sequence[BaseGeometry], tick: Callable[[float], None] = lambda _: None) -> Floats:
        """Share of the area of each cell that lies in each class, shape (cells, classes); a row adds up to 1 at most.

        ``tick`` is called now and then with the share of the work that is done; what it raises ends the work.
        """
        found = np.zeros((len(cells), self.count))
        for start in range(0, len(cells), _STEP):
            part = np.array(cells[start : start + _STEP], dtype=object)
            cell, piece = self._tree.query(part, predicate="intersects")
            met = shapely.intersection(part[cell], self._pieces[piece])
            kinds = self._of_piece[piece]
            for index in np.unique(cell).tolist():
                mine = cell == index
                found[start + index] = _by_class(met[mine], kinds[mine], self.count) / part[index].area
            tick(min(1.0, (start + _STEP) / len(cells)))
        return np.minimum(found, 1.0)

    def parts(self, cells: Sequence[BaseGeometry]) -> list[BaseGeometry]:
        """The part of each cell that lies in any area, every spot once; empty where there is none."""
        found: list[BaseGeometry] = [shapely.Polygon()] * len(cells)
        cell, piece = self._tree.query(np.array(cells, dtype=object), predicate="intersects")
        for index in np.unique(cell).tolist():
            met = shapely.union_all(self._pieces[piece[cell == index]])
            found[index] = shapely.intersection(cells[index], met)
        return found

    def at(self, points: Sequence[BaseGeometry], errors_m: npt.ArrayLike) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """The class at each point (-1 in none; an edge is inside), and whether the point's error leaves that open.

        ``errors_m`` is the radius about each point in which the true place lies, 0 where it is exact.
        """
        error = np.asarray(errors_m, dtype=np.float64)
        places = np.array(points, dtype=object)
        kinds = np.full(len(places), -1, dtype=np.int64)
        point, piece = self._tree.query(places, predicate="intersects")
        for index, kind in zip(point.tolist(), self._of_piece[piece].tolist(), strict=True):
            kinds[index] = kind if kinds[index] < 0 else min(kinds[index], kind)
        doubtful = np.zeros(len(places), dtype=bool)
        for index in np.flatnonzero(error > 0).tolist():
            circle = shapely.buffer(places[index], error[index])
            near = self._tree.query(circle, predicate="intersects")
            covered = shapely.area(shapely.union_all(shapely.intersection(self._pieces[near], circle))) / circle.area
            doubtful[index] = covered < _WHOLE if kinds[index] >= 0 else len(near) > 0
        return kinds, doubtful

    def area_m2(self) -> Floats:
        """Area of each class in square metres, without what a worse class covers."""
        return _by_class(self._areas, self._classes, self.count)


def _by_class(areas: npt.NDArray[np.object_], classes: Ints, count: int) -> Floats:
    """Area of each class of some areas, the worst first, every spot counted once."""
    found = np.zeros(count)
    taken = 0.0
    so_far: BaseGeometry | None = None
    for number in np.unique(classes).tolist():
        together = shapely.union_all([*areas[classes == number], *([] if so_far is None else [so_far])])
        total = float(together.area)
        found[number] = max(0.0, total - taken)
        so_far, taken = together, total
    return found


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number of people between two others: those of cells wholly inside, and of all cells that are reached."""

    lower: float
    estimate: float
    upper: float


def people(counts: npt.ArrayLike, shares: Floats) -> Floats:
    """Estimated persons by class and group, shape (classes, groups).

    Parameters
    ----------
    counts:
        Persons of each cell by group, shape (cells, groups), none missing.
    shares:
        Of ``Zones.shares``, shape (cells, classes).

    Raises
    ------
    InputError
        If a count is missing or negative, or the numbers of cells differ.
    """
    given = np.asarray(counts, dtype=np.float64)
    if given.ndim != 2 or len(given) != len(shares) or not np.isfinite(given).all() or (given < 0).any():
        raise InputError("Every cell needs a count of each group, and none is negative.")
    return np.asarray(shares.T @ given, dtype=np.float64)


def bounds(counts: npt.ArrayLike, shares: Floats) -> Bounds:
    """Persons in any class, between their bounds; ``counts`` of each cell, shape (cells,)."""
    given = np.asarray(counts, dtype=np.float64)
    inside = np.minimum(shares.sum(axis=1), 1.0)
    return Bounds(
        lower=float(given[inside >= _WHOLE].sum()),
        estimate=float((given * inside).sum()),
        upper=float(given[inside > 0].sum()),
    )
