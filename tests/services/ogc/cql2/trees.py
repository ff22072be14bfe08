"""Random trees: any that can be written, and conditions on the things that a database can be asked."""

from datetime import UTC, date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from services.ogc.cql2.tree import (
    ARITHMETIC,
    ARRAYS,
    COMPARISONS,
    FOLDINGS,
    SPATIAL,
    TEMPORAL,
    Array,
    Box,
    Collection,
    Expression,
    Geometry,
    Instant,
    Interval,
    Literal,
    Operation,
    Property,
)
from tests.services.ogc.cql2.things import DAYS, LAYER, MOMENTS, NUMBERS, TAGS, TEXTS, TIMES, WHOLE

# --- literals ----------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
INSTANTS: SearchStrategy[Expression] = st.one_of(
    st.dates(date(1, 1, 2), date(9999, 12, 30)).map(Instant),
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: Instant(moment.replace(fold=0))),
)
NAMES = st.one_of(
    st.sampled_from([*LAYER.by_name, "id", "geometry", "as_of", "and", "不明", "eo:cloud.cover"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\0"'), min_size=1, max_size=6),
)
_GRID = st.integers(0, 4).map(float)
_POSITION = st.tuples(_GRID, _GRID)


def _boxed(position: tuple[float, float], size: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    (x, y), (width, height) = position, size
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))


_RING = st.one_of(
    st.builds(_boxed, _POSITION, st.tuples(st.integers(1, 3).map(float), st.integers(1, 3).map(float))),
    st.sampled_from(
        [((0.0, 0.0), (4.0, 0.0), (0.0, 4.0), (0.0, 0.0)), ((2.0, 0.0), (4.0, 2.0), (2.0, 4.0), (2.0, 0.0))]
    ),
)
_POLYGON = _RING.map(lambda ring: (ring,))
_LINE = st.lists(_POSITION, min_size=2, max_size=4, unique=True).map(tuple)
SIMPLE: SearchStrategy[Geometry] = st.one_of(
    st.builds(Geometry, st.just("Point"), _POSITION),
    st.builds(Geometry, st.just("LineString"), _LINE),
    st.builds(Geometry, st.just("Polygon"), _POLYGON),
    st.builds(Geometry, st.just("MultiPoint"), st.lists(_POSITION, min_size=1, max_size=3).map(tuple)),
    st.builds(Geometry, st.just("MultiLineString"), st.lists(_LINE, min_size=1, max_size=2).map(tuple)),
)
BOXES = st.builds(
    lambda a, b: Box((min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))), _POSITION, _POSITION
)
GEOMETRIES: SearchStrategy[Expression] = st.one_of(
    SIMPLE, BOXES, st.lists(SIMPLE, min_size=1, max_size=3).map(lambda each: Collection(tuple(each)))
)


def _collections(kind: str, coordinates: SearchStrategy[Any]) -> SearchStrategy[Expression]:
    members = st.lists(st.builds(Geometry, st.just(kind), coordinates), min_size=1, max_size=3)
    return members.map(lambda each: Collection(tuple(each)))


OF_ONE_DIMENSION: SearchStrategy[Expression] = st.one_of(
    _collections("Point", _POSITION), _collections("LineString", _LINE), _collections("Polygon", _POLYGON)
)
LITERALS: SearchStrategy[Expression] = st.one_of(
    TEXT.map(Literal), INT64.map(Literal), FLOATS.map(Literal), st.booleans().map(Literal), INSTANTS, GEOMETRIES
)


