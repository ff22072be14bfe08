"""Closures that hold at a time: read from their layer, and as one thing that is compared by its key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, Self

import psycopg
import shapely
from psycopg import sql

from geo.errors import InputError
from geo.network.profiles import PROFILES
from geo.travel.closing import Closure
from layers import road_closures
from layers.model import Visibility
from services.database.failures import store_errors
from services.database.revisions import Schema

Connection = psycopg.Connection[tuple[Any, ...]]

LAYER = road_closures.LAYER.id
"""The layer whose revision moves with every closure that is drawn, changed or removed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of a closure: since when, until when (None: until further notice), why, and by whom.

    ``reason`` is a code of ``road_closures.REASONS``, ``dataset`` the one it came in, None where it was drawn here;
    ``declared_by`` is for the staff, and None on the public side.
    """

    begins: datetime
    ends: datetime | None = None
    name: str | None = None
    reason: str | None = None
    declared_by: str | None = None
    dataset: str | None = None
    fictitious: bool = False


@dataclass(frozen=True, eq=False)
class Closures:
    """Drawn closures, and a digest of them: equal where they all are.

    ``notices``, which are none of the digest, are by their ids; a closure that nobody drew on the map has none.
    """

    drawn: Sequence[Closure]
    key: str
    notices: Mapping[str, Notice] = field(default_factory=dict)

    @classmethod
    def of(cls, drawn: Sequence[Closure], notices: Mapping[str, Notice] | None = None) -> Self:
        """These closures, in whatever order."""
        words = sorted(
            (
                each.id,
                shapely.to_wkb(each.drawing),
                -1.0 if each.depth_m is None else each.depth_m,
                sorted(each.profiles or ("*",)),
            )
            for each in drawn
        )
        return cls(tuple(drawn), blake2b(repr(words).encode(), digest_size=12).hexdigest(), notices or {})


NO_CLOSURES = Closures.of(())


def closures_now(connection: Connection, schema: Schema, at: datetime) -> Closures:
    """The closures that hold at a time (begin inclusive, end exclusive), in the order of their ids, with what is told
    of each.

    Of the published side they are those that the staff made public, which is not "no other road is closed".
    A closure without a place, as only a file can bring, is not among them; the report of the load names it.

    Raises
    ------
    InputError
        If the time has no offset.
    StoreError
        The database is away, or the layer is not there.
    """
    _require_offset(at)
    if not _is_known(schema):
        return NO_CLOSURES
    with store_errors():
        rows = connection.execute(_statement(schema), {"at": at}).fetchall()
    drawn = [Closure(name, shapely.from_wkb(bytes(wkb)), depth, _profiles(to)) for name, wkb, depth, to, *_ in rows]
    return Closures.of(drawn, {row[0]: Notice(*row[4:]) for row in rows})


@cache  # it is asked many times a second
def _statement(schema: Schema) -> bytes:
    statement = sql.SQL(
        'SELECT id, ST_AsBinary(geometry), depth_m, applies_to, "from", "until", name, reason, {}, dataset, fictitious '
        'FROM {} WHERE "from" <= %(at)s AND ("until" IS NULL OR "until" > %(at)s) AND geometry IS NOT NULL '
        'ORDER BY id COLLATE "C"'
    )
    declared_by = sql.SQL("declared_by" if schema == "core" else "NULL")
    return statement.format(declared_by, _relation(schema)).as_bytes()


def _relation(schema: Schema) -> sql.Identifier:
    return sql.Identifier(schema, road_closures.LAYER.table)


def _is_known(schema: Schema) -> bool:
    return schema == "core" or road_closures.LAYER.visibility is Visibility.PUBLIC


def _require_offset(at: datetime) -> None:
    if at.utcoffset() is None:
        raise InputError(f"{at.isoformat()} has no offset from UTC.")


def _profiles(applies_to: list[str] | None) -> frozenset[str] | None:
    # A profile that is no longer shipped may have been divided into others: then it is for all.
    return frozenset(applies_to) if applies_to and PROFILES.keys() >= set(applies_to) else None
