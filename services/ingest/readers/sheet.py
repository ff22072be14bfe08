"""From rows of cells to a table: what CSV and xlsx share.

Rows stream.  What is noticed on the way travels with the records: findings about rows that become no record (blank
rows, a footer) travel with the record before them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from services.ingest.model import Action, Finding, Record, Table
from services.ingest.readers.header import LOOK_AHEAD, Header, Row, Uncomputed, find_header

Rows = Callable[[], Iterator[Row]]

_FOOTER = re.compile(r"(バージョン|ver(sion)?\b|※|注[:：)）\d]|出典|資料[:：]|以上$)", re.IGNORECASE)
# Characters that no cell means and PostgreSQL's text cannot hold (NUL) or no one sees.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def table_of(
    rows: Rows,
    *,
    name: str,
    container: str,
    ragged_is_wrong: bool,
    encoding: str | None = None,
    metadata: Mapping[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Table | None:
    """The table in a sheet; None where no row is filled.

    ``ragged_is_wrong``: whether a row must have as many cells as the header (CSV), or absent cells are just empty
    (xlsx).  The table of a sheet with a header and no rows has no records.
    """
    header = find_header(list(islice(rows(), LOOK_AHEAD)))
    if header is None:
        return None
    return Table(
        name=name,
        container=container,
        columns=header.published,
        records=lambda: _records(rows(), header, ragged_is_wrong=ragged_is_wrong),
        encoding=encoding,
        metadata={
            **(metadata or {}),
            **header.preamble,
            **{f"title:{column}": title for column, title in header.titles.items()},
        },
        findings=(*findings, *header.findings, *(() if header.has_rows else (Finding("no-rows", Action.NOTED),))),
    )


def _records(rows: Iterator[Row], header: Header, *, ragged_is_wrong: bool) -> Iterator[Record]:
    held: Record | None = None  # waits for findings about the rows after it
    notes: list[Finding] = []
    blank: list[int] = []
    for row in rows:
        if row.number < header.data_from:
            continue
        if row.is_blank:
            blank = [blank[0] if blank else row.number, row.number]
            continue
        if blank:
            notes.append(_blank_rows(*blank))
            blank = []
        if _is_footer(row, len(header.published)):
            notes.append(Finding("footer-row", Action.NOTED, row.number, old=_text(row)))
            continue
        if held is not None:
            yield _with(held, notes)
            notes = []
        held = _with(_record(row, header, ragged_is_wrong=ragged_is_wrong), notes)
        notes = []
    if blank:
        notes.append(_blank_rows(*blank))
    if held is not None:
        yield _with(held, notes)


def _record(row: Row, header: Header, *, ragged_is_wrong: bool) -> Record:
    names = header.names
    expected = frozenset(header.published)
    findings: list[Finding] = []
    values: dict[str, object] = {}
    for index, name in enumerate(names):
        cell = row.cells[index] if index < len(row.cells) else None
        if isinstance(cell, str) and _CONTROL.search(cell):
            clean = _CONTROL.sub("", cell)
            findings.append(
                Finding("control-character", Action.MENDED, row.number, name, old=_visible(cell), new=clean)
            )
            cell = clean
        elif isinstance(cell, Uncomputed):
            findings.append(Finding("formula-without-value", Action.NOTED, row.number, name, old=cell.formula))
            cell = None
        if name in expected or cell not in (None, ""):
            values[name] = cell
    surplus = [str(cell) for cell in row.cells[len(names) :] if cell not in (None, "")]
    if surplus:
        # Which cell is the one too many is unknown: an unquoted comma may have shifted all after it.
        findings.append(
            Finding(
                "row-too-long",
                Action.REJECTED,
                row.number,
                old=_text(row),
                detail=f"{len(row.cells)} cells, the header has {len(names)}",
            )
        )
    if ragged_is_wrong and len(row.cells) < header.width:
        # Empty cells at the end are often left out.  Less than half a row is a line broken in two.
        broken = len(row.cells) * 2 < header.width
        findings.append(
            Finding(
                "row-too-short",
                Action.REJECTED if broken else Action.NOTED,
                row.number,
                old=_text(row),
                detail=f"{len(row.cells)} cells, the header has {header.width}",
            )
        )
    return Record(row.number, values, findings=tuple(findings))


def _is_footer(row: Row, width: int) -> bool:
    if width < 4 or sum(1 for cell in row.cells if cell not in (None, "")) > 2:
        return False
    first = next(text for text in row.texts if text)
    return _FOOTER.match(first) is not None


def _blank_rows(first: int, last: int) -> Finding:
    return Finding("blank-row", Action.NOTED, first, detail=None if first == last else f"rows {first} to {last}")


def _with(record: Record, notes: list[Finding]) -> Record:
    if not notes:
        return record
    return Record(record.number, record.values, record.geometry, (*record.findings, *notes))


def _text(row: Row) -> str:
    return ",".join(_visible(text) for text in row.texts)[:500]


def _visible(text: str) -> str:
    """Control characters as symbols (U+2400 block), so that a report can show and store them."""
    return _CONTROL.sub(lambda match: chr(0x2400 + ord(match.group())) if match.group() < "\x7f" else "␡", text)
