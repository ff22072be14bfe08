"""Publishing: the approved step from core to what the public sees, recorded, and undoable exactly.

A publication copies the difference between ``core.<table>`` and ``publication.<table>``.  What it replaces is kept in
the row's own text form, so that undoing puts back the very same values, geometries included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from geo.errors import InputError, NotFoundError, StoreError
from layers.catalogue import layer_named
from layers.model import Layer, Visibility
from services.database.failures import store_errors
from services.database.row_text import as_row, exact_text, missing_columns
from services.database.schema import RAW_LINEAGE, table_shape

Connection = psycopg.Connection[tuple[Any, ...]]

LOCK_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication.  ``id`` is None where there was nothing to publish: nothing was recorded then.

    ``revision`` is the revision of core that was approved; rows are counted by what happened to the public's view.
    """

    id: int | None
    layer_id: str
    revision: int
    approved_by: str
    note: str | None
    published_at: datetime | None
    rows_added: int
    rows_changed: int
    rows_removed: int
    undone_at: datetime | None = None
    undone_by: str | None = None


_COLUMNS = sql.SQL(
    "id, layer_id, revision, approved_by, note, published_at, rows_added, rows_changed, rows_removed, "
    "undone_at, undone_by"
)


@dataclass(frozen=True, slots=True)
class _State:
    """``ngis.layer`` of one layer, locked."""

    revision: int
    published_revision: int | None
    published_at: datetime | None


def publish(
    connection: Connection, layer_id: str, by: str, note: str | None = None, *, layer: Layer | None = None
) -> Publication:
    """Makes what is in core public, as the owner, in one transaction.

    A row whose content did not change keeps the lineage (load, raw row) under which it was approved.

    Parameters
    ----------
    by:
        The person who approves; recorded.
    layer:
        The declaration, where it is not the catalogue's.

    Raises
    ------
    NotFoundError
        There is no such layer.
    InputError
        The layer is internal, or nobody approves.
    StoreError
        The layer is being loaded right now, or the database is away.
    """
    layer = _publishable(layer_id, layer)
    by = _person(by)
    with store_errors(), connection.transaction():
        state = _lock(connection, layer_id)
        core, public = sql.Identifier("core", layer.table), sql.Identifier("publication", layer.table)
        columns, content = _column_lists(connection, layer)
        exact_text(connection)
        connection.execute("DROP TABLE IF EXISTS pg_temp.ngis_difference")
        # *<> compares the stored bytes: -0.0 and 0.0, or two geometries equal but for a vertex's order, differ.
        connection.execute(
            sql.SQL(
                "CREATE TEMPORARY TABLE ngis_difference ON COMMIT DROP AS "
                "SELECT coalesce(n.id, o.id) AS id, n.id IS NOT NULL AS kept, o.id IS NOT NULL AS known, "
                "       CASE WHEN o.id IS NOT NULL THEN o::text END AS before "
                "FROM {} n FULL JOIN {} o ON n.id = o.id WHERE ROW({})::record *<> ROW({})::record"
            ).format(core, public, _of("n", content), _of("o", content))
        )
        counted = connection.execute(
            "SELECT count(*) FILTER (WHERE kept AND NOT known), count(*) FILTER (WHERE kept AND known), "
            "count(*) FILTER (WHERE NOT kept) FROM ngis_difference"
        ).fetchone()
        added, changed, removed = counted or (0, 0, 0)
        if not (added or changed or removed or _datasets_differ(connection, layer_id)):
            # Changed and changed back: what is public is what core has now.
            connection.execute(
                "UPDATE ngis.layer SET published_revision = revision WHERE id = %s AND published_revision IS NOT NULL",
                (layer_id,),
            )
            return Publication(None, layer_id, state.revision, by, note, state.published_at, 0, 0, 0)
        row = connection.execute(
            sql.SQL(
                "INSERT INTO ngis.publication (layer_id, revision, approved_by, note, rows_added, rows_changed, "
                "rows_removed, column_count, previous_revision, previous_published_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING {}"
            ).format(_COLUMNS),
            (
                *(layer_id, state.revision, by, note, added, changed, removed),
                *(len(columns), state.published_revision, state.published_at),
            ),
        ).fetchone()
        publication = Publication(*_one(row))
        _record(connection, publication)
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        connection.execute(sql.SQL("DELETE FROM {} WHERE id IN (SELECT id FROM ngis_difference)").format(public))
        # In the order of their places (PostGIS compares geometries along a Hilbert curve): a box then finds its rows on
        # few pages of the table.
        place = sql.SQL(" ORDER BY n.geometry") if "geometry" in columns else sql.SQL("")
        connection.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} n WHERE id IN (SELECT id FROM ngis_difference){}").format(
                public, names, _of("n", columns), core, place
            )
        )
        connection.execute(sql.SQL("ANALYZE {}").format(public))  # plans of pages follow what is there now
        _copy_datasets(connection, layer_id, by)
        connection.execute(
            "UPDATE ngis.layer SET published_revision = revision, public_revision = public_revision + 1, "
            "published_at = %s WHERE id = %s",
            (publication.published_at, layer_id),
        )
        connection.execute("DROP TABLE ngis_difference")
        connection.execute("SELECT ngis.measure_quality(%s)", (layer_id,))
    return publication


