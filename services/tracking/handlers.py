"""Handlers in pygeoapi's form: reports of vehicles taken up over HTTP."""

from datetime import UTC, datetime
from typing import Any

from pygeoapi.api import APIRequest

from services.database.failures import store_errors
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.batches import Answer, answered
from services.tracking.positions import Taken, take
from services.tracking.reports import MOST_REPORTS, Report, read


def positions(_api: CityApi, request: APIRequest, _collection: str) -> Answer:
    """POST: one report, or an array of them; see ``answered``."""
    asked = current()
    source, who = asked.source, asked.who
    assert source is not None  # noqa: S101 - the path names a collection
    assert who is not None  # noqa: S101 - this page is only answered to accounts

    def taken(reports: list[Report]) -> list[Taken]:
        with store_errors(), source.pool.connection() as connection:
            return take(connection, reports, who, datetime.now(UTC))

    return answered(request.data, asked.language, MOST_REPORTS, read, taken, _told)


def _told(taken: Taken) -> dict[str, Any]:
    return {"call_sign": taken.call_sign}
