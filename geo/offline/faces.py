"""Ground cut into square cells, and in each cell into faces: in a face the same areas are met everywhere.

A place is then looked up without any rule: its cell, the faces there, what was found out of them beforehand.  Corners
are rounded to a grid (``QUANTUM``), so that a place within ``TOLERANCE`` of the line of a face has to be taken for
inside of it as well; a face that rounding makes a line is kept, and found by its line.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError
from geo.offline.packing import Packer

QUANTUM = 1e-6
"""Degrees: some 0.1 m."""
CELL = 5_000
"""Side of a cell in quanta: some 500 m."""
TOLERANCE = 2
"""Quanta.  Rounding moves a corner, and so every point of a line, by 0.71 at most."""
_MARGIN = 2 * TOLERANCE
"""Quanta by which the faces of a cell reach over its border, so that a place asks one cell only."""

type Geometries = npt.NDArray[np.object_]
type Sort = Callable[[Geometries], npt.NDArray[np.int64]]
"""From points to the case of each: 0 is the gravest."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns and rows of cells from a south-western corner in degrees."""

    west: float
    south: float
    columns: int
    rows: int

    @classmethod
    def over(cls, west: float, south: float, east: float, north: float) -> "Cells":
        """Cells that cover a box.

        Raises
        ------
        InputError
            If the box has no extent.
        """
        if not (west < east and south < north):
            raise InputError("A box without an extent cannot be cut into cells.")
        side = CELL * QUANTUM
        low = np.floor(np.array([west, south]) / QUANTUM) * QUANTUM
        count = np.ceil((np.array([east, north]) - low) / side).astype(int)
        return cls(float(low[0]), float(low[1]), int(count[0]), int(count[1]))

    def box(
        self, column: int, row: int, columns: int = 1, rows: int = 1, margin: int = _MARGIN
    ) -> tuple[float, float, float, float]:
        """West, south, east and north of a block of cells, with a margin in quanta."""
        side, margin_deg = CELL * QUANTUM, margin * QUANTUM
        west, south = self.west + column * side, self.south + row * side
        return (
            west - margin_deg,
            south - margin_deg,
            west + columns * side + margin_deg,
            south + rows * side + margin_deg,
        )


def packed_faces(areas: Sequence[BaseGeometry], cells: Cells, sort: Sort) -> bytes:
    """The faces that the outlines of some areas cut the ground into, each with its case, for a reader.

    areas:
        Polygons, in degrees.
    sort:
        Asked once, of a point in each face.
    """
    lines = shapely.boundary(np.array(areas, object)) if len(areas) else np.empty(0, object)
    blocks = [(place, _faces(cells.box(*place), met)) for place, met in _by_cell(cells, lines)]
    counts = [len(faces) for _, faces in blocks]
    every = np.concatenate([faces for _, faces in blocks])
    cases = sort(shapely.point_on_surface(every))
    pure = np.zeros(cells.columns * cells.rows, np.int64)
    columns: dict[str, list[int]] = {name: [] for name in ("faces", "case", "rings", "points", "x", "y")}
    for ((column, row), faces), first, behind in zip(
        blocks, np.cumsum([0, *counts[:-1]]).tolist(), np.cumsum(counts).tolist(), strict=True
    ):
        here = cases[first:behind]
        found = np.unique(here)
        if len(found) == 1:
            pure[row * cells.columns + column] = found[0] + 1
            continue
        columns["faces"].append(len(found))
        corner = (cells.west + column * CELL * QUANTUM, cells.south + row * CELL * QUANTUM)
        for case in found.tolist():
            _write(columns, case, shapely.union_all(faces[here == case]), corner)
    packer = Packer().plain("pure", pure)
    for name in ("faces", "case", "rings", "points"):
        packer.plain(name, columns[name])
    return packer.deltas("x", columns["x"]).deltas("y", columns["y"]).packed(cells=_document(cells))


def _document(cells: Cells) -> dict[str, float]:
    return {
        "west": round(cells.west, 6),
        "south": round(cells.south, 6),
        "columns": cells.columns,
        "rows": cells.rows,
        "side": CELL,
        "quantum": QUANTUM,
        "tolerance": TOLERANCE,
    }


def _by_cell(cells: Cells, lines: Geometries) -> Iterator[tuple[tuple[int, int], Geometries]]:
    """Every cell with the lines in it, row by row; a block is halved until it is one cell, which spares most of the
    cutting.
    """
    found: dict[tuple[int, int], Geometries] = {}

    def halve(column: int, row: int, columns: int, rows: int, among: Geometries) -> None:
        # Farther than the faces reach: an end that is cut off just at their border might miss it by rounding.
        box = cells.box(column, row, columns, rows, 2 * _MARGIN)
        cut = shapely.clip_by_rect(among, *box) if len(among) else among
        met = cut[shapely.length(cut) > 0] if len(cut) else cut
        if columns == rows == 1:
            found[column, row] = met
        elif columns >= rows:
            for first, behind in pairwise((0, columns // 2, columns)):
                halve(column + first, row, behind - first, rows, met)
        else:
            for first, behind in pairwise((0, rows // 2, rows)):
                halve(column, row + first, columns, behind - first, met)

    halve(0, 0, cells.columns, cells.rows, lines)
    for row in range(cells.rows):
        for column in range(cells.columns):
            yield (column, row), found[column, row]


def _faces(box: tuple[float, float, float, float], lines: Geometries) -> Geometries:
    """The faces that lines cut a box into.

    Raises
    ------
    InputError
        If a line ends within the box: a face would be missed, and with it an area.
    """
    whole = shapely.box(*box)
    if not len(lines):
        return np.array([whole], object)
    noded = shapely.union_all([*lines, shapely.boundary(whole)])
    found, _, loose, invalid = shapely.polygonize_full(shapely.get_parts(noded))
    if shapely.length(shapely.clip_by_rect(loose, *box)) > QUANTUM or not shapely.is_empty(invalid):
        raise InputError(f"The outlines of areas do not close near {box[0]:.5f}, {box[1]:.5f}.")
    return np.array([each for each in shapely.get_parts(found) if shapely.intersects(each, whole)], object)


def _write(columns: dict[str, list[int]], case: int, shape: BaseGeometry, corner: tuple[float, float]) -> None:
    rings = shapely.get_rings(shapely.get_parts(shape))
    columns["case"].append(case)
    columns["rings"].append(len(rings))
    for ring in rings:
        whole = np.rint((shapely.get_coordinates(ring) - corner) / QUANTUM).astype(np.int64)
        moved = np.any(np.diff(whole, axis=0) != 0, axis=1)
        kept = whole[:-1][moved] if np.any(moved) else whole[:1]  # a reader closes it again
        columns["points"].append(len(kept))
        columns["x"] += kept[:, 0].tolist()
        columns["y"] += kept[:, 1].tolist()
