"""A city of layers of every kind, filled with values that break careless writers; and readers no one here wrote."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from starlette.testclient import TestClient

from layers.catalogue import layer_named
from layers.model import Field, FieldKind, Geometry, Layer
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.http.app import Face
from tests.conftest import _database
from tests.services.http.conftest import SmallCity, _dataset, client_of

LAYERS = ("emergency-sites", "aeds", "rain-observations", "hazard-landslide", "roads", "fire-water-sources")
"""Points with lists and flags, times of day, instants without places, areas with dates, lines, an internal field."""

ROWS = 24
TEXTS = (
    "香櫨園<浜>公園", 'a < b & "c" \\ \'d\'', "改行\nなし", "コンマ, 区切り; と\tタブ", "=1+1", "+81-798-00-0000", "-5",
    "@home", "NULL", "\\N", "\\.", "", " 前後に空白 ", "𠮷野家🏥", "null", "true", "1", "x" * 5_000, "''", '"',
    "\u3000", "é\u0301",
)  # fmt: skip


@dataclass(frozen=True)
class Varied:
    """The city and a client of each of its faces."""

    city: SmallCity
    public: TestClient
    internal: TestClient


@pytest.fixture(scope="session")
def varied(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Varied]:
    """Layers of every kind; only to be read."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        city = SmallCity(database)
        with connect(database.urls.owner) as connection:
            for layer_id in LAYERS:
                fill(connection, layer_named(layer_id))
        for layer_id in LAYERS:
            city.publish(layer_id)
        with client_of(city) as public, client_of(city, Face.INTERNAL) as internal:
            yield Varied(city, public, internal)


def fill(connection: psycopg.Connection[Any], layer: Layer, rows: int = ROWS) -> None:
    """Rows of a layer with values of every kind; one in four has no value, one in eight no place."""
    chance = random.Random(layer.id)  # noqa: S311 - the same rows every time
    for number in range(rows):
        row: dict[str, Any] = {
            field.name: None if chance.random() < 0.25 and not field.required else _value(field, chance)
            for field in layer.fields
        }
        row |= {"id": f"{layer.id}/{number} ä&浜", "source_id": "試験", "dataset": "test", "fictitious": False}
        row |= {"position_quality": "as-published", "position_error_m": chance.choice([None, 0.1, 1 / 3])}
        row |= {"as_of": chance.choice([None, date(2024, 2, 29)]), "load_id": 1, "raw_number": number}
        names = list(row)
        values: list[Any] = list(row.values())
        places = [sql.SQL("%s")] * len(values)
        if layer.geometry is not Geometry.NONE:
            names.append("geometry")
            places.append(sql.SQL("ST_GeomFromText(%s, 6668)"))
            values.append(None if number % 8 == 7 else _place(layer.geometry, chance))
        connection.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier("core", layer.table),
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join(places),
            ),
            values,
        )
    _dataset(connection, layer.id, rows, fictitious=False)


def _value(field: Field, chance: random.Random) -> Any:
    if field.codes is not None:
        return chance.choice(field.codes.codes).value
    low = -1000 if field.minimum is None else field.minimum
    high = 1000 if field.maximum is None else field.maximum
    match field.kind:
        case FieldKind.INTEGER:
            return chance.choice([round(low), round(high), chance.randint(round(low), round(high))])
        case FieldKind.NUMBER:
            return chance.choice([float(low), chance.uniform(low, high), 0.1 + 0.2])
        case FieldKind.FLAG:
            return chance.random() < 0.5
        case FieldKind.DATE:
            return date(1900, 1, 1) + timedelta(days=chance.randint(0, 60_000))
        case FieldKind.DATETIME:
            return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(milliseconds=chance.randint(0, 10**10))
        case FieldKind.TIME:
            return time(chance.randint(0, 23), chance.randint(0, 59))
        case FieldKind.TEXT_LIST:
            return chance.choice([[], [""], [chance.choice(TEXTS) for _ in range(3)]])
    return chance.choice(TEXTS)


def _place(geometry: Geometry, chance: random.Random) -> str:
    west, south = chance.uniform(135.2, 135.4), chance.uniform(34.65, 34.85)
    corners = [(0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01), (0, 0)]
    ring = ", ".join(f"{west + x!r} {south + y!r}" for x, y in corners)
    match geometry:
        case Geometry.POINT:
            return f"POINT ({west!r} {south!r})"
        case Geometry.LINE:
            return f"LINESTRING ({ring})"
        case Geometry.MULTILINE:
            return f"MULTILINESTRING (({ring}))"
    return f"MULTIPOLYGON ((({ring})))"
