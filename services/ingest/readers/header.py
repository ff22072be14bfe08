"""Where the header of a sheet is, and the name of each column.

Cities publish a title above the header, lines of metadata, two or three header rows with merged cells, numbers of
columns, line breaks inside a cell, an empty first column.  The rules, in the order they are asked:

1. Rows whose first cell begins with ``#`` (except ``#property``, which is a column's name) and rows with one filled
   cell above a wider table are a preamble: noted, kept in ``Header.preamble``.
2. e-Stat: a second row under ``KEY_CODE`` whose first cell is empty holds titles, not data.
3. A row that fills less than 60 % of what a later one of the first rows names belongs to a header of several rows;
   so does a second row that fills exactly what the first left empty.
4. In a header of several rows a group stands over the columns to its right until the next group.  The column is named
   ``group_leaf`` (``災害種別_洪水``); only ``leaf`` where it begins with the group's name (``備蓄``, ``備蓄の有無``) or
   says all itself (``緯度``, ``備考``); ``group`` where there is no leaf.  A nameless column beside a named one (a cell
   merged over several columns) takes its name with ``_2``, ``_3``.  Rows of column numbers (``11``, ``A2``) name
   nothing.
5. Line breaks and the spaces around them are taken out of names.  A name used twice gets ``_2``.  In a header of one
   row a nameless column is ``列N`` (N from 1).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.model import Action, Finding

LOOK_AHEAD = 40  # rows looked at to find the header
_HEADER_ROWS = 6  # more header rows than this were never seen
_COLUMN_NUMBER = re.compile(r"[A-Za-z]?\d{1,3}")
_NUMERIC = re.compile(r"[-+]?[\d,]*\.?\d+%?|\d{4}[-/]\d{1,2}[-/]\d{1,2}.*")
_META = re.compile(r"#(?!property$)[A-Za-z_]+")
# Columns that mean the same under any group.
_SELF_EXPLAINING = frozenset(
    {"緯度", "経度", "備考", "住所", "所在地", "電話番号", "名称", "標高", "URL", "収容人数", "市町村名"}
)

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Uncomputed:
    """A cell with a formula whose value the file does not hold."""

    formula: str

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number (line or sheet row, from 1) and its cells."""

    number: int
    cells: Cells

    @property
    def texts(self) -> list[str]:
        return ["" if cell is None else str(cell).strip() for cell in self.cells]

    @property
    def is_blank(self) -> bool:
        return not any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Header:
    """The header found: a name per column position, and the first row number that can be data.

    ``published`` are the names to expect in records; a nameless column that is empty in the first rows is not among
    them, yet has a name in ``names`` for values that come later.
    """

    names: tuple[str, ...]
    published: tuple[str, ...]
    width: int  # cells a complete row has: up to the last published column
    data_from: int
    has_rows: bool
    preamble: dict[str, str]
    titles: dict[str, str]  # e-Stat: column -> its Japanese title
    findings: tuple[Finding, ...]


def find_header(rows: Sequence[Row]) -> Header | None:
    """The header among the first rows of a sheet; None where no row is filled."""
    findings: list[Finding] = []
    preamble: dict[str, str] = {}
    filled = [row for row in rows if not row.is_blank]
    filled = _without_preamble(filled, preamble, findings)
    if not filled:
        return None
    count = _header_rows(filled)
    header_rows = filled[:count]
    body = filled[count:]
    titles: dict[str, str] = {}
    first = header_rows[0].texts
    if count == 1 and first[0] == "KEY_CODE" and body and not body[0].texts[0]:
        findings.append(
            Finding("header-joined", Action.NOTED, body[0].number, old=_joined(body[0]), detail="titles of the columns")
        )
        titles = {name: title for name, title in zip(first, body[0].texts, strict=False) if name and title}
        header_rows, body = [*header_rows, body[0]], body[1:]
        names = [_one_line(text) for text in first]
    elif count == 1:
        names = [_one_line(text) for text in first]
    else:
        names = _join(header_rows)
        findings.append(
            Finding(
                "header-joined",
                Action.NOTED,
                header_rows[0].number,
                detail=f"rows {header_rows[0].number} to {header_rows[-1].number}",
            )
        )
    _note_line_breaks(header_rows, findings)
    while body and _META.fullmatch(body[0].texts[0]):  # such as #object_type_xsd below the header
        findings.append(Finding("preamble-skipped", Action.NOTED, body[0].number, old=_joined(body[0])))
        header_rows, body = [*header_rows, body[0]], body[1:]
    all_names, published = _complete(names, body, findings, header_rows[0].number, merged=count > 1)
    return Header(
        names=tuple(all_names),
        published=tuple(published),
        width=max((index + 1 for index, name in enumerate(all_names) if name in set(published)), default=0),
        has_rows=bool(body),
        data_from=header_rows[-1].number + 1,
        preamble=preamble,
        titles=titles,
        findings=tuple(findings),
    )


