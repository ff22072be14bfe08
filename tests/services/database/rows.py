"""Rows put straight into core, for tests of what comes after loading."""

from typing import Any

import psycopg
from psycopg import sql

from services.database.connect import connect

Connection = psycopg.Connection[tuple[Any, ...]]
LAYER = "emergency-sites"
TABLE = "emergency_sites"


def load(url: str, rows: dict[str, str], *, dataset: str = "d1", as_of: str | None = "2026-03-31") -> int:
    """Replaces a dataset of ``emergency-sites`` by rows id -> name, as a load does; returns the load's id."""
    with connect(url) as connection:
        load_id = _one(
            connection.execute(
                "INSERT INTO ngis.load (file_name, layer_id, status, loaded_by, started_at) "
                "VALUES ('sites.csv', %s, 'loaded', 'test', now()) RETURNING id",
                (LAYER,),
            )
        )
        connection.execute("DELETE FROM core.emergency_sites WHERE dataset = %s", (dataset,))
        for number, (row_id, name) in enumerate(rows.items(), 1):
            connection.execute(
                "INSERT INTO core.emergency_sites (id, name, geometry, extras, source_id, dataset, as_of, fictitious, "
                "position_quality, load_id, raw_number) VALUES (%s, %s, ST_SetSRID(ST_MakePoint(%s, 34.7), 6668), "
                "'{\"internal\": 1}', 'test', %s, %s, false, 'as-published', %s, %s)",
                (row_id, name, 135.3 + number / 3e7, dataset, as_of, load_id, number),
            )
        connection.execute("DELETE FROM ngis.dataset WHERE layer_id = %s AND id = %s", (LAYER, dataset))
        connection.execute(
            "INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, licence, as_of, fictitious, row_count) "
            "VALUES (%s, %s, 'test', %s, 'CC-BY-4.0', %s, false, %s)",
            (LAYER, dataset, load_id, as_of, len(rows)),
        )
    return load_id


def contents(connection: Connection, relation: str) -> list[tuple[Any, ...]]:
    """All rows of ``schema.table`` in a text form that shows every bit, by id."""
    schema, table = relation.split(".")
    query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(schema, table))
    return connection.execute(query).fetchall()


def _one(cursor: psycopg.Cursor[tuple[Any, ...]]) -> int:
    row = cursor.fetchone()
    assert row is not None
    return int(row[0])
