"""Reports taken up: all of a request in one transaction of four statements, however many they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from layers import vehicles
from layers.model import Text
from services.database.failures import store_errors
from services.ogc.batches import Outcome
from services.tracking import keys
from services.tracking.judging import Known, is_news, refusal
from services.tracking.reports import Report

Connection = psycopg.Connection[tuple[Any, ...]]

_VEHICLES = sql.Identifier("core", vehicles.LAYER.table)
_UNKNOWN = Text("この車両はありません。", "There is no such vehicle.")
_AMBIGUOUS = Text(
    "この呼出名称の車両が複数あります。識別子（vehicle_id）でも区別しません。",
    "Several vehicles have this call sign, so it is of none for certain.",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a report; ``reason`` where it was refused, ``call_sign`` where its vehicle is known."""

    outcome: Outcome
    call_sign: str | None = None
    reason: Text | None = None


def take(connection: Connection, reports: Sequence[Report], by: str, now: datetime) -> list[Taken]:
    """Takes up reports, in whatever order; what became of each.

    None replaces a newer one.  What is taken is not lost when this program ends; where the power fails, the last
    fraction of a second may be: the next reports bring it.  Reports with an id are on disk when this returns, as who
    sent them forgets them then.

    Raises
    ------
    StoreError
        The database is away.
    """
    with store_errors(), connection.transaction():
        if all(report.report_id is None for report in reports):
            connection.execute("SET LOCAL synchronous_commit = off")
        fleet = _fleet(connection, reports)
        there = keys.known_ids(connection, reports)
        taken: list[Taken | None] = [None] * len(reports)
        believed: dict[_Name, int] = {}
        newest: dict[str, Known] = {}
        for number in sorted(range(len(reports)), key=lambda each: reports[each].at):
            report = reports[number]
            known = fleet.get((report.by_id, report.name), _UNKNOWN)
            if isinstance(known, Text):
                taken[number] = Taken(Outcome.REFUSED, None, known)
                continue
            before, name = newest.get(known.call_sign, known), _name(known.call_sign, report)
            if name in there or name in believed:
                taken[number] = Taken(Outcome.DUPLICATE, known.call_sign)
            elif (reason := refusal(report, before, now)) is not None:
                taken[number] = Taken(Outcome.REFUSED, known.call_sign, reason)
            else:
                believed[name] = number
                taken[number] = Taken(Outcome.ACCEPTED if is_news(report, known) else Outcome.LATE, known.call_sign)
                newest[known.call_sign] = _with(before, report)
        rows = {number: (call_sign, reports[number]) for (call_sign, _), number in believed.items()}
        for number in _repeated(connection, rows, by):
            taken[number] = Taken(Outcome.DUPLICATE, rows.pop(number)[0])
        _renew(connection, list(rows.values()))
        keys.keep(connection, list(rows.values()))
    return [each for each in taken if each is not None]


type _Name = tuple[str, str | datetime]
"""By which a report is known when it is sent again: its vehicle, and its own id or else its time."""


def _name(call_sign: str, report: Report) -> _Name:
    return call_sign, report.report_id or report.at


def _with(known: Known, report: Report) -> Known:
    """What is known after a report."""
    status_at = known.status_at
    if report.status is not None and (status_at is None or report.at > status_at):
        status_at = report.at
    if report.place is None or (known.at is not None and report.at < known.at):
        return Known(known.call_sign, known.at, known.place, known.accuracy_m, status_at)
    return Known(known.call_sign, report.at, report.place, report.accuracy_m, status_at)


def _fleet(connection: Connection, reports: Sequence[Report]) -> Mapping[tuple[bool, str], Known | Text]:
    """The vehicles that reports name, by the way they are named; a reason where it is not clear which."""
    names = list({report.name for report in reports})
    rows = connection.execute(
        sql.SQL(
            "SELECT v.id, v.call_sign, count(*) OVER (PARTITION BY v.call_sign), "
            "greatest(l.position_at, v.position_at), l.position_at, l.lon, l.lat, l.accuracy_m, "
            "greatest(l.status_at, v.status_at) "
            "FROM {} AS v LEFT JOIN tracking.latest AS l USING (call_sign) "
            "WHERE v.call_sign IN (SELECT call_sign FROM {} WHERE call_sign = ANY(%(names)s) OR id = ANY(%(names)s))"
        ).format(_VEHICLES, _VEHICLES),
        {"names": names},
    ).fetchall()
    found: dict[tuple[bool, str], Known | Text] = {}
    for feature_id, call_sign, count, newest_at, position_at, lon, lat, accuracy_m, status_at in rows:
        is_own = newest_at == position_at and lon is not None
        known = Known(call_sign, newest_at, (lon, lat) if is_own else None, accuracy_m, status_at)
        found[False, call_sign] = found[True, feature_id] = _AMBIGUOUS if count > 1 else known
    return found


