"""Handlers in pygeoapi's form: readings of sensors taken up over HTTP."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from layers.model import Text
from services.database.failures import store_errors
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.errors import Flaw, InvalidContentError
from services.ogc.json_content import parse
from services.ogc.source import Source
from services.sensors.closing import Taken, take
from services.sensors.judging import Outcome
from services.sensors.readings import MOST_READINGS, Reading, read

Answer = tuple[dict[str, Any], int, Any]


def readings(api: CityApi, request: APIRequest, _collection: str) -> Answer:
    """POST: one reading, or an array of them; what became of each, in their order.

    One that is wrong keeps none of the others from being taken up.  Where none can be, all flaws are named (422).
    """
    asked = current()
    document = parse(request.data)
    several = isinstance(document, list)
    given = document if several else [document]
    if not 1 <= len(given) <= MOST_READINGS:
        reason = Text(f"1件から{MOST_READINGS:,}件までです。", f"Send 1 to {MOST_READINGS:,} readings.")
        raise InvalidContentError([Flaw("", reason)])
    found = [read(each, f"/{number}" if several else "") for number, each in enumerate(given)]
    good = [each for each in found if isinstance(each, Reading)]
    source = asked.source
    assert source is not None  # noqa: S101 - the path names a collection
    taken = iter(_taken(source, good, api.city.time_zone))
    results: list[dict[str, Any]] = []
    flaws: list[Flaw] = []
    for number, each in enumerate(found):
        if isinstance(each, Reading):
            became = next(taken)
            result: dict[str, Any] = {
                "outcome": str(became.outcome),
                "sensor_id": became.sensor_id,
                "closed": became.closed,
            }
            if became.reason is not None:
                result["reason"] = became.reason.in_language(asked.language)
                flaws.append(Flaw(f"/{number}" if several else "", became.reason))
        else:
            words = " ".join(f"{flaw.pointer}: {flaw.reason.in_language(asked.language)}" for flaw in each)
            result = {"outcome": str(Outcome.REFUSED), "reason": words}
            flaws += each
        results.append(result)
    if all(result["outcome"] == Outcome.REFUSED for result in results):
        raise InvalidContentError(flaws)
    outcomes = [result["outcome"] for result in results]
    counts = {str(each): outcomes.count(each) for each in Outcome}
    return {}, HTTPStatus.OK, json.dumps({**counts, "results": results}, ensure_ascii=False)


def _taken(source: Source, readings: list[Reading], time_zone: str) -> list[Taken]:
    if not readings:
        return []
    with store_errors(), source.pool.connection() as connection:
        return take(connection, readings, datetime.now(UTC), time_zone)
