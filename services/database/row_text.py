"""Rows in their own text form: exact to the bit, geometries included, and read back after columns were added.

``SELECT t::text FROM t`` writes it.  Dates are ISO and numbers shortest-exact under the settings of ``exact_text``.
"""

from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]


def exact_text(connection: Connection) -> None:
    """Until the end of the transaction rows are written as text that reads back to the very same values."""
    connection.execute("SET LOCAL datestyle = 'ISO'")
    connection.execute("SET LOCAL extra_float_digits = 1")


def as_row(table: sql.Identifier, text: sql.Composable, missing: sql.Composable) -> sql.Composed:
    """SQL of the row that ``text`` is the text form of.

    ``missing``: how many columns the table has more than it had then; they are at the end of the row, and were unknown.
    """
    return sql.SQL("(left({1}, -1) || repeat(',', {2}) || ')')::{0}").format(table, text, missing)


def column_count(connection: Connection, table: sql.Identifier) -> int:
    """How many columns a table has."""
    row = connection.execute(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        (table.as_string(connection),),
    ).fetchone()
    return 0 if row is None else int(row[0])


def missing_columns(connection: Connection, table: sql.Identifier, then: int) -> int:
    """How many columns came since the table had ``then`` of them."""
    return column_count(connection, table) - then
