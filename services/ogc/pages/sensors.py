"""Sensors on roads: the readings that close and open them."""

from typing import Any

from layers import road_sensors
from layers.model import Role, Text
from services.ogc.batches import answer_schema
from services.ogc.face import Face
from services.ogc.pages.model import JSON, Body, Format, Page
from services.ogc.source import Source
from services.sensors.readings import MOST_READINGS, SCHEMA

_TAKEN = answer_schema(sensor_id={"type": "string"}, closed={"type": ["boolean", "null"]})
_JSON = Format(JSON.name, JSON.media_type, JSON.title, schema=_TAKEN)


def _is_of_sensors(source: Source) -> bool:
    return source.is_editable and source.layer.id == road_sensors.LAYER.id


def _roles(source: Source) -> frozenset[Role]:
    return source.layer.editable_by


def _example(_source: Source | None) -> Any:
    return {"sensor_id": "架空冠水1", "time": "2026-04-01T09:00:00+09:00", "depth_cm": 22.5}


PAGES = (
    Page(
        path="/collections/{collection}/readings",
        method="POST",
        handler="services.sensors.handlers:readings",
        tag="Tracking",
        summary=Text("冠水センサーの測定値の報告", "Report readings of sensors on roads"),
        formats=(_JSON,),
        body=Body(
            {
                "application/json": {
                    "oneOf": [SCHEMA, {"type": "array", "items": SCHEMA, "minItems": 1, "maxItems": MOST_READINGS}]
                }
            },
            Text(
                "測定値1件、またはその配列。閾値以上で道路を通行規制とし、再開の閾値を下回ると規制を終える。新しい測定値だけが"
                "効く。",
                "One reading or an array of them. At the closing threshold or above the road is closed; below the "
                "reopening one it is opened. Only what is newer than all that is known counts.",
            ),
            example=_example,
        ),
        data=True,
        cacheable=False,
        faces=(Face.INTERNAL,),
        answers={200: Text("それぞれの測定値の扱い", "What became of each reading.")},
        offered=_is_of_sensors,
        roles=_roles,
        lags=True,
    ),
)