def operations(names: tuple[str, ...], *operands: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    """Operations of any of the names, with operands drawn from one strategy each."""
    return st.builds(Operation, st.sampled_from(names), st.tuples(*operands))


def logical(conditions: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    several = st.lists(conditions, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Operation, st.sampled_from(["and", "or"]), several), operations(("not",), conditions))


# --- any tree, whether it makes sense or not ------------------------------------------------------------------------


def _any(inner: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    # One item in parentheses is that item in CQL2 text, but for the operands of array functions.
    nested = st.one_of(st.just(()), st.lists(inner, min_size=2, max_size=3).map(tuple)).map(Array)
    arrays = st.lists(inner | nested, max_size=3).map(lambda each: Array(tuple(each)))
    listed = st.lists(inner, min_size=1, max_size=3).map(lambda each: Array(tuple(each)))
    ends = st.one_of(INSTANTS, NAMES.map(Property), st.none())
    return st.one_of(
        logical(inner),
        operations((*COMPARISONS, *ARITHMETIC, *SPATIAL, *TEMPORAL, "like"), inner, inner),
        operations(("between",), inner, inner, inner),
        operations((*FOLDINGS, "isNull"), inner),
        operations(("in",), inner, listed),
        operations(ARRAYS, arrays, arrays | NAMES.map(Property)),
        st.builds(Interval, ends, ends),
        st.builds(Operation, st.just("BUFFER"), st.lists(inner, max_size=2).map(tuple)),
    )


ANY: SearchStrategy[Expression] = st.recursive(LITERALS | NAMES.map(Property), _any, max_leaves=12)
_OWN: SearchStrategy[Expression] = st.sampled_from([*LAYER.by_name, "id", "geometry", "as_of"]).map(Property)
ANY_OF_THINGS: SearchStrategy[Expression] = st.recursive(_OWN | LITERALS, _any, max_leaves=10)
"""Trees of the things' own properties, most of which do not make sense."""

# --- conditions on the things --------------------------------------------------------------------------------------


def _drawn(*values: object) -> SearchStrategy[Expression]:
    return st.sampled_from(values).map(Literal)  # type: ignore[arg-type]


def _named(*names: str) -> SearchStrategy[Expression]:
    return st.sampled_from(names).map(Property)


_texts = _named("name", "note", "kind", "id") | _drawn(*TEXTS)
_folded = st.one_of(_texts, operations(FOLDINGS, _texts), operations(FOLDINGS, operations(FOLDINGS, _texts)))
_patterns = _drawn(
    "%", "_%", "a%", "%公園", "A_", "a\\%b", "a\\\\b", "a\\_b", "", "straße", "%s%", "ca_e", "cafe", "がっ%", "ΟΔ%"
)
_numbers = st.one_of(
    _named("floors", "rooms", "rank", "height", "width"),
    _drawn(*WHOLE[:-1], *NUMBERS[:-1], 2.0, 1e30, -1e30, 2.0**63, -(2.0**63)),
)
# Quotients by these end after a few decimals, in the database as in the oracle.
_divisors = _drawn(0, 1, 2, 4, 5, -2, 0.5) | _named("rank")
_small = _named("rank", "height", "width") | _drawn(*NUMBERS[:-1], 2, 3)
_sums = st.one_of(
    operations(("+", "-", "*"), _numbers, _numbers),
    operations(("/",), _numbers, _drawn(0, 1, 2, 4, 5, -2, 0.5)),
    operations(("%", "div"), _small, _divisors),
    operations(("^",), _small, _drawn(0, 1, 2, 3)),
)
_calculated = st.one_of(_sums, operations(("+", "-", "*"), _sums, _numbers), _numbers)
_days = _named("built", "closed", "as_of") | st.sampled_from(DAYS).map(Instant)
_moments = _named("seen", "gone") | st.sampled_from(MOMENTS).map(Instant)
_instants = _days | _moments
_flags = _named("open") | st.booleans().map(Literal)
_times = _named("opens")


def _in_order(start: Expression | None, end: Expression | None) -> Interval:
    if isinstance(start, Instant) and isinstance(end, Instant) and start.value > end.value:
        start, end = end, start
    return Interval(start, end)


def _intervals(ends: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    return st.builds(_in_order, st.none() | ends, st.none() | ends)


_periods = _intervals(_days) | _intervals(_moments)
_any_time = _instants | _periods
_of_any_time = ("t_after", "t_before", "t_disjoint", "t_equals", "t_intersects")
_of_periods = tuple(name for name in TEMPORAL if name not in _of_any_time)
_tag_lists = _named("tags", "labels") | st.lists(_drawn(*TAGS) | _named("name"), max_size=3).map(
    lambda each: Array(tuple(each))
)


def _listed(items: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    return st.lists(items, min_size=1, max_size=3).map(lambda each: Array(tuple(each)))


def _compared(values: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    return st.one_of(
        operations(COMPARISONS, values, values),
        operations(("between",), values, values, values),
        operations(("in",), values, _listed(values)),
        operations(("isNull",), values),
    )


PREDICATES: SearchStrategy[Expression] = st.one_of(
    _compared(_folded),
    _compared(_numbers),
    _compared(_calculated),
    _compared(_instants),
    _compared(_flags),
    operations(COMPARISONS, _times, _times | st.sampled_from(TIMES).map(lambda each: Literal(each.isoformat()))),
    operations(COMPARISONS, _named("built"), st.sampled_from(DAYS).map(lambda each: Literal(each.isoformat()))),
    operations(("like",), _folded, st.one_of(_patterns, operations(FOLDINGS, _patterns))),
    operations(_of_any_time, _any_time, _any_time),
    operations(_of_periods, _periods, _periods),
    operations(ARRAYS, _tag_lists, _tag_lists),
    operations(SPATIAL, _named("geometry"), SIMPLE | BOXES | OF_ONE_DIMENSION),
    operations(SPATIAL, SIMPLE | BOXES, _named("geometry")),
    operations(("s_intersects", "s_disjoint"), _named("geometry"), GEOMETRIES),
    operations(("isNull",), _named("geometry", "tags", "name", "opens") | _periods),
    _flags,
)
CONDITIONS: SearchStrategy[Expression] = st.recursive(PREDICATES, logical, max_leaves=5)
