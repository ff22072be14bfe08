"""The process that keeps the road networks, and the hazard zones on them, up to date while the server runs.

It looks every second at the revisions.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from services.database.connect import connect, role_urls
from services.database.revisions import Schema, layer_states
from services.database.watching import keep_looking, one_at_a_time
from services.ingest.rasters import rasters_folder
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.face import Face
from services.ogc.sources import unmeasured_sources
from services.routing.building import build_missing, note_of, state_key
from services.routing.zone_building import build_missing_zones
from services.routing.zones import zones_folder
from services.settings import Settings

LOOK_S = 1.0
_READ_TIMEOUT_S = 120.0


def networks_folder(var: Path) -> Path:
    """Where built networks are kept."""
    return var / "networks"


def watch(settings: Settings, stop: threading.Event) -> None:
    """Builds what is missing until ``stop`` is set; a database that is away is waited for."""
    with one_at_a_time(networks_folder(settings.var) / "lock", stop):

        def look() -> None:
            _look(settings, stop)

        keep_looking(look, stop, LOOK_S, "the road networks are not kept up to date")


def build_now(settings: Settings) -> None:
    """Builds what is missing of both sides, and returns; ``StoreError`` where the database is away."""
    for schema, url in _sides(settings):
        with _connected(url) as connection:
            _build(connection, schema, settings)


def build_unordered(settings: Settings, schema: Schema) -> None:
    """The same of one side, and only what analyses by area need: no hierarchy, and no zones on the roads."""
    city = settings.city
    with _connected(dict(_sides(settings))[schema]) as connection:
        build_missing(
            connection,
            schema,
            networks_folder(settings.var),
            city.plane_crs,
            rasters_folder(settings.var),
            ordered=False,
        )


def _look(settings: Settings, stop: threading.Event) -> None:
    (published, public_url), (core, internal_url) = _sides(settings)
    with _connected(public_url) as public, _connected(internal_url) as internal:
        while not stop.is_set():
            for schema, connection in ((core, internal), (published, public)):
                _build(connection, schema, settings)
            stop.wait(LOOK_S)


def _build(connection: psycopg.Connection[tuple[Any, ...]], schema: Schema, settings: Settings) -> None:
    city, networks = settings.city, networks_folder(settings.var)
    build_missing(connection, schema, networks, city.plane_crs, rasters_folder(settings.var))
    states = layer_states(connection, schema)
    key = state_key(states, schema)
    note = None if key is None else note_of(networks, key)
    if note is not None:
        face = Face.PUBLIC if schema == "published" else Face.INTERNAL
        layers = DatabaseLayers(unmeasured_sources(states, face, _Alone(connection), settings))
        folder = zones_folder(settings.var)
        build_missing_zones(layers, states, schema, networks / note["network"], folder, city)


@dataclass(frozen=True, eq=False)
class _Alone:
    """One connection in place of a pool."""

    _connection: psycopg.Connection[tuple[Any, ...]]

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        yield self._connection


def _sides(settings: Settings) -> tuple[tuple[Schema, str], tuple[Schema, str]]:
    urls = role_urls(settings)
    return ("published", urls.public), ("core", urls.internal)


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with connect(
        url, application_name="ngis-networks", statement_timeout_s=_READ_TIMEOUT_S, autocommit=True
    ) as connection:
        yield connection
