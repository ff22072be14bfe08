"""``/``: the answer page of a place.  The answer is that of the process ``answer-card``, drawn by ``web_map``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from math import isfinite
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from geo.errors import GisError, StoreError
from layers.text import Text
from services.database.failures import ConnectionLostError
from services.database.lending import refuse_abandoned
from services.http import coding
from services.http.problems import RETRY_AFTER_S, status_of
from services.http.service import Service
from services.ogc.errors import BusyError
from services.ogc.execution.running import context_of
from services.ogc.processes import processes
from services.ogc.watch import Snapshot
from web_map.card import CardAsked, CardUrls
from web_map.pages import card_page
from web_map.texts import choose_language

_PROCESS = "answer-card"
_MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an address asks: inputs of the process (empty: nothing), or the keys of texts that say what is wrong."""

    asked: CardAsked
    inputs: Mapping[str, Any] = field(default_factory=dict)
    problem: tuple[str, ...] = ()


async def answer_page(service: Service, request: Request, urls: CardUrls) -> Response:
    """The page, whatever is asked and whatever fails: an answer, or a sentence that says why there is none."""
    given = request.query_params
    language = choose_language(given.get("lang"), request.headers.get("accept-language"))
    wanted = _wanted(given.get("q", ""), given.get("lon"), given.get("lat"))
    answer: Mapping[str, Any] | None = None
    status, problem = (HTTPStatus.BAD_REQUEST if wanted.problem else HTTPStatus.OK), wanted.problem
    fictitious = False
    try:
        if wanted.inputs:
            snapshot = await service.look()
            answer = await service.rows.do(lambda: _answer(service, snapshot, wanted.inputs, language))
        elif (known := service.watch.last_known()) is not None:
            fictitious = any(source.state.fictitious for source in known.sources.values())
    except (StoreError, BusyError):
        status, problem = HTTPStatus.SERVICE_UNAVAILABLE, ("card.away", "card.away_do", "card.unknown_not_safe")
    except GisError as error:
        status, problem = status_of(error), ("card.failed", "card.away_do", "card.unknown_not_safe")
    facts = _facts(service, fictitious=fictitious)
    wanted_coding = coding.choose(request.headers.get("accept-encoding", ""))

    def draw() -> bytes:
        page = card_page(wanted.asked, answer, facts, urls, language, problem=problem).encode()
        return page if wanted_coding == "identity" else coding.encode(page, wanted_coding)

    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language, Accept-Encoding",
        # What is answered holds for now: closures and openings change.
        "Cache-Control": "no-store" if status >= HTTPStatus.BAD_REQUEST else "no-cache",
        **({} if wanted_coding == "identity" else {"Content-Encoding": wanted_coding}),
        **({"Retry-After": str(RETRY_AFTER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}),
    }
    return Response(draw(), status_code=status, headers=headers, media_type="text/html")


def _answer(service: Service, snapshot: Snapshot, inputs: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    context = context_of(snapshot.sources, service.settings.city, language, _unheard, refuse_abandoned)
    run = processes()[_PROCESS].run
    try:
        answer: Mapping[str, Any] = run(inputs, context)["answer"]
    except ConnectionLostError:  # what only reads may be tried once more over another
        answer = run(inputs, context)["answer"]
    return answer


def _wanted(query: str, lon: str | None, lat: str | None) -> _Wanted:
    text = query.strip()
    if len(text) > _MOST_LETTERS:
        return _Wanted(CardAsked(), problem=("card.too_long", "card.unknown_not_safe"))
    if lon is None and lat is None:
        return _Wanted(CardAsked(text), {"query": text} if text else {})
    east, north = _degrees(lon, 180.0), _degrees(lat, 90.0)
    if east is None or north is None:
        return _Wanted(CardAsked(text), problem=("card.bad_position", "card.unknown_not_safe"))
    named = {"query": text} if text else {}
    return _Wanted(CardAsked(text, east, north), {**named, "location": [east, north]})


def _degrees(text: str | None, most: float) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) <= most else None


def _facts(service: Service, *, fictitious: bool) -> Mapping[str, Any]:
    city = service.settings.city
    return {
        "city": {"ja": city.name_ja, "en": city.name_en},
        "contact_name": city.contact_name,
        "contact_url": city.contact_url,
        "time_zone": city.time_zone,
        "fictitious": fictitious,
    }


def _unheard(_percent: int, _message: Text) -> None:
    return
