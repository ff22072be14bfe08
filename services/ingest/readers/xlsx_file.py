"""Excel workbooks (xlsx): every visible sheet that holds a table, streamed, with the values Excel last computed."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from geo.errors import SourceError
from services.ingest.model import Action, Finding, Table
from services.ingest.readers.archives import check_members
from services.ingest.readers.header import Row, Uncomputed
from services.ingest.readers.opened import Contents, Limits
from services.ingest.readers.safe_xml import first_elements
from services.ingest.readers.sheet import table_of

_FIX = "Open it in Excel, save it as a new xlsx or as CSV UTF-8, and give that file."


def read_xlsx(path: Path, *, limits: Limits, name: str = "") -> Contents:
    """One table for every visible sheet with at least two columns.

    ``Record.number`` is the row of the sheet.  Values are as openpyxl gives them (text, int, float, bool, datetime).
    A cell with a formula has the value Excel stored; where none is stored it is None and reported.

    Raises
    ------
    SourceError
        If the workbook is damaged, protected or beyond the limits, or no sheet holds a table.
    """
    _check_parts(path, limits)
    formulas = _has_formulas(path)
    with _open(path, values=True) as book:
        visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    tables: list[Table] = []
    skipped = [Finding("sheet-skipped", Action.NOTED, old=title, detail="hidden") for title in hidden]
    for title in visible:
        table = table_of(
            _row_source(path, title, formulas=formulas),
            name="/".join(filter(None, (name, title if len(visible) > 1 else ""))),
            container="xlsx",
            ragged_is_wrong=False,
            metadata={"sheet": title},
        )
        if table is None or len(table.columns) < 2:
            skipped.append(Finding("sheet-skipped", Action.NOTED, old=title, detail="no table"))
        else:
            tables.append(table)
    if not tables:
        raise SourceError(f"{path.name}: no sheet of the workbook holds a table.", fix=_FIX)
    tables[0] = replace(tables[0], findings=(*tables[0].findings, *skipped))
    return Contents(tables=tuple(tables))


@contextmanager
def _open(path: Path, *, values: bool) -> Iterator[Any]:
    # Opened here: given a path, openpyxl judges by the ending of the name.
    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=values)
        except Exception as error:  # openpyxl lets whatever its parsers raise through
            raise SourceError(f"{path.name}: the Excel workbook cannot be read ({error}).", fix=_FIX) from error
        with closing(book):
            yield book


def _check_parts(path: Path, limits: Limits) -> None:
    with zipfile.ZipFile(path) as archive:
        check_members(path.name, archive, limits)
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    first_elements(part, f"{path.name}/{member.filename}", count=1)


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if member.startswith("xl/worksheets/") and member.endswith(".xml"):
                with archive.open(member) as part:
                    tail = b""
                    while chunk := part.read(1 << 20):
                        if b"<f>" in (block := tail + chunk) or b"<f " in block:
                            return True
                        tail = chunk[-3:]
    return False


def _row_source(path: Path, title: str, *, formulas: bool) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        values = _cells(path, title, values=True)
        if not formulas:
            yield from (Row(number, cells) for number, cells in enumerate(values, start=1))
            return
        # The same sheet a second time: its formulas, to tell an empty cell from one never computed.
        sources = _cells(path, title, values=False)
        for number, (cells, written) in enumerate(zip(values, sources, strict=False), start=1):
            yield Row(number, [_computed(cell, source) for cell, source in zip(cells, written, strict=False)])

    return rows


def _computed(value: object, source: object) -> object:
    if value is None and isinstance(source, str) and source.startswith("="):
        return Uncomputed(source)
    return value


def _cells(path: Path, title: str, *, values: bool) -> Iterator[tuple[object, ...]]:
    with _open(path, values=values) as book:
        sheet = book[title]
        sheet.reset_dimensions()  # the stated size of a sheet is often wrong
        rows = iter(sheet.iter_rows(values_only=True))
        number = 0
        while True:
            number += 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except Exception as error:  # as in _open
                raise SourceError(
                    f"{path.name}: sheet {title!r}, row {number} cannot be read ({error}).", fix=_FIX
                ) from error
            yield row
