"""Handlers in pygeoapi's form: readings of sensors taken up over HTTP."""

from datetime import UTC, datetime
from typing import Any

from pygeoapi.api import APIRequest

from services.database.failures import store_errors
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.batches import Answer, answered
from services.sensors.closing import Taken, take
from services.sensors.readings import MOST_READINGS, Reading, read


def readings(api: CityApi, request: APIRequest, _collection: str) -> Answer:
    """POST: one reading, or an array of them; see ``answered``."""
    asked = current()
    source = asked.source
    assert source is not None  # noqa: S101 - the path names a collection

    def taken(given: list[Reading]) -> list[Taken]:
        with store_errors(), source.pool.connection() as connection:
            return take(connection, given, datetime.now(UTC), api.city.time_zone)

    return answered(request.data, asked.language, MOST_READINGS, read, taken, _told)


def _told(taken: Taken) -> dict[str, Any]:
    return {"sensor_id": taken.sensor_id, "closed": taken.closed}
