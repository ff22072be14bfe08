"""The syntax tree of a CQL2 filter (OGC 21-065r2): the same for the text and the JSON encoding.

Nothing here knows of columns or SQL.  Trees are immutable and comparable; what a literal may hold is settled when it
is read (``encodings``), what may stand beside what when a condition is made of it (``conditions``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from services.ogc.cql2.refusal import excerpt, refused


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, truth value or finite number; an ``int`` fits 64 bits."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Instant:
    """A day (``date``), or a moment (``datetime`` in UTC)."""

    value: date | datetime


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` to ``end``, both inclusive; None is an open end."""

    start: "Expression | None"
    end: "Expression | None"


@dataclass(frozen=True, slots=True)
class Array:
    """Values in a row; as an operand of an array function, a set."""

    items: tuple["Expression", ...]


Position = tuple[float, float]
Coordinates = Position | tuple["Coordinates", ...]


@dataclass(frozen=True, slots=True)
class Geometry:
    """A geometry as GeoJSON nests it, in the axis order of the filter's CRS; rings are closed, heights left out."""

    type: str
    coordinates: Coordinates


@dataclass(frozen=True, slots=True)
class Collection:
    """Several geometries as one."""

    members: tuple[Geometry, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A bounding box: least of the first axis and of the second, then greatest; heights left out.

    In a geographic system the western longitude may be the greater one: the box then crosses 180 degrees.
    """

    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or function of the standard by its CQL2 JSON name, or a function the standard does not know."""

    name: str
    operands: tuple["Expression", ...]


Expression = Literal | Instant | Property | Interval | Array | Geometry | Collection | Box | Operation

LOGICAL = ("and", "or", "not")
COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")
FOLDINGS = ("casei", "accenti")
SPATIAL = (
    "s_contains",
    "s_crosses",
    "s_disjoint",
    "s_equals",
    "s_intersects",
    "s_overlaps",
    "s_touches",
    "s_within",
)
TEMPORAL = (
    "t_after",
    "t_before",
    "t_contains",
    "t_disjoint",
    "t_during",
    "t_equals",
    "t_finishedBy",
    "t_finishes",
    "t_intersects",
    "t_meets",
    "t_metBy",
    "t_overlappedBy",
    "t_overlaps",
    "t_startedBy",
    "t_starts",
)
ARRAYS = ("a_containedBy", "a_contains", "a_equals", "a_overlaps")

_OPERANDS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys((*COMPARISONS, *ARITHMETIC, *SPATIAL, *TEMPORAL, *ARRAYS, "like", "in"), 2)
    | dict.fromkeys((*FOLDINGS, "not", "isNull"), 1)
    | {"between": 3}
)
_NAMES: Mapping[str, str] = MappingProxyType({name.lower(): name for name in (*_OPERANDS, "and", "or")})


def standard_name(name: str) -> str | None:
    """How CQL2 JSON spells an operator or function of the standard, given in any case; None for any other."""
    return _NAMES.get(name.lower())


def operation(name: str, operands: tuple[Expression, ...], *, at: int | None = None, within: str = "") -> Operation:
    """The operation, after a look at the number of its operands; ``ParameterError`` where that is wrong."""
    known = standard_name(name)
    if known is None:
        return Operation(name, operands)
    expected = _OPERANDS.get(known)
    if expected is not None and len(operands) != expected:
        raise refused(
            f"「{excerpt(name)}」の引数は{expected}個です。",
            f"{excerpt(name)!r} takes {expected} operand{'s' if expected > 1 else ''}, not {len(operands)}.",
            at=at,
            within=within,
        )
    if expected is None and len(operands) < 2:
        raise refused(
            f"「{known}」の引数は2個以上です。", f"{known!r} takes two operands or more.", at=at, within=within
        )
    return Operation(known, operands)


def parts(expression: Expression) -> tuple[Expression, ...]:
    """What an expression is made of, one level down."""
    match expression:
        case Operation(operands=found) | Array(items=found):
            return found
        case Interval(start, end):
            return tuple(each for each in (start, end) if each is not None)
        case _:
            return ()


def walk(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """Every expression of a tree with its level (1 for the whole); without recursion, however deep the tree."""
    waiting = [(expression, 1)]
    while waiting:
        each, level = waiting.pop()
        yield each, level
        waiting += [(part, level + 1) for part in parts(each)]
