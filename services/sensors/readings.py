"""What a sensor says: how deep the water on the road is, and when; read from JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layers import road_sensors
from layers.model import Field, Text
from services.ogc.errors import Flaw
from services.ogc.transactions.values import RefusedValueError, typed

_ID: Field = road_sensors.LAYER.by_name["sensor_id"]
_TIME: Field = road_sensors.LAYER.by_name["read_at"]
_DEPTH: Field = road_sensors.LAYER.by_name["depth_cm"]
_LONGEST_ID = 100

MOST_READINGS = 1_000
"""At once."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["sensor_id", "time", "depth_cm"],
    "properties": {
        "sensor_id": {"type": "string", "minLength": 1, "maxLength": _LONGEST_ID},
        "time": {"type": "string", "format": "date-time"},
        "depth_cm": {"type": "number", "minimum": _DEPTH.minimum, "maximum": _DEPTH.maximum},
    },
}
"""Of one reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: ``at`` by the clock of the sensor, ``depth_cm`` of water above the road."""

    sensor_id: str
    at: datetime
    depth_cm: float


def read(value: Any, pointer: str = "", sensor_id: str | None = None) -> Reading | list[Flaw]:
    """A reading, or everything that is wrong with it.

    ``sensor_id``: where it is known from elsewhere, such as a topic; the reading may say it too, and no other.
    """
    if not isinstance(value, dict):
        return [Flaw(pointer, Text("測定値1件をオブジェクトで送ってください。", "Send a reading as an object."))]
    flaws = [
        Flaw(f"{pointer}/{str(name)[:_LONGEST_ID]}", Text("この項目はありません。", "There is no such member."))
        for name in value.keys() - SCHEMA["properties"].keys()
    ]
    given = {"sensor_id": sensor_id, **value}
    if sensor_id is not None and given["sensor_id"] != sensor_id:
        reason = Text("宛先のセンサーと異なります。", "It is not the sensor that it was sent for.")
        flaws.append(Flaw(f"{pointer}/sensor_id", reason))
    found: dict[str, Any] = {}
    for name, field in (("sensor_id", _ID), ("time", _TIME), ("depth_cm", _DEPTH)):
        try:
            found[name] = typed(field, given.get(name))
            if found[name] is None:
                raise RefusedValueError("必須の項目です。", "It is required.")
        except RefusedValueError as error:
            flaws.append(Flaw(f"{pointer}/{name}", error.reason))
    return flaws or Reading(found["sensor_id"], found["time"], float(found["depth_cm"]))
