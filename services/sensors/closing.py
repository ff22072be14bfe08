"""Readings taken up: the closure of a road is drawn, deepened and ended by what its sensor says.

Each change is an edit of the layer of closures, as one by hand is: it has an author, a history, and moves the revision
that routes go by.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from layers import road_closures, road_sensors
from layers.model import Text
from services.database.editing.session import Editing, Editor, Place, Stored, editing
from services.database.failures import store_errors
from services.ogc.batches import Outcome
from services.sensors.judging import Thresholds, Verdict, depth_m, outcome
from services.sensors.readings import Reading

Connection = psycopg.Connection[tuple[Any, ...]]

_UNKNOWN = Text("このセンサーはありません。", "There is no such sensor.")
_AMBIGUOUS = Text("このIDのセンサーが複数あります。", "Several sensors have this id.")
_NOWHERE = Text("このセンサーには道路の区間がありません。", "This sensor stands for no place.")
_SENSORS = sql.SQL(
    "SELECT sensor_id, name, ST_AsBinary(geometry), closes_publicly, close_depth_cm, reopen_depth_cm FROM {} "
    "WHERE sensor_id = ANY(%s)"
).format(sql.Identifier("core", road_sensors.LAYER.table))


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a reading; ``reason`` where it was refused; whether the road is closed by its sensor now."""

    outcome: Outcome
    sensor_id: str
    reason: Text | None = None
    closed: bool | None = None


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor as its layer declares it.  ``place`` (EPSG:6668) is what it closes.

    ``closes_publicly``: who declared it has approved that what it closes is shown to the public.
    """

    id: str
    name: str | None
    place: BaseGeometry
    thresholds: Thresholds
    closes_publicly: bool | None = None

    @property
    def declared_by(self) -> str:
        return f"冠水センサー {self.id}" + ("" if self.name is None else f"（{self.name}）")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a sensor has said by now, and the closure it holds."""

    at: datetime | None = None
    depth_cm: float = 0.0
    closure_id: str | None = None
    is_silent: bool = False


def take(connection: Connection, readings: Sequence[Reading], now: datetime, time_zone: str) -> list[Taken]:
    """Takes up readings, in whatever order, in one transaction; what became of each.

    Raises
    ------
    LayerBusyError
        The closures are being loaded or edited, and that takes longer than an edit waits: nothing was taken up.
    StoreError
        The database is away.
    """
    taken: list[Taken | None] = [None] * len(readings)
    with store_errors(), connection.transaction():
        sensors = _declared(connection, {each.sensor_id for each in readings})
        known = sorted(name for name, sensor in sensors.items() if isinstance(sensor, Sensor))
        said = dict(_locked(connection, known))
        for number in sorted(range(len(readings)), key=lambda each: readings[each].at):
            reading = readings[number]
            sensor = sensors.get(reading.sensor_id, _UNKNOWN)
            if isinstance(sensor, Text):
                taken[number] = Taken(Outcome.REFUSED, reading.sensor_id, sensor)
                continue
            before = said[sensor.id]
            became, reason = outcome(reading, before.at, now)
            if became is Outcome.ACCEPTED:
                said[sensor.id] = _follow(connection, sensor, before, reading, now, time_zone)
            closed = said[sensor.id].closure_id is not None
            taken[number] = Taken(became, sensor.id, reason, closed)
        for name in known:
            _keep(connection, name, said[name])
    return [each for each in taken if each is not None]


def author(sensor_id: str) -> str:
    """As whom a sensor edits."""
    return f"sensor:{sensor_id}"


