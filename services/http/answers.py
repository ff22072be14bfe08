"""``/``: the answer page of a place.  The answer is that of the process ``answer-card``, drawn by ``web_map``."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from math import isfinite
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import shapely
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from geo.errors import GisError, StoreError
from layers import emergency_sites
from layers.text import Text
from services.database.failures import ConnectionLostError
from services.database.lending import refuse_abandoned
from services.database.waiting import NeedsThreadError, in_the_loop
from services.http import around, coding
from services.http.changes import ADDRESS, said_of
from services.http.offline import Offered
from services.http.problems import RETRY_AFTER_S, status_of
from services.http.service import Service
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.errors import BusyError, UnanswerableError
from services.ogc.execution.running import context_of
from services.ogc.processes import processes
from services.ogc.processes._card.orders import orders_of_city
from services.ogc.processes._card.walker import PROFILE
from services.ogc.processes._holding import as_of
from services.ogc.processes._model import Context
from services.ogc.watch import Snapshot
from web_map.card import CardAsked, CardCity, CardUrls, Neighbour
from web_map.pages import card_page
from web_map.texts import choose_language

_PROCESS = "answer-card"
_PERMISSIONS = "camera=(), microphone=(self), payment=()"
"""Beside what every page may: to hear what is said instead of typed, where the device understands it by itself."""
_MOST_LETTERS = 200
_cities: WeakKeyDictionary[Service, CardCity] = WeakKeyDictionary()
_AWAY = ("card.away", "card.away_do", "card.unknown_not_safe")
_FAILED = ("card.failed", "card.away_do", "card.unknown_not_safe")


class _Wanted(NamedTuple):
    """What an address asks: inputs of the process (empty: nothing), or the keys of texts that say what is wrong."""

    asked: CardAsked
    inputs: Mapping[str, Any] = MappingProxyType({})
    problem: tuple[str, ...] = ()


class _Told(NamedTuple):
    """What a page is drawn from beside what was asked: an answer or the city's orders, and of which state that is."""

    answer: Mapping[str, Any] | None = None
    orders: Mapping[str, Any] | None = None
    live: Mapping[str, str] | None = None
    around: Mapping[str, Any] | None = None


async def answer_page(service: Service, request: Request, urls: CardUrls, offline: Offered | None = None) -> Response:
    """The page, whatever is asked and whatever fails: an answer, or a sentence that says why there is none."""
    given = request.query_params
    language = choose_language(given.get("lang"), request.headers.get("accept-language"))
    wanted = _wanted_by(request)
    encoding = coding.choose(request.headers.get("accept-encoding", ""), once=True)

    def draw(told: _Told) -> bytes:
        answer, orders, live, mapped = told
        page = card_page(
            *(wanted.asked, answer, _whose(service), urls, language),
            fictitious=_some_is_fictitious(service),
            orders=orders,
            live=live,
            problem=problem,
            offline=offline,
            around=mapped,
            sheet=_sheet(wanted.asked, urls, language),
        ).encode()
        return page if encoding == "identity" else coding.encode(page, encoding, once=True)

    def answered(snapshot: Snapshot) -> _Told:
        told = _answer(service, snapshot, wanted.inputs, language)
        if told.answer is None:
            return told
        return told._replace(around=around.view_of(told.answer, wanted.asked, urls, language))

    status, problem = HTTPStatus.OK, wanted.problem
    body: bytes | None = None
    try:
        if wanted.inputs:
            snapshot = await service.look_answering()

            def make() -> bytes:
                return draw(answered(snapshot))

            body = _at_once(make)
            if body is None and "location" in wanted.inputs:  # the closures are to be read, and no more
                await service.rows.do(lambda: _read_closures(service, snapshot, language))
                body = _at_once(make)
            if body is None:
                body = await service.rows.do(make)
        elif problem:
            status = HTTPStatus.BAD_REQUEST
        else:
            body = draw(await _orders(service, language))
    except (StoreError, BusyError):
        status, problem = HTTPStatus.SERVICE_UNAVAILABLE, _AWAY
    except GisError as error:
        status, problem = status_of(error), _FAILED
    if body is None:  # the orders hold whatever was asked; nothing follows by itself what was no question
        body = draw((await _orders(service, language))._replace(live=None))
    response = Response(body, status_code=status, media_type="text/html")
    response.raw_headers += _headers(language, encoding, status)
    return response


@lru_cache(maxsize=64)
def _headers(language: str, encoding: str, status: HTTPStatus) -> list[tuple[bytes, bytes]]:
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language, Accept-Encoding",
        "Permissions-Policy": _PERMISSIONS,
        # What is answered holds for now: closures and openings change.
        "Cache-Control": "no-cache" if status == HTTPStatus.OK else "no-store",
        **({} if encoding == "identity" else {"Content-Encoding": encoding}),
        **({"Retry-After": str(RETRY_AFTER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}),
    }
    return Headers(headers).raw


