"""The rows of the road layers as records that a network is built from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any

import numpy as np
import psycopg
import shapely
from psycopg import sql

from geo.network.gathering import Gathered, gathered
from geo.network.records import Barrier, TurnRestriction, Way
from layers import elevation, road_barriers, roads, turn_restrictions
from services.database.failures import store_errors
from services.database.revisions import Schema

Connection = psycopg.Connection[tuple[Any, ...]]

LAYERS = (roads.LAYER.id, turn_restrictions.LAYER.id, road_barriers.LAYER.id, elevation.LAYER.id)
"""What a network follows from."""
_DRAWN = frozenset({"id", "node_ids", "lon", "lat"})
_TAGS = tuple(field.name for field in fields(Way) if field.name not in _DRAWN)
_MEMBERS = ("restriction", "from_way", "via", "to_way", "excepted")
_ACCESS = ("access", "vehicle", "motor_vehicle", "foot", "wheelchair")
_FITS = ("max_width_m", "max_height_m")
_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class RoadRecords:
    """What a network is built from, and a digest of it all: equal where every record is."""

    ways: Gathered
    restrictions: Sequence[TurnRestriction]
    barriers: Sequence[Barrier]
    digest: str


def read_records(connection: Connection, schema: Schema) -> RoadRecords:
    """The roads, turn restrictions and barriers of one side, in the order of their ids, as of one moment.

    A road whose line has another number of points than it has nodes keeps what it has of both, and the builder reports
    it.

    Raises
    ------
    StoreError
        The database is away, or a layer is not there.
    """
    seen = blake2b(digest_size=16)
    with store_errors(), connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        ways = gathered(_read(connection, schema, seen))
        found = connection.execute(
            sql.SQL("SELECT osm_id, {} FROM {} ORDER BY id").format(
                sql.SQL(", ").join(map(sql.Identifier, _MEMBERS)),
                sql.Identifier(schema, turn_restrictions.LAYER.table),
            )
        ).fetchall()
        barred = connection.execute(
            sql.SQL("SELECT osm_id, barrier_stated, {} FROM {} ORDER BY id").format(
                sql.SQL(", ").join(map(sql.Identifier, (*_ACCESS, *_FITS))),
                sql.Identifier(schema, road_barriers.LAYER.table),
            )
        ).fetchall()
    seen.update(repr((found, barred)).encode())
    restrictions = [TurnRestriction(*row) for row in found]
    return RoadRecords(ways, restrictions, [_barrier(*row) for row in barred], seen.hexdigest())


def _read(connection: Connection, schema: Schema, seen: "blake2b") -> Iterator[Way]:
    """The ways, which are never all there at once."""
    with connection.cursor("roads") as cursor:
        cursor.itersize = _ROWS
        cursor.execute(
            sql.SQL("SELECT osm_id, node_ids, ST_AsBinary(geometry), {} FROM {} ORDER BY id").format(
                sql.SQL(", ").join(map(sql.Identifier, _TAGS)), sql.Identifier(schema, roads.LAYER.table)
            )
        )
        while rows := cursor.fetchmany(_ROWS):
            seen.update(repr(rows).encode())
            yield from _ways(rows)


def _barrier(osm_id: str, kind: str, *values: Any) -> Barrier:
    given = dict(zip((*_ACCESS, *_FITS), values, strict=True))
    tags = {name: given[name] for name in _ACCESS if given[name] is not None}
    return Barrier(osm_id.removeprefix("n"), kind, tags, **{name: given[name] for name in _FITS})


def _ways(rows: Sequence[tuple[Any, ...]]) -> list[Way]:
    lines = shapely.from_wkb([row[2] for row in rows])
    points, owner = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(owner, np.arange(len(rows) + 1))
    found: list[Way] = []
    for number, (osm_id, node_ids, _, *tags) in enumerate(rows):
        lon, lat = points[first[number] : first[number + 1]].T
        given: dict[str, Any] = dict(zip(_TAGS, tags, strict=True))
        found.append(Way(id=osm_id, node_ids=node_ids or (), lon=lon, lat=lat, **given))
    return found
