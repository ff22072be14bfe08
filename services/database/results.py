"""Kept results of analyses as the database has them: their layers, and how each was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from geo.errors import InputError, NotFoundError
from layers.model import Layer
from layers.results import PREFIX, ResultDeclaration, result_layer
from services.database.failures import store_errors
from services.database.revisions import Schema
from services.database.schema import forget_tiles

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class KeptResult:
    """One result.

    inputs:
        As they were asked; None where they held personal data, and on the public face.
    about:
        Headline, parameters, assumptions, sources with their revisions, code, notes.
    file_sha256:
        Of the file as it was made, in ``raw.file``.
    """

    layer: Layer
    name: str
    process_id: str
    inputs: Mapping[str, Any] | None
    about: Mapping[str, Any]
    file_sha256: str
    kept_at: datetime


def kept_results(connection: Connection, schema: Schema) -> list[KeptResult]:
    """The results that a side has, the newest first."""
    query = sql.SQL(
        "SELECT declaration, name, process_id, inputs, about, file_sha256, kept_at FROM {} ORDER BY kept_at DESC, name"
    ).format(_those_that_stand(schema))
    with store_errors():
        rows = connection.execute(query).fetchall()
    return [
        KeptResult(result_layer(ResultDeclaration.from_json(name, declaration)), name, *rest)
        for declaration, name, *rest in rows
    ]


def kept_result(connection: Connection, schema: Schema, name: str) -> KeptResult:
    """One of them; ``NotFoundError`` where there is none of this name."""
    for each in kept_results(connection, schema):
        if each.name == name:
            return each
    raise NotFoundError(f"There is no result {name!r}.", fix="`ngis results list` lists them.")


def kept_layers(connection: Connection, schema: Schema) -> dict[str, Layer]:
    """The layers of the results, by id."""
    query = sql.SQL("SELECT name, declaration FROM {} ORDER BY name").format(_those_that_stand(schema))
    with store_errors():
        rows = connection.execute(query).fetchall()
    return {
        f"{PREFIX}{name}": result_layer(ResultDeclaration.from_json(name, declaration)) for name, declaration in rows
    }


def _those_that_stand(schema: Schema) -> sql.Composable:
    """Without those that were removed."""
    if schema == "published":
        return sql.SQL("published.result")
    return sql.SQL("(SELECT * FROM ngis.result WHERE removed_at IS NULL) AS result")


@dataclass(frozen=True, slots=True)
class RemovedResult:
    """A result whose layer is gone: by whom it was kept and removed, when, and why."""

    name: str
    process_id: str
    headline: str
    kept_by: str
    kept_at: datetime
    removed_by: str
    removed_at: datetime
    note: str | None


def removed_results(connection: Connection) -> list[RemovedResult]:
    """The log of what was removed, the newest first."""
    with store_errors():
        rows = connection.execute(
            "SELECT name, process_id, about->>'headline', kept_by, kept_at, removed_by, removed_at, removed_note "
            "FROM ngis.result WHERE removed_at IS NOT NULL ORDER BY removed_at DESC, name"
        ).fetchall()
    return [RemovedResult(*row) for row in rows]


def remove_result(connection: Connection, name: str, by: str, note: str | None) -> Layer:
    """Takes away a result's layer, with its tables and tiles, as the owner; returns what it was.

    The file as it was made stays (``raw.file``), and the name with it: what is cited by it is not to become another
    thing.

    Raises
    ------
    NotFoundError
        If there is no result of this name.
    InputError
        If nobody removes it, or the public has it.
    """
    if not by.strip():
        raise InputError("A result is removed by somebody.", fix="Give a name: --by NAME.")
    with store_errors(), connection.transaction():
        layer = kept_result(connection, "core", name).layer
        state = connection.execute(
            "SELECT table_name, published_revision FROM ngis.layer WHERE id = %s FOR UPDATE", (layer.id,)
        ).fetchone()
        assert state is not None  # noqa: S101 - a result has its layer
        table_name, published_revision = state
        if published_revision is not None:
            raise InputError(
                f"The result {name!r} is public.",
                fix="Take it back first: `ngis publish --list`, then `ngis publish --undo ID`.",
            )
        # The revision moves with the rows, by which the faces see that there is something to be looked at.
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier("core", table_name)))
        forget_tiles(connection, layer.id)
        connection.execute(
            sql.SQL("DROP TABLE {}, {} CASCADE").format(
                sql.Identifier("core", table_name), sql.Identifier("publication", table_name)
            )
        )
        connection.execute(
            "UPDATE ngis.result SET removed_at = now(), removed_by = %s, removed_note = %s WHERE layer_id = %s",
            (by.strip(), note, layer.id),
        )
    return layer


def insert_result(
    connection: Connection,
    declaration: ResultDeclaration,
    process_id: str,
    inputs: Mapping[str, Any] | None,
    about: Mapping[str, Any],
    file_sha256: str,
    by: str,
) -> None:
    """Records a result whose layer has its rows."""
    connection.execute(
        "INSERT INTO ngis.result (layer_id, name, declaration, process_id, inputs, about, file_sha256, kept_by) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            f"{PREFIX}{declaration.name}",
            declaration.name,
            Jsonb(declaration.as_json()),
            process_id,
            None if inputs is None else Jsonb(inputs),
            Jsonb(about),
            file_sha256,
            by,
        ),
    )


def file_content(connection: Connection, sha256: str) -> bytes:
    """A file as it was received."""
    with store_errors():
        rows = connection.execute(
            "SELECT content FROM raw.file_part WHERE file_id = (SELECT id FROM raw.file WHERE sha256 = %s) "
            "ORDER BY part",
            (sha256,),
        ).fetchall()
    return b"".join(row[0] for row in rows)
