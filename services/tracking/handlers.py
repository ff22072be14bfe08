"""Handlers in pygeoapi's form: reports of vehicles taken up over HTTP."""

import json
from collections.abc import Iterable
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
from services.tracking.judging import Outcome
from services.tracking.positions import Taken, take
from services.tracking.reports import MOST_REPORTS, Report, read

Answer = tuple[dict[str, Any], int, Any]


def positions(_api: CityApi, request: APIRequest, _collection: str) -> Answer:
    """POST: one report, or an array of them; what became of each, in their order.

    One that is wrong keeps none of the others from being taken up.  Where none can be, all flaws are named (422).
    """
    asked = current()
    document = parse(request.data)
    several = isinstance(document, list)
    given = document if several else [document]
    if not 1 <= len(given) <= MOST_REPORTS:
        reason = Text(f"1件から{MOST_REPORTS:,}件までです。", f"Send 1 to {MOST_REPORTS:,} reports.")
        raise InvalidContentError([Flaw("", reason)])
    readings = [read(each, f"/{number}" if several else "") for number, each in enumerate(given)]
    source, who = asked.source, asked.who
    assert source is not None  # noqa: S101 - the path names a collection
    assert who is not None  # noqa: S101 - this page is only answered to accounts
    taken = iter(_taken(source, [each for each in readings if isinstance(each, Report)], who))
    results: list[dict[str, Any]] = []
    flaws: list[Flaw] = []
    for number, reading in enumerate(readings):
        pointer = f"/{number}" if several else ""
        if isinstance(reading, Report):
            became = next(taken)
            found = [] if became.reason is None else [Flaw(pointer, became.reason)]
            results.append(_result(became, asked.language))
        else:
            found = reading
            results.append({"outcome": str(Outcome.REFUSED), "reason": _words(reading, asked.language)})
        flaws += found
    if all(result["outcome"] == Outcome.REFUSED for result in results):
        raise InvalidContentError(flaws)
    outcomes = [result["outcome"] for result in results]
    counts = {str(each): outcomes.count(each) for each in Outcome}
    return {}, HTTPStatus.OK, json.dumps({**counts, "results": results}, ensure_ascii=False)


def _taken(source: Source, reports: list[Report], who: str) -> list[Taken]:
    if not reports:
        return []
    with store_errors(), source.pool.connection() as connection:
        return take(connection, reports, who, datetime.now(UTC))


def _result(taken: Taken, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": str(taken.outcome), "call_sign": taken.call_sign}
    return found if taken.reason is None else {**found, "reason": taken.reason.in_language(language)}


def _words(flaws: Iterable[Flaw], language: str) -> str:
    return " ".join(f"{flaw.pointer}: {flaw.reason.in_language(language)}" for flaw in flaws)