def changing(connection: Connection, sensor_id: str, now: datetime, time_zone: str) -> AbstractContextManager[Editing]:
    """An edit of the closures in the name of a sensor."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    return editing(connection, road_closures.LAYER, Editor(author(sensor_id), today))


def told(reading_cm: float, at: datetime, time_zone: str, silent: bool = False) -> str:
    """What the closure says of the reading it stands on."""
    moment = at.astimezone(ZoneInfo(time_zone)).isoformat(timespec="seconds")
    text = f"水深{reading_cm:g} cm（{moment}の測定値）。Depth {reading_cm:g} cm, read at {moment}."
    if silent:
        text += (
            f" {moment}以降は測定値がない（途絶）。水が引いたとは限らないため、規制を続ける。"
            f" Silent since {moment}: the road stays closed, because it is not known to be dry."
        )
    return text


def own(connection: Connection, session: Editing, sensor_id: str, closure_id: str | None) -> Stored | None:
    """The closure that a sensor holds; None where it is gone, or somebody has changed it by hand: then it is theirs."""
    row = connection.execute(
        "SELECT edited_by FROM ngis.edit WHERE layer_id = %s AND feature_id = %s ORDER BY id DESC LIMIT 1",
        (road_closures.LAYER.id, closure_id),
    ).fetchone()
    if closure_id is None or row is None or row[0] != author(sensor_id):
        return None
    return session.find(closure_id)


def _follow(
    connection: Connection, sensor: Sensor, before: _Said, reading: Reading, now: datetime, time_zone: str
) -> _Said:
    """The closure as a reading wants it."""
    said = replace(before, at=reading.at, depth_cm=reading.depth_cm, is_silent=False)
    verdict = sensor.thresholds.verdict(reading.depth_cm)
    if before.closure_id is None and verdict is not Verdict.CLOSE:
        return said
    with changing(connection, sensor.id, now, time_zone) as session:
        stored = own(connection, session, sensor.id, before.closure_id)
        holds = stored is not None and (stored.values["until"] is None or stored.values["until"] > now)
        if verdict is Verdict.OPEN:
            if stored is not None and holds:
                until = max(reading.at, stored.values["from"])
                if until == stored.values["from"]:  # it would not have held at all: an end is later than a beginning
                    session.delete(stored)
                else:
                    remarks = told(reading.depth_cm, reading.at, time_zone)  # it may have been silent before
                    session.change(stored, "update", {**stored.values, "until": until, "remarks": remarks}, None)
            return replace(said, closure_id=None)
        if stored is not None and holds:
            # Where it is the same to the centimetre nothing is written: all routes would be searched anew for nothing.
            if before.is_silent or stored.values["depth_m"] != depth_m(reading.depth_cm):
                session.change(stored, "update", {**stored.values, **_read(reading, time_zone)}, None)
            return said
        if verdict is Verdict.STAY:  # somebody has ended it, or has it in hand
            return replace(said, closure_id=None)
        return replace(said, closure_id=_draw(session, sensor, reading, now, time_zone))


def _draw(session: Editing, sensor: Sensor, reading: Reading, now: datetime, time_zone: str) -> str:
    values = {
        "name": sensor.name,
        "from": min(reading.at, now),  # a clock that is ahead does not keep a road open
        "reason": "flooding",
        "declared_by": sensor.declared_by,
        "public": sensor.closes_publicly,
        **_read(reading, time_zone),
    }
    return session.create(values, Place(sensor.place)).id


def _read(reading: Reading, time_zone: str) -> Mapping[str, Any]:
    return {"depth_m": depth_m(reading.depth_cm), "remarks": told(reading.depth_cm, reading.at, time_zone)}


def _declared(connection: Connection, ids: Iterable[str]) -> Mapping[str, Sensor | Text]:
    found: dict[str, Sensor | Text] = {}
    for name, title, wkb, public, *thresholds in connection.execute(_SENSORS, (sorted(ids),)).fetchall():
        if name in found:
            found[name] = _AMBIGUOUS
        elif wkb is None:
            found[name] = _NOWHERE
        else:
            found[name] = Sensor(name, title, shapely.from_wkb(bytes(wkb)), Thresholds(*thresholds), public)
    return found


def _locked(connection: Connection, ids: Sequence[str]) -> Iterable[tuple[str, _Said]]:
    """What these have said, which nobody else changes until the end of the transaction."""
    connection.execute(
        "INSERT INTO tracking.sensor (sensor_id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (list(ids),)
    )
    rows = connection.execute(
        "SELECT sensor_id, read_at, depth_cm, closure_id, is_silent FROM tracking.sensor WHERE sensor_id = ANY(%s) "
        "ORDER BY sensor_id FOR UPDATE",
        (list(ids),),
    ).fetchall()
    return [(name, _Said(at, depth_cm or 0.0, *held)) for name, at, depth_cm, *held in rows]


def _keep(connection: Connection, sensor_id: str, said: _Said) -> None:
    if said.at is None:  # nothing it has said was believed
        connection.execute("DELETE FROM tracking.sensor WHERE sensor_id = %s", (sensor_id,))
        return
    connection.execute(
        "UPDATE tracking.sensor SET read_at = %(at)s, depth_cm = %(depth_cm)s, closure_id = %(closure_id)s, "
        "is_silent = %(silent)s WHERE sensor_id = %(id)s",
        {
            "silent": said.is_silent,
            "id": sensor_id,
            "at": said.at,
            "depth_cm": said.depth_cm,
            "closure_id": said.closure_id,
        },
    )
