"""The history of edits: what was changed in which feature, by whom, when and why, and whether it was undone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from geo.errors import NotFoundError
from layers.model import Layer
from services.database.failures import store_errors
from services.database.row_text import as_row, column_count, exact_text
from services.database.schema import PUBLIC_LINEAGE

Connection = psycopg.Connection[tuple[Any, ...]]

State = Mapping[str, Any]
"""A feature at one time: its properties by name, and ``geometry`` as a GeoJSON object in degrees or None."""

_COLUMNS = (
    *("id", "layer_id", "feature_id", "operation", "edited_by", "edited_at", "note", "conditional"),
    *("undone_by", "undone_at"),
)
_DIGITS = 9  # of a degree: 0.1 mm


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit.  ``before`` None: the feature was made by it; ``after`` None: it was removed."""

    id: int
    layer_id: str
    feature_id: str
    operation: str
    edited_by: str
    edited_at: datetime
    note: str | None
    conditional: bool
    undone_by: str | None
    undone_at: datetime | None
    before: State | None
    after: State | None

    def changes(self) -> Iterator[tuple[str, Any, Any]]:
        """Name, value before and value after of all that the edit changed, in the order of the layer's fields."""
        before, after = self.before or {}, self.after or {}
        for name in {**before, **after}:
            old, new = before.get(name), after.get(name)
            if old != new:
                yield name, old, new


def edits(
    connection: Connection, layer: Layer, *, feature_id: str | None = None, limit: int = 100, offset: int = 0
) -> tuple[tuple[Edit, ...], int]:
    """A page of the edits of a layer or of one feature, the newest first, and how many there are in all."""
    with store_errors(), connection.transaction():
        exact_text(connection)
        values: dict[str, Any] = {"layer": layer.id, "feature": feature_id, "limit": limit, "offset": offset}
        chosen = sql.SQL("layer_id = %(layer)s AND (%(feature)s::text IS NULL OR feature_id = %(feature)s)")
        counted = connection.execute(sql.SQL("SELECT count(*) FROM ngis.edit WHERE {}").format(chosen), values)
        page = sql.SQL("SELECT * FROM ngis.edit WHERE {} ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s").format(
            chosen
        )
        found = _read(connection, layer, page, values)
        return found, int((counted.fetchone() or (0,))[0])


def edit_numbered(connection: Connection, layer: Layer, number: int) -> Edit:
    """The edit of the layer with this number; ``NotFoundError`` where there is none."""
    with store_errors(), connection.transaction():
        exact_text(connection)
        one = sql.SQL("SELECT * FROM ngis.edit WHERE layer_id = %(layer)s AND id = %(id)s")
        # As text, so that no number is too large for the comparison.
        found = _read(connection, layer, one, {"layer": layer.id, "id": number}) if number < 2**63 else ()
    if not found:
        raise NotFoundError(f"The layer {layer.id} has no edit {number}.", fix="`ngis edits list` shows them.")
    return found[0]


def layers_with_unapproved_edits(connection: Connection) -> set[str]:
    """Ids of the layers in which something was edited or undone since they were last published."""
    rows = connection.execute(
        "SELECT DISTINCT e.layer_id FROM ngis.edit e JOIN ngis.layer l ON l.id = e.layer_id "
        "WHERE greatest(e.edited_at, e.undone_at) > coalesce(l.published_at, '-infinity')"
    ).fetchall()
    return {str(row[0]) for row in rows}


def _read(connection: Connection, layer: Layer, chosen: sql.Composable, values: Mapping[str, Any]) -> tuple[Edit, ...]:
    table = sql.Identifier("core", layer.table)
    missing = sql.SQL("{} - e.column_count").format(sql.Literal(column_count(connection, table)))
    names = (*(field.name for field in layer.fields), *PUBLIC_LINEAGE)
    state = sql.SQL("row_to_json((SELECT p FROM (SELECT {}, ST_AsGeoJSON(geometry, {}, 0)::json AS geometry) p))")
    content = state.format(sql.SQL(", ").join(map(sql.Identifier, names)), sql.Literal(_DIGITS))
    # OFFSET 0 keeps the text from being read once for each column.
    side = sql.SQL(
        "LEFT JOIN LATERAL (SELECT {content}::text AS content FROM "
        "(SELECT (x.r).* FROM (SELECT {row} AS r OFFSET 0) x) t) {name} ON e.{name} IS NOT NULL"
    )
    sides = [
        side.format(content=content, row=as_row(table, sql.Identifier("e", name), missing), name=sql.Identifier(name))
        for name in ("before", "after")
    ]
    statement = sql.SQL("SELECT {}, before.content, after.content FROM ({}) e {} ORDER BY e.id DESC").format(
        sql.SQL(", ").join(sql.Identifier("e", name) for name in _COLUMNS), chosen, sql.SQL(" ").join(sides)
    )
    rows = connection.execute(statement, values).fetchall()
    return tuple(Edit(*(*head, _state(before), _state(after))) for *head, before, after in rows)


def _state(text: str | None) -> State | None:
    return None if text is None else json.loads(text)
