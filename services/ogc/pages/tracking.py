"""Vehicles under way: the positions and status keys that they report, and the routes that they are on."""

from typing import Any

from layers import vehicles
from layers.model import Role, Text
from services.ogc.batches import answer_schema
from services.ogc.face import Face
from services.ogc.pages.model import JSON, Body, Format, Page
from services.ogc.processes._place import EITHER
from services.ogc.source import Source
from services.tracking.reports import MOST_REPORTS, SCHEMA

_TAG = "Tracking"
_TAKEN = answer_schema(call_sign={"type": ["string", "null"]})
_JSON = Format(JSON.name, JSON.media_type, JSON.title, schema=_TAKEN)


def _is_of_vehicles(source: Source) -> bool:
    return source.is_editable and source.layer.id == vehicles.LAYER.id


def _drivers(source: Source) -> frozenset[Role]:
    return source.layer.editable_by


def _example(_source: Source | None) -> Any:
    return {
        "call_sign": "架空中央1",
        "time": "2026-04-01T09:00:00+09:00",
        "lon": 135.3415,
        "lat": 34.7376,
        "speed_kph": 32.0,
        "heading_deg": 90.0,
        "accuracy_m": 5.0,
        "status": "dispatched",
    }


_ROUTES = "/collections/{collection}/routes"
_ROUTE = "/collections/{collection}/routes/{call_sign}"
_READ = {200: Text("登録されている経路", "What is registered.")}
DESTINATION = {
    "type": "object",
    "required": ["destination"],
    "additionalProperties": False,
    "properties": {
        "destination": EITHER,
        "origin": EITHER,
        "heading_deg": {"type": "number", "minimum": 0, "maximum": 360},
        "incident_id": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[^\\u0000]*$"},
    },
}


def _route(method: str, handler: str, summary: Text, **other: object) -> Page:
    """A page of the routes of vehicles."""
    return Page(
        method=method,
        handler=f"services.tracking.route_handlers:{handler}",
        tag=_TAG,
        summary=summary,
        formats=(JSON,),
        data=True,
        cacheable=False,
        faces=(Face.INTERNAL,),
        offered=_is_of_vehicles,
        **other,  # type: ignore[arg-type]
    )


PAGES = (
    Page(
        path="/collections/{collection}/positions",
        method="POST",
        handler="services.tracking.handlers:positions",
        tag=_TAG,
        summary=Text("車両の位置と動態の報告", "Report positions and status keys of vehicles"),
        formats=(_JSON,),
        body=Body(
            {
                "application/json": {
                    "oneOf": [SCHEMA, {"type": "array", "items": SCHEMA, "minItems": 1, "maxItems": MOST_REPORTS}]
                }
            },
            Text(
                "報告1件、またはその配列。位置（lon、lat）と動態（status）の少なくとも一方を含む。新しい報告だけが位置を"
                "変える。誤った報告は、ほかの報告の受付を妨げない。",
                "One report or an array of them, each with a position (lon, lat), a status, or both. Only what is "
                "newer than all that is known moves a vehicle; one that is wrong keeps no other from being taken up.",
            ),
            example=_example,
        ),
        data=True,
        cacheable=False,
        faces=(Face.INTERNAL,),
        answers={200: Text("それぞれの報告の扱い", "What became of each report.")},
        offered=_is_of_vehicles,
        roles=_drivers,
        lags=True,
    ),
    _route("GET", "routes", Text("走行中の車両の経路", "Routes of vehicles under way"), path=_ROUTES, answers=_READ),
    _route("GET", "route", Text("車両の経路", "The route of a vehicle"), path=_ROUTE, answers=_READ),
    _route(
        "PUT",
        "register_route",
        Text("車両の経路の登録", "Register the route of a vehicle"),
        path=_ROUTE,
        answers={200: Text("いまの経路、またはないときはその理由", "The way now, or why there is none.")},
        body=Body(
            {"application/json": DESTINATION},
            Text(
                "目的地。出発地を省くと、車両の最後の位置から。通行止めがこの経路を断つと、/eventsで別の経路とともに知らせる。"
                "現着などの動態で終わる。",
                "Where it goes; without an origin, from where it was last seen. Where a closure cuts this route, "
                "/events tells it, with another way. It ends with the next status key.",
            ),
            example=lambda _: {"destination": [135.3618, 34.7214], "origin": [135.3415, 34.7376]},
        ),
        roles=_drivers,
        lags=True,
    ),
    _route(
        "DELETE",
        "end_route",
        Text("車両の経路の終了", "End the route of a vehicle"),
        path=_ROUTE,
        answers={204: Text("終了した", "Ended.")},
        roles=_drivers,
        lags=True,
    ),
)
