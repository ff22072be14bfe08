"""Vehicles under way: the positions and status keys that they report."""

from typing import Any

from layers import vehicles
from layers.model import Role, Text
from services.ogc.face import Face
from services.ogc.pages.model import JSON, Body, Format, Page
from services.ogc.source import Source
from services.tracking.judging import Outcome
from services.tracking.reports import MOST_REPORTS, SCHEMA

_TAG = "Tracking"
_OUTCOMES = {"type": "string", "enum": [str(each) for each in Outcome]}
_TAKEN = {
    "type": "object",
    "required": [*map(str, Outcome), "results"],
    "properties": {
        **{str(each): {"type": "integer", "minimum": 0} for each in Outcome},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["outcome"],
                "properties": {
                    "outcome": _OUTCOMES,
                    "call_sign": {"type": ["string", "null"]},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}
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
)
