"""Sensors on roads in a database of a test's own."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.database.connect import connect
from tests.conftest import DatabaseUnderTest

START = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)


def add_sensor(
    database: DatabaseUnderTest,
    sensor_id: str,
    line: str,
    close_cm: float = 20,
    reopen_cm: float = 10,
    silent_after_s: int | None = None,
) -> None:
    """A sensor that stands for a line (WKT), as a file brings it."""
    with connect(database.urls.owner) as connection:
        connection.execute(
            "INSERT INTO core.road_sensors (id, sensor_id, name, close_depth_cm, reopen_depth_cm, silent_after_s, "
            "geometry, source_id, dataset, as_of, fictitious, position_quality, load_id, raw_number) VALUES "
            "(%(id)s, %(id)s, 'アンダーパス', %(close)s, %(reopen)s, %(silent)s, ST_GeomFromText(%(line)s, 6668), "
            "'test', 'test', '2026-04-01', true, 'as-published', 0, 0)",
            {"id": sensor_id, "close": close_cm, "reopen": reopen_cm, "silent": silent_after_s, "line": line},
        )


def reading(sensor_id: str, at: datetime | float, depth_cm: float) -> dict[str, Any]:
    """A reading as JSON; ``at`` may be seconds after ``START``."""
    when = at if isinstance(at, datetime) else START + timedelta(seconds=at)
    return {"sensor_id": sensor_id, "time": when.isoformat(), "depth_cm": depth_cm}
