"""The time series of stations: rows read in order, and the times at which a value is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from psycopg import sql

from layers.model import Text
from services.database.failures import store_errors
from services.ogc.edr.sensor import Sensor
from services.ogc.edr.stations import Station
from services.ogc.errors import TooMuchError

MAX_VALUES = 100_000
"""Values of one answer, missing ones included: about a second of work."""

Interval = tuple[datetime | None, datetime | None]
Value = float | int | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from; ``as_of`` None: nobody said."""

    dataset: str
    as_of: date | None
    fictitious: bool


@dataclass(frozen=True, slots=True)
class Series:
    """What one station observed: times of UTC, ascending, and as many values of each parameter.

    A value is None where it is missing.  ``origins`` has None at times of which there is no row at all.
    """

    station: Station
    times: tuple[datetime, ...]
    values: Mapping[str, tuple[Value, ...]]
    origins: tuple[Origin | None, ...]


# Two sources may tell of the same time: the newer one counts.
_ROWS = sql.SQL(
    """SELECT DISTINCT ON ({station}, {time}) {station}, {time}, dataset, as_of, fictitious, {values}
         FROM {rows} WHERE {station} = ANY(%s) AND {time} BETWEEN %s AND %s
        ORDER BY {station}, {time}, as_of DESC NULLS LAST, id LIMIT %s"""
)


def read(sensor: Sensor, stations: Sequence[Station], names: Sequence[str], asked: Interval) -> tuple[Series, ...]:
    """The series of the stations, in their order, for a time interval with both ends inclusive; None is open.

    A station without any time in the interval is left out.

    Raises
    ------
    TooMuchError
        For more than ``MAX_VALUES`` values.
    """
    spans = {station.id: span for station in stations if (span := _span(sensor, station, asked)) is not None}
    if not spans:
        return ()
    rhythm = sensor.told.every
    expected = 0 if rhythm is None else sum((last - first) // rhythm for first, last in spans.values())
    most_rows = MAX_VALUES // len(names)
    if expected > most_rows:
        raise _too_much(names)
    found = _rows(sensor, spans, names, most_rows)
    series = [
        _merged(station, found.get(station.id, []), spans[station.id], rhythm, names)
        for station in stations
        if station.id in spans
    ]
    if sum(len(each.times) for each in series) > most_rows:
        raise _too_much(names)
    return tuple(each for each in series if each.times)


def _span(sensor: Sensor, station: Station, asked: Interval) -> tuple[datetime, datetime] | None:
    """The part of the interval in which something is to be expected of a station.

    From its first row to the last one of the whole network: a station that fell silent is missing, one that had not
    been set up is not.
    """
    if sensor.times is None:
        return None
    lower, upper = asked
    first = station.first if lower is None else max(station.first, lower)
    last = sensor.times[1] if upper is None else min(sensor.times[1], upper)
    return (first, last) if first <= last else None


def _rows(
    sensor: Sensor, spans: Mapping[str, tuple[datetime, datetime]], names: Sequence[str], most: int
) -> dict[str, list[tuple[Any, ...]]]:
    statement = _ROWS.format(
        station=sql.Identifier(sensor.told.station),
        time=sql.Identifier(str(sensor.rows.time_field)),
        values=sql.SQL(", ").join(map(sql.Identifier, names)),
        rows=sensor.rows.relation,
    )
    first = min(span[0] for span in spans.values())
    last = max(span[1] for span in spans.values())
    with store_errors(), sensor.rows.pool.connection() as connection:
        rows = connection.execute(statement, [list(spans), first, last, most + 1]).fetchall()
    if len(rows) > most:
        raise _too_much(names)
    return {station: list(group) for station, group in groupby(rows, key=itemgetter(0))}


def _merged(
    station: Station,
    rows: list[tuple[Any, ...]],
    span: tuple[datetime, datetime],
    rhythm: timedelta | None,
    names: Sequence[str],
) -> Series:
    known = {row[1].astimezone(UTC): row for row in rows}
    times = sorted({*known, *_rhythm(span, rhythm)})
    found = [known.get(time) for time in times]
    origins = {key: Origin(*key) for key in {row[2:5] for row in rows}}
    return Series(
        station=station,
        times=tuple(times),
        values={
            name: tuple(None if row is None else row[5 + place] for row in found) for place, name in enumerate(names)
        },
        origins=tuple(None if row is None else origins[row[2:5]] for row in found),
    )


def _rhythm(span: tuple[datetime, datetime], every: timedelta | None) -> Iterator[datetime]:
    if every is None:
        return
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    first, last = span
    time = epoch + -((epoch - first) // every) * every  # rounded up
    while time <= last:
        yield time
        time += every


def _too_much(names: Sequence[str]) -> TooMuchError:
    return TooMuchError(
        "datetime",
        Text(
            f"一度に返せるのは{MAX_VALUES:,}個の値までです。期間（datetime）、項目（parameter-name、現在{len(names)}個）"
            "または範囲を狭くしてください。",
            f"that is more than {MAX_VALUES:,} values; ask for a shorter time (datetime), fewer parameters "
            f"(parameter-name, now {len(names)}) or a smaller area.",
        ),
    )
