"""Kept results of analyses as the database has them: their layers, and how each was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from geo.errors import NotFoundError
from layers.model import Layer
from layers.results import PREFIX, ResultDeclaration, result_layer
from services.database.failures import store_errors
from services.database.revisions import Schema

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
    ).format(sql.Identifier("published" if schema == "published" else "ngis", "result"))
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
    query = sql.SQL("SELECT name, declaration FROM {} ORDER BY name").format(
        sql.Identifier("published" if schema == "published" else "ngis", "result")
    )
    with store_errors():
        rows = connection.execute(query).fetchall()
    return {
        f"{PREFIX}{name}": result_layer(ResultDeclaration.from_json(name, declaration)) for name, declaration in rows
    }


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
