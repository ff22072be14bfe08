"""The tables and views of the layers, made from their declarations.

Nothing is ever dropped but a view: a field that leaves a declaration keeps its column, a layer that leaves the
catalogue keeps its tables.  A field that arrives becomes a column; a field whose type changes is refused.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from geo.crs import STORAGE
from geo.errors import StoreError
from layers.model import Field, FieldKind, Geometry, Layer, Visibility

_SHAPE = 4  # raise when what this module makes of a declaration changes: every layer is then gone over again

_TYPES: Mapping[FieldKind, str] = {
    FieldKind.TEXT: "text",
    FieldKind.INTEGER: "bigint",
    FieldKind.NUMBER: "double precision",
    FieldKind.FLAG: "boolean",
    FieldKind.DATE: "date",
    FieldKind.DATETIME: "timestamp with time zone",
    FieldKind.TIME: "time without time zone",
    FieldKind.TEXT_LIST: "text[]",
}
_BEFORE = (("id", "text PRIMARY KEY"),)
_LINEAGE = (
    ("extras", "jsonb NOT NULL DEFAULT '{}'"),
    ("source_id", "text NOT NULL"),
    ("dataset", "text NOT NULL"),
    ("as_of", "date"),
    ("fictitious", "boolean NOT NULL"),
    ("position_quality", "text NOT NULL"),
    ("position_error_m", "double precision"),
    ("load_id", "bigint NOT NULL"),
    ("raw_number", "bigint NOT NULL"),
)
RAW_LINEAGE = ("load_id", "raw_number")
"""Which load and record a row came with; of a row made by hand 0 and the number of its edit.  Not content."""
PUBLIC_LINEAGE = ("source_id", "dataset", "as_of", "fictitious", "position_quality", "position_error_m")
"""What the public sees of a row beside its fields and geometry: source, date and quality, but not the lineage."""

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class TableShape:
    """What a declaration asks of the database: columns in order as (name, definition), view columns, indexes, rights.

    keeps_tiles:
        Its vector tiles are kept, and drawn again where it changes.
    station_field:
        Of observations: the field that says of which station a row is; series are read by it and the time.
    released_by:
        The flag by which rows of core are public at once, see ``Layer.released_by``.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    comments: tuple[tuple[str, str], ...]
    public_columns: tuple[str, ...] | None
    time_field: str | None
    keeps_tiles: bool
    editable: bool
    station_field: str | None = None
    released_by: str | None = None

    @property
    def types(self) -> Mapping[str, str]:
        """Type of each column as ``format_type`` says it."""
        return {name: _bare_type(definition) for name, definition in self.columns}

    @property
    def has_geometry(self) -> bool:
        return any(name == "geometry" for name, _ in self.columns)

    @property
    def checksum(self) -> str:
        return hashlib.sha256(repr((_SHAPE, self)).encode()).hexdigest()


def column_type(field: Field) -> str:
    """The PostgreSQL type of a field, as ``format_type`` says it."""
    if field.codes is not None:
        return "integer" if field.codes.is_integer else "text"
    return _TYPES[field.kind]


def geometry_type(layer: Layer) -> str | None:
    """The PostGIS type of a layer's geometry column, None for a layer without places."""
    if layer.geometry is Geometry.NONE:
        return None
    kind = "MultiPolygon" if layer.geometry is Geometry.RASTER else layer.geometry.value
    return f"geometry({kind},{STORAGE})"


def table_shapes(layers: Mapping[str, Layer]) -> dict[str, TableShape]:
    """What the declarations of all layers, which may speak of one another, ask of the database, by layer."""
    told = (layer.observations for layer in layers.values() if layer.observations is not None)
    stations = {each.layer: each.station for each in told}
    return {layer_id: table_shape(layer, stations.get(layer_id)) for layer_id, layer in layers.items()}


def table_shape(layer: Layer, station_field: str | None = None) -> TableShape:
    """What the declaration of a layer, of observations by ``station_field`` where it is one, asks of the database."""
    geometry = geometry_type(layer)
    columns = [*_BEFORE, *((field.name, column_type(field)) for field in layer.fields)]
    if geometry is not None:
        columns.append(("geometry", geometry))
    public = ["id", *(field.name for field in layer.public_fields)]
    if geometry is not None:
        public.append("geometry")
    return TableShape(
        name=layer.table,
        columns=(*columns, *_LINEAGE),
        comments=tuple((field.name, _comment(field)) for field in layer.fields),
        public_columns=(*public, *PUBLIC_LINEAGE) if layer.visibility is Visibility.PUBLIC else None,
        time_field=layer.time_field,
        keeps_tiles=layer.keeps_tiles,
        editable=bool(layer.editable_by),
        station_field=station_field,
        released_by=layer.released_by,
    )