_KEEP = """
WITH given AS (
    SELECT * FROM unnest(%s::integer[], %s::text[], %s::timestamptz[], %s::float8[], %s::float8[], %s::float8[],
                         %s::float8[], %s::float8[], %s::text[])
        AS g (number, call_sign, reported_at, lon, lat, speed_kph, heading_deg, accuracy_m, status)
), kept AS (
    INSERT INTO tracking.position (call_sign, reported_at, lon, lat, speed_kph, heading_deg, accuracy_m, status,
                                   reported_by)
    SELECT call_sign, reported_at, lon, lat, speed_kph, heading_deg, accuracy_m, status, %s FROM given
    ON CONFLICT (call_sign, reported_at) DO NOTHING RETURNING call_sign, reported_at
)
SELECT number FROM given WHERE (call_sign, reported_at) NOT IN (SELECT call_sign, reported_at FROM kept)
"""


def _repeated(connection: Connection, given: Mapping[int, tuple[str, Report]], by: str) -> set[int]:
    """Keeps what is believed; the numbers of those that were there already.

    Where a report with an id has the time of another, the position that came first stays: a vehicle is at one place.
    """
    if not given:
        return set()
    rows = list(given.values())
    values = [list(given), *_columns(rows), [report.status for _, report in rows], by]
    same_time = {number for (number,) in connection.execute(_KEEP, values).fetchall()}
    return keys.repeated_ids(connection, given) | {each for each in same_time if given[each][1].report_id is None}


# By call sign, so that two requests with the same vehicles wait for one another and do not lock each other out.
_RENEW_POSITIONS = """
INSERT INTO tracking.latest AS l (call_sign, position_at, lon, lat, speed_kph, heading_deg, accuracy_m)
SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::float8[], %s::float8[], %s::float8[], %s::float8[],
                     %s::float8[])
ON CONFLICT (call_sign) DO UPDATE
   SET position_at = excluded.position_at, lon = excluded.lon, lat = excluded.lat, speed_kph = excluded.speed_kph,
       heading_deg = excluded.heading_deg, accuracy_m = excluded.accuracy_m
 WHERE l.position_at IS NULL OR l.position_at < excluded.position_at
"""
_RENEW_STATUS = """
INSERT INTO tracking.latest AS l (call_sign, status_at, status)
SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::text[])
ON CONFLICT (call_sign) DO UPDATE SET status = excluded.status, status_at = excluded.status_at
 WHERE l.status_at IS NULL OR l.status_at < excluded.status_at
"""


def _renew(connection: Connection, rows: Sequence[tuple[str, Report]]) -> None:
    """The newest position and the newest status of each vehicle."""
    if placed := _newest(row for row in rows if row[1].place is not None):
        connection.execute(_RENEW_POSITIONS, _columns(placed))
    if pressed := _newest(row for row in rows if row[1].status is not None):
        names, times = [name for name, _ in pressed], [report.at for _, report in pressed]
        connection.execute(_RENEW_STATUS, [names, times, [report.status for _, report in pressed]])


def _newest(rows: Iterable[tuple[str, Report]]) -> list[tuple[str, Report]]:
    found: dict[str, Report] = {}
    for call_sign, report in rows:
        if call_sign not in found or report.at > found[call_sign].at:
            found[call_sign] = report
    return sorted(found.items())


def _columns(rows: Sequence[tuple[str, Report]]) -> list[list[Any]]:
    every = [report for _, report in rows]
    return [
        [call_sign for call_sign, _ in rows],
        [each.at for each in every],
        [None if each.place is None else each.place[0] for each in every],
        [None if each.place is None else each.place[1] for each in every],
        [each.speed_kph for each in every],
        [each.heading_deg for each in every],
        [each.accuracy_m for each in every],
    ]
