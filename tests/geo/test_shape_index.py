"""What meets what, against asking each shape."""

import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.shape_index import ShapeIndex

SHAPES = [
    shapely.Point(1, 1).buffer(1.5),
    None,
    shapely.box(0, 0, 3, 1),
    shapely.LineString([(0, 3), (3, 0)]),
    shapely.Polygon([(4, 0), (6, 0), (4, 2)], [[(4.2, 0.2), (5, 0.2), (4.2, 1)]]),
    shapely.Point(2, 2),
]
INDEX = ShapeIndex(SHAPES)
numbers = st.integers(-2, 14).map(lambda half: half / 2)


@given(x=numbers, y=numbers, to=st.none() | st.tuples(numbers, numbers))
def test_it_finds_those_that_are_touched(x: float, y: float, to: tuple[float, float] | None) -> None:
    shape = shapely.Point(x, y) if to is None else shapely.LineString([(x, y), to])
    wanted = [number for number, each in enumerate(SHAPES) if each is not None and each.intersects(shape)]
    assert INDEX.meeting(shape) == wanted


def test_none_are_met_by_nothing() -> None:
    assert ShapeIndex(()).meeting(shapely.Point(0, 0)) == []
    assert ShapeIndex([None]).meeting(shapely.Point(0, 0)) == []