def synchronise(connection: Connection, layers: Mapping[str, Layer]) -> tuple[str, ...]:
    """Makes or extends the tables and views of the layers; returns the ids of those that were not up to date.

    Raises
    ------
    StoreError
        If a declaration gives columns another type than they have; every such column is named.
    """
    recorded: dict[str, str] = dict(connection.execute("SELECT id, definition_checksum FROM ngis.layer").fetchall())
    changed: list[str] = []
    problems: list[str] = []
    for layer_id, shape in table_shapes(layers).items():
        if recorded.get(layer_id) == shape.checksum:
            continue
        changed.append(layer_id)
        problems += _type_changes(connection, layer_id, shape)
        if not problems:
            _synchronise_layer(connection, layer_id, shape)
    if problems:
        raise StoreError(
            f"Declarations change the type of columns: {'; '.join(problems)}.",
            fix="Give the field a new name, or convert the column in a migration of its own.",
        )
    return tuple(changed)


def _synchronise_layer(connection: Connection, layer_id: str, shape: TableShape) -> None:
    connection.execute(
        "INSERT INTO ngis.layer (id, table_name, definition_checksum, released_by) VALUES (%s, %s, %s, %s) ON CONFLICT "
        "(id) DO UPDATE SET definition_checksum = excluded.definition_checksum, released_by = excluded.released_by",
        (layer_id, shape.name, shape.checksum, shape.released_by),
    )
    for schema in ("core", "publication"):
        _make_table(connection, schema, shape)
    table = sql.Identifier("core", shape.name)
    connection.execute(
        sql.SQL(
            "CREATE OR REPLACE TRIGGER revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ngis.move_revision({})"
        ).format(table, sql.Literal(layer_id))
    )
    connection.execute(sql.SQL("GRANT SELECT, INSERT, DELETE ON {} TO ngis_ingest").format(table))
    connection.execute(sql.SQL("GRANT SELECT ON {} TO ngis_internal").format(table))
    change = "GRANT INSERT, UPDATE, DELETE ON {} TO" if shape.editable else "REVOKE INSERT, UPDATE, DELETE ON {} FROM"
    connection.execute(sql.SQL(f"{change} ngis_internal").format(table))
    connection.execute(sql.SQL("GRANT SELECT ON {} TO ngis_internal").format(sql.Identifier("publication", shape.name)))
    for schema, side in (("core", "core"), ("publication", "published")):
        watched = sql.Identifier(schema, shape.name)
        if shape.keeps_tiles:
            _watch_tiles(connection, layer_id, watched, side)
        else:
            _unwatch_tiles(connection, layer_id, watched)
    _make_view(connection, shape)


_TRANSITIONS = {
    "INSERT": "REFERENCING NEW TABLE AS rows_after",
    "DELETE": "REFERENCING OLD TABLE AS rows_before",
    "UPDATE": "REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after",
    "TRUNCATE": "",
}


def _unwatch_tiles(connection: Connection, layer_id: str, table: sql.Identifier) -> None:
    """Of a layer whose tiles are not kept, or not any more."""
    for event in _TRANSITIONS:
        trigger = sql.Identifier(f"tiles_{event.lower()}")
        connection.execute(sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(trigger, table))
    forget_tiles(connection, layer_id)


def forget_tiles(connection: Connection, layer_id: str) -> None:
    """Drops what is kept of a layer's tiles."""
    for kept in ("change", "tile", "tileset"):
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE layer_id = %s").format(sql.Identifier("tiles", kept)), (layer_id,)
        )


def _watch_tiles(connection: Connection, layer_id: str, table: sql.Identifier, side: str) -> None:
    """The triggers that record where the tiles of one side have to be drawn anew."""
    for event, transition in _TRANSITIONS.items():
        connection.execute(
            sql.SQL(
                "CREATE OR REPLACE TRIGGER {} AFTER {} ON {} {} FOR EACH STATEMENT "
                "EXECUTE FUNCTION ngis.note_tile_change({}, {})"
            ).format(
                sql.Identifier(f"tiles_{event.lower()}"),
                sql.SQL(event),
                table,
                sql.SQL(transition),
                sql.Literal(layer_id),
                sql.Literal(side),
            )
        )


