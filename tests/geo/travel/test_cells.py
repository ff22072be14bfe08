"""Areas of cells: what they cover by the definition, valid, with holes, and nothing of what is outside."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.travel.cells import Lines, covering

CELL = 10.0
number = st.floats(-60, 60).map(lambda value: round(value, 2))
lines_drawn = st.lists(st.lists(st.tuples(number, number), min_size=2, max_size=4), max_size=4)


def as_lines(drawn: list[list[tuple[float, float]]]) -> Lines:
    points = np.array([point for line in drawn for point in line]).reshape(-1, 2)
    return points, np.concatenate([[0], np.cumsum([len(line) for line in drawn])]).astype(np.int64)


@settings(max_examples=150, deadline=None)
@given(lines_drawn, lines_drawn)
def test_cells_are_those_of_the_definition(
    inside: list[list[tuple[float, float]]], outside: list[list[tuple[float, float]]]
) -> None:
    found = covering(as_lines(inside), as_lines(outside), CELL)
    assert found.is_valid
    drawn, kept_off = (shapely.MultiLineString(lines) for lines in (inside, outside))
    missing = 0
    for column in range(-9, 9):
        for row in range(-9, 9):
            middle = shapely.Point((column + 0.5) * CELL, (row + 0.5) * CELL)
            cell = shapely.box(*(middle.x - 4.999, middle.y - 4.999, middle.x + 4.999, middle.y + 4.999))
            # Whether a cell is met is open where a line only passes by its corner.
            near = shapely.box(middle.x - 15.001, middle.y - 15.001, middle.x + 15.001, middle.y + 15.001)
            if kept_off.intersects(cell) or not drawn.intersects(near):
                assert not found.contains(middle)
            elif drawn.intersects(near.buffer(-0.01)) and not kept_off.intersects(cell.buffer(0.01)):
                missing += not found.contains(middle)
    # Of two cells that meet at a corner only one is left out: that takes an edge of what is kept off, or an end.
    assert missing <= 6 * sum(map(len, [*inside, *outside]))


def test_a_ring_of_roads_has_a_hole_and_corners_do_not_join() -> None:
    ring = [[(5.0, 5.0), (95.0, 5.0), (95.0, 95.0), (5.0, 95.0), (5.0, 5.0)]]
    found = covering(as_lines(ring), as_lines([]), CELL)
    assert isinstance(found, shapely.Polygon)
    assert len(found.interiors) == 1
    assert found.area == pytest.approx(120**2 - 60**2 - 0)
    cut = covering(as_lines([[(5.0, 5.0), (5.0, 6.0)]]), as_lines([[(-15.0, 15.0), (25.0, -15.0)]]), CELL)
    assert cut.is_valid


def test_without_lines_there_is_no_area() -> None:
    assert covering(as_lines([]), as_lines([[(0.0, 0.0), (1.0, 1.0)]]), CELL).is_empty
    everything = [[(5.0, 5.0), (6.0, 6.0)]]
    around = [[(-20.0, y), (30.0, y)] for y in (-5.0, 5.0, 15.0)]
    assert covering(as_lines(everything), as_lines(around), CELL).is_empty
