"""A GeoParquet file in row groups, each of which leaves as soon as it is full."""

import json
from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from psycopg import sql
from pyproj import CRS

from layers.model import Geometry
from services.ogc.crs import CRS84
from services.ogc.formats.labels import labels
from services.ogc.formats.writing.arrow import GEOMETRY, ArrowColumn, batches, columns_of, schema_of
from services.ogc.selection import Selection

ROWS_OF_GROUP = 20_000
BYTES_OF_GROUP = 1 << 24
_VERSION = "1.1.0"
_BOX = "bbox"
_EDGES = ("xmin", "ymin", "xmax", "ymax")
_BOX_TYPE = pa.struct([(edge, pa.float64()) for edge in _EDGES])
_HILBERT = sql.SQL("geometry, id")


class _Sink:
    """Takes what is written and gives it away: the file is nowhere as a whole."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def taken(self) -> bytes:
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found


def write(selection: Selection, language: str) -> Iterator[bytes]:
    """The file in pieces: one for each row group, and the footer."""
    columns = columns_of(selection)
    edges = _edges(selection)
    schema = schema_of(columns)
    about = labels(selection.source, language)
    if edges:
        schema = schema.append(pa.field(_BOX, _BOX_TYPE))
        about["geo"] = json.dumps(_geo(selection, []))
    # Some readers look at the schema only, which stands before the first row and cannot know the bounds of all.
    schema = schema.with_metadata(about)
    order = _HILBERT if edges else None
    sink = _Sink()
    bounds: list[float] = []
    with pq.ParquetWriter(sink, schema, compression="zstd", version="2.6") as writer:
        for table in _groups(batches(selection, [*columns, *edges], order=order)):
            group = _with_box(table, schema) if edges else table
            bounds = _widened(bounds, table) if edges else bounds
            writer.write_table(group, row_group_size=len(group))
            yield sink.taken()
        if bounds:
            writer.add_key_value_metadata({"geo": json.dumps(_geo(selection, bounds))})
    yield sink.taken()


def _edges(selection: Selection) -> list[ArrowColumn]:
    if not selection.with_geometry:
        return []
    geometry = selection.geometry(flip=False)
    functions = zip(_EDGES, ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax"), strict=True)
    return [
        ArrowColumn(edge, pa.float64(), sql.SQL("{}({})").format(sql.SQL(function), geometry))
        for edge, function in functions
    ]


def _groups(found: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches put together to row groups: many rows, but of large geometries fewer."""
    held: list[pa.RecordBatch] = []
    for batch in found:
        held.append(batch)
        if sum(map(len, held)) >= ROWS_OF_GROUP or sum(each.nbytes for each in held) >= BYTES_OF_GROUP:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _with_box(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The four edges as one column; absent where there is no geometry."""
    edges = [table[edge].combine_chunks() for edge in _EDGES]
    box = pa.StructArray.from_arrays(edges, fields=list(_BOX_TYPE), mask=pc.is_null(edges[0]))
    return table.drop_columns(list(_EDGES)).append_column(schema.field(_BOX), box)


def _widened(bounds: list[float], table: pa.Table) -> list[float]:
    found = [pc.min(table["xmin"]), pc.min(table["ymin"]), pc.max(table["xmax"]), pc.max(table["ymax"])]
    edges = [each.as_py() for each in found]
    if None in edges:
        return bounds
    if not bounds:
        return edges
    return [*map(min, bounds[:2], edges[:2]), *map(max, bounds[2:], edges[2:])]


_GEOMETRY_TYPES: Mapping[Geometry, list[str]] = {
    Geometry.RASTER: [str(Geometry.MULTIPOLYGON)],
    Geometry.ANY: [],  # not known
}


def _geo(selection: Selection, bounds: list[float]) -> dict[str, object]:
    kind = selection.source.layer.geometry
    crs = CRS.from_user_input("OGC:CRS84") if selection.crs.uri == CRS84 else CRS.from_epsg(selection.crs.epsg)
    column: dict[str, object] = {
        "encoding": "WKB",
        "geometry_types": _GEOMETRY_TYPES.get(kind, [str(kind)]),
        "crs": crs.to_json_dict(),
        "covering": {_BOX: {edge: [_BOX, edge] for edge in _EDGES}},
    }
    if bounds:
        column["bbox"] = bounds
    return {"version": _VERSION, "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