def _without_preamble(rows: list[Row], preamble: dict[str, str], findings: list[Finding]) -> list[Row]:
    width = max((sum(map(bool, row.texts)) for row in rows), default=0)
    for index, row in enumerate(rows):
        texts = row.texts
        meta = _META.fullmatch(texts[0])
        lone = width >= 3 and sum(map(bool, texts)) == 1 and not _names_a_column(index, rows)
        if not meta and not lone:
            return rows[index:]
        findings.append(Finding("preamble-skipped", Action.NOTED, row.number, old=_joined(row)))
        if meta and len(texts) > 1:
            preamble[texts[0]] = texts[1]
    return []


def _names_a_column(index: int, rows: list[Row]) -> bool:
    """Whether a row with one filled cell is the top of a header: its cell stands over a gap or a like name below."""
    texts = rows[index].texts
    column = next(i for i, text in enumerate(texts) if text)
    if column == 0 or index + 1 >= len(rows):
        return False
    below = rows[index + 1].texts
    return column < len(below) and (not below[column] or below[column].startswith(texts[column]))


def _names(row: Row) -> int:
    return sum(1 for text in row.texts if text and not _NUMERIC.fullmatch(text) and not _COLUMN_NUMBER.fullmatch(text))


def _header_rows(rows: list[Row]) -> int:
    top = rows[:_HEADER_ROWS]
    named = [_names(row) for row in top]
    fills = [sum(map(bool, row.texts)) for row in top]
    leaf = named.index(max(named))
    if leaf > 0 and all(fill < 0.6 * fills[leaf] for fill in fills[:leaf]):
        return leaf + 1
    if len(top) > 1 and _is_second_row(top[0].texts, top[1].texts):
        return 2
    return 1


def _is_second_row(upper: list[str], lower: list[str]) -> bool:
    """Whether ``lower`` fills the gaps that ``upper`` left under its groups, and nothing else."""
    last = max(index for index, text in enumerate(upper) if text)
    gaps = {index for index in range(last) if not upper[index]}
    fills = {index for index, text in enumerate(lower) if text}
    if not gaps or not gaps <= fills or any(_NUMERIC.fullmatch(lower[index]) for index in fills):
        return False
    allowed = gaps | {index for index in range(last + 1) if index + 1 in gaps or index == last}
    return fills <= allowed | set(range(last + 1, len(lower)))


def _join(rows: list[Row]) -> list[str]:
    width = max(len(row.cells) for row in rows)
    levels = [[*map(_one_line, row.texts), *[""] * (width - len(row.cells))] for row in rows]
    named = [level for level in levels if not _is_numbering(level)]
    *groups, leaves = named
    names = list(leaves)
    for group in reversed(groups):
        current = ""
        for index in range(width):
            if group[index]:
                # A group without a leaf under it is itself the name of that one column.
                current = group[index] if names[index] else ""
                names[index] = names[index] or group[index]
                if names[index] == group[index]:
                    continue
            leaf = names[index]
            if (
                current
                and leaf
                and not leaf.startswith(current)
                and unicodedata.normalize("NFKC", leaf) not in _SELF_EXPLAINING
            ):
                names[index] = f"{current}_{leaf}"
    return names


def _is_numbering(level: list[str]) -> bool:
    filled = [text for text in level if text]
    return all(_COLUMN_NUMBER.fullmatch(text) for text in filled)


def _complete(
    names: list[str], body: list[Row], findings: list[Finding], row: int, *, merged: bool
) -> tuple[list[str], list[str]]:
    """A distinct name for every position, and the names to expect."""
    width = max([len(names), *(len(line.cells) for line in body)]) if merged else len(names)
    names = [*names, *[""] * (width - len(names))]
    used: set[str] = set()
    everything: list[str] = []
    published: list[str] = []
    base = ""
    for index, name in enumerate(names):
        has_data = any(index < len(line.cells) and line.texts[index] for line in body)
        base = name or (base if merged and has_data else "")
        chosen = base or f"列{index + 1}"
        if chosen in used:
            number = 2
            while f"{chosen}_{number}" in used:
                number += 1
            chosen = f"{chosen}_{number}"
            if name or has_data:
                findings.append(Finding("column-repeated", Action.MENDED, row, base, old=name or None, new=chosen))
        elif not name and has_data:
            findings.append(Finding("column-unnamed", Action.MENDED, row, chosen, new=chosen))
        used.add(chosen)
        everything.append(chosen)
        if name or has_data:
            published.append(chosen)
    return everything, published


def _note_line_breaks(rows: list[Row], findings: list[Finding]) -> None:
    for row in rows:
        findings += [
            Finding("header-mended", Action.MENDED, row.number, _one_line(text), old=text, new=_one_line(text))
            for text in row.texts
            if _one_line(text) != text
        ]


def _one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", "", text.replace("\ufeff", "").replace("\x00", "")).strip(" \t")


def _joined(row: Row) -> str:
    texts = row.texts
    while texts and not texts[-1]:
        texts.pop()
    return ",".join(texts)[:500]
