"""CSV: UTF-8 with a byte order mark and CRLF, so that a spreadsheet shows Japanese; PostgreSQL itself writes the cells.

Columns are ``id``, the properties asked for in their order, and the place.  A point is two columns in the axis order
of its system, named for what they hold; any other geometry is one column of WKT in that order.  An absent value is an
empty cell, an empty text is ``""``; dates, times and lists are spelled as in GeoJSON.

A text that begins with ``=``, ``+``, ``-`` or ``@`` leaves as it is in the data.  A mark before it would protect the
user of a spreadsheet who ignores its warnings, and would corrupt telephone numbers, negative figures and names for
everybody who reads the file by a program; the load has reported such cells, and a person has released them.
"""

from collections.abc import Iterator

from psycopg import sql

from layers.model import FieldKind, Text
from services.ogc.formats.model import FileFormat, named_by_layer
from services.ogc.pages.model import Format
from services.ogc.selection import Selection
from services.ogc.source import Column

BYTE_ORDER_MARK = "\ufeff"
CHUNK_BYTES = 1 << 16
MEDIA_TYPE = "text/csv; charset=utf-8; header=present"

_AS_JSON = frozenset({FieldKind.DATE, FieldKind.DATETIME, FieldKind.TIME})


def _write(selection: Selection, _language: str) -> Iterator[bytes]:
    named = [("id", sql.SQL("id")), *((column.name, _cell(column)) for column in selection.columns)]
    named += _place(selection)
    head = ",".join(name for name, _ in named)
    lines = selection.csv_lines([expression for _, expression in named])
    try:
        yield from in_chunks(head, lines)
    finally:
        lines.close()


def in_chunks(head: str, lines: Iterator[bytes]) -> Iterator[bytes]:
    """The file of a header and of lines that end with ``\\n``, in pieces, each line ending with CRLF."""
    chunk = bytearray(f"{BYTE_ORDER_MARK}{head}\r\n".encode())
    for line in lines:
        chunk += line[:-1]  # only the last: those amid the line are in a text
        chunk += b"\r\n"
        if len(chunk) >= CHUNK_BYTES:
            yield bytes(chunk)
            chunk.clear()
    if chunk:
        yield bytes(chunk)


def _cell(column: Column) -> sql.Composable:
    name = sql.Identifier(column.name)
    if column.kind is FieldKind.FLAG:
        return sql.SQL("{}::text").format(name)
    if column.kind is FieldKind.TEXT_LIST:
        return sql.SQL("to_json({})::text").format(name)
    if column.kind in _AS_JSON:
        return sql.SQL("to_json({}) #>> '{{}}'").format(name)  # whatever DateStyle the server has
    return name


def _place(selection: Selection) -> list[tuple[str, sql.Composable]]:
    if not selection.with_geometry:
        return []
    crs, geometry = selection.crs, selection.geometry(flip=True)
    if not selection.is_points:
        digits = sql.Literal(15 if crs.is_geographic else crs.digits)
        return [("wkt", sql.SQL("ST_AsText({}, {})").format(geometry, digits))]
    names = ("longitude", "latitude") if crs.is_geographic else ("easting", "northing")
    form = "{}({})" if crs.is_geographic else f"round({{}}({{}})::numeric, {crs.digits})"
    places = zip(reversed(names) if crs.flip else names, ("ST_X", "ST_Y"), strict=True)
    return [(name, sql.SQL(form).format(sql.SQL(axis), geometry)) for name, axis in places]


FORMAT = FileFormat(
    form=Format("csv", MEDIA_TYPE, Text("CSV", "CSV"), bulk=True),
    write=_write,
    file_name=named_by_layer("csv"),
)
