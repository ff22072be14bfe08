"""The features made by hand as a dataset of their layer, and the counts of rows that edits change."""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

from layers.model import Layer, Text

Connection = psycopg.Connection[tuple[Any, ...]]

EDITS = "edits"
"""Id of the dataset of features made by hand, and the ``source_id`` of every row that was edited by hand."""
TITLE = Text("庁内編集", "Edited by the city's staff")


def is_fictitious(connection: Connection, layer: Layer) -> bool:
    """Whether a feature made by hand is fictitious: as the rest of its layer, else as the rest of the city."""
    row = connection.execute(
        "SELECT coalesce(bool_or(fictitious) FILTER (WHERE layer_id = %s), bool_or(fictitious), false) "
        "FROM ngis.dataset",
        (layer.id,),
    ).fetchone()
    return bool(row and row[0])


def keep_counts_true(connection: Connection, layer: Layer, datasets: Iterable[str]) -> None:
    """Brings the record of these datasets to what the table holds; the edits' own comes and goes with its rows."""
    table = sql.Identifier("core", layer.table)
    for dataset in sorted(set(datasets)):
        if dataset == EDITS:
            _keep_own(connection, layer, table)
            continue
        connection.execute(
            sql.SQL(
                "UPDATE ngis.dataset SET row_count = (SELECT count(*) FROM {} WHERE dataset = %(dataset)s) "
                "WHERE layer_id = %(layer)s AND id = %(dataset)s"
            ).format(table),
            {"layer": layer.id, "dataset": dataset},
        )


def _keep_own(connection: Connection, layer: Layer, table: sql.Identifier) -> None:
    row = connection.execute(
        sql.SQL("SELECT count(*), min(as_of), coalesce(bool_or(fictitious), false) FROM {} WHERE dataset = %s").format(
            table
        ),
        (EDITS,),
    ).fetchone()
    count, oldest, fictitious = row if row is not None else (0, None, False)
    if not count:
        connection.execute("DELETE FROM ngis.dataset WHERE layer_id = %s AND id = %s", (layer.id, EDITS))
        return
    connection.execute(
        "INSERT INTO ngis.dataset (layer_id, id, format_id, title, licence, attribution, as_of, fictitious, row_count) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (layer_id, id) DO UPDATE SET "
        "as_of = excluded.as_of, fictitious = excluded.fictitious, row_count = excluded.row_count, loaded_at = now()",
        (
            *(layer.id, EDITS, EDITS, TITLE.ja, layer.licence.id, layer.attribution.ja),
            *(oldest, fictitious, count),
        ),
    )
