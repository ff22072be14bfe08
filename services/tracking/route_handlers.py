"""Handlers in pygeoapi's form: the routes that vehicles are on are registered, read and ended."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from jsonschema import Draft202012Validator
from pygeoapi.api import APIRequest

from layers.model import Text
from services.database.failures import store_errors
from services.ogc.api import CityApi
from services.ogc.asked import Asked, current
from services.ogc.errors import Flaw, InvalidContentError, ResourceError
from services.ogc.json_content import parse
from services.ogc.pages.tracking import DESTINATION
from services.ogc.processes import _place
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads.provenance import provenance
from services.ogc.source import Source
from services.routing.closures import closures_now
from services.routing.roads import SourceRoads
from services.tracking.routes import Route, forget, network_name, register, registered
from services.tracking.ways import find

Answer = tuple[dict[str, Any], int, Any]

_CHECK = Draft202012Validator(DESTINATION)
_NO_VEHICLE = Text("この呼出名称の車両はありません。", "There is no vehicle with this call sign.")
_NO_ROUTE = Text("この車両の経路は登録されていません。", "This vehicle is on no route.")
_NOWHERE = Text(
    "車両の位置がわかりません。出発地を指定してください。", "Where the vehicle is is not known; give an origin."
)


def register_route(api: CityApi, request: APIRequest, _collection: str, call_sign: str) -> Answer:
    """PUT: the vehicle's way to a destination now, which is watched from then on; or why there is none."""
    asked, wanted = current(), _wanted(request)
    source, who = _source(asked), asked.who
    assert who is not None  # noqa: S101 - this page is only answered to accounts
    profile, stands_at = _vehicle(source, call_sign)
    roads = SourceRoads(api.sources, api.city)
    context = Context(api.layers, api.city, asked.language, roads=roads)
    goal = _place.place_named("destination", wanted["destination"], context)
    if "origin" in wanted:
        start = _place.place_named("origin", wanted["origin"], context)
    elif stands_at is None:
        raise InvalidContentError([Flaw("/origin", _NOWHERE)])
    else:
        start = _place.Place(*stands_at)
    states = {layer_id: each.state for layer_id, each in api.sources.items()}
    with store_errors(), source.pool.connection() as connection:
        # A closure that comes later has another key, which makes the watch look again.
        closures = closures_now(connection, "core", datetime.now(UTC))
    network = network_name(states, source.var)
    now = roads.conditions_under(profile, closures)
    found = find(now, start, goal, context, wanted.get("heading_deg"))
    with store_errors(), source.pool.connection() as connection:
        register(
            connection,
            call_sign,
            profile,
            (start.lon, start.lat),
            (goal.lon, goal.lat),
            found,
            network=network,
            closures_key=closures.key,
            incident_id=wanted.get("incident_id"),
            language=asked.language,
            by=who,
        )
    fictitious = start.fictitious or goal.fictitious or found.fictitious
    document = {
        "call_sign": call_sign,
        "incident_id": wanted.get("incident_id"),
        "origin": start.document(),
        "destination": goal.document(),
        "route": found.route,
        "refusal": found.refusal,
        **provenance(now, context, found.notes, fictitious=fictitious),
    }
    return {}, HTTPStatus.OK, json.dumps(document, ensure_ascii=False)


def routes(_api: CityApi, _request: APIRequest, _collection: str) -> Answer:
    """GET: all vehicles under way."""
    return _found(registered_in(_source(current())))


def route(_api: CityApi, _request: APIRequest, _collection: str, call_sign: str) -> Answer:
    """GET: the route of one vehicle; 404 where it is on none."""
    found = registered_in(_source(current()), call_sign)
    if not found:
        raise ResourceError(_NO_ROUTE)
    return {}, HTTPStatus.OK, json.dumps(_document(found[0]), ensure_ascii=False)


def end_route(_api: CityApi, _request: APIRequest, _collection: str, call_sign: str) -> Answer:
    """DELETE: the vehicle is under way no more."""
    with store_errors(), _source(current()).pool.connection() as connection:
        if "\0" in call_sign or not forget(connection, call_sign):
            raise ResourceError(_NO_ROUTE)
    return {}, HTTPStatus.NO_CONTENT, b""


def registered_in(source: Source, call_sign: str | None = None) -> list[Route]:
    """The routes that are registered, of one vehicle or of all."""
    if call_sign is not None and "\0" in call_sign:
        return []
    with store_errors(), source.pool.connection() as connection:
        return registered(connection, call_sign)


# --- parts -----------------------------------------------------------------------------------------------------


def _wanted(request: APIRequest) -> dict[str, Any]:
    document = parse(request.data)
    flaws = [
        Flaw(
            "".join(f"/{part}" for part in error.absolute_path),
            Text(f"指定できない内容です（{error.validator}）。", f"It is not as it has to be ({error.validator})."),
        )
        for error in _CHECK.iter_errors(document)
    ]
    if flaws:
        raise InvalidContentError(flaws)
    found: dict[str, Any] = document
    return found


def _source(asked: Asked) -> Source:
    assert asked.source is not None  # noqa: S101 - the path names a collection
    return asked.source


def _vehicle(source: Source, call_sign: str) -> tuple[str, tuple[float, float] | None]:
    """Profile of a vehicle, and where it was last seen."""
    rows: list[tuple[Any, ...]] = []
    if "\0" not in call_sign:
        with store_errors(), source.pool.connection() as connection:
            rows = connection.execute(
                "SELECT v.profile, coalesce(l.lon, ST_X(v.geometry)), coalesce(l.lat, ST_Y(v.geometry)) "
                "FROM core.vehicles AS v LEFT JOIN tracking.latest AS l USING (call_sign) "
                "WHERE v.call_sign = %s ORDER BY v.id LIMIT 1",
                (call_sign,),
            ).fetchall()
    if not rows:
        raise ResourceError(_NO_VEHICLE)
    ((profile, lon, lat),) = rows
    return profile, None if lon is None else (lon, lat)


def _found(found: list[Route]) -> Answer:
    return {}, HTTPStatus.OK, json.dumps({"routes": [_document(each) for each in found]}, ensure_ascii=False)


def _document(found: Route) -> dict[str, Any]:
    line = found.line
    return {
        "call_sign": found.call_sign,
        "profile": found.profile,
        "incident_id": found.incident_id,
        "origin": list(found.origin),
        "destination": list(found.destination),
        "has_way": line is not None,
        "geometry": None
        if line is None
        else {"type": "LineString", "coordinates": [list(each) for each in line.coords]},
        "registered_by": found.registered_by,
        "registered_at": found.registered_at.isoformat(),
        "updated_at": found.updated_at.isoformat(),
    }
