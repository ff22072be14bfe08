"""Values from JSON: what each kind of field takes, and in which type it is stored."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.model import Code, CodeList, Field, FieldKind, Text
from services.ogc.transactions.values import RefusedValueError, typed

TITLE = Text("項目", "Field")
LETTERS = CodeList("letters", TITLE, (Code("a", TITLE), Code("b", TITLE)), "test")
RANKS = CodeList("ranks", TITLE, (Code(1, TITLE), Code(2, TITLE)), "test")


def field(kind: FieldKind, **more: Any) -> Field:
    return Field(name="value", kind=kind, title=TITLE, **more)


TAKEN: list[tuple[Field, Any, Any]] = [
    (field(FieldKind.TEXT), " 前後の空白も\tそのまま\r\n ", " 前後の空白も\tそのまま\r\n "),
    (field(FieldKind.INTEGER), 12, 12),
    (field(FieldKind.INTEGER), 12.0, 12),
    (field(FieldKind.INTEGER), -(2**63), -(2**63)),
    (field(FieldKind.NUMBER), 12, 12.0),
    (field(FieldKind.NUMBER, minimum=0, maximum=1), 1, 1.0),
    (field(FieldKind.NUMBER, minimum=0, maximum=1), 0, 0.0),
    (field(FieldKind.FLAG), False, False),
    (field(FieldKind.DATE), "2024-02-29", date(2024, 2, 29)),
    (field(FieldKind.TIME), "09:30", time(9, 30)),
    (field(FieldKind.TIME), "23:59:59.5", time(23, 59, 59, 500_000)),
    (field(FieldKind.DATETIME), "2024-01-31T09:00:00+09:00", datetime(2024, 1, 31, 0, 0, tzinfo=UTC)),
    (field(FieldKind.DATETIME), "2024-01-31t00:00:00z", datetime(2024, 1, 31, 0, 0, tzinfo=UTC)),
    (field(FieldKind.CODE, codes=LETTERS), "b", "b"),
    (field(FieldKind.CODE, codes=RANKS), 2, 2),
    (field(FieldKind.TEXT_LIST), ["a", "a;b"], ["a", "a;b"]),
]


@pytest.mark.parametrize(("declared", "value", "expected"), TAKEN, ids=range(len(TAKEN)))
def test_what_is_taken(declared: Field, value: Any, expected: Any) -> None:
    found = typed(declared, value)
    assert found == expected
    assert type(found) is type(expected)


NOTHINGS: list[Any] = [[], {}]
REFUSED: list[tuple[Field, Any]] = [
    *((field(FieldKind.INTEGER), value) for value in (1.5, 2**63, -(2**63) - 1, True, "1", *NOTHINGS, 1e300)),
    *((field(FieldKind.NUMBER), value) for value in ("1", True, *NOTHINGS)),
    *((field(FieldKind.NUMBER, minimum=0, maximum=1), value) for value in (-1e-9, 1.000001, 10**39)),
    *((field(FieldKind.FLAG), value) for value in (0, 1, "true", "有")),
    *(
        (field(FieldKind.DATE), value)
        for value in (
            "2024-02-30",
            "20240131",
            "2024-W01-1",
            "2024-1-1",
            "R6.1.31",
            20240131,
            "２０２４-01-01",
            "0000-01-01",
        )
    ),
    *((field(FieldKind.TIME), value) for value in ("24:00", "9:30", "0930", "09:30Z", "09:30+09:00", 930, "09:60")),
    *(
        (field(FieldKind.DATETIME), value)
        for value in (
            "2024-01-31",
            "2024-01-31T09:00:00",
            "2024-01-31T09:00:00+0900",
            "2024-02-30T09:00:00Z",
            "9999-12-31T23:59:59-12:00",
            "0001-01-01T00:00:00+09:00",
            0,
        )
    ),
    *((field(FieldKind.CODE, codes=LETTERS), value) for value in ("c", "A", 1, *NOTHINGS)),
    *((field(FieldKind.CODE, codes=RANKS), value) for value in (3, "1", True, 1.5)),
    *((field(FieldKind.TEXT_LIST), value) for value in ("a;b", [], [1], [""], [None], {"a": 1})),
]


@pytest.mark.parametrize(("declared", "value"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused(declared: Field, value: Any) -> None:
    with pytest.raises(RefusedValueError) as raised:
        typed(declared, value)
    assert raised.value.reason.ja
    assert raised.value.reason.en


def test_null_says_that_nothing_is_known() -> None:
    for kind in FieldKind:
        codes = LETTERS if kind is FieldKind.CODE else None
        assert typed(field(kind, codes=codes), None) is None
        with pytest.raises(RefusedValueError, match="required"):
            typed(field(kind, codes=codes, required=True), None)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(FieldKind), ANYTHING)
def test_anything_is_taken_or_refused(kind: FieldKind, value: Any) -> None:
    declared = field(kind, codes=LETTERS if kind is FieldKind.CODE else None)
    try:
        found = typed(declared, value)
    except RefusedValueError:
        return
    if isinstance(value, str) and isinstance(found, str):
        assert found == value  # nothing is mended
