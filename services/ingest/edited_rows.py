"""What a load does with features that were edited by hand: the edit stands, and what the file says is held back.

Nothing is lost either way: findings say which values of the file differ, and undoing the edit puts the file's row in
its place (``ngis.withheld_row``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from layers.model import Layer
from services.database.editing.locks import lock_edits
from services.database.row_text import column_count, exact_text
from services.ingest.bookkeeping import Connection
from services.ingest.cleansing.outcome import shown
from services.ingest.model import Action, Finding


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Features whose rows stay as they are, by id, and what to report of them."""

    ids: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Edited:
    """A feature with its last edit that stands."""

    feature_id: str
    edit_id: int
    operation: str
    edited_by: str

    @property
    def detail(self) -> str:
        return f"{self.feature_id}: edit {self.edit_id} by {self.edited_by}"


def hold_back(
    connection: Connection, layer: Layer, load_id: int, datasets: Sequence[str], fictitious: Sequence[str]
) -> HeldBack:
    """Takes the rows of edited features out of ``incoming`` and keeps them beside; nobody edits until the load ends.

    Parameters
    ----------
    datasets:
        Those that the load replaces.
    fictitious:
        Those of them in which every row is to be marked as fictitious.
    """
    lock_edits(connection, layer.id)
    standing = _standing(connection, layer, datasets)
    if not standing:
        return HeldBack((), ())
    exact_text(connection)
    ids = [edited.feature_id for edited in standing]
    table = sql.Identifier("core", layer.table)
    kept, brought = (
        _contents(connection, layer, table, ids),
        _contents(connection, layer, sql.Identifier("incoming"), ids),
    )
    connection.execute("UPDATE incoming SET fictitious = dataset = ANY(%s) WHERE id = ANY(%s)", (list(fictitious), ids))
    connection.execute(
        "INSERT INTO ngis.withheld_row (layer_id, feature_id, load_id, content, column_count) "
        "SELECT DISTINCT ON (feature) %s, feature, %s, incoming::text, %s "
        "FROM unnest(%s::text[]) AS feature LEFT JOIN incoming ON incoming.id = feature "
        "ON CONFLICT (layer_id, feature_id) DO UPDATE SET load_id = excluded.load_id, content = excluded.content, "
        "column_count = excluded.column_count",
        (layer.id, load_id, column_count(connection, table), ids),
    )
    connection.execute("DELETE FROM incoming WHERE id = ANY(%s)", (ids,))
    findings = [
        finding
        for edited in standing
        for finding in _findings(edited, kept.get(edited.feature_id), brought.get(edited.feature_id))
    ]
    return HeldBack(tuple(ids), tuple(findings))


def _standing(connection: Connection, layer: Layer, datasets: Sequence[str]) -> list[_Edited]:
    """Features of these datasets with an edit that stands: rows that are there, and rows that were removed."""
    rows = connection.execute(
        sql.SQL(
            "SELECT * FROM (SELECT DISTINCT ON (feature_id) feature_id, id, operation, edited_by FROM ngis.edit "
            "  WHERE layer_id = %s AND undone_at IS NULL AND dataset = ANY(%s) ORDER BY feature_id, id DESC) AS last "
            "WHERE operation = 'delete' OR EXISTS (SELECT 1 FROM {} WHERE id = feature_id) ORDER BY feature_id"
        ).format(sql.Identifier("core", layer.table)),
        (layer.id, list(datasets)),
    ).fetchall()
    return [_Edited(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Content:
    """A row's number in its file, and its values as text by field; the geometry as WKT."""

    number: int
    values: Mapping[str, str | None]


def _contents(connection: Connection, layer: Layer, table: sql.Identifier, ids: Sequence[str]) -> dict[str, _Content]:
    fields = [field.name for field in layer.fields]
    read: list[sql.Composable] = [sql.SQL("{}::text").format(sql.Identifier(name)) for name in fields]
    read.append(sql.SQL("ST_AsText(geometry, 15)"))
    rows: list[tuple[Any, ...]] = connection.execute(
        sql.SQL("SELECT id, raw_number, {} FROM {} WHERE id = ANY(%s)").format(sql.SQL(", ").join(read), table),
        (list(ids),),
    ).fetchall()
    return {
        feature_id: _Content(number, dict(zip([*fields, "geometry"], values, strict=True)))
        for feature_id, number, *values in rows
    }


def _findings(edited: _Edited, kept: _Content | None, brought: _Content | None) -> Iterator[Finding]:
    if brought is None:
        if kept is not None:
            yield Finding("edited-row-gone", Action.NOTED, detail=edited.detail)
        return
    if kept is None:
        yield Finding("deleted-by-hand", Action.NOTED, brought.number, detail=edited.detail)
        return
    differing = [name for name, value in brought.values.items() if value != kept.values[name]]
    if not differing:
        yield Finding("edit-now-in-source", Action.NOTED, brought.number, detail=edited.detail)
    for name in differing:
        old, new = brought.values[name], kept.values[name]
        yield Finding(
            "edited-by-hand",
            Action.NOTED,
            brought.number,
            name,
            None if old is None else shown(old),
            None if new is None else shown(new),
            edited.detail,
        )
