"""Features written straight into a layer's core table, for tests of what is drawn of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from layers.catalogue import layer_named
from services.database.connect import connect
from services.database.publish import publish
from tests.conftest import DatabaseUnderTest

CITY = (135.2297, 34.6722, 135.3843, 34.8613)
"""Box of the city in degrees, as in ``city.toml``."""


def add(
    database: DatabaseUnderTest,
    layer_id: str,
    features: Mapping[str, BaseGeometry | None],
    **columns: Any,
) -> None:
    """Adds features by id, in one statement; ``columns`` are the same for all."""
    values = {"source_id": "test", "dataset": "test", "fictitious": True, "position_quality": "as-published"} | columns
    values |= {"load_id": 1, "raw_number": 1}
    shapes = [None if shape is None else shapely.to_wkb(shape, hex=True) for shape in features.values()]
    statement = sql.SQL(
        "INSERT INTO {} (id, geometry, {}) SELECT id, ST_SetSRID(shape::geometry, 6668), {} "
        "FROM unnest(%s::text[], %s::text[]) AS given (id, shape)"
    ).format(
        sql.Identifier("core", layer_named(layer_id).table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    with connect(database.urls.owner, autocommit=True) as connection:
        connection.execute(statement, [*values.values(), list(features), shapes])


def run(database: DatabaseUnderTest, statement: str, values: Any = None) -> list[tuple[Any, ...]]:
    """A statement of the owner; its rows, if it has any."""
    with connect(database.urls.owner, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def publish_all(database: DatabaseUnderTest, layer_ids: Iterable[str]) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        for layer_id in layer_ids:
            publish(connection, layer_id, "test")
