"""``/events``: what happens, told as it happens (Server-Sent Events, HTML Living Standard 9.2).

A browser's ``EventSource`` comes back by itself with the id of the last event that it has (``Last-Event-ID``) and is
told what it has missed.  Silence means that nothing happens only while the last ``state`` says that it is current.
"""

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from geo.errors import StoreError
from layers.model import Text
from services.database.failures import store_errors
from services.http.hub import MOST_LISTENERS, Listener, OverError, State
from services.http.service import Service
from services.http.streaming import events_head, events_of
from services.ogc.errors import BusyError, ParameterError
from services.tracking.events import Event, Kind, between, bounds

HEARTBEAT_S = 10.0
"""A comment is sent where nothing else was for so long, so that both ends notice a connection that is gone."""
RETRY_MS = 2_000
"""How long a browser waits before it comes back."""
_PATIENCE_S = 5.0
_PAGE = 500
_LARGEST_ID = 2**63 - 1


async def stream(service: Service, request: Request) -> Response:
    """The stream.

    Raises
    ------
    ParameterError
        For an unknown or malformed parameter, or an unknown kind of event.
    BusyError
        Where as many listen as may.
    StoreError
        Where the database was not reached since this process began.
    """
    kinds, after = _asked(request)
    if request.method == "HEAD":
        return events_head()
    if service.hub.listeners >= MOST_LISTENERS:
        raise BusyError("As many listen to events as may.")
    return await events_of(_pieces(service, kinds, after))


async def _pieces(service: Service, kinds: list[str] | None, after: int | None) -> AsyncGenerator[bytes]:
    async with service.hub.listening(_PATIENCE_S) as listener:
        if listener is None:
            raise StoreError("The database was not reached.", fix="Run `ngis doctor`.")
        missed = [] if after is None else await _missed(service, listener, kinds, after)
        yield f"retry: {RETRY_MS}\n\n".encode() + _state(service.hub.state) + b"".join(map(_event, missed))
        while len(missed) >= _PAGE:
            missed = await _read(service, missed[-1].id, listener.after, kinds)
            if missed:
                yield b"".join(map(_event, missed))
        try:
            while True:
                found = await listener.next(HEARTBEAT_S)
                if found is None:
                    yield b": \n\n"
                elif isinstance(found, State):
                    yield _state(found)
                elif kinds is None or found.kind in kinds:
                    yield _event(found)
        except OverError:
            return


async def _missed(service: Service, listener: Listener, kinds: list[str] | None, after: int) -> list[Event]:
    """The first of the events that came since; where not all of them are kept, first one that says so."""

    def oldest_and_newest() -> tuple[int, int]:
        with store_errors(), service.pool.connection() as connection:
            return bounds(connection)

    oldest, newest = await service.rows.do(oldest_and_newest)
    found = await _read(service, after, listener.after, kinds)
    if after > newest or (oldest and after < oldest - 1):
        return [_gap(listener.after if after > newest else oldest - 1), *found]
    return found


async def _read(service: Service, after: int, upto: int, kinds: list[str] | None) -> list[Event]:
    def read() -> list[Event]:
        with store_errors(), service.pool.connection() as connection:
            return between(connection, after, upto, kinds, _PAGE)

    return await service.rows.do(read)


def _asked(request: Request) -> tuple[list[str] | None, int | None]:
    """The kinds of events that are wanted (None: all), and the last that the asker has (None: only what is to come)."""
    given: QueryParams = request.query_params
    for name, _ in given.multi_items():
        if name not in ("kinds", "after") or len(given.getlist(name)) > 1:
            raise ParameterError(name, Text("この項目はないか、重複しています。", "it is unknown, or given twice."))
    kinds = given["kinds"].split(",") if "kinds" in given else None
    if unknown := set(kinds or ()) - set(map(str, Kind)):
        known = ", ".join(Kind)
        raise ParameterError(
            "kinds", Text(f"{'、'.join(sorted(unknown))}はありません: {known}", f"give some of {known}.")
        )
    # The browser's own word is newer than the address, which stays the same when it comes back.
    text = request.headers.get("last-event-id") or given.get("after")
    if text is None:
        return kinds, None
    if not (text.isascii() and text.isdigit() and int(text) <= _LARGEST_ID):
        raise ParameterError("after", Text("出来事の番号としてください。", "give the id of an event."))
    return kinds, int(text)


def _event(event: Event) -> bytes:
    content = {**event.content, "event_at": event.at.isoformat()}
    return _message(event.kind, content, event.id)


def _gap(after: int) -> Event:
    """Events are missing before the next: what is shown has to be read anew."""
    return Event(after, "gap", datetime.now(UTC), {})


def _state(state: State) -> bytes:
    seen_at = None if state.seen_at is None else state.seen_at.isoformat()
    return _message("state", {"current": state.current, "seen_at": seen_at})


def _message(kind: str, content: dict[str, object], number: int | None = None) -> bytes:
    numbered = "" if number is None else f"id: {number}\n"
    return f"{numbered}event: {kind}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n".encode()
