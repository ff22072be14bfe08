"""Operands in SQL: what a part of a filter is once the columns are known, with its type.

Every module of this package takes operands and gives one; only ``compiler`` walks the tree.  All SQL is in
parentheses where it needs them, so that operands can be put together as they are.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from psycopg import sql

from layers.model import FieldKind, Text
from services.ogc.cql2.refusal import excerpt, refused
from services.ogc.errors import ParameterError
from services.ogc.source import Column


class Kind(StrEnum):
    """The type of an operand."""

    TEXT = "text"
    INTEGER = "integer"  # bigint, or integer of a code
    NUMBER = "number"  # double precision
    DECIMAL = "decimal"  # numeric: what arithmetic gives
    FLAG = "flag"  # a truth value, and so any condition
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    TEXT_LIST = "text-list"
    ARRAY = "array"  # of a filter, its items not yet of one type
    INTERVAL = "interval"
    GEOMETRY = "geometry"


NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL})
INSTANTS = frozenset({Kind.DATE, Kind.DATETIME})

MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""By comparison: the one that says the same with its operands exchanged."""

NAMES = {
    Kind.TEXT: Text("文字列", "a text"),
    Kind.INTEGER: Text("整数", "an integer"),
    Kind.NUMBER: Text("数", "a number"),
    Kind.DECIMAL: Text("数", "a number"),
    Kind.FLAG: Text("真偽", "true or false"),
    Kind.DATE: Text("日付", "a date"),
    Kind.DATETIME: Text("日時", "a date and time"),
    Kind.TIME: Text("時刻", "a time of day"),
    Kind.TEXT_LIST: Text("文字列の並び", "a list of texts"),
    Kind.ARRAY: Text("配列", "an array"),
    Kind.INTERVAL: Text("期間", "an interval"),
    Kind.GEOMETRY: Text("図形", "a geometry"),
}


@dataclass(frozen=True, slots=True)
class Size:
    """Most decimal digits a number can have before and after the point."""

    whole: int
    fraction: int


@dataclass(frozen=True, slots=True)
class Operand:
    """Part of a condition.

    values:
        Bound to the ``%s`` of ``sql``, in order.
    literal:
        The value, where the operand is one; None otherwise.
    column:
        The column, where the operand is one.
    items:
        Of an array its items, of an interval its two ends (None: open).
    """

    kind: Kind
    sql: sql.Composable
    values: tuple[Any, ...] = ()
    literal: Any = None
    column: Column | None = None
    items: tuple["Operand | None", ...] = ()
    size: Size = Size(0, 0)


def joined(kind: Kind, template: str, *operands: Operand) -> Operand:
    """An operand made of others: ``template`` is SQL with one ``{}`` for each, in their order."""
    return Operand(
        kind,
        sql.SQL(template).format(*(each.sql for each in operands)),
        tuple(value for each in operands for value in each.values),
    )


def every(conditions: list[Operand]) -> Operand:
    """True where all of one or more conditions are."""
    return _chained(" AND ", conditions)


def either(conditions: list[Operand]) -> Operand:
    """True where any of one or more conditions is."""
    return _chained(" OR ", conditions)


def _chained(word: str, conditions: list[Operand]) -> Operand:
    if len(conditions) == 1:
        return conditions[0]
    return joined(Kind.FLAG, f"({word.join(['{}'] * len(conditions))})", *conditions)


def of_column(column: Column) -> Operand:
    kind = Kind(column.kind) if column.kind is not FieldKind.CODE else _code_kind(column)
    return Operand(kind, sql.Identifier(column.name), column=column)


def of_literal(value: str | int | float | bool | date | datetime | time) -> Operand:
    """A bound value; the cast gives the planner the type that the column has."""
    match value:
        case bool():
            kind, cast = Kind.FLAG, "boolean"
        case int():
            kind, cast = Kind.INTEGER, "bigint"
        case float():
            kind, cast = Kind.NUMBER, "double precision"
        case str():
            kind, cast = Kind.TEXT, "text"
        case datetime():
            kind, cast = Kind.DATETIME, "timestamptz"
        case date():
            kind, cast = Kind.DATE, "date"
        case time():
            kind, cast = Kind.TIME, "time"
    return Operand(kind, sql.SQL("%s::" + cast), (value,), literal=value)


def mismatch(first: Operand, second: Operand) -> ParameterError:
    """The refusal of two operands whose types do not go together."""
    one, other = _described(first), _described(second)
    return refused(f"{one.ja}と{other.ja}は比べられません。", f"{one.en} cannot be compared with {other.en}.")


def unfit(function: str, operand: Operand, wanted: Text) -> ParameterError:
    """The refusal of an operand that a function or operator cannot take."""
    given = _described(operand)
    return refused(
        f"「{excerpt(function)}」には{wanted.ja}が必要です（{given.ja}は使えません）。",
        f"{excerpt(function)} takes {wanted.en}, not {given.en}.",
    )


def _described(operand: Operand) -> Text:
    name = NAMES[operand.kind]
    if operand.column is not None:
        title = operand.column.title
        return Text(
            f"項目「{operand.column.name}」（{title.ja}、{name.ja}）", f"{operand.column.name} ({title.en}: {name.en})"
        )
    if operand.literal is not None and operand.kind is not Kind.GEOMETRY:
        shown = excerpt(str(operand.literal))
        return Text(f"「{shown}」（{name.ja}）", f"{shown!r} ({name.en})")
    return name


def _code_kind(column: Column) -> Kind:
    return Kind.INTEGER if column.codes is not None and column.codes.is_integer else Kind.TEXT
