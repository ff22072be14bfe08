"""Comparisons: ``=`` and its like, BETWEEN, IN, LIKE, IS NULL.

Unknown (NULL) is as in SQL: what is compared with it is unknown, and so not matched, nor is its negation.
"""

from math import ceil, floor
from operator import eq, ge, gt, le, lt, ne

from psycopg import sql

from services.ogc.cql2.conditions import arithmetic, instants
from services.ogc.cql2.conditions.operands import (
    INSTANTS,
    MIRRORED,
    NAMES,
    NUMBERS,
    Kind,
    Operand,
    either,
    joined,
    mismatch,
    of_literal,
    unfit,
)
from services.ogc.cql2.refusal import excerpt, refused
from services.ogc.errors import ParameterError
from services.ogc.filters import typed

_ORDERED = frozenset({Kind.TEXT, Kind.FLAG, Kind.TIME}) | NUMBERS | INSTANTS
_READ_FROM_TEXT = frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME})
_INT64 = 2**63
_HOLDS = {"=": eq, "<>": ne, "<": lt, ">": gt, "<=": le, ">=": ge}
_ARRAY_TYPES = {
    Kind.TEXT: "text[]",
    Kind.INTEGER: "bigint[]",
    Kind.NUMBER: "double precision[]",
    Kind.DATE: "date[]",
    Kind.DATETIME: "timestamptz[]",
    Kind.TIME: "time[]",
}


def compare(operator: str, first: Operand, second: Operand) -> Operand:
    """One of ``tree.COMPARISONS``; ``ParameterError`` where the types do not go together."""
    first, second = _reconciled(first, second)
    if first.kind in INSTANTS:
        return instants.compare(operator, first, second)
    if {first.kind, second.kind} == {Kind.INTEGER, Kind.NUMBER} and None not in (first.literal, second.literal):
        return of_literal(bool(_HOLDS[operator](first.literal, second.literal)))  # SQL would round the whole number
    if first.kind is Kind.INTEGER and first.column is not None and isinstance(second.literal, float):
        return _compare_whole(operator, first, second)
    if second.kind is Kind.INTEGER and second.column is not None and isinstance(first.literal, float):
        return _compare_whole(MIRRORED[operator], second, first)
    return joined(Kind.FLAG, f"({{}} {operator} {{}})", first, second)


def _compare_whole(operator: str, column: Operand, fraction: Operand) -> Operand:
    """A column of whole numbers against one between them or beyond them all: exact, and by the column's index."""
    if operator in ("=", "<>"):
        return compare(operator, arithmetic.as_decimal(column), fraction)
    bound = ceil(fraction.literal) if operator in ("<", ">=") else floor(fraction.literal)
    if bound >= _INT64:
        operator, bound = ("<=" if operator in ("<", "<=") else ">"), _INT64 - 1
    elif bound < -_INT64:
        operator, bound = ("<" if operator in ("<", "<=") else ">="), -_INT64
    return joined(Kind.FLAG, f"({{}} {operator} {{}})", column, of_literal(bound))


def between(value: Operand, lower: Operand, upper: Operand) -> Operand:
    """Ends inclusive."""
    return joined(Kind.FLAG, "({} AND {})", compare(">=", value, lower), compare("<=", value, upper))


def in_list(value: Operand, items: tuple[Operand, ...]) -> Operand:
    """Whether the value equals one of the items (one or more)."""
    pairs = [_reconciled(value, item) for item in items]
    kinds = {each.kind for pair in pairs for each in pair}
    if kinds <= INSTANTS and len(kinds) > 1:
        return either([instants.compare("=", *pair) for pair in pairs])
    if Kind.DECIMAL in kinds or {Kind.INTEGER, Kind.NUMBER} <= kinds:
        pairs = [(arithmetic.as_decimal(one), arithmetic.as_decimal(other)) for one, other in pairs]
    found = [item for _, item in pairs]
    if value.column is not None and len(kinds) == 1 and all(each.literal is not None for each in found):
        array_type = _ARRAY_TYPES.get(found[0].kind)
        if array_type is not None:
            every = Operand(Kind.ARRAY, sql.SQL("%s::" + array_type), ([each.literal for each in found],))
            return joined(Kind.FLAG, "({} = ANY({}))", value, every)
    listed = joined(Kind.ARRAY, ", ".join(["{}"] * len(found)), *found)
    return joined(Kind.FLAG, "({} IN ({}))", pairs[0][0], listed)


def like(value: Operand, pattern: Operand, written: str) -> Operand:
    """Whether the whole text fits the pattern: ``%`` any letters, ``_`` one, a backslash before either takes it as is.

    ``written`` is the pattern as the filter has it, before any folding of case or accents.
    """
    for operand in (value, pattern):
        if operand.kind is not Kind.TEXT:
            raise unfit("LIKE", operand, NAMES[Kind.TEXT])
    if (len(written) - len(written.rstrip("\\"))) % 2:
        raise refused(
            f"パターン「{excerpt(written)}」が逆斜線で終わっています。",
            f"the pattern {excerpt(written)!r} ends with a backslash that escapes nothing.",
        )
    return joined(Kind.FLAG, "({} LIKE {})", value, pattern)


def is_null(value: Operand) -> Operand:
    """Whether the value is unknown; an interval is where one of its ends is."""
    if value.kind is Kind.INTERVAL:
        return either([is_null(end) for end in value.items if end is not None] or [of_literal(False)])
    if value.kind is Kind.ARRAY or (value.kind is Kind.GEOMETRY and value.literal is not None):
        return of_literal(False)
    return joined(Kind.FLAG, "({} IS NULL)", value)


def _reconciled(first: Operand, second: Operand) -> tuple[Operand, Operand]:
    """The two as SQL can compare them: of one kind, both numbers, or both instants."""
    if {first.kind, second.kind} <= NUMBERS:
        if Kind.DECIMAL in (first.kind, second.kind):
            return arithmetic.as_decimal(first), arithmetic.as_decimal(second)
        return _as_column(first, second), _as_column(second, first)
    first, second = _as_time(first, second), _as_time(second, first)
    if {first.kind, second.kind} <= INSTANTS or (first.kind is second.kind and first.kind in _ORDERED):
        return first, second
    raise mismatch(first, second)


def _as_column(number: Operand, other: Operand) -> Operand:
    """A literal as a number of the column it is compared with, so that the column's index can be used."""
    value = number.literal
    if value is None or other.column is None or number.kind is other.kind:
        return number
    if other.kind is Kind.NUMBER:
        return of_literal(float(value))
    return of_literal(int(value)) if value.is_integer() and -_INT64 <= value < _INT64 else number


def _as_time(text: Operand, other: Operand) -> Operand:
    """A text literal as the day, moment or time of the column it is compared with."""
    if text.kind is not Kind.TEXT or text.literal is None or other.column is None or other.kind not in _READ_FROM_TEXT:
        return text
    try:
        return of_literal(typed(other.column, text.literal))
    except ParameterError as error:
        raise ParameterError("filter", error.reason) from error
