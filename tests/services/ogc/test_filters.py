"""Texts of a query become typed values, or are refused; never anything in between."""

from contextlib import suppress
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.model import Code, CodeList, FieldKind, Text
from services.ogc.errors import ParameterError
from services.ogc.filters import interval, typed
from services.ogc.source import Column

RANKS = CodeList("ranks", Text("階級", "Ranks"), (Code(1, Text("一", "one")), Code(2, Text("二", "two"))), "test")


def column(kind: FieldKind, codes: CodeList | None = None) -> Column:
    return Column("x", kind, Text("x", "x"), codes=codes)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldKind.TEXT, "' OR 1=1", "' OR 1=1"),
        (FieldKind.INTEGER, "-12", -12),
        (FieldKind.NUMBER, "1e3", 1000.0),
        (FieldKind.FLAG, "TRUE", True),
        (FieldKind.FLAG, "0", False),
        (FieldKind.DATE, "2024-02-29", date(2024, 2, 29)),
        (FieldKind.TIME, "09:30", time(9, 30)),
        (FieldKind.DATETIME, "2024-01-01T09:00:00+09:00", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_typed(kind: FieldKind, text: str, value: object) -> None:
    assert typed(column(kind), text) == value


def test_a_time_of_day_has_no_offset() -> None:
    with pytest.raises(ParameterError):
        typed(column(FieldKind.TIME), "09:30+09:00")


def test_codes_are_of_their_list() -> None:
    assert typed(column(FieldKind.CODE, RANKS), "2") == 2
    for wrong in ("3", "two", ""):
        with pytest.raises(ParameterError, match="one of: 1, 2"):
            typed(column(FieldKind.CODE, RANKS), wrong)


@given(st.text(), st.sampled_from([kind for kind in FieldKind if kind is not FieldKind.CODE]))
def test_any_text_is_a_value_or_refused(text: str, kind: FieldKind) -> None:
    with suppress(ParameterError):
        typed(column(kind), text)


@pytest.mark.parametrize("text", ["9223372036854775808", "-9223372036854775809", "1.0", "", "１"])
def test_integers_the_database_cannot_hold_are_refused(text: str) -> None:
    with pytest.raises(ParameterError):
        typed(column(FieldKind.INTEGER), text)


def test_intervals() -> None:
    assert interval("../..") == (None, None)
    lower, upper = interval("2024-01-01")
    assert lower == datetime(2024, 1, 1, tzinfo=UTC)
    assert upper == datetime(2024, 1, 1, 23, 59, 59, 999999, UTC)
    assert interval("2024-01-01T00:00:00Z/") == (datetime(2024, 1, 1, tzinfo=UTC), None)
    for wrong in ("", "a/b", "2024-01-01/2023-01-01", "2024-01-01/../..", "2024-01-01T00:00:00", "9999-12-32"):
        with pytest.raises(ParameterError):
            interval(wrong)


@given(st.text())
def test_any_datetime_is_an_interval_or_refused(text: str) -> None:
    with suppress(ParameterError):
        interval(text)