def undo(connection: Connection, publication_id: int, by: str) -> Publication:
    """Puts back what the public saw before a publication; the layer's public revision moves on.

    Raises
    ------
    NotFoundError
        There is no such publication.
    InputError
        It was undone already, or a later one of the layer stands and has to be undone first.
    """
    by = _person(by)
    with store_errors(), connection.transaction():
        row = connection.execute("SELECT layer_id FROM ngis.publication WHERE id = %s", (publication_id,)).fetchone()
        if row is None:
            raise NotFoundError(
                f"There is no publication {publication_id}.", fix="`ngis publish --list` shows them all."
            )
        layer_id = str(row[0])
        _lock(connection, layer_id)
        _refuse_out_of_order(connection, layer_id, publication_id)
        table_name = _one(connection.execute("SELECT table_name FROM ngis.layer WHERE id = %s", (layer_id,)).fetchone())
        public = sql.Identifier("publication", str(table_name[0]))
        exact_text(connection)
        connection.execute(
            sql.SQL(
                "DELETE FROM {} WHERE id IN (SELECT feature_id FROM ngis.publication_change WHERE publication_id = %s)"
            ).format(public),
            (publication_id,),
        )
        row = connection.execute(
            "SELECT column_count FROM ngis.publication WHERE id = %s", (publication_id,)
        ).fetchone()
        missing = missing_columns(connection, public, int(_one(row)[0]))
        connection.execute(
            sql.SQL(
                "INSERT INTO {} SELECT (r.replaced).* FROM ("
                "  SELECT {} AS replaced FROM ngis.publication_change "
                "  WHERE publication_id = %s AND before IS NOT NULL OFFSET 0) r"  # OFFSET: each text is read once
            ).format(public, as_row(public, sql.Identifier("before"), sql.Literal(missing))),
            (publication_id,),
        )
        connection.execute("DELETE FROM publication.dataset WHERE layer_id = %s", (layer_id,))
        connection.execute(
            "INSERT INTO publication.dataset SELECT (jsonb_populate_record(NULL::publication.dataset, before)).* "
            "FROM ngis.publication_dataset WHERE publication_id = %s",
            (publication_id,),
        )
        connection.execute(
            "UPDATE ngis.layer l SET published_revision = p.previous_revision, "
            "published_at = p.previous_published_at, public_revision = public_revision + 1 "
            "FROM ngis.publication p WHERE p.id = %s AND l.id = p.layer_id",
            (publication_id,),
        )
        undone = connection.execute(
            sql.SQL("UPDATE ngis.publication SET undone_at = now(), undone_by = %s WHERE id = %s RETURNING {}").format(
                _COLUMNS
            ),
            (by, publication_id),
        ).fetchone()
        connection.execute("SELECT ngis.measure_quality(%s)", (layer_id,))
    return Publication(*_one(undone))


def publications(connection: Connection, layer_id: str | None = None) -> tuple[Publication, ...]:
    """All publications, or those of one layer, the newest first."""
    with store_errors():
        rows = connection.execute(
            sql.SQL("SELECT {} FROM ngis.publication WHERE %s::text IS NULL OR layer_id = %s ORDER BY id DESC").format(
                _COLUMNS
            ),
            (layer_id, layer_id),
        ).fetchall()
    return tuple(Publication(*row) for row in rows)


# --- parts -----------------------------------------------------------------------------------------------------