def _make_table(connection: Connection, schema: str, shape: TableShape) -> None:
    table = sql.Identifier(schema, shape.name)
    present = _columns(connection, schema, shape.name)
    if not present:
        definitions = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(definition)) for name, definition in shape.columns
        )
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, definitions))
    else:
        for name, definition in shape.columns:
            if name not in present:
                connection.execute(
                    sql.SQL("ALTER TABLE {} ADD COLUMN {} {}").format(table, sql.Identifier(name), sql.SQL(definition))
                )
    for name, text in shape.comments:
        connection.execute(
            sql.SQL("COMMENT ON COLUMN {} IS {}").format(sql.Identifier(schema, shape.name, name), sql.Literal(text))
        )
    for columns, method in _indexes(shape):
        connection.execute(
            sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} USING {} ({})").format(
                sql.Identifier(_index_name(shape.name, "_".join(columns))),
                table,
                sql.SQL(method),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
            )
        )


def _indexes(shape: TableShape) -> Iterator[tuple[tuple[str, ...], str]]:
    """Columns and method of each index."""
    yield ("dataset",), "btree"
    if shape.has_geometry:
        yield ("geometry",), "gist"
    if shape.time_field is not None:
        yield (shape.time_field,), "btree"
        if shape.station_field is not None:
            yield (shape.station_field, shape.time_field), "btree"


def _make_view(connection: Connection, shape: TableShape) -> None:
    view = sql.Identifier("published", shape.name)
    wanted = list(shape.public_columns or ())
    if list(_columns(connection, "published", shape.name)) != wanted or _shows_core(connection, shape) != (
        shape.released_by is not None
    ):
        connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
        if wanted:
            connection.execute(_view(shape))
    if wanted:
        connection.execute(sql.SQL("GRANT SELECT ON {} TO ngis_public, ngis_internal, ngis_ingest").format(view))


def _view(shape: TableShape) -> sql.Composed:
    """What the public sees: the rows that were approved, or such rows of core as are marked for it."""
    names = sql.SQL(", ").join(map(sql.Identifier, shape.public_columns or ()))
    view = sql.Identifier("published", shape.name)
    if shape.released_by is None:
        return sql.SQL("CREATE VIEW {} AS SELECT {} FROM {}").format(
            view, names, sql.Identifier("publication", shape.name)
        )
    # A barrier: no function in a filter is called with rows that are not to be seen.
    return sql.SQL("CREATE VIEW {} WITH (security_barrier) AS SELECT {} FROM {} WHERE {}").format(
        view, names, sql.Identifier("core", shape.name), sql.Identifier(shape.released_by)
    )


def _shows_core(connection: Connection, shape: TableShape) -> bool:
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_class "
        "WHERE oid = to_regclass(%s) AND 'security_barrier=true' = ANY (reloptions))",
        (f'published."{shape.name}"',),
    ).fetchone()
    return bool(row and row[0])


def _type_changes(connection: Connection, layer_id: str, shape: TableShape) -> list[str]:
    present = _columns(connection, "core", shape.name)
    return [
        f"{layer_id}.{name} from {present[name]} to {wanted}"
        for name, wanted in shape.types.items()
        if name in present and present[name] != wanted
    ]


def _columns(connection: Connection, schema: str, table: str) -> dict[str, str]:
    """Columns of a table or view in their order, with their types; empty where there is none."""
    rows = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (f'"{schema}"."{table}"',),
    ).fetchall()
    return {str(name): str(kind) for name, kind in rows}


def _bare_type(definition: str) -> str:
    for word in (" PRIMARY KEY", " NOT NULL"):
        definition = definition.split(word)[0]
    return definition


def _index_name(table: str, column: str) -> str:
    name = f"{table}_{column}"
    # PostgreSQL cuts names at 63 bytes, and two cut names could be the same.
    return name if len(name) <= 63 else f"{name[:50]}_{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _comment(field: Field) -> str:
    unit = f" [{field.unit}]" if field.unit else ""
    return f"{field.title.ja} / {field.title.en}{unit}"
