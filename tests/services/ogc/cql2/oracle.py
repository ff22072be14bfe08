"""What a filter means, said once more in Python: true, false or None for a row.

Written from OGC 21-065r2, not from the SQL.  Decimal numbers are fractions, geometries are shapely's.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any

import shapely

from services.ogc.cql2.tree import (
    ARITHMETIC,
    ARRAYS,
    COMPARISONS,
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
from tests.services.ogc.cql2.things import Row

_FIRST, _LAST = "first", "last"
"""Open ends of intervals."""


def evaluate(node: Expression, row: Row) -> Any:
    match node:
        case Literal(value) | Instant(value):
            return value
        case Property(name):
            return row[name]
        case Array(items):
            return [evaluate(each, row) for each in items]
        case Interval(start, end):
            return _Period(
                _FIRST if start is None else evaluate(start, row), _LAST if end is None else evaluate(end, row)
            )
        case Geometry(kind, coordinates):
            return shapely.geometry.shape({"type": kind, "coordinates": coordinates})
        case Collection(members):
            return shapely.unary_union([evaluate(each, row) for each in members])
        case Box((west, south, east, north)):
            corners = ((west, south), (east, south), (east, north), (west, north))
            return shapely.MultiPoint(corners).convex_hull  # without width or height a line, without both a point
        case Operation(name, operands):
            return _operation(name, [evaluate(each, row) for each in operands])


class _Period:
    def __init__(self, start: Any, end: Any) -> None:
        self.start, self.end = start, end


def _operation(name: str, values: list[Any]) -> Any:
    if name == "and":
        return False if False in values else None if None in values else True
    if name == "or":
        return True if True in values else None if None in values else False
    if name == "not":
        return None if values[0] is None else not values[0]
    if name == "isNull":
        if isinstance(values[0], _Period):
            return values[0].start is None or values[0].end is None
        return values[0] is None
    if name in COMPARISONS:
        return _compared(name, *values)
    if name == "between":
        value, lower, upper = values
        return _operation("and", [_compared(">=", value, lower), _compared("<=", value, upper)])
    if name == "in":
        return _operation("or", [_compared("=", values[0], each) for each in values[1]])
    if name in TEMPORAL:
        return _temporal(name, *map(_period, values))
    if None in values:
        return None
    return _of_known(name, *values)


def _of_known(name: str, *values: Any) -> Any:
    if name in ARITHMETIC:
        return _calculated(name, *map(_fraction, values))
    if name in ARRAYS:
        one, other = ({each for each in value if each is not None} for value in values)
        # An unknown item is in no set, and no set that has one is part of another.
        incomplete = [None in value for value in values]
        contains = one >= other and not incomplete[1]
        contained = one <= other and not incomplete[0]
        return {
            "a_contains": contains,
            "a_containedBy": contained,
            "a_equals": contains and contained,
            "a_overlaps": bool(one & other),
        }[name]
    if name in SPATIAL:
        return bool(getattr(values[0], name.removeprefix("s_"))(values[1]))
    if name == "like":
        return _fits(*values)
    if name == "casei":
        return values[0].casefold()
    return _without_accents(values[0])


def _compared(sign: str, one: Any, other: Any) -> bool | None:
    if one is None or other is None:
        return None
    if isinstance(one, time):
        other = time.fromisoformat(other) if isinstance(other, str) else other
    elif isinstance(one, date) or isinstance(other, date):
        one, other = _same_grain(one, other)
    elif isinstance(one, int | float | Fraction) and not isinstance(one, bool):
        one, other = (one, other) if Fraction not in (type(one), type(other)) else (_fraction(one), _fraction(other))
    return _ordered(sign, one, other)


def _same_grain(one: Any, other: Any) -> tuple[Any, Any]:
    one, other = (date.fromisoformat(each) if isinstance(each, str) else each for each in (one, other))
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one, other
    return tuple(each.astimezone(UTC).date() if isinstance(each, datetime) else each for each in (one, other))  # type: ignore[return-value]


def _ordered(sign: str, one: Any, other: Any) -> bool:
    holds: bool = {
        "=": lambda: one == other,
        "<>": lambda: one != other,
        "<": lambda: one < other,
        ">": lambda: one > other,
        "<=": lambda: one <= other,
        ">=": lambda: one >= other,
    }[sign]()
    return holds


def _fraction(number: float | Fraction) -> Fraction:
    return Fraction(f"{number:.15g}") if isinstance(number, float) else Fraction(number)


def _calculated(sign: str, one: Fraction, other: Fraction) -> Fraction | None:
    if sign in ("/", "%", "div") and other == 0:
        return None

    def quotient() -> int:
        return int(one / other)  # towards zero

    return {
        "+": lambda: one + other,
        "-": lambda: one - other,
        "*": lambda: one * other,
        "/": lambda: one / other,
        "%": lambda: one - other * quotient(),
        "div": lambda: Fraction(quotient()),
        "^": lambda: one ** int(other),
    }[sign]()


def _fits(text: str, pattern: str) -> bool:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    expression = "".join(
        ".*" if each == "%" else "." if each == "_" else re.escape(each[-1] if len(each) == 2 else each)
        for each in parts
    )
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    kept = [letter for letter in decomposed if not unicodedata.combining(letter) or letter in "\u3099\u309a"]
    return unicodedata.normalize("NFC", "".join(kept))


def _period(value: Any) -> _Period:
    return value if isinstance(value, _Period) else _Period(value, value)


def _temporal(name: str, one: _Period, other: _Period) -> bool | None:
    def rank(value: Any) -> int:
        return -1 if value is _FIRST else 1 if value is _LAST else 0

    def compared(sign: str, mine: Any, its: Any) -> bool | None:
        if mine is None or its is None:
            return None
        if rank(mine) or rank(its):
            return _ordered(sign, rank(mine), rank(its))
        return _compared(sign, mine, its)

    def both(*conditions: bool | None) -> bool | None:
        return _operation("and", list(conditions))  # type: ignore[no-any-return]

    starts = {sign: compared(sign, one.start, other.start) for sign in COMPARISONS}
    ends = {sign: compared(sign, one.end, other.end) for sign in COMPARISONS}
    crossed = {sign: compared(sign, one.end, other.start) for sign in COMPARISONS}
    back = {sign: compared(sign, one.start, other.end) for sign in COMPARISONS}
    before, after = crossed["<"], back[">"]
    disjoint = _operation("or", [before, after])
    return {  # type: ignore[no-any-return]
        "t_before": before,
        "t_after": after,
        "t_disjoint": disjoint,
        "t_intersects": _operation("not", [disjoint]),
        "t_equals": both(starts["="], ends["="]),
        "t_contains": both(starts["<"], ends[">"]),
        "t_during": both(starts[">"], ends["<"]),
        "t_finishes": both(starts[">"], ends["="]),
        "t_finishedBy": both(starts["<"], ends["="]),
        "t_starts": both(starts["="], ends["<"]),
        "t_startedBy": both(starts["="], ends[">"]),
        "t_meets": crossed["="],
        "t_metBy": back["="],
        "t_overlaps": both(starts["<"], crossed[">"], ends["<"]),
        "t_overlappedBy": both(starts[">"], back["<"], ends[">"]),
    }[name]
