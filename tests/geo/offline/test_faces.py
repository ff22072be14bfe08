"""Faces of cells against the areas themselves: a place is in a face of the case that the areas make there."""

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon, box

from geo.errors import InputError
from geo.offline.faces import CELL, QUANTUM, TOLERANCE, Cells, packed_faces
from geo.offline.packing import unpacked

WEST, SOUTH = 135.30, 34.70
SIDE = CELL * QUANTUM


def star(x: float, y: float, seed: int) -> Polygon:
    """A crooked area around a place, in cells from the corner."""
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, 40))
    radius = random.uniform(0.2, 1.4, 40)
    return Polygon(
        [
            (WEST + SIDE * px, SOUTH + SIDE * py)
            for px, py in np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])
        ]
    )


AREAS = [
    star(1.2, 1.1, 1),
    star(2.1, 1.6, 2),
    star(1.7, 2.4, 3),
    box(WEST + SIDE, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE),
]


def case_of(points: np.ndarray) -> np.ndarray:
    """3 where no area is, 0 where three meet."""
    met = np.sum([shapely.intersects(area, points) for area in AREAS], axis=0)
    found: np.ndarray = 3 - np.minimum(met, 3)
    return found


def faces_at(columns: dict[str, np.ndarray], cells: Cells, lon: float, lat: float) -> list[int]:
    """The cases that a reader finds at a place, without any tolerance."""
    column, row = int((lon - cells.west) / SIDE), int((lat - cells.south) / SIDE)
    cell = row * cells.columns + column
    if pure := columns["pure"][cell]:
        return [int(pure) - 1]
    mixed = np.cumsum(columns["pure"] == 0)[cell] - 1
    first_face = np.concatenate([[0], np.cumsum(columns["faces"])])
    first_ring = np.concatenate([[0], np.cumsum(columns["rings"])])
    first_point = np.concatenate([[0], np.cumsum(columns["points"])])
    x, y = (lon - cells.west - column * SIDE) / QUANTUM, (lat - cells.south - row * SIDE) / QUANTUM
    found = []
    for face in range(first_face[mixed], first_face[mixed + 1]):
        crossings = 0
        for ring in range(first_ring[face], first_ring[face + 1]):
            points = slice(first_point[ring], first_point[ring + 1])
            xs, ys = columns["x"][points].astype(float), columns["y"][points].astype(float)
            nx, ny = np.roll(xs, -1), np.roll(ys, -1)
            with np.errstate(divide="ignore", invalid="ignore"):
                crossings += int((((ys > y) != (ny > y)) & (x < xs + (y - ys) / (ny - ys) * (nx - xs))).sum())
        if crossings % 2:
            found.append(int(columns["case"][face]))
    return found


def test_a_place_is_in_the_face_of_its_case_and_in_no_other() -> None:
    cells = Cells.over(WEST, SOUTH, WEST + 3.5 * SIDE, SOUTH + 3.5 * SIDE)
    assert (cells.columns, cells.rows) == (4, 4)
    _, columns = unpacked(packed_faces(AREAS, cells, case_of))
    assert columns["case"].max() > columns["case"].min()
    random = np.random.default_rng(5)
    places = np.column_stack([WEST, SOUTH]) + random.uniform(0, 3.5 * SIDE, (800, 2))
    points = shapely.points(places)
    lines = shapely.union_all([shapely.boundary(area) for area in AREAS])
    clear = shapely.distance(points, lines) > TOLERANCE * QUANTUM
    assert clear.sum() > 700
    for (lon, lat), case in zip(places[clear].tolist(), case_of(points)[clear].tolist(), strict=True):
        assert faces_at(columns, cells, lon, lat) == [case], (lon, lat)


def test_an_area_thinner_than_the_grid_keeps_its_line() -> None:
    sliver = box(WEST + 0.2 * SIDE, SOUTH + 0.5 * SIDE, WEST + 0.8 * SIDE, SOUTH + 0.5 * SIDE + 0.1 * QUANTUM)
    cells = Cells.over(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
    _, columns = unpacked(
        packed_faces([sliver], cells, lambda points: 1 - shapely.intersects(sliver, points).astype(np.int64))
    )
    assert columns["case"].tolist() == [0, 1]
    drawn = np.column_stack([columns["x"], columns["y"]])[: columns["points"][0]]
    assert drawn[:, 1].tolist() == [2500] * len(drawn)
    assert {1000, 4000} == set(drawn[:, 0].tolist())


def test_without_areas_every_cell_is_whole() -> None:
    cells = Cells.over(WEST, SOUTH, WEST + SIDE, SOUTH + 2 * SIDE)
    _, columns = unpacked(packed_faces([], cells, lambda points: np.zeros(len(points), np.int64)))
    assert columns["pure"].tolist() == [1] * cells.columns * cells.rows
    assert not len(columns["case"])


def test_a_box_without_extent_is_refused() -> None:
    with pytest.raises(InputError):
        Cells.over(135, 34, 135, 35)
