"""Areas of cells: what they cover by the definition, valid, with holes, and nothing of what is outside."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo.travel.cells import MOST_CELLS, TimedCells, TimedLines

CELL = 10.0
number = st.floats(-60, 60).map(lambda value: round(value, 2))
line_drawn = st.lists(st.tuples(number, number), min_size=2, max_size=4, unique=True)
lines_drawn = st.lists(line_drawn, max_size=4)
type Drawn = list[list[tuple[float, float]]]


def timed(inside: Drawn, outside: Drawn, at: tuple[float, float] = (0.0, 0.0)) -> TimedLines:
    """Lines that are reached between two times, and such as never are."""
    every = [*inside, *outside]
    points = np.array([point for line in every for point in line], np.float64).reshape(-1, 2)
    first = np.concatenate([[0], np.cumsum([len(line) for line in every])]).astype(np.int64)
    part = np.minimum(np.arange(len(every) + 1), len(inside))
    shares = [np.full(len(inside), value, np.float64) for value in (0.0, 1.0, *at)]
    return TimedLines(points, first, np.ones(len(every), np.bool_), part, *shares)


def covering(inside: Drawn, outside: Drawn, at: tuple[float, float] = (0.0, 0.0), limit: float = 0.0) -> BaseGeometry:
    if not inside:
        return shapely.Polygon()
    bounds = shapely.MultiLineString(inside).bounds
    return TimedCells.of(timed(inside, outside, at), bounds, CELL).area(limit).geometry()


@settings(max_examples=150, deadline=None)
@given(lines_drawn, lines_drawn)
def test_cells_are_those_of_the_definition(inside: Drawn, outside: Drawn) -> None:
    found = covering(inside, outside)
    assert found.is_valid
    drawn, kept_off = (shapely.MultiLineString(lines) for lines in (inside, outside))
    missing, met, filled = 0, [], []
    for column in range(-9, 9):
        for row in range(-9, 9):
            middle = shapely.Point((column + 0.5) * CELL, (row + 0.5) * CELL)
            cell = shapely.box(*(middle.x - 4.999, middle.y - 4.999, middle.x + 4.999, middle.y + 4.999))
            # Whether a cell is met is open where a line only passes by its corner.
            near = shapely.box(middle.x - 15.001, middle.y - 15.001, middle.x + 15.001, middle.y + 15.001)
            if drawn.intersects(near):
                met.append(shapely.box(middle.x - 5, middle.y - 5, middle.x + 5, middle.y + 5))
            elif found.contains(middle):
                filled.append(middle)
            if kept_off.intersects(cell):
                assert not found.contains(middle)
            elif drawn.intersects(near.buffer(-0.01)) and not kept_off.intersects(cell.buffer(0.01)):
                missing += not found.contains(middle)
    around = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(shapely.union_all(met))])
    assert all(around.contains(middle) for middle in filled), "only what is enclosed"
    # Of two cells that meet at a corner only one is left out: that takes an edge of what is kept off, or an end.
    assert missing <= 6 * sum(map(len, [*inside, *outside]))


def ring(x: float, y: float, size: float) -> list[tuple[float, float]]:
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]


def test_a_ring_of_roads_has_a_hole_and_corners_do_not_join() -> None:
    found = covering([ring(5.0, 5.0, 290.0)], [])
    assert isinstance(found, shapely.Polygon)
    assert len(found.interiors) == 1
    assert found.area == pytest.approx(320**2 - 260**2)
    cut = covering([[(5.0, 5.0), (5.0, 6.0)]], [[(-15.0, 15.0), (25.0, -15.0)]])
    assert cut.is_valid


def test_a_block_is_filled_unless_it_is_large_or_holds_another_road() -> None:
    block = ring(5.0, 5.0, 190.0)
    assert covering([block], []).area == 220**2
    assert covering([ring(5.0, 5.0, 250.0)], []).area < 280**2
    lane = [[(100.0, 90.0), (100.0, 110.0)]]
    assert covering([block], lane).area == 220**2 - 160**2, "a road that is not reached"
    timed_ = timed([block], lane)
    of_others = timed_._replace(counts=np.array([True, False]))
    cells = TimedCells.of(of_others, (5.0, 5.0, 195.0, 195.0), CELL)
    assert cells.area(0.0).geometry().area == 220**2 - 160**2, "a road that the vehicle may not use"


def test_holes_are_of_the_area_around_them() -> None:
    found = covering([ring(5.0, 5.0, 890.0), ring(1005.0, 5.0, 290.0), ring(305.0, 305.0, 290.0)], [])
    assert found.is_valid
    assert sorted(len(part.interiors) for part in shapely.get_parts(found)) == [1, 1, 1]


def test_where_nothing_is_reached_there_is_no_area() -> None:
    everything = [[(5.0, 5.0), (6.0, 6.0)]]
    around = [[(-20.0, y), (30.0, y)] for y in (-5.0, 5.0, 15.0)]
    assert covering(everything, around).is_empty
    assert covering(everything, [], at=(10.0, 20.0), limit=9.0).is_empty


def test_a_cell_counts_once_all_of_its_road_is_reached() -> None:
    road = [[(0.5, 5.0), (99.5, 5.0)]]
    whole = covering(road, [], at=(0.0, 99.0), limit=99.0)
    assert whole.bounds == (-10.0, -10.0, 110.0, 20.0)
    # At 45 the road is reached up to 45.5: the cell there is not wholly reached, nor is any behind it.
    assert covering(road, [], at=(0.0, 99.0), limit=45.0).intersection(shapely.box(0, 1, 110, 9)).bounds[2] == 40.0
    assert covering(road, [], at=(99.0, 0.0), limit=45.0).intersection(shapely.box(0, 1, 110, 9)).bounds[0] == 60.0


def test_over_a_whole_country_cells_are_larger() -> None:
    road = [[(0.0, 0.0), (400_000.0, 300_000.0)]]
    cells = TimedCells.of(timed(road, []), (0.0, 0.0, 400_000.0, 300_000.0), CELL)
    assert cells.reached.size <= 1.1 * MOST_CELLS
    assert cells.cell_m % CELL == 0
    assert shapely.LineString(road[0]).within(cells.area(0.0).geometry())
