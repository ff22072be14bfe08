"""自治体標準オープンデータセット: the sheet that a layer's declaration says it is published as, ``f=municipal-csv``.

UTF-8 with a byte order mark, CRLF, the header of the second generation, the official name of the file.  Read back by
``services.ingest`` it gives the same rows, but for what the sheet has no cell for: false designations become "not
stated", rows of other sources get the feature's id for the municipality's, and rows that are fictitious say so in their
remarks.  The order of columns of sheets 03 and 14 is that of published files; of 01, 04, 08 and 10 the set of columns
is verified and their order inferred, so read them by name.
"""

import csv
import io
from collections.abc import Iterator

from psycopg import sql

from geo.codes import municipality_code6
from layers.model import Layer, Text
from layers.open_data import cell_writers
from services.ogc.formats.csv import BYTE_ORDER_MARK, CHUNK_BYTES, MEDIA_TYPE
from services.ogc.formats.model import FileFormat
from services.ogc.pages.model import Format
from services.ogc.selection import Selection
from services.ogc.source import Source
from services.settings import City


def _write(selection: Selection, _language: str) -> Iterator[bytes]:
    layer = selection.source.layer
    assert layer.open_data is not None  # noqa: S101 - it is offered only where there is one
    writers = cell_writers(layer)
    expressions = _expressions(selection)
    names = list(expressions)
    rows = selection.rows(list(expressions.values()))
    text = io.StringIO(BYTE_ORDER_MARK, newline="")
    text.seek(0, io.SEEK_END)
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(layer.open_data.header)
    try:
        for found in rows:
            for row in found:
                values = dict(zip(names, row, strict=True))
                lines.writerow([write(values) for write in writers])
            if text.tell() >= CHUNK_BYTES:
                yield text.getvalue().encode()
                text.seek(0)
                text.truncate()
    finally:
        rows.close()
    yield text.getvalue().encode()


def _expressions(selection: Selection) -> dict[str, sql.Composable]:
    source = selection.source
    found: dict[str, sql.Composable] = {"id": sql.SQL("id")}
    found |= {name: sql.Identifier(name) for name in source.columns}
    if source.has_geometry:
        found |= {"longitude": sql.SQL("ST_X(geometry)"), "latitude": sql.SQL("ST_Y(geometry)")}
    return found


def _is_offered(source: Source) -> bool:
    return source.layer.open_data is not None


def _file_name(layer: Layer, city: City) -> str:
    name = layer.open_data.name if layer.open_data is not None else layer.table
    return f"{municipality_code6(city.code)}_{name}.csv"


FORMAT = FileFormat(
    form=Format(
        "municipal-csv",
        MEDIA_TYPE,
        Text("自治体標準オープンデータセット（CSV）", "Municipal standard open dataset (CSV)"),
        offered=_is_offered,
        unfit=frozenset({"crs", "properties", "skipGeometry"}),
        bulk=True,
    ),
    write=_write,
    file_name=_file_name,
)
