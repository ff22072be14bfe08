"""The layers as one face has them in the database: a ``LayerReader`` over its sources."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE
from geo.errors import InputError
from geo.shape_index import ShapeIndex
from services.database.failures import store_errors
from services.database.lending import Connections
from services.database.revisions import LayerState
from services.ogc.analysis.layers import Feature
from services.ogc.source import Source

_SHAPE = sql.SQL("ST_GeomFromWKB(%s, {})").format(sql.Literal(STORAGE))
_MEETING = sql.SQL(
    "SELECT {layer} AS layer, id, row_to_json((SELECT p FROM (SELECT {columns}) AS p)), {geometry} "
    "FROM {relation} WHERE ST_Intersects(geometry, {shape})"
)
_FEATURES = sql.SQL(
    "SELECT id, row_to_json((SELECT p FROM (SELECT {columns}) AS p)), {geometry} FROM {relation}{where} ORDER BY id"
)
_OVERLAPPING = sql.SQL(
    "WITH area AS MATERIALIZED (SELECT {shape} AS shape), groups AS (SELECT DISTINCT {names} FROM {relation}) "
    "SELECT {of_group} FROM groups AS g, area WHERE EXISTS (SELECT 1 FROM {relation} AS f WHERE {same} "
    "AND ST_Intersects(f.geometry, area.shape) "
    # A point of its inside that is in the area shows it at once; to compare the outlines takes a hundred times as long.
    "AND (ST_Intersects(area.shape, ST_PointOnSurface(f.geometry)) OR NOT ST_Touches(f.geometry, area.shape)))"
)

_Table = tuple[str, str, str, tuple[str, ...]]  # layer, schema, table, columns
_MOST_HELD = 20_000
"""Of a layer of so many rows all are held in memory, for a state of it, once anybody asks what meets a point."""
_MOST_READ = 500
"""Of so many combinations of layers it is kept how they stand; of some, whoever asks chooses them."""


class DatabaseLayers:
    """The layers of ``sources`` by id, which stay as they are; every error is a ``StoreError``."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self._read: dict[tuple[str, ...], _Read] = {}

    def state(self, layer_id: str) -> LayerState | None:
        source = self.sources.get(layer_id)
        return None if source is None else source.state

    def meeting(
        self, layer_ids: Sequence[str], shape: BaseGeometry, *, clipped: bool = False
    ) -> Mapping[str, Sequence[Feature]]:
        found: dict[str, list[Feature]] = {layer_id: [] for layer_id in layer_ids}
        read = self._read_of(layer_ids)
        served = read.placed
        if not clipped:
            if read.few:
                self._held_together(read.few).meeting(shape, found)
            served = read.many
        if not served:
            return found
        statement = _meeting_statement(tuple(map(_table, served)), clipped)
        values = [shapely.to_wkb(shape)] * (len(served) * (2 if clipped else 1))
        with store_errors(), served[0].pool.connection() as connection:
            rows = connection.execute(statement, values).fetchall()
        for layer_id, key, properties, geometry in rows:
            found[layer_id].append(Feature(key, properties, None if geometry is None else shapely.from_wkb(geometry)))
        return found

    def features(
        self, layer_id: str, *, within: BaseGeometry | None = None, equal: Mapping[str, object] | None = None
    ) -> Sequence[Feature]:
        source = self.sources.get(layer_id)
        if source is None or (within is not None and not source.has_geometry):
            return ()
        if within is None and not equal and (held := self._held_already(layer_id)) is not None:
            return held.features
        conditions = [sql.SQL("{} = %s").format(_column(source, name)) for name in equal or {}]
        values: list[Any] = list((equal or {}).values())
        if within is not None:
            conditions.append(sql.SQL("ST_Intersects(geometry, {})").format(_SHAPE))
            values.append(shapely.to_wkb(within))
        statement = _FEATURES.format(
            columns=_names(tuple(source.columns)),
            geometry=sql.SQL("ST_AsBinary(geometry)" if source.has_geometry else "NULL::bytea"),
            relation=source.relation,
            where=sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL(""),
        )
        with store_errors(), source.pool.connection() as connection:
            rows = connection.execute(statement, values).fetchall()
        geometries = shapely.from_wkb([row[2] for row in rows])
        return [Feature(row[0], row[1], geometry) for row, geometry in zip(rows, geometries, strict=True)]

    def distinct(
        self, layer_id: str, fields: Sequence[str], *, overlapping: BaseGeometry | None = None
    ) -> frozenset[tuple[Any, ...]]:
        source = self.sources.get(layer_id)
        if source is None:
            return frozenset()
        seen = [name for name in fields if name in source.columns]
        if not seen:
            return frozenset({(None,) * len(fields)})
        if overlapping is None:
            statement = sql.SQL("SELECT DISTINCT {} FROM {}").format(_names(tuple(seen)), source.relation)
        else:
            names = [sql.Identifier(name) for name in seen]
            statement = _OVERLAPPING.format(
                shape=_SHAPE,
                names=sql.SQL(", ").join(names),
                relation=source.relation,
                of_group=sql.SQL(", ").join(sql.SQL("g.{}").format(name) for name in names),
                same=sql.SQL(" AND ").join(sql.SQL("f.{0} IS NOT DISTINCT FROM g.{0}").format(name) for name in names),
            )
        values = [] if overlapping is None else [shapely.to_wkb(overlapping)]
        with store_errors(), source.pool.connection() as connection:
            rows = connection.execute(statement, values).fetchall()
        places = [seen.index(name) if name in seen else None for name in fields]
        return frozenset(tuple(None if place is None else row[place] for place in places) for row in rows)

    def remember[T](self, name: str, layer_ids: Sequence[str], make: Callable[[], T]) -> T:
        read = self._read_of(layer_ids)
        return make() if read.memory is None else read.memory.get((name, read.layer_ids), read.stamps, make)

    def _held(self, layer_id: str) -> "_Held":
        return self.remember(_HELD, (layer_id,), lambda: _Held(layer_id, self.features(layer_id)))

    def _held_together(self, layer_ids: tuple[str, ...]) -> "_HeldTogether":
        return self.remember("held together", layer_ids, lambda: _HeldTogether(list(map(self._held, layer_ids))))

    def _held_already(self, layer_id: str) -> "_Held | None":
        read = self._read_of((layer_id,))
        found: _Held | None = None
        if read.memory is not None:
            found = read.memory.at_hand((_HELD, read.layer_ids), read.stamps)
        return found

    def _read_of(self, layer_ids: Sequence[str]) -> "_Read":
        ids = tuple(layer_ids)
        found = self._read.get(ids)
        if found is None:
            if len(self._read) >= _MOST_READ:
                self._read.clear()
            found = self._read[ids] = _Read.of(ids, self.sources)
        return found


