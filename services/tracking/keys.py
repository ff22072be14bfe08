"""Status keys: each report that has an id of its own counts once, and dispatches have the time of each key.

A key is kept where its report is taken up, in the same transaction, and removed where the layer of dispatches takes it
over: whatever ends in between, it is taken over once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any

import psycopg
from psycopg import sql

from layers import dispatches, fire_codes
from services.database.editing.locks import editing_turn
from services.database.failures import store_errors
from services.tracking.reports import Report

Connection = psycopg.Connection[tuple[Any, ...]]

LAYER = dispatches.LAYER
_MOST = 500
"""Keys taken over in one turn of the layer."""


def known_ids(connection: Connection, reports: Sequence[Report]) -> set[tuple[str, str | datetime]]:
    """Call sign and id of the reports that were taken up before, of those that have ids like these."""
    ids = sorted({each.report_id for each in reports if each.report_id is not None})
    if not ids:
        return set()
    rows = connection.execute("SELECT call_sign, report_id FROM tracking.report WHERE report_id = ANY(%s)", (ids,))
    return {(call_sign, report_id) for call_sign, report_id in rows}


def repeated_ids(connection: Connection, given: Mapping[int, tuple[str, Report]]) -> set[int]:
    """Keeps the ids; the numbers of reports whose ids somebody else has kept meanwhile."""
    named = {(call_sign, each.report_id): number for number, (call_sign, each) in given.items() if each.report_id}
    if not named:
        return set()
    # In one order, so that two requests with the same reports wait for one another and do not lock each other out.
    wanted = sorted((call_sign, str(report_id)) for call_sign, report_id in named)
    rows = connection.execute(
        "INSERT INTO tracking.report (call_sign, report_id) SELECT * FROM unnest(%s::text[], %s::text[]) "
        "ON CONFLICT DO NOTHING RETURNING call_sign, report_id",
        ([call_sign for call_sign, _ in wanted], [report_id for _, report_id in wanted]),
    ).fetchall()
    return {named[each] for each in named.keys() - set(rows)}


def keep(connection: Connection, rows: Sequence[tuple[str, Report]]) -> None:
    """Keeps the keys of reports for ``take_over``."""
    pressed = [(each.at, call_sign, each.status, each.not_before) for call_sign, each in rows]
    pressed = sorted((row for row in pressed if row[2] in _COLUMNS), key=lambda row: row[:3])
    if pressed:
        connection.execute(
            "INSERT INTO tracking.key (pressed_at, call_sign, status, not_before) "
            "SELECT * FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::timestamptz[])",
            [[row[part] for row in pressed] for part in range(4)],
        )


_COLUMNS: Mapping[str, str] = {key: fire_codes.time_field(key) for key in fire_codes.KEYS_OF_A_DISPATCH[1:]}
"""Fields of dispatches by the key whose time they are; the first is the order itself, which the desk gives."""


def _press(status: str) -> sql.Composed:
    """The statement that gives a key's time to the dispatch that its vehicle was on then.

    What the dispatch has of this key stands, and times that would contradict the order of the keys are not taken over.
    """
    columns = [fire_codes.time_field(key) for key in fire_codes.KEYS_OF_A_DISPATCH]
    place = columns.index(_COLUMNS[status])
    earlier, later = (sql.SQL(", ").join(map(sql.Identifier, part)) for part in (columns[:place], columns[place + 1 :]))
    is_before = sql.SQL("AND %(at)s <= least({}, 'infinity')").format(later) if columns[place + 1 :] else sql.SQL("")
    return sql.SQL(
        "UPDATE {table} SET {column} = %(at)s, remarks = nullif(concat_ws(' ', remarks, %(doubt)s::text), '') "
        "WHERE id = (SELECT id FROM {table} WHERE call_sign = %(call_sign)s "
        "AND dispatched_at <= %(at)s ORDER BY dispatched_at DESC, id LIMIT 1) AND {column} IS NULL "
        "AND (returned_at IS NULL OR returned_at >= %(at)s) AND %(at)s >= greatest({earlier}) {is_before}"
    ).format(
        table=sql.Identifier("core", LAYER.table),
        column=sql.Identifier(_COLUMNS[status]),
        earlier=earlier,
        is_before=is_before,
    )


_PRESS = {status: _press(status) for status in _COLUMNS}


def take_over(connection: Connection) -> int:
    """Gives dispatches the times of the keys that wait, in their order; how many keys there were.

    Raises
    ------
    LayerBusyError
        The layer is being loaded or edited, and that takes longer than an edit waits: nothing was taken over.
    StoreError
        The database is away.
    """
    with store_errors():
        if connection.execute("SELECT 1 FROM tracking.key LIMIT 1").fetchone() is None:
            return 0
        with editing_turn(connection, LAYER.id):
            rows = connection.execute(
                "SELECT id, call_sign, status, pressed_at, not_before FROM tracking.key "
                "ORDER BY pressed_at, id LIMIT %s",
                (_MOST,),
            ).fetchall()
            for _, call_sign, status, at, not_before in rows:
                doubt = _doubt(status, at, not_before)
                connection.execute(_PRESS[status], {"call_sign": call_sign, "at": at, "doubt": doubt})
            connection.execute("DELETE FROM tracking.key WHERE id = ANY(%s)", ([row[0] for row in rows],))
    return len(rows)


def _doubt(status: str, at: datetime, not_before: datetime | None) -> str | None:
    """What the dispatch has to say of a time that is only the latest."""
    if not_before is None:
        return None
    title = LAYER.by_name[_COLUMNS[status]].title.ja
    minutes = ceil((at - not_before).total_seconds() / 60)
    return f"{title}は最大{minutes}分早い可能性あり（端末の休止または時計の変更）。"
