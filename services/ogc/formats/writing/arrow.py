"""Rows of a selection as Arrow record batches: the form in which GeoParquet, GeoPackage and FlatGeobuf are written."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from psycopg import sql

from layers.model import FieldKind
from services.ogc.selection import Selection
from services.ogc.source import Column

_TYPES = {
    FieldKind.TEXT: pa.string(),
    FieldKind.INTEGER: pa.int64(),
    FieldKind.NUMBER: pa.float64(),
    FieldKind.FLAG: pa.bool_(),
    FieldKind.DATE: pa.date32(),
    FieldKind.DATETIME: pa.timestamp("us", "UTC"),
    FieldKind.TIME: pa.time64("us"),
    FieldKind.CODE: pa.string(),
    FieldKind.TEXT_LIST: pa.list_(pa.string()),
}
GEOMETRY = "geometry"


@dataclass(frozen=True, slots=True)
class ArrowColumn:
    """One column: its name, its type, and the expression whose values it holds."""

    name: str
    type: pa.DataType
    expression: sql.Composable


def columns_of(selection: Selection, *, as_text: frozenset[FieldKind] = frozenset()) -> list[ArrowColumn]:
    """``id``, the properties, and last the geometry as WKB, x before y.

    ``as_text`` are kinds the format has no type for: their values are spelled as in GeoJSON.
    """
    found = [ArrowColumn("id", pa.string(), sql.SQL("id"))]
    found += [_column(column, column.kind in as_text) for column in selection.columns]
    if selection.with_geometry:
        geometry = sql.SQL("ST_AsBinary({})").format(selection.geometry(flip=False))
        found.append(ArrowColumn(GEOMETRY, pa.binary(), geometry))
    return found


def schema_of(columns: Sequence[ArrowColumn]) -> pa.Schema:
    return pa.schema([(column.name, column.type) for column in columns])


def batches(
    selection: Selection, columns: Sequence[ArrowColumn], *, order: sql.Composable | None = None
) -> Generator[pa.RecordBatch]:
    """The rows; none where there is none.  Errors as of ``Selection.rows``."""
    schema = schema_of(columns)
    rows = selection.rows([column.expression for column in columns], order=order)
    try:
        for found in rows:
            values = zip(zip(*found, strict=True), schema, strict=True)
            yield pa.record_batch([pa.array(cells, field.type) for cells, field in values], schema=schema)
    finally:
        rows.close()


def _column(column: Column, as_text: bool) -> ArrowColumn:
    name = sql.Identifier(column.name)
    if as_text:
        form = "to_json({})::text" if column.kind is FieldKind.TEXT_LIST else "to_json({}) #>> '{{}}'"
        return ArrowColumn(column.name, pa.string(), sql.SQL(form).format(name))
    if column.codes is not None and column.codes.is_integer:
        return ArrowColumn(column.name, pa.int32(), name)
    return ArrowColumn(column.name, _TYPES[column.kind], name)
