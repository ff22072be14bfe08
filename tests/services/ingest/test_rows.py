"""From records as received to typed rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from geo.errors import SourceError
from layers.catalogue import layer_named
from layers.model import Layer, SourceFormat
from services.ingest.model import Action, Finding, Record
from services.ingest.rows import Fate, RowMaker
from tests.services.ingest.sites import site

LAYER = layer_named("emergency-sites")


def the_format(layer: Layer, format_id: str, **other: Any) -> SourceFormat:
    """A format of a layer, with what ``other`` replaces."""
    return replace(next(source for source in layer.formats if source.id == format_id), **other)


def records(*values: Mapping[str, object]) -> Iterator[Record]:
    """Records numbered from 2, as the lines of a file with a header."""
    for number, each in enumerate(values, 2):
        yield Record(number, each)


def test_columns_are_found_by_name_whatever_their_order_and_spelling() -> None:
    maker = RowMaker(LAYER, the_format(LAYER, "municipal-emergency-sites"))
    shuffled = dict(reversed(site(1, 備考="あ").items()))
    shuffled["名　称"] = shuffled.pop("名称")
    (row,) = maker.rows(records(shuffled))
    assert (row.fate, row.values["name"], row.values["remarks"]) == (Fate.ROW, "第1公園", "あ")
    assert row.received == shuffled  # as published
    assert row.extras == {}
    assert row.values["for_flood"] is True
    assert "for_tsunami" not in row.values  # not stated is not false


def test_of_two_columns_for_one_field_the_first_with_a_value_counts() -> None:
    maker = RowMaker(LAYER, the_format(LAYER, "municipal-emergency-sites"))
    first, second = maker.rows(
        records(site(1, 市区町村コード="28206"), site(2, 市区町村コード="", 全国地方公共団体コード="282049"))
    )
    assert (first.values["municipality_code"], second.values["municipality_code"]) == ("28206", "28204")


def test_a_derivation_that_fails_is_a_finding_of_its_row_alone() -> None:
    def derive(values: Mapping[str, object]) -> Mapping[str, object]:
        return {"elevation_m": 1 / float(str(values["elevation_m"]))}

    maker = RowMaker(LAYER, the_format(LAYER, "municipal-emergency-sites", derive=derive))
    good, zero, word = maker.rows(records(site(1, 標高="4"), site(2, 標高="0"), site(3, 標高="高い")))
    assert good.values["elevation_m"] == 0.25
    assert [row.fate for row in (good, zero, word)] == [Fate.ROW] * 3
    assert zero.findings[0].rule == "derivation-failed"
    assert (word.findings[0].column, word.findings[0].old, word.findings[0].row) == ("標高", "高い", 4)


def test_a_record_that_its_reader_refused_is_not_loaded() -> None:
    refused = Record(9, {"名称": "a"}, findings=(Finding("row-too-short", Action.REJECTED),))
    (row,) = RowMaker(LAYER, the_format(LAYER, "municipal-emergency-sites")).rows([refused])
    assert (row.fate, row.findings[0].row, row.values) == (Fate.REJECTED, 9, {})


def test_rows_made_together_keep_the_number_of_their_record() -> None:
    def keep_last(values: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
        return [{**values[-1], "名称": "合算"}]

    maker = RowMaker(LAYER, the_format(LAYER, "municipal-emergency-sites", prepare=keep_last))
    rows = {row.number: row for row in maker.rows(records(site(1), site(2), site(3)))}
    assert {number: row.fate for number, row in rows.items()} == {2: Fate.OTHER, 3: Fate.OTHER, 4: Fate.ROW}
    assert rows[4].values["name"] == "合算"
    assert rows[4].received["名称"] == "第3公園"


def test_rows_that_cannot_be_understood_together_are_a_defect_of_the_file() -> None:
    def confused(values: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
        return [{"": values[0]["no such column"]}]

    maker = RowMaker(LAYER, the_format(LAYER, "municipal-emergency-sites", prepare=confused))
    with pytest.raises(SourceError, match="no such column") as refused:
        list(maker.rows(records(site(1))))
    assert refused.value.fix