async def get_ready(service: Service, urls: CardUrls) -> None:
    """Answers a question of its own, so that who asks first need not wait a second and more for the city to be read.

    Asked is at a site, from which there are ways to the others; nothing is done where there is none.
    """
    with suppress(GisError):  # whoever asks will be told
        snapshot, language = await service.look(), choose_language(None, None)
        here = await service.rows.do(lambda: _some_site(_context(service, snapshot.api.layers, language)))
        if here is None:
            return
        # In a thread: until the city is at hand, whatever else is asked is to be answered.
        await service.rows.do(lambda: _answer(service, snapshot, {"location": [here.x, here.y]}, language))
        query = urlencode({"lon": here.x, "lat": here.y}).encode()
        await answer_page(service, Request({"type": "http", "query_string": query, "headers": []}), urls)


def _some_site(context: Context) -> shapely.Point | None:
    sites = context.layers.features(emergency_sites.LAYER.id)
    return next((each.geometry.representative_point() for each in sites if each.geometry is not None), None)


async def _orders(service: Service, language: str) -> _Told:
    """The evacuation orders of the city; while the database is away it says that they are not known."""

    def of(layers: DatabaseLayers) -> _Told:
        context = _context(service, layers, language)
        return _Told(orders=orders_of_city(context), live=_live(context))

    try:
        snapshot = await service.look_answering()
        return await service.rows.do(lambda: of(snapshot.api.layers))
    except GisError:
        return of(DatabaseLayers({}))


def _at_once(make: Callable[[], bytes]) -> bytes | None:
    """The page, made in the event loop; None where that would have to wait."""
    try:
        with in_the_loop():
            return make()
    except NeedsThreadError:
        return None


def _read_closures(service: Service, snapshot: Snapshot, language: str) -> None:
    with suppress(UnanswerableError):  # without roads there is an answer too
        _context(service, snapshot.api.layers, language).roads.conditions(PROFILE)


def _answer(service: Service, snapshot: Snapshot, inputs: Mapping[str, Any], language: str) -> _Told:
    context = _context(service, snapshot.api.layers, language)
    run = processes()[_PROCESS].run
    live = _live(context)  # before the answer: what changes meanwhile is another state
    try:
        answer: Mapping[str, Any] = run(inputs, context)["answer"]
    except ConnectionLostError:  # what only reads may be tried once more over another
        answer = run(inputs, context)["answer"]
    return _Told(answer, live=live)


def _live(context: Context) -> Mapping[str, str]:
    return {"address": ADDRESS, "stamp": said_of(context).stamp, "at": as_of(context)}


def _context(service: Service, layers: DatabaseLayers, language: str) -> Context:
    now = datetime.now(UTC)  # all of an answer holds as of one moment
    return context_of(layers, service.settings.city, language, _unheard, refuse_abandoned, lambda: now)


def address_of(service: Service, request: Request, urls: CardUrls) -> str:
    """The whole address of the answer page for what a request asks."""
    language = choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))
    return service.base_url(request) + _wanted_by(request).asked.address(urls, language)


def _sheet(asked: CardAsked, urls: CardUrls, language: str) -> Mapping[str, str]:
    """What paper shows of the address: the whole of it, and where its QR code is."""
    address = asked.address(urls, language)
    return {"address": urls.base + address, "code": urls.code + address.removeprefix(urls.page)}


def _wanted_by(request: Request) -> _Wanted:
    given = request.query_params
    text, lon, lat = given.get("q", "").strip(), given.get("lon"), given.get("lat")
    show = around.shown_layer(given.get("show"))
    if len(text) > _MOST_LETTERS:
        return _Wanted(CardAsked(show=show), problem=("card.too_long", "card.unknown_not_safe"))
    named = {"query": text} if text else {}
    if lon is None and lat is None:
        return _Wanted(CardAsked(text, show=show), named)
    east, north = _degrees(lon, 180.0), _degrees(lat, 90.0)
    if east is None or north is None:
        return _Wanted(CardAsked(text, show=show), problem=("card.bad_position", "card.unknown_not_safe"))
    return _Wanted(CardAsked(text, east, north, show), {**named, "location": [east, north]})


def _degrees(text: str | None, most: float) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) <= most else None


def _whose(service: Service) -> CardCity:
    found = _cities.get(service)
    if found is None:
        city = service.settings.city
        found = _cities[service] = CardCity(
            Text(city.name_ja, city.name_en),
            city.contact_name,
            city.contact_url,
            city.time_zone,
            tuple(Neighbour(Text(each.name_ja, each.name_en), each.url) for each in city.neighbours),
        )
    return found


def _some_is_fictitious(service: Service) -> bool:
    known = service.watch.last_known()
    return known is not None and known.is_fictitious


def _unheard(_percent: int, _message: Text) -> None:
    return
