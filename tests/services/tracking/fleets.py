"""Vehicles in a database of a test's own, and what they report."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.database.connect import connect
from tests.conftest import DatabaseUnderTest

START = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)
HERE = (135.34, 34.735)


def add_vehicles(database: DatabaseUnderTest, call_signs: Sequence[str], profile: str = "pumper") -> None:
    """Vehicles at the place of their station since long ago, as a file brings them."""
    with connect(database.urls.owner) as connection:
        connection.cursor().executemany(
            "INSERT INTO core.vehicles (id, call_sign, profile, status, status_at, position_at, geometry, source_id, "
            "dataset, as_of, fictitious, position_quality, load_id, raw_number) VALUES (%s, %s, %s, 'standby', "
            "'2026-04-01', '2026-04-01', ST_SetSRID(ST_MakePoint(135.35, 34.74), 6668), 'test', 'test', '2026-04-01', "
            "true, 'as-published', 0, 0)",
            [(f"id-{each}", each, profile) for each in call_signs],
        )


def report(call_sign: str, at: datetime | float = 0.0, place: tuple[float, float] | None = HERE, **more: Any) -> Any:
    """A report as JSON; ``at`` may be seconds after ``START``."""
    when = at if isinstance(at, datetime) else START + timedelta(seconds=at)
    where = {} if place is None else {"lon": place[0], "lat": place[1]}
    return {"call_sign": call_sign, "time": when.isoformat(), **where, **more}