_HELD = "held"


class _Read(NamedTuple):
    """Some layers as they stand: what every question to the same of them has to know.

    memory:
        Where what is made of them is kept; None where none of them is served.
    stamps:
        Of their states.
    placed, few, many:
        Those with places; of them those that are held in memory, by id, and the others.
    """

    layer_ids: tuple[str, ...]
    memory: "_Memory | None"
    stamps: tuple[str | None, ...]
    placed: Sequence[Source]
    few: tuple[str, ...]
    many: Sequence[Source]

    @classmethod
    def of(cls, layer_ids: tuple[str, ...], sources: Mapping[str, Source]) -> "_Read":
        asked = [sources.get(layer_id) for layer_id in layer_ids]
        served = [each for each in asked if each is not None]
        memory = _memory_of(served[0].pool) if served else None
        stamps = tuple([None if each is None else each.stamp for each in asked])
        placed = [each for each in served if each.has_geometry]
        few = tuple([each.layer.id for each in placed if each.state.row_count <= _MOST_HELD])
        many = [each for each in placed if each.state.row_count > _MOST_HELD]
        return cls(layer_ids, memory, stamps, placed, few, many)


class _Held(NamedTuple):
    """The rows of a layer that holds no more than a few, in the order of their ids."""

    layer_id: str
    features: Sequence[Feature]


class _HeldTogether:
    """Several such layers, and where all their rows are."""

    def __init__(self, layers: Sequence[_Held]) -> None:
        self._rows = [(each.layer_id, Feature(row.id, row.properties)) for each in layers for row in each.features]
        self._index = ShapeIndex([row.geometry for each in layers for row in each.features])

    def meeting(self, shape: BaseGeometry, found: Mapping[str, list[Feature]]) -> None:
        """Adds to its layer what meets a shape, without its geometry, in the order of the ids."""
        for number in self._index.meeting(shape):
            layer_id, row = self._rows[number]
            found[layer_id].append(row)


class _Memory:
    """What was made for the last state of the data that was asked for, by name; the least recently used goes first.

    Safe to use from several threads.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()

    def get[T](self, name: Hashable, state: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            known = self._made.get(name)
            if known is not None and known[0] == state:
                self._made.move_to_end(name)
                found: T = known[1]
                return found
        # Not under the lock: two that make the same at once lose less than all who wait for another's query.
        made = make()
        with self._lock:
            self._made[name] = state, made
            self._made.move_to_end(name)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made

    def at_hand(self, name: Hashable, state: Hashable) -> Any:
        """What was made of that name for this state; None where that was not."""
        with self._lock:
            known = self._made.get(name)
        return known[1] if known is not None and known[0] == state else None


_memories: WeakKeyDictionary[Connections, _Memory] = WeakKeyDictionary()
_MOST_REMEMBERED = 128


def _memory_of(pool: Connections) -> _Memory:
    """By pool: several databases may be served in one process, with states that look alike."""
    found = _memories.get(pool)
    return _memories.setdefault(pool, _Memory(_MOST_REMEMBERED)) if found is None else found


def _table(source: Source) -> _Table:
    return source.layer.id, source.face.schema, source.layer.table, tuple(source.columns)


@lru_cache(maxsize=64)
def _meeting_statement(tables: tuple[_Table, ...], clipped: bool) -> bytes:
    """One statement for all layers; the same text for the same layers, so that it is prepared once."""
    part = sql.SQL("ST_AsBinary(ST_Intersection(geometry, {}))").format(_SHAPE)
    geometry = part if clipped else sql.SQL("NULL::bytea")
    parts = [
        _MEETING.format(
            layer=sql.Literal(layer_id),
            columns=_names(columns),
            geometry=geometry,
            relation=sql.Identifier(schema, table),
            shape=_SHAPE,
        )
        for layer_id, schema, table, columns in tables
    ]
    return (sql.SQL(" UNION ALL ").join(parts) + sql.SQL(" ORDER BY 1, 2")).as_bytes()


def _names(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _column(source: Source, name: str) -> sql.Identifier:
    if name not in source.columns:
        raise InputError(f"The layer {source.layer.id} has no property {name!r}.")
    return sql.Identifier(name)
