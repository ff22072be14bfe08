"""Typing of values: what a cell means for a field, and the findings about it."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.model import Code, CodeList, Field, FieldKind, Text
from services.ingest.cleansing import Cleansed, cleanse_value
from services.ingest.model import Action

JST = timezone(timedelta(hours=9))
KINDS = CodeList(
    "water-source-kind",
    Text("種別", "Kind"),
    (
        Code("hydrant", Text("消火栓", "Hydrant"), aliases=("公設消火栓",)),
        Code("cistern", Text("防火水そう", "Cistern"), aliases=("防火水槽",)),
    ),
    source="自治体標準オープンデータセット",
)
LEVELS = CodeList(
    "level", Text("段階", "Level"), (Code(1, Text("低", "Low")), Code(2, Text("高", "High"))), source="試験"
)


def field(kind: FieldKind, name: str = "value", **options: object) -> Field:
    return Field(name=name, kind=kind, title=Text("値", "Value"), **options)  # type: ignore[arg-type]


def rules(cleansed: Cleansed) -> list[tuple[str, Action]]:
    return [(finding.rule, finding.action) for finding in cleansed.findings]


MENDED, REJECTED, NOTED = Action.MENDED, Action.REJECTED, Action.NOTED


@pytest.mark.parametrize("kind", [kind for kind in FieldKind if kind is not FieldKind.CODE])
@pytest.mark.parametrize("raw", [None, "", " 　\n", float("nan"), [], "\ufeff"])
def test_nothing_is_nothing_and_no_finding(kind: FieldKind, raw: object) -> None:
    assert cleanse_value(field(kind), raw) == (None, ())


@pytest.mark.parametrize("kind", [kind for kind in FieldKind if kind not in {FieldKind.TEXT, FieldKind.TEXT_LIST}])
@pytest.mark.parametrize("raw", ["△", "☆☆☆", "謎", "=1+1", "99999999999999999999x"])
def test_what_is_not_understood_is_kept_in_the_finding(kind: FieldKind, raw: str) -> None:
    declared = field(kind, codes=KINDS if kind is FieldKind.CODE else None)
    cleansed = cleanse_value(declared, raw, row=7, column="列")
    assert cleansed.value is None
    first = cleansed.findings[0]
    assert (first.action, first.row, first.column, first.old) == (REJECTED, 7, "列", raw)


# --- texts ---------------------------------------------------------------------------------------------------


@given(st.text(alphabet="西宮ｶﾅ①Ａａ、。\n（）/x", min_size=1))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    cleansed = cleanse_value(field(FieldKind.TEXT), text)
    assert cleansed.value == (text.strip() or None)
    assert not cleansed.findings


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("　西宮市役所 ", "西宮市役所"),
        (280900189, "280900189"),
        (280900189.0, "280900189"),
        (1.5, "1.5"),
        (True, "true"),
        (date(2025, 8, 1), "2025-08-01"),
        (["a", None, "b"], "a;b"),
        ({"名": 1}, '{"名": 1}'),
        ("２階\r\n３階", "２階\n３階"),
    ],
)
def test_texts(raw: object, text: str) -> None:
    assert cleanse_value(field(FieldKind.TEXT), raw) == (text, ())


def test_control_characters_are_removed_and_reported() -> None:
    cleansed = cleanse_value(field(FieldKind.TEXT), "西\x00宮\x0b")
    assert cleansed.value == "西宮"
    assert rules(cleansed) == [("control-character", MENDED)]


@pytest.mark.parametrize("raw", ["=HYPERLINK(1)", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "＝1+A1"])
@pytest.mark.parametrize("kind", [FieldKind.TEXT, FieldKind.TEXT_LIST])
def test_a_formula_is_kept_and_noted(raw: str, kind: FieldKind) -> None:
    cleansed = cleanse_value(field(kind), raw)
    assert cleansed.value in (raw, [raw])
    assert rules(cleansed) == [("formula-in-cell", NOTED)]


@pytest.mark.parametrize("raw", ["-5", "+81-798-35-3151", "-", "−3", "－１２"])
def test_numbers_with_a_sign_are_no_formulas(raw: str) -> None:
    assert cleanse_value(field(FieldKind.TEXT), raw) == (raw, ())


@pytest.mark.parametrize("raw", ["5月5日", "５月５日", "5-May", "2025/5/5", date(2025, 5, 5)])
def test_an_address_that_became_a_date_is_noted(raw: object) -> None:
    cleansed = cleanse_value(field(FieldKind.TEXT, "address"), raw)
    assert cleansed.value is not None
    assert rules(cleansed) == [("address-became-date", NOTED)]
    assert not cleanse_value(field(FieldKind.TEXT, "remarks"), raw).findings


@pytest.mark.parametrize(
    ("raw", "value", "found"),
    [
        ("282049", "28204", []),
        ("28204", "28204", []),
        ("92011", "09201", [("municipality-code-mended", MENDED)]),
        (9201, "09201", [("municipality-code-mended", MENDED)]),
        ("282040", "282040", [("municipality-code-wrong", NOTED)]),
    ],
)
def test_municipality_codes(raw: object, value: str, found: list[tuple[str, Action]]) -> None:
    cleansed = cleanse_value(field(FieldKind.TEXT, "municipality_code"), raw)
    assert (cleansed.value, rules(cleansed)) == (value, found)


def test_lists() -> None:
    assert cleanse_value(field(FieldKind.TEXT_LIST), "内科; 外科；;眼科").value == ["内科", "外科", "眼科"]
    assert cleanse_value(field(FieldKind.TEXT_LIST), ["内科", None, " "]).value == ["内科"]
    assert cleanse_value(field(FieldKind.TEXT_LIST), ";；") == (None, ())


# --- numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "unit", "value", "found"),
    [
        ("150", "mm", 150, []),
        (150, "mm", 150, []),
        (" 150 ", "mm", 150, []),
        ("-3.5", "m", -3.5, []),
        ("１５０", "mm", 150, ["number-rewritten"]),
        ("1,234.5", "m", 1234.5, ["number-rewritten"]),
        ("150mm", "mm", 150, ["number-rewritten"]),
        ("φ75", "mm", 75, ["number-rewritten"]),
        ("40㎥", "m3", 40, ["number-rewritten"]),
        ("40ｔ", "m3", 40, ["number-rewritten"]),
        ("15cm", "mm", 150, ["unit-converted"]),
        ("150mm", "m", 0.15, ["unit-converted"]),
        ("100人", None, 100, ["number-rewritten"]),
        ("−5", "m", -5, ["number-rewritten"]),
        ("1.5e3", "m", 1500, []),
    ],
)
def test_numbers(raw: object, unit: str | None, value: float, found: list[str]) -> None:
    cleansed = cleanse_value(field(FieldKind.NUMBER, unit=unit), raw)
    assert cleansed.value == value
    assert type(cleansed.value) is float
    assert [finding.rule for finding in cleansed.findings] == found


@pytest.mark.parametrize(
    ("raw", "unit"), [("12,34", None), ("40m3", "mm"), ("5m", None), ("1/2", None), (True, None), ("約100", None)]
)
def test_no_numbers(raw: object, unit: str | None) -> None:
    assert rules(cleanse_value(field(FieldKind.NUMBER, unit=unit), raw))[0] == ("value-not-understood", REJECTED)


@pytest.mark.parametrize(
    ("raw", "value"), [("238", 238), (238.0, 238), ("238.0", 238), ("１，５３０", 1530), ("7床", 7)]
)
def test_whole_numbers(raw: object, value: int) -> None:
    cleansed = cleanse_value(field(FieldKind.INTEGER), raw)
    assert cleansed.value == value
    assert type(cleansed.value) is int


@pytest.mark.parametrize("raw", ["2.5", 2.5, "2.82E+08", float("inf")])
def test_fractions_are_not_rounded_and_lost_digits_not_invented(raw: object) -> None:
    assert rules(cleanse_value(field(FieldKind.INTEGER), raw)) == [("value-not-understood", REJECTED)]


@pytest.mark.parametrize(("raw", "accepted"), [("-10", True), ("3776", True), ("-10.01", False), ("3776.1", False)])
def test_the_range_includes_its_ends(raw: str, accepted: bool) -> None:
    cleansed = cleanse_value(field(FieldKind.NUMBER, unit="m", minimum=-10, maximum=3776), raw)
    assert (cleansed.value is not None) is accepted
    assert rules(cleansed) == ([] if accepted else [("value-out-of-range", REJECTED)])


def test_more_than_a_database_integer_is_out_of_range() -> None:
    assert rules(cleanse_value(field(FieldKind.INTEGER), str(2**63))) == [("value-out-of-range", REJECTED)]


@given(st.integers(-(2**53), 2**53))
def test_any_whole_number_comes_back(number: int) -> None:
    assert cleanse_value(field(FieldKind.INTEGER), str(number)) == (number, ())
    assert cleanse_value(field(FieldKind.INTEGER), f"{number:,}").value == number


# --- flags and codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", ["1", "○", "〇", "◯", "有", "true", "TRUE", "あり", "該当", "１", 1, 1.0, True])
def test_yes(raw: object) -> None:
    assert cleanse_value(field(FieldKind.FLAG), raw) == (True, ())


@pytest.mark.parametrize("raw", ["0", "×", "無", "なし", "false", "０", 0, 0.0, False])
def test_no(raw: object) -> None:
    assert cleanse_value(field(FieldKind.FLAG), raw) == (False, ())


@pytest.mark.parametrize("raw", ["-", "―", "不明", "…"])
@pytest.mark.parametrize("kind", [FieldKind.FLAG, FieldKind.NUMBER, FieldKind.DATE, FieldKind.TIME, FieldKind.DATETIME])
def test_a_mark_for_nothing_is_never_no(raw: str, kind: FieldKind) -> None:
    cleansed = cleanse_value(field(kind), raw)
    assert cleansed.value is None
    assert rules(cleansed) == [("marked-as-missing", MENDED)]


@pytest.mark.parametrize("raw", ["hydrant", "消火栓", " 消 火栓", "公設消火栓", "HYDRANT"])
def test_codes_by_value_title_and_alias(raw: str) -> None:
    assert cleanse_value(field(FieldKind.CODE, codes=KINDS), raw) == ("hydrant", ())


@pytest.mark.parametrize("raw", ["1", 1, 1.0, "１", "01", "低"])
def test_codes_of_integers(raw: object) -> None:
    assert cleanse_value(field(FieldKind.CODE, codes=LEVELS), raw) == (1, ())


def test_an_unknown_code_is_not_the_nearest_one() -> None:
    assert rules(cleanse_value(field(FieldKind.CODE, codes=KINDS), "消火せん")) == [("code-unknown", REJECTED)]
    assert rules(cleanse_value(field(FieldKind.CODE, codes=LEVELS), 3)) == [("code-unknown", REJECTED)]


# --- dates and times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("2025-08-01", []),
        (date(2025, 8, 1), []),
        (datetime(2025, 8, 1), []),  # noqa: DTZ001 - as a sheet gives it
        ("2025/8/1", ["date-rewritten"]),
        ("2025年8月1日", ["date-rewritten"]),
        ("令和7年8月1日", ["date-rewritten"]),
        ("Ｒ７．８．１", ["date-rewritten"]),
        ("20250801", ["date-rewritten"]),
        (20250801, ["date-rewritten"]),
        ("2025-08-01 00:00:00", ["date-rewritten"]),
        (45870, ["excel-serial"]),
        ("45870", ["excel-serial"]),
    ],
)
def test_dates(raw: object, found: list[str]) -> None:
    cleansed = cleanse_value(field(FieldKind.DATE), raw)
    assert cleansed.value == date(2025, 8, 1)
    assert [finding.rule for finding in cleansed.findings] == found


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("平成元年1月8日", date(1989, 1, 8)), ("昭和64年1月7日", date(1989, 1, 7)), ("令和元年5月1日", date(2019, 5, 1))],
)
def test_eras(raw: str, expected: date) -> None:
    assert cleanse_value(field(FieldKind.DATE), raw).value == expected


@pytest.mark.parametrize("raw", ["2023-02-30", "2023-13-01", "2025-10", "令和7年", "12", 3.5, "8/1"])
def test_no_dates(raw: object) -> None:
    assert rules(cleanse_value(field(FieldKind.DATE), raw)) == [("value-not-understood", REJECTED)]


@pytest.mark.parametrize(
    ("raw", "expected", "assumed"),
    [
        ("2023-08-26T18:00:00+09:00", datetime(2023, 8, 26, 18, tzinfo=JST), False),
        ("2023-08-26T09:00:00Z", datetime(2023, 8, 26, 9, tzinfo=UTC), False),
        ("2023-08-26 18:00", datetime(2023, 8, 26, 18, tzinfo=JST), True),
        ("2023/8/26 18時", datetime(2023, 8, 26, 18, tzinfo=JST), True),
        ("20230826180000", datetime(2023, 8, 26, 18, tzinfo=JST), True),
        ("2023-08-26 24:00", datetime(2023, 8, 27, tzinfo=JST), True),
        (datetime(2023, 8, 26, 18), datetime(2023, 8, 26, 18, tzinfo=JST), True),  # noqa: DTZ001
    ],
)
def test_instants(raw: object, expected: datetime, assumed: bool) -> None:
    cleansed = cleanse_value(field(FieldKind.DATETIME), raw)
    assert cleansed.value == expected
    assert rules(cleansed) == ([("time-zone-assumed", MENDED)] if assumed else [])


@pytest.mark.parametrize("raw", ["2023-08-26", "2023-08-26 25:00", "2023-08-26 24:01", "2023-02-30 10:00", "18:00"])
def test_no_instants(raw: str) -> None:
    assert rules(cleanse_value(field(FieldKind.DATETIME), raw)) == [("value-not-understood", REJECTED)]


@pytest.mark.parametrize(
    ("raw", "expected", "found"),
    [
        ("09:00", time(9), []),
        (time(9), time(9), []),
        ("9:00", time(9), ["time-rewritten"]),
        ("９時３０分", time(9, 30), ["time-rewritten"]),
        ("午後5時15分", time(17, 15), ["time-rewritten"]),
        ("正午", time(12), ["time-rewritten"]),
        ("24:00", time(23, 59), ["time-rewritten"]),
        ("0.375", time(9), ["excel-serial"]),
        (0.375, time(9), ["excel-serial"]),
        (timedelta(hours=9), time(9), ["excel-serial"]),
    ],
)
def test_times(raw: object, expected: time, found: list[str]) -> None:
    cleansed = cleanse_value(field(FieldKind.TIME), raw)
    assert cleansed.value == expected
    assert [finding.rule for finding in cleansed.findings] == found


@pytest.mark.parametrize("raw", ["25:00", "9:60", "24:01", 1.5, "朝"])
def test_no_times(raw: object) -> None:
    assert rules(cleanse_value(field(FieldKind.TIME), raw)) == [("value-not-understood", REJECTED)]
