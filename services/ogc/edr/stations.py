"""The stations that a query means: inside an area, within a distance, or the nearest one.

Only stations of which something was ever observed count: a gauge of temperature alone is no answer to a question about
rain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE
from services.database.failures import store_errors
from services.ogc import filters
from services.ogc.crs import Bounds
from services.ogc.edr.sensor import Sensor
from services.ogc.filters import Condition


@dataclass(frozen=True, slots=True)
class Station:
    """One place where something is observed.

    first, last:
        Times of its first and last row.
    distance_m:
        Geodesic distance from the position asked for; None where none was.
    """

    id: str
    title: str
    lon: float
    lat: float
    first: datetime
    last: datetime
    distance_m: float | None = None


# The first and the last time of a station are two steps into the index of (station, time), whatever the number of rows.
_SELECT = sql.SQL(
    """SELECT DISTINCT ON (p.{station}) p.{station}, coalesce(p.{title}, p.{station}), ST_X(p.geometry),
              ST_Y(p.geometry), seen.first, seen.last, {distance} AS distance
         FROM {places} AS p
        CROSS JOIN LATERAL (SELECT (SELECT min(r.{time}) FROM {rows} AS r WHERE r.{station} = p.{station}) AS first,
                                   (SELECT max(r.{time}) FROM {rows} AS r WHERE r.{station} = p.{station}) AS last
                           ) AS seen
        WHERE p.geometry IS NOT NULL AND seen.first IS NOT NULL AND {condition}
        ORDER BY p.{station}, p.id"""
)
_NEAREST = sql.SQL("SELECT * FROM ({stations}) AS s ORDER BY distance, 1 LIMIT 1")


def all_of(sensor: Sensor, bounds: Sequence[Bounds] = ()) -> tuple[Station, ...]:
    """The stations by id; those in any of the boxes (degrees, edges inclusive), where there are some."""
    conditions = [filters.within(box) for box in bounds]
    if not conditions:
        return _read(sensor, (sql.SQL("true"), []))
    either = sql.SQL("({})").format(sql.SQL(" OR ").join(part for part, _ in conditions))
    return _read(sensor, (either, [value for _, values in conditions for value in values]))


def named(sensor: Sensor, station_id: str) -> Station | None:
    """The station with this id."""
    if "\0" in station_id:  # PostgreSQL has no such character
        return None
    column = sql.Identifier("p", sensor.told.station)
    return next(iter(_read(sensor, (sql.SQL("{} = %s").format(column), [station_id]))), None)


def inside(sensor: Sensor, area: BaseGeometry) -> tuple[Station, ...]:
    """The stations in a (multi)polygon of EPSG:6668, on its edge too, by id."""
    return _read(sensor, (_within_area(), [shapely.to_wkb(area)]))


def around(sensor: Sensor, point: BaseGeometry, within_m: float) -> tuple[Station, ...]:
    """The stations at most so many metres from a position of EPSG:6668, the nearest first."""
    near = sql.SQL("ST_DWithin(p.geometry::geography, {}, %s)").format(_position())
    found = _read(sensor, (near, [shapely.to_wkb(point), within_m]), point)
    return tuple(sorted(found, key=lambda station: (station.distance_m or 0.0, station.id)))


def nearest(sensor: Sensor, point: BaseGeometry) -> Station | None:
    """The station nearest to a position of EPSG:6668, however far; None where there is no station."""
    statement = _NEAREST.format(stations=_statement(sensor, sql.SQL("true"), _distance()))
    with store_errors(), sensor.places.pool.connection() as connection:
        row = connection.execute(statement, [shapely.to_wkb(point)]).fetchone()
    return None if row is None else Station(*row)


def _read(sensor: Sensor, condition: Condition, point: BaseGeometry | None = None) -> tuple[Station, ...]:
    part, values = condition
    distance = sql.SQL("NULL::float8") if point is None else _distance()
    values = values if point is None else [shapely.to_wkb(point), *values]
    with store_errors(), sensor.places.pool.connection() as connection:
        rows = connection.execute(_statement(sensor, part, distance), values).fetchall()
    return tuple(Station(*row) for row in rows)


def _statement(sensor: Sensor, condition: sql.Composable, distance: sql.Composable) -> sql.Composed:
    places, rows = sensor.places, sensor.rows
    title = places.title_field or sensor.told.station
    return _SELECT.format(
        station=sql.Identifier(sensor.told.station),
        title=sql.Identifier(title),
        places=places.relation,
        rows=rows.relation,
        time=sql.Identifier(str(rows.time_field)),
        condition=condition,
        distance=distance,
    )


def _position() -> sql.Composable:
    return sql.SQL("ST_GeomFromWKB(%s, {})::geography").format(sql.Literal(STORAGE))


def _distance() -> sql.Composable:
    return sql.SQL("ST_Distance(p.geometry::geography, {})").format(_position())


def _within_area() -> sql.Composable:
    return sql.SQL("ST_Intersects(p.geometry, ST_GeomFromWKB(%s, {}))").format(sql.Literal(STORAGE))