def _publishable(layer_id: str, layer: Layer | None) -> Layer:
    layer = layer or layer_named(layer_id)
    if layer.visibility is not Visibility.PUBLIC:
        raise InputError(
            f"The layer {layer_id} ({layer.title.ja}) is internal and is never published.",
            fix="Only a layer declared public can be published.",
        )
    if not layer.is_reviewed:
        raise InputError(
            f"The layer {layer_id} ({layer.title.ja}) is not published as a whole.",
            fix=f"Its features are public as soon as they are saved with {layer.released_by} = true.",
        )
    return layer


def _person(by: str) -> str:
    by = by.strip()
    if not by:
        raise InputError("A publication needs the name of the person who approves it.", fix="Give it with --by NAME.")
    return by


def _lock(connection: Connection, layer_id: str) -> _State:
    """Locks the layer's row: no other publication, and no load can commit rows, until this transaction ends."""
    connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'")
    row = connection.execute(
        "SELECT revision, published_revision, published_at FROM ngis.layer WHERE id = %s FOR UPDATE", (layer_id,)
    ).fetchone()
    if row is None:
        raise StoreError(f"The database does not know the layer {layer_id} yet.", fix="Run `ngis db migrate`.")
    return _State(*row)


def _column_lists(connection: Connection, layer: Layer) -> tuple[list[str], list[str]]:
    """All columns of the layer's tables, and those whose change is a change of content.

    From the database, not from the declaration: columns of fields that were removed are published columns still.
    """
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped "
        "ORDER BY attnum",
        (f'publication."{layer.table}"',),
    ).fetchall()
    columns = [str(row[0]) for row in rows]
    missing = set(table_shape(layer).types) - set(columns)
    if missing:
        raise StoreError(
            f"The table of {layer.id} lacks the columns {', '.join(sorted(missing))}.", fix="Run `ngis db migrate`."
        )
    return columns, [name for name in columns if name not in RAW_LINEAGE]


def _of(alias: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in columns)


def _datasets_differ(connection: Connection, layer_id: str) -> bool:
    row = connection.execute(
        "SELECT EXISTS (SELECT to_jsonb(d) FROM ngis.dataset d WHERE layer_id = %(layer)s EXCEPT "
        "  SELECT to_jsonb(d) - 'approved_by' - 'approved_at' FROM publication.dataset d WHERE layer_id = %(layer)s) "
        "OR (SELECT count(*) FROM ngis.dataset WHERE layer_id = %(layer)s) "
        "  <> (SELECT count(*) FROM publication.dataset WHERE layer_id = %(layer)s)",
        {"layer": layer_id},
    ).fetchone()
    return bool(_one(row)[0])


def _record(connection: Connection, publication: Publication) -> None:
    connection.execute(
        "INSERT INTO ngis.publication_change (publication_id, feature_id, before) "
        "SELECT %s, id, before FROM ngis_difference",
        (publication.id,),
    )
    connection.execute(
        "INSERT INTO ngis.publication_dataset (publication_id, dataset_id, before) "
        "SELECT %s, id, to_jsonb(d) FROM publication.dataset d WHERE layer_id = %s",
        (publication.id, publication.layer_id),
    )


def _copy_datasets(connection: Connection, layer_id: str, by: str) -> None:
    columns = [
        str(row[0])
        for row in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'ngis.dataset'::regclass AND attnum > 0 "
            "AND NOT attisdropped ORDER BY attnum"
        ).fetchall()
    ]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    connection.execute("DELETE FROM publication.dataset WHERE layer_id = %s", (layer_id,))
    connection.execute(
        sql.SQL(
            "INSERT INTO publication.dataset ({0}, approved_by, approved_at) SELECT {0}, %s, now() "
            "FROM ngis.dataset WHERE layer_id = %s"
        ).format(names),
        (by, layer_id),
    )


def _refuse_out_of_order(connection: Connection, layer_id: str, publication_id: int) -> None:
    rows = connection.execute(
        "SELECT id, undone_at FROM ngis.publication WHERE layer_id = %s AND id >= %s ORDER BY id DESC",
        (layer_id, publication_id),
    ).fetchall()
    standing = [number for number, undone_at in rows if undone_at is None]
    if publication_id not in standing:
        raise InputError(f"The publication {publication_id} was undone already.")
    if standing[0] != publication_id:
        raise InputError(
            f"The publication {publication_id} of {layer_id} is not the last one.",
            fix=f"Undo {', then '.join(str(number) for number in standing[:-1])} first.",
        )


def _one(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise StoreError("The database gave no answer where it has to.", fix="Run `ngis doctor`.")
    return row
