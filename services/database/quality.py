"""The quality of a layer in figures: how complete its fields and places are, and what loading found.

Measured by the database (``ngis.quality_of``): for the public at each publication and kept, for the staff on demand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from services.database.failures import store_errors
from services.database.revisions import Schema

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class LoadQuality:
    """What one load found in its file, of which ``datasets`` are in the layer still.

    rows_read = rows_loaded + rows_rejected + rows_other (records of other layers).  ``rules``: findings by rule and
    action (mended, rejected, noted).
    """

    format_id: str
    loaded_at: datetime
    as_of: date | None
    datasets: int
    rows_read: int
    rows_loaded: int
    rows_mended: int
    rows_rejected: int
    rows_other: int
    rules: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class LayerQuality:
    """One layer as a face sees it.

    measured_at:
        None where it was measured just now.
    fields:
        Rows that have a value, by field.
    placed:
        Rows with a place; None for a layer without places.
    position_qualities:
        Rows by ``position_quality``.
    median_error_m, worst_error_m, errors_known:
        Of the positional errors that are known, and of how many rows they are.
    """

    measured_at: datetime | None
    rows: int
    fields: Mapping[str, int]
    placed: int | None
    position_qualities: Mapping[str, int]
    median_error_m: float | None
    worst_error_m: float | None
    errors_known: int
    loads: tuple[LoadQuality, ...]


def layer_quality(connection: Connection, layer_id: str, schema: Schema) -> LayerQuality | None:
    """The quality of one layer; None where it is not served, or was not measured yet."""
    with store_errors():
        if schema == "published":
            row = connection.execute(
                "SELECT measured_at, summary FROM published.quality WHERE layer_id = %s", (layer_id,)
            ).fetchone()
        else:
            row = connection.execute("SELECT NULL, ngis.quality_of(%s, 'core')", (layer_id,)).fetchone()
    return None if row is None or row[1] is None else _read(*row)


def published_qualities(connection: Connection) -> dict[str, LayerQuality]:
    """The quality of every layer that is published, as measured when it was."""
    with store_errors():
        rows = connection.execute("SELECT layer_id, measured_at, summary FROM published.quality").fetchall()
    return {str(layer_id): _read(measured_at, summary) for layer_id, measured_at, summary in rows}


def _read(measured_at: datetime | None, summary: Mapping[str, Any]) -> LayerQuality:
    places = summary["places"]
    return LayerQuality(
        measured_at=measured_at,
        rows=summary["rows"],
        fields=summary["fields"],
        placed=places.get("placed"),
        position_qualities=places.get("qualities") or {},
        median_error_m=places.get("median_error_m"),
        worst_error_m=places.get("worst_error_m"),
        errors_known=places.get("errors_known", 0),
        loads=tuple(_load(each) for each in summary["loads"]),
    )


def _load(load: Mapping[str, Any]) -> LoadQuality:
    return LoadQuality(
        format_id=load["format"],
        loaded_at=datetime.fromisoformat(load["loaded_at"]),
        as_of=None if load["as_of"] is None else date.fromisoformat(load["as_of"]),
        datasets=load["datasets"],
        rows_read=load["rows_read"],
        rows_loaded=load["rows_loaded"],
        rows_mended=load["rows_mended"],
        rows_rejected=load["rows_rejected"],
        rows_other=load["rows_other"],
        rules={(each["rule"], each["action"]): each["count"] for each in load["rules"]},
    )
