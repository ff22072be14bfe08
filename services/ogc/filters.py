"""Conditions of a query: the asker's texts become typed, bound values; names come from the layer's columns only."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Any

from psycopg import sql

from geo.crs import STORAGE
from layers.model import FieldKind, Text
from services.ogc.crs import Bounds
from services.ogc.errors import ParameterError
from services.ogc.source import Column, Source

Condition = tuple[sql.Composable, list[Any]]

_BIGINT = 2**63


def within(bounds: Bounds) -> Condition:
    """Features whose geometry meets the box (degrees, edges inclusive); west > east crosses 180 degrees."""
    west, south, east, north = bounds
    boxes = [bounds] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]
    one = sql.SQL("ST_Intersects(geometry, ST_MakeEnvelope(%s, %s, %s, %s, {}))").format(sql.Literal(STORAGE))
    return sql.SQL("({})").format(sql.SQL(" OR ").join([one] * len(boxes))), [each for box in boxes for each in box]


def equals(column: Column, text: str) -> Condition:
    """Features whose property equals the value; of a list, those that hold it."""
    name = sql.Identifier(column.name)
    value = typed(column, text)
    if column.kind is FieldKind.TEXT_LIST:
        return sql.SQL("%s = ANY({})").format(name), [value]
    return sql.SQL("{} = %s").format(name), [value]


def during(source: Source, text: str) -> Condition | None:
    """Features whose time lies in the instant, day or interval (RFC 3339; ends inclusive, ``..`` open).

    None where the layer has no time: the parameter then restricts nothing, as the standard says.
    """
    lower, upper = interval(text)
    if source.time_field is None:
        return None
    name = sql.Identifier(source.time_field)
    by_day = source.columns[source.time_field].kind is FieldKind.DATE
    parts: list[sql.Composable] = []
    values: list[Any] = []
    if lower is not None:
        parts.append(sql.SQL("{} >= %s").format(name))
        values.append(lower.date() if by_day else lower)
    if upper is not None:
        parts.append(sql.SQL("{} <= %s").format(name))
        values.append(upper.date() if by_day else upper)
    return (sql.SQL(" AND ").join(parts), values) if parts else None


def all_of(conditions: Iterable[Condition]) -> Condition:
    """`` WHERE ...`` of all conditions, or nothing where there is none."""
    found = list(conditions)
    if not found:
        return sql.SQL(""), []
    joined = sql.SQL(" AND ").join(part for part, _ in found)
    return sql.SQL(" WHERE {}").format(joined), [value for _, values in found for value in values]


def typed(column: Column, text: str) -> Any:
    """The value of a property filter in the column's type.

    Raises
    ------
    ParameterError
        If the text is no value of that type, or no code of the column's list.
    """
    try:
        if column.codes is not None:
            value: Any = int(text) if column.codes.is_integer else text
            if value not in column.codes.by_value:
                raise ValueError(text)
            return value
        return _PARSERS[column.kind](text)
    except (ValueError, OverflowError):
        pass
    expected = _EXPECTED[column.kind]
    if column.codes is not None:
        known = ", ".join(str(code) for code in column.codes.by_value)
        expected = Text(f"次のいずれか: {known}", f"one of: {known}")
    raise ParameterError(
        column.name,
        Text(
            f"値「{text[:80]}」は使えません（{expected.ja}）。", f"{text[:80]!r} is not accepted; give {expected.en}."
        ),
    )


def interval(text: str) -> tuple[datetime | None, datetime | None]:
    """First and last instant of a ``datetime`` parameter; None for an open end.

    A date stands for its whole day in UTC.  Raises ``ParameterError`` for anything else than RFC 3339.
    """
    parts = text.split("/")
    try:
        if len(parts) == 1:
            return _instants(text)
        if len(parts) == 2:
            lower = None if parts[0] in ("", "..") else _instants(parts[0])[0]
            upper = None if parts[1] in ("", "..") else _instants(parts[1])[1]
            if lower is None or upper is None or lower <= upper:
                return lower, upper
    except (ValueError, OverflowError):
        pass
    raise ParameterError(
        "datetime",
        Text(
            "RFC 3339の日時、日付、または「開始/終了」で指定してください（例 2024-01-01T00:00:00Z/..）。",
            "give an RFC 3339 date-time, a date, or start/end, such as 2024-01-01T00:00:00Z/..",
        ),
    )


def _instants(text: str) -> tuple[datetime, datetime]:
    if len(text) == 10:
        day = datetime.combine(date.fromisoformat(text), time(), UTC)
        return day, day + timedelta(days=1) - timedelta(microseconds=1)
    moment = _datetime(text)
    return moment, moment


def _text(text: str) -> str:
    if "\0" in text:  # PostgreSQL has no such character
        raise ValueError(text)
    return text


def _integer(text: str) -> int:
    value = int(text)
    if not -_BIGINT <= value < _BIGINT or not text.strip().lstrip("+-").isascii():
        raise ValueError(text)
    return value


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value


def _flag(text: str) -> bool:
    value = {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
    if value is None:
        raise ValueError(text)
    return value


def _datetime(text: str) -> datetime:
    value = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign of a URL that was not escaped
    if value.tzinfo is None:
        raise ValueError(text)
    return value.astimezone(UTC)


def _time(text: str) -> time:
    value = time.fromisoformat(text)
    if value.tzinfo is not None:  # times of day are local; with an offset it would be another time
        raise ValueError(text)
    return value


_PARSERS: dict[FieldKind, Callable[[str], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.INTEGER: _integer,
    FieldKind.NUMBER: _number,
    FieldKind.FLAG: _flag,
    FieldKind.DATE: date.fromisoformat,
    FieldKind.DATETIME: _datetime,
    FieldKind.TIME: _time,
    FieldKind.CODE: _text,
    FieldKind.TEXT_LIST: _text,
}
_EXPECTED = {
    FieldKind.TEXT: Text("文字列", "a text"),
    FieldKind.INTEGER: Text("整数", "an integer"),
    FieldKind.NUMBER: Text("数値", "a number"),
    FieldKind.FLAG: Text("true または false", "true or false"),
    FieldKind.DATE: Text("日付、例 2024-01-31", "a date such as 2024-01-31"),
    FieldKind.DATETIME: Text("時差つきの日時、例 2024-01-31T09:00:00+09:00", "a date-time with its offset"),
    FieldKind.TIME: Text("時刻、例 09:30", "a time such as 09:30"),
    FieldKind.CODE: Text("コード", "a code"),
    FieldKind.TEXT_LIST: Text("文字列", "a text"),
}
