"""Array functions (A_*): both operands are sets, without order and repetition."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import shapely
from psycopg import sql

from services.ogc.cql2.conditions import arithmetic
from services.ogc.cql2.conditions.operands import NAMES, NUMBERS, Kind, Operand, every, joined, of_literal, unfit

_Set = frozenset[Any]
_OF_SETS: Mapping[str, Callable[[_Set, _Set], bool]] = MappingProxyType(
    {
        "a_contains": lambda one, other: one >= other,
        "a_containedBy": lambda one, other: one <= other,
        "a_equals": lambda one, other: one == other,
        "a_overlaps": lambda one, other: not one.isdisjoint(other),
    }
)
_OPERATORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"a_contains": ("@>",), "a_containedBy": ("<@",), "a_equals": ("@>", "<@"), "a_overlaps": ("&&",)}
)
_TYPES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "text[]",
        Kind.DECIMAL: "numeric[]",
        Kind.FLAG: "boolean[]",
        Kind.DATE: "date[]",
        Kind.DATETIME: "timestamptz[]",
        Kind.TIME: "time[]",
    }
)


def of_items(items: tuple[Operand, ...]) -> Operand:
    """An array of a filter, whatever its items are."""
    return Operand(Kind.ARRAY, sql.SQL("NULL"), items=items)


def relate(function: str, first: Operand, second: Operand) -> Operand:
    """One of ``tree.ARRAYS``; ``ParameterError`` for what is no array, or has items of several types.

    Arrays of literals alone may have items of any types, and arrays among them.
    """
    for operand in (first, second):
        if operand.kind not in (Kind.TEXT_LIST, Kind.ARRAY):
            raise unfit(function.upper(), operand, NAMES[Kind.ARRAY])
    if first.kind is second.kind is Kind.ARRAY and _is_known(first) and _is_known(second):
        return of_literal(_OF_SETS[function](_value(first), _value(second)))
    kind = _common_kind(function, first, second)
    one, other = _of_kind(first, kind), _of_kind(second, kind)
    return every([joined(Kind.FLAG, f"({{}} {operator} {{}})", one, other) for operator in _OPERATORS[function]])


def _common_kind(function: str, first: Operand, second: Operand) -> Kind:
    """The one kind that all items have."""
    kind: Kind | None = Kind.TEXT if Kind.TEXT_LIST in (first.kind, second.kind) else None
    for item in (*first.items, *second.items):
        assert item is not None  # noqa: S101 - only intervals have open ends
        own = Kind.DECIMAL if item.kind in NUMBERS else item.kind
        kind = kind or own
        if own is not kind or own not in _TYPES:
            raise unfit(function.upper(), item, NAMES[kind if kind in _TYPES else Kind.TEXT])
    return kind or Kind.TEXT


def _of_kind(array: Operand, kind: Kind) -> Operand:
    if array.kind is Kind.TEXT_LIST:
        return array
    items = [each for each in array.items if each is not None]
    if kind is Kind.TEXT and all(each.literal is not None for each in items):
        return Operand(Kind.TEXT_LIST, sql.SQL("%s::text[]"), ([each.literal for each in items],))
    if kind is Kind.DECIMAL:
        items = [arithmetic.as_decimal(each) for each in items]
    return joined(Kind.ARRAY, f"ARRAY[{', '.join(['{}'] * len(items))}]::{_TYPES[kind]}", *items)


def _is_known(operand: Operand | None) -> bool:
    if operand is None or operand.literal is not None:
        return True
    return operand.kind in (Kind.ARRAY, Kind.INTERVAL) and all(map(_is_known, operand.items))


def _value(operand: Operand | None) -> Any:
    """A literal as a value that equals others as sets do: true is not 1, though 1.0 is."""
    if operand is None:
        return None
    match operand.kind:
        case Kind.ARRAY:
            return frozenset(map(_value, operand.items))
        case Kind.INTERVAL:
            return tuple(map(_value, operand.items))
        case Kind.GEOMETRY:
            return shapely.to_wkb(shapely.normalize(operand.literal))
        case Kind.FLAG:
            return Kind.FLAG, operand.literal
        case _:
            return operand.literal
