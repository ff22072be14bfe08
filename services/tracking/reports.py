"""What a vehicle reports: where it is, how it moves, and which status key was pressed; read from JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from geo.coordinates import PositionDefect, examine_position
from layers import vehicles
from layers.model import Field, Text
from services.ogc.errors import Flaw
from services.ogc.transactions.values import RefusedValueError, typed

_STATUS: Field = vehicles.LAYER.by_name["status"]
_TIME: Field = vehicles.LAYER.by_name["position_at"]
_BY_NAME = {
    name: code.value
    for code in (_STATUS.codes.codes if _STATUS.codes is not None else ())
    for name in (code.value, code.title.ja, *code.aliases)
}
_NOWHERE = ("日本の位置ではありません。", "It lies outside of Japan.")
_DEFECTS = {
    PositionDefect.ZERO: ("測位できていません（0）。", "The receiver has no fix: a coordinate is 0."),
    PositionDefect.SWAPPED: ("経度と緯度が逆です。", "Longitude and latitude are the wrong way round."),
    PositionDefect.OUTSIDE_JAPAN: _NOWHERE,
}
_LONGEST_NAME = 100
_FASTEST_KPH = 300.0

MOST_REPORTS = 1_000
"""At once."""

_POSITION = {"type": "number"}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["time"],
    "properties": {
        "call_sign": {"type": "string", "minLength": 1, "maxLength": _LONGEST_NAME},
        "vehicle_id": {"type": "string", "minLength": 1, "maxLength": _LONGEST_NAME},
        "time": {"type": "string", "format": "date-time"},
        "not_before": {"type": "string", "format": "date-time"},
        "lon": {**_POSITION, "minimum": -180, "maximum": 180},
        "lat": {**_POSITION, "minimum": -90, "maximum": 90},
        "speed_kph": {"type": "number", "minimum": 0, "maximum": _FASTEST_KPH},
        "heading_deg": {"type": "number", "minimum": 0, "maximum": 360},
        "accuracy_m": {"type": "number", "minimum": 0},
        "status": {"type": "string", "enum": list(_BY_NAME)},
        "report_id": {"type": "string", "minLength": 1, "maxLength": _LONGEST_NAME},
    },
}
"""Of one report.  ``call_sign`` or ``vehicle_id`` (the id of its feature), and a position, a status, or both.

``not_before``: what is reported was at ``time`` at the latest, and at this at the earliest; none: it was at ``time``.
``report_id`` names the report among those of its vehicle: sent again, whatever else it says, it is a duplicate.
"""


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    name:
        Call sign, or id of the feature where ``by_id``.
    at:
        By the clock of the vehicle.
    place:
        Longitude and latitude, EPSG:6668 in degrees; None: only a status key was reported.
    heading_deg:
        Clockwise from north.
    accuracy_m:
        As the receiver says it; None: it says nothing.
    status:
        A code of ``fire_codes.STATUS_KEYS``; None: no key was pressed.
    report_id:
        Names the report among those of its vehicle; None: its time does.
    not_before:
        The earliest that it may have been, where ``at`` is only the latest.
    """

    name: str
    by_id: bool
    at: datetime
    place: tuple[float, float] | None
    speed_kph: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    status: str | None = None
    report_id: str | None = None
    not_before: datetime | None = None


def read(value: Any, pointer: str = "", call_sign: str | None = None) -> Report | list[Flaw]:
    """A report, or everything that is wrong with it.

    ``call_sign``: where it is known from elsewhere, such as a topic; the report may say it too, and no other.
    """
    if not isinstance(value, dict):
        return [Flaw(pointer, Text("報告1件をオブジェクトで送ってください。", "Send a report as an object."))]
    return _Reader(value, pointer).report(call_sign)


class _Reader:
    """Reads one report, collecting what is wrong with it."""

    def __init__(self, given: Mapping[str, Any], pointer: str) -> None:
        self._given = given
        self._pointer = pointer
        self._flaws: list[Flaw] = []

    def report(self, call_sign: str | None) -> Report | list[Flaw]:
        for name in self._given.keys() - SCHEMA["properties"].keys():
            self._find(str(name)[:_LONGEST_NAME], "この項目はありません。", "There is no such member.")
        name, by_id = self._name(call_sign)
        at = self._at()
        lon, lat = self._number("lon", -180, 180), self._number("lat", -90, 90)
        if (lon is None) != (lat is None) and not self._flaws:
            self._find("lat" if lat is None else "lon", "経度と緯度は両方必要です。", "Give both lon and lat.")
        place = None
        if lon is not None and lat is not None:
            place, defect = (lon, lat), examine_position(lon, lat).defect
            if defect is not None:
                self._find("lon", *_DEFECTS[defect])
        status = self._status()
        if place is None and status is None and not self._flaws:
            self._find("lon", "位置か動態のどちらかが必要です。", "Give a position, a status, or both.")
        speed = self._number("speed_kph", 0, _FASTEST_KPH)
        heading = self._number("heading_deg", 0, 360)
        accuracy = self._number("accuracy_m", 0, float("inf"))
        report_id = self._text("report_id")
        not_before: datetime | None = self._typed("not_before", lambda value: typed(_TIME, value))
        if not_before is not None and at is not None and not_before > at:
            self._find("not_before", "時刻（time）より後です。", "It is later than the time.")
        if self._flaws or at is None:
            return self._flaws
        return Report(name, by_id, at, place, speed, heading, accuracy, status, report_id, not_before)

    def _name(self, known: str | None) -> tuple[str, bool]:
        call_sign = self._text("call_sign")
        vehicle_id = self._text("vehicle_id")
        if known is not None and call_sign not in (None, known):
            self._find("call_sign", "宛先の呼出名称と異なります。", "It is not the call sign that it was sent to.")
        call_sign = known or call_sign
        if (call_sign is None) == (vehicle_id is None):
            self._find(
                "call_sign",
                "呼出名称（call_sign）か識別子（vehicle_id）のどちらか一方が必要です。",
                "Give either call_sign or vehicle_id.",
            )
        return call_sign or vehicle_id or "", call_sign is None

    def _text(self, name: str) -> str | None:
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME or not value.isprintable():
            self._find(name, f"{_LONGEST_NAME}文字までの文字列としてください。", f"Up to {_LONGEST_NAME} characters.")
            return None
        return value

    def _at(self) -> datetime | None:
        found: datetime | None = self._typed("time", lambda value: typed(_TIME, value))
        if found is None and "time" not in {flaw.pointer.rpartition("/")[2] for flaw in self._flaws}:
            self._find("time", "必須の項目です。", "It is required.")
        return found

    def _status(self) -> str | None:
        value = self._given.get("status")
        if isinstance(value, str) and value in _BY_NAME:
            return str(_BY_NAME[value])
        found: str | None = self._typed("status", lambda _: typed(_STATUS, value))
        return found

    def _typed(self, name: str, convert: Callable[[Any], Any]) -> Any:
        try:
            return convert(self._given.get(name))
        except RefusedValueError as error:
            self._flaws.append(Flaw(f"{self._pointer}/{name}", error.reason))
            return None

    def _number(self, name: str, least: float, most: float) -> float | None:
        value = self._given.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self._find(name, "数値で指定してください。", "Give a number.")
            return None
        if not least <= value <= most:
            self._find(
                name,
                f"{least:g}から{most:g}までの範囲で指定してください。",
                f"It has to be from {least:g} to {most:g}.",
            )
            return None
        return float(value)

    def _find(self, name: str, ja: str, en: str) -> None:
        self._flaws.append(Flaw(f"{self._pointer}/{name}", Text(ja, en)))
