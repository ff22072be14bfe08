"""Excel workbooks: the sheet with the table, dates, formulas."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from geo.errors import SourceError
from services.ingest.readers import open_file


def test_sheet_with_title_groups_dates_and_formulas(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("表紙", 0).append(["避難所一覧について"])
    book.remove(book.worksheets[1])
    sheet = book.create_sheet("一覧")
    sheet.append(["避難所一覧"])
    sheet.append([])
    sheet.append(["NO", "名称", "位置", None, "指定日", "合計"])
    sheet.append([None, None, "緯度", "経度", None, None])
    sheet.append([1, "市役所", 34.7376, 135.3415, datetime(2025, 4, 1), "=1+1"])  # noqa: DTZ001 - Excel has no zones
    hidden = book.create_sheet("作業用")
    hidden.sheet_state = "hidden"
    path = tmp_path / "misnamed.csv"
    book.save(path)

    with open_file(path) as opened:
        assert opened.container == "xlsx"
        (table,) = opened.tables
        (record,) = table.records()
    assert table.columns == ("NO", "名称", "緯度", "経度", "指定日", "合計")
    assert record.number == 5
    assert record.values["指定日"] == datetime(2025, 4, 1)  # noqa: DTZ001
    assert record.values["合計"] is None
    (note,) = record.findings
    assert (note.rule, note.column, note.old) == ("formula-without-value", "合計", "=1+1")
    assert {f.old for f in table.findings if f.rule == "sheet-skipped"} == {"表紙", "作業用"}


def test_truncated_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a", "b"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SourceError, match=r"a\.xlsx: .*(truncated|damaged)"):
        open_file(path)


@pytest.mark.real_data
def test_real_workbook(real_data: Path) -> None:
    with open_file(real_data / "messy" / "evacuation_space__data.xlsx") as opened:
        (table,) = opened.tables
        records = list(table.records())
    assert table.columns[:4] == ("#property", "latitude", "longitude", "name")
    assert len(records) == 195
