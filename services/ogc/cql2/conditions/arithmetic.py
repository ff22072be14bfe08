"""Arithmetic, in decimal numbers (PostgreSQL's ``numeric``): 0.1 + 0.2 equals 0.3, and 7 / 2 is 3.5.

No value of a row makes the statement fail: what has no result (division by zero, a root of a negative number, a power
beyond 1e304) is unknown.  ``numeric`` holds 131,072 digits; that none is ever longer is settled beforehand, from the
most digits a column can have.  Of a double-precision number the first 15 significant digits count, as in PostgreSQL.
"""

from decimal import Decimal

from psycopg import sql

from services.ogc.cql2.conditions.operands import NAMES, NUMBERS, Kind, Operand, Size, joined, unfit
from services.ogc.cql2.refusal import refused

_MAX_DIGITS = 10_000
_BIGINT = Size(19, 0)
_DOUBLE = Size(309, 324)
_QUOTIENT_FRACTION = 1000  # NUMERIC_MAX_DISPLAY_SCALE
_POWER = Size(305, _QUOTIENT_FRACTION)

_TEMPLATES = {
    "+": "({} + {})",
    "-": "({} - {})",
    "*": "({} * {})",
    "/": "({} / nullif({}, 0))",
    "%": "mod({}, nullif({}, 0))",  # has the sign of the dividend, as div cuts towards zero
    "div": "div({}, nullif({}, 0))",
    # OFFSET 0 keeps the planner from writing each operand as often as it is used here.
    "^": """(SELECT CASE
        WHEN p.x IS NULL OR p.n IS NULL THEN NULL
        WHEN p.n = 0 THEN 1
        WHEN p.x = 0 THEN CASE WHEN p.n > 0 THEN 0 END
        WHEN p.x < 0 AND p.n <> trunc(p.n) THEN NULL
        WHEN abs(p.x) NOT BETWEEN 1e-300 AND 1e300 OR abs(p.n) NOT BETWEEN 1e-9 AND 1e9 THEN NULL
        WHEN abs(p.n::float8 * ln(abs(p.x::float8))) > 700 THEN NULL
        WHEN p.n = trunc(p.n) AND abs(p.n) < 100 THEN power(p.x, p.n)
        ELSE power(p.x::float8, p.n::float8)::numeric END
        FROM (SELECT {} AS x, {} AS n OFFSET 0) AS p)""",
}


def apply(operator: str, first: Operand, second: Operand) -> Operand:
    """One of ``tree.ARITHMETIC``; ``ParameterError`` for what is no number, or where numbers might grow too long."""
    for operand in (first, second):
        if operand.kind not in NUMBERS:
            raise unfit(operator, operand, NAMES[Kind.NUMBER])
    first, second = as_decimal(first), as_decimal(second)
    size = _size(operator, first.size, second.size)
    if size.whole > _MAX_DIGITS:
        raise refused("計算で数が大きくなりすぎます。", "its arithmetic may give numbers that are too long.")
    found = joined(Kind.DECIMAL, _TEMPLATES[operator], first, second)
    return Operand(Kind.DECIMAL, found.sql, found.values, size=size)


def as_decimal(number: Operand) -> Operand:
    """A number of any kind as ``numeric``."""
    if number.kind is Kind.DECIMAL:
        return number
    if number.literal is None:
        found = joined(Kind.DECIMAL, "({}::numeric)", number)
        return Operand(Kind.DECIMAL, found.sql, found.values, size=_BIGINT if number.kind is Kind.INTEGER else _DOUBLE)
    value = Decimal(f"{number.literal:.15g}" if isinstance(number.literal, float) else number.literal)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - literals are finite
    size = Size(max(value.adjusted() + 1, 1), max(-exponent, 0))
    return Operand(Kind.DECIMAL, sql.SQL("%s::numeric"), (value,), size=size)


def _size(operator: str, first: Size, second: Size) -> Size:
    match operator:
        case "+" | "-":
            return Size(max(first.whole, second.whole) + 1, max(first.fraction, second.fraction))
        case "*":
            return Size(first.whole + second.whole, first.fraction + second.fraction)
        case "/":
            return Size(first.whole + second.fraction, max(first.fraction, _QUOTIENT_FRACTION))
        case "%":
            return Size(second.whole, max(first.fraction, second.fraction))
        case "div":
            return Size(first.whole + second.fraction, 0)
        case _:
            return _POWER
