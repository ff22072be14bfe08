"""What becomes of messages: read, judged and taken up as what comes over HTTP is, and never a reason to stop."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import psycopg

from geo.errors import StoreError
from layers.model import Text
from services.ogc.errors import Flaw, MalformedContentError
from services.ogc.json_content import parse
from services.sensors import closing, readings
from services.tracking import positions, reports

logger = logging.getLogger(__name__)

Connection = psycopg.Connection[tuple[Any, ...]]

TOPICS = ("ngis/vehicles/+/position", "ngis/vehicles/+/status", "ngis/sensors/+")
LARGEST_BYTES = 1024 * 1024
UNREADABLE, FAILED = "unreadable", "failed"
"""What becomes of a message that cannot be read, and of one at which this program fails; others have an ``Outcome``."""
REPORTED_BY = "mqtt"
_MOST = min(reports.MOST_REPORTS, readings.MOST_READINGS)
_NOT_WHAT_IT_SAYS = {
    "position": ("lon", Text("位置がありません。", "It has no position.")),
    "status": ("status", Text("動態がありません。", "It has no status.")),
}


@dataclass(frozen=True, slots=True)
class Message:
    """What a broker hands over."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one report or reading of a message; the reason where it was not taken up."""

    outcome: str
    topic: str
    reason: str | None = None


type _Items = list[reports.Report] | list[readings.Reading]


def take_messages(connection: Connection, messages: Sequence[Message], now: datetime, time_zone: str) -> list[Became]:
    """Takes up messages; what became of each report and reading in them.  What is taken up is committed.

    Raises
    ------
    StoreError
        The database is away, or a layer is busy: nothing may have been taken up, or a part; trying again is harmless.
    """
    found: list[Became] = []
    vehicles: list[tuple[str, reports.Report]] = []
    sensors: list[tuple[str, readings.Reading]] = []
    for message in messages:
        try:
            for item in _items(message):
                if isinstance(item, reports.Report):
                    vehicles.append((message.topic, item))
                elif isinstance(item, readings.Reading):
                    sensors.append((message.topic, item))
                else:
                    found.append(Became(UNREADABLE, message.topic, _words(item)))
        except MalformedContentError as error:
            found.append(Became(UNREADABLE, message.topic, error.reason.en))
    found += _each(vehicles, lambda given: positions.take(connection, given, REPORTED_BY, now))
    found += _each(sensors, lambda given: closing.take(connection, given, now, time_zone))
    return found


def _items(message: Message) -> list[reports.Report | readings.Reading | list[Flaw]]:
    """What a message holds, or what is wrong with each part of it."""
    if len(message.payload) > LARGEST_BYTES:
        return [[Flaw("", Text("大きすぎます。", f"It is larger than {LARGEST_BYTES:,} bytes."))]]
    document = parse(message.payload)
    several = isinstance(document, list)
    given = document if several else [document]
    if not 1 <= len(given) <= _MOST:
        return [[Flaw("", Text(f"1件から{_MOST:,}件までです。", f"Send 1 to {_MOST:,}."))]]
    root, kind, *rest = message.topic.split("/")
    name = unquote(rest[0]) if kind == "vehicles" else unquote(message.topic.removeprefix("ngis/sensors/"))
    assert root == "ngis"  # noqa: S101 - nothing else was subscribed to
    pointers = [f"/{number}" if several else "" for number in range(len(given))]
    if kind == "vehicles":
        return [_report(each, pointer, name, rest[1]) for each, pointer in zip(given, pointers, strict=True)]
    return [readings.read(each, pointer, name) for each, pointer in zip(given, pointers, strict=True)]


def _report(value: Any, pointer: str, call_sign: str, kind: str) -> reports.Report | list[Flaw]:
    found = reports.read(value, pointer, call_sign)
    if isinstance(found, reports.Report) and (found.place if kind == "position" else found.status) is None:
        member, reason = _NOT_WHAT_IT_SAYS[kind]
        return [Flaw(f"{pointer}/{member}", reason)]
    return found


def _each[T](
    given: Sequence[tuple[str, T]], take: Callable[[list[T]], Sequence[positions.Taken | closing.Taken]]
) -> list[Became]:
    """What became of these; where all together are a mistake of this program, one by one."""
    if not given:
        return []
    try:
        taken = take([item for _, item in given])
    except Exception as error:
        # What the database refuses for its content is refused again however often it is sent.
        if isinstance(error, StoreError) and not isinstance(
            error.__cause__, psycopg.DataError | psycopg.IntegrityError
        ):
            raise
        if len(given) > 1:
            return [became for each in given for became in _each([each], take)]
        logger.exception("a message to %s could not be taken up", given[0][0])
        return [Became(FAILED, given[0][0], "see the log")]
    return [
        Became(str(each.outcome), topic, None if each.reason is None else each.reason.en)
        for (topic, _), each in zip(given, taken, strict=True)
    ]


def _words(flaws: Sequence[Flaw]) -> str:
    return " ".join(f"{flaw.pointer}: {flaw.reason.en}" for flaw in flaws)
