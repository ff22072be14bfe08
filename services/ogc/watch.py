"""The state of the database as a worker knows it, looked at again when a second has passed.

A worker notices a load or a publication within that second, in any number of processes, and rebuilds only then what
depends on it.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cached_property
from hashlib import blake2b
from typing import Any

import psycopg
from psycopg import sql

from geo.errors import StoreError
from layers.catalogue import catalogue
from layers.model import FieldKind, Layer
from services.database.connect import connect
from services.database.failures import store_errors
from services.database.lending import Connections
from services.database.results import kept_layers
from services.database.revisions import LayerState, layer_states
from services.ogc.analysis.city import DISTRICTS
from services.ogc.api import CityApi
from services.ogc.configuration import pygeoapi_config
from services.ogc.face import Face
from services.ogc.jobs.manager import manager_configuration
from services.ogc.jobs.model import Limits
from services.ogc.jobs.store import JobStore
from services.ogc.rasters.kinds import has_depths
from services.ogc.source import Source, Territory
from services.settings import Settings

logger = logging.getLogger(__name__)

TTL_S = 1.0
_LOOK_TIMEOUT_S = 30.0  # counting a layer of ten million rows, once per revision


@dataclass(frozen=True)
class Snapshot:
    """What is served, as of one look at the database: layers in the order of the catalogue."""

    sources: Mapping[str, Source]
    api: CityApi

    @cached_property
    def stamp(self) -> str:
        """Says which state of the whole city this is, the same in every process."""
        every = [(layer_id, source.stamp) for layer_id, source in self.sources.items()]
        return blake2b(repr(every).encode(), digest_size=8).hexdigest()

    @cached_property
    def is_fictitious(self) -> bool:
        """Whether any row of any layer is made up."""
        return any(source.state.fictitious for source in self.sources.values())

    def stamp_of(self, layer_id: str | None) -> str | None:
        """The stamp of a layer, None where it is not served; without an id, that of the city."""
        if layer_id is None:
            return self.stamp
        source = self.sources.get(layer_id)
        return None if source is None else source.stamp


class StateWatch:
    """Looks at the revisions over a connection of its own, so that it never waits behind slow queries."""

    def __init__(self, settings: Settings, face: Face, url: str, pool: Connections) -> None:
        self._settings = settings
        self._face = face
        self._url = url
        self._pool = pool
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._states: dict[str, LayerState] = {}
        self._snapshot: Snapshot | None = None
        self._looked_at = -TTL_S
        self._began_at = -TTL_S
        self._expired_at = -TTL_S
        self.seen_at = 0.0
        """Unix time in seconds at which the database was last seen."""
        self.away = False
        """Whether the last look failed."""

    @property
    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return self._began_at <= self._expired_at or time.monotonic() - self._looked_at >= TTL_S

    @property
    def is_due_soon(self) -> bool:
        """Whether who has time may look again, so that nobody has to wait for it."""
        return time.monotonic() - self._looked_at >= TTL_S / 2

    def expire(self) -> None:
        """What was seen by now is outdated: this process has just written."""
        self._expired_at = time.monotonic()

    def current(self, *, early: bool = False) -> Snapshot:
        """The snapshot, at most ``TTL_S`` old; with ``early`` half as old.

        ``StoreError`` while the database is away.  While one thread looks, the others are given what is known.
        """

        def is_new() -> bool:
            return not (self.is_due or self.away or (early and self.is_due_soon))

        known = self._snapshot
        if known is not None and is_new():
            return known
        if not self._lock.acquire(blocking=known is None):
            assert known is not None  # noqa: S101 - the lock was not waited for only because there is something
            return known
        try:
            if self._snapshot is None or not is_new():
                self._snapshot = self._look()
            return self._snapshot
        finally:
            self._lock.release()

    def last_known(self) -> Snapshot | None:
        """What was seen last, however long ago; for pages that need no data."""
        return self._snapshot

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _look(self) -> Snapshot:
        began_at = time.monotonic()
        try:
            try:
                snapshot = self._read()
            except StoreError:
                self._drop()
                snapshot = self._read()  # a server that was restarted broke the old connection only
        except StoreError:
            self.away = True
            raise
        finally:
            self._looked_at, self._began_at = time.monotonic(), began_at
        self.away = False
        self.seen_at = time.time()
        return snapshot

    def _read(self) -> Snapshot:
        if self._connection is None:
            self._connection = connect(
                self._url,
                application_name=f"ngis-{self._face}-watch",
                statement_timeout_s=_LOOK_TIMEOUT_S,
                autocommit=True,
            )
        states = layer_states(self._connection, self._face.schema)
        if self._snapshot is not None and states == self._states:
            return self._snapshot
        layers = {**catalogue(), **kept_layers(self._connection, self._face.schema)}
        sources = self._sources(self._connection, states, layers)
        store = JobStore(self._pool, self._face, Limits.of(self._settings))
        config = pygeoapi_config(self._settings.city, sources.values(), manager_configuration(store, self._face))
        snapshot = Snapshot(sources, CityApi(config, self._settings.city, self._face))
        self._states = states
        logger.info("serving %d layers on the %s face", len(sources), self._face)
        return snapshot

    def _sources(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        states: Mapping[str, LayerState],
        layers: Mapping[str, Layer],
    ) -> dict[str, Source]:
        before = self._snapshot.sources if self._snapshot is not None else {}
        found: dict[str, Source] = {}
        for layer_id, layer in layers.items():
            state = states.get(layer_id)
            if state is None:
                continue
            territory = self._territory(states) if has_depths(layer) else None
            if (old := before.get(layer_id)) is not None and old.state.revision == state.revision:
                found[layer_id] = replace(old, state=state, territory=territory)
                continue
            source = Source(
                layer=layer,
                face=self._face,
                state=state,
                row_count=0,
                bounds=None,
                first_id=None,
                pool=self._pool,
                plane_crs=self._settings.city.plane_crs,
                var=self._settings.var,
                territory=territory,
            )
            found[layer_id] = _measured(connection, source)
        for layer_id, source in found.items():
            if (told := source.layer.observations) is not None:
                found[layer_id] = replace(source, observations=found.get(told.layer))
        return found

    def _territory(self, states: Mapping[str, LayerState]) -> Territory | None:
        state = states.get(DISTRICTS)
        return None if state is None else Territory(state, self._settings.city)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _measured(connection: psycopg.Connection[tuple[Any, ...]], source: Source) -> Source:
    """With the rows, bounds, times and first id of its relation: once per revision, so that no request has to count."""
    extent = sql.SQL("ST_Extent(geometry)" if source.has_geometry else "NULL::box2d")
    moment: sql.Composable = sql.SQL("NULL::timestamp")
    if source.time_field is not None:
        by_day = source.columns[source.time_field].kind is FieldKind.DATE
        moment = sql.SQL("{}::timestamp" if by_day else "{} AT TIME ZONE 'UTC'").format(
            sql.Identifier(source.time_field)
        )
    query = sql.SQL(
        "SELECT n, id, ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e), first, last FROM (SELECT count(*) AS n, "
        "min(id) AS id, {} AS e, min({}) AS first, max({}) AS last FROM {}) AS m"
    ).format(extent, moment, moment, source.relation)
    with store_errors():
        row = connection.execute(query).fetchone()
    if row is None:
        return source
    count, first_id, west, south, east, north, first, last = row
    return replace(
        source,
        row_count=count,
        bounds=None if west is None else (west, south, east, north),
        times=None if first is None else (first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)),
        first_id=first_id,
    )
