"""CSV and TSV, streamed: the file is decoded once to prove its encoding, then once for each run over its records."""

import csv
from collections.abc import Iterator
from pathlib import Path

from geo.errors import SourceError
from services.ingest.model import Action, Finding
from services.ingest.readers.header import Row
from services.ingest.readers.opened import Contents, Limits, UnrecognisedError
from services.ingest.readers.sheet import table_of
from services.ingest.readers.text import Encoding, bounded_lines, find_encoding, open_text


def read_csv(path: Path, *, limits: Limits, name: str = "") -> Contents:
    """The one table of a text file with cells separated by commas or tabs.

    ``Record.number`` is the line on which the record begins, also where cells hold line breaks.

    Raises
    ------
    SourceError
        If the file cannot be decoded, has a line beyond the limit, or a quoted cell is never closed (this one while
        the records are read, naming the line); ``UnrecognisedError`` if it has no row of at least two cells.
    """
    encoding = find_encoding(path, max_line_bytes=limits.max_line_bytes)
    delimiter = _delimiter(path, encoding)
    findings = (Finding("encoding-guessed", Action.NOTED, new=encoding.codec),) if encoding.guessed else ()
    table = table_of(
        lambda: _rows(path, encoding, delimiter, limits.max_line_bytes),
        name=name,
        container="csv",
        ragged_is_wrong=True,
        encoding=encoding.codec,
        findings=findings,
    )
    if table is None:
        raise SourceError(
            f"{path.name}: the file has no rows.", fix="Get the file again; the download may have failed."
        )
    if len(table.columns) < 2:
        raise UnrecognisedError(
            f"{path.name}: this is text, but no table: no commas or tabs separate columns in its first rows.",
            fix="Give a file of a known format (CSV, xlsx, GeoJSON, shapefile, GML, GeoTIFF, OSM PBF).",
        )
    return Contents(tables=(table,))


def _delimiter(path: Path, encoding: Encoding) -> str:
    with open_text(path, encoding) as file:
        head = file.read(1 << 16)
    outside_quotes = "".join(head.split('"')[::2])
    return "\t" if outside_quotes.count("\t") > outside_quotes.count(",") else ","


def _rows(path: Path, encoding: Encoding, delimiter: str, max_line: int) -> Iterator[Row]:
    with open_text(path, encoding) as file:
        exhausted = False

        def lines() -> Iterator[str]:
            nonlocal exhausted
            yield from bounded_lines(file, path.name, max_line)
            exhausted = True

        reader = csv.reader(lines(), delimiter=delimiter)
        begin = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _unclosed(path, begin) from error
            # A complete record never asks for the line after the last one.
            if exhausted:
                raise _unclosed(path, begin)
            yield Row(begin, cells)
            begin = reader.line_num + 1


def _unclosed(path: Path, line: int) -> SourceError:
    return SourceError(
        f'{path.name}: line {line}: a cell in quotation marks (") that begins in this row is never closed.',
        fix="Close the cell, or double the quotation mark inside it.",
    )
