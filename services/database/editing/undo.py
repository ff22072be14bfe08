"""Undoing one edit: the feature is put back to the very state that it would have without it."""

from typing import Any

import psycopg
from psycopg import sql

from geo.errors import InputError, NotFoundError
from layers.model import Layer, Text
from services.database.editing.dataset import keep_counts_true
from services.database.editing.locks import editing_turn
from services.database.failures import store_errors
from services.database.row_text import as_row, exact_text, missing_columns

Connection = psycopg.Connection[tuple[Any, ...]]


class EditConflictError(InputError):
    """The edit cannot be undone as things stand; ``reason`` says why, in both languages."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def undo(connection: Connection, layer: Layer, number: int, by: str) -> None:
    """Puts the feature of an edit back to what it was before, exactly, and writes down who did.

    The first edit of a feature that came from a file is undone to what the file says now: a load since then has held
    its row back (``ngis.withheld_row``).

    Raises
    ------
    NotFoundError
        The layer has no such edit.
    EditConflictError
        It was undone already, a later edit of the feature stands, or the feature is not what the edit left.
    LayerBusyError
        The layer is being written to.
    """
    with store_errors(), editing_turn(connection, layer.id):
        exact_text(connection)
        _Undoing(connection, layer, number).run(by)


class _Undoing:
    def __init__(self, connection: Connection, layer: Layer, number: int) -> None:
        self._connection = connection
        self._layer = layer
        self._number = number
        self._table = sql.Identifier("core", layer.table)

    def run(self, by: str) -> None:
        row = None
        if self._number < 2**63:
            row = self._connection.execute(
                "SELECT feature_id, dataset, before, after, column_count, undone_at IS NOT NULL FROM ngis.edit "
                "WHERE id = %s AND layer_id = %s",
                (self._number, self._layer.id),
            ).fetchone()
        if row is None:
            raise NotFoundError(
                f"The layer {self._layer.id} has no edit {self._number}.", fix="`ngis edits list` shows them."
            )
        feature_id, dataset, before, after, columns, is_undone = row
        if is_undone:
            raise EditConflictError(Text("この編集はすでに取り消されています。", "The edit was undone already."))
        others = self._others_that_stand(feature_id)
        if later := [other for other in others if other > self._number]:
            numbers = ", ".join(map(str, sorted(later, reverse=True)))
            raise EditConflictError(
                Text(
                    f"この地物にはあとの編集があります。先に取り消してください：{numbers}",
                    f"Later edits of the feature stand; undo them first: {numbers}.",
                )
            )
        self._require_untouched(feature_id, after, columns)
        if not others:
            before, columns = self._withheld(feature_id, before, columns)
        self._connection.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(self._table), (feature_id,))
        restored = {dataset}
        if before is not None:
            restored.add(self._put_back(before, columns))
        keep_counts_true(self._connection, self._layer, restored)
        self._connection.execute(
            "UPDATE ngis.edit SET undone_by = %s, undone_at = clock_timestamp() WHERE id = %s", (by, self._number)
        )

    def _others_that_stand(self, feature_id: str) -> list[int]:
        rows = self._connection.execute(
            "SELECT id FROM ngis.edit WHERE layer_id = %s AND feature_id = %s AND undone_at IS NULL AND id <> %s",
            (self._layer.id, feature_id, self._number),
        ).fetchall()
        return [int(row[0]) for row in rows]

    def _require_untouched(self, feature_id: str, after: str | None, columns: int) -> None:
        expected = sql.SQL("t *= {}").format(self._row(columns))  # *= compares the stored bytes
        row = self._connection.execute(
            sql.SQL("SELECT {} FROM {} AS t WHERE id = %s").format(expected, self._table), (after, feature_id)
        ).fetchone()
        if row != (None if after is None else (True,)):
            raise EditConflictError(
                Text(
                    "この地物は編集のあとに別の方法で変更されているため、取り消せません。",
                    "The feature was changed by other means since, so the edit cannot be undone.",
                )
            )

    def _withheld(self, feature_id: str, before: str | None, columns: int) -> tuple[str | None, int]:
        row = self._connection.execute(
            "DELETE FROM ngis.withheld_row WHERE layer_id = %s AND feature_id = %s RETURNING content, column_count",
            (self._layer.id, feature_id),
        ).fetchone()
        return (before, columns) if row is None else (row[0], int(row[1]))

    def _put_back(self, text: str, columns: int) -> str:
        """Puts a row in its place; gives its dataset."""
        row = self._connection.execute(
            sql.SQL("INSERT INTO {} SELECT (x.r).* FROM (SELECT {} AS r OFFSET 0) x RETURNING dataset").format(
                self._table, self._row(columns)
            ),
            (text,),
        ).fetchone()
        assert row is not None  # noqa: S101 - an INSERT of one row returns it
        return str(row[0])

    def _row(self, columns: int) -> sql.Composed:
        missing = missing_columns(self._connection, self._table, columns)
        return as_row(self._table, sql.SQL("%s::text"), sql.Literal(missing))
