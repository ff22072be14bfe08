"""The planner may use an index for what is selective: no condition casts or transforms a column."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.schema import Connection
from services.ogc.cql2 import condition, parse
from services.ogc.crs import CRS84
from services.ogc.filters import all_of
from tests.conftest import _database
from tests.services.ogc.cql2.things import SOURCE, fill

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture(scope="module")
def indexed(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """20,000 more things around Nishinomiya, and an index on every column asked for here."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("plans")):
        with connect(database.urls.owner, autocommit=True) as connection:
            fill(connection)
            connection.execute(
                "INSERT INTO core.cql2_things (id, name, floors, height, built, seen, opens, rank, tags, geometry, "
                "source_id, dataset, fictitious, position_quality, load_id, raw_number) "
                "SELECT 'n' || n, 'thing ' || n, n, n / 7.0, date '1970-01-01' + n, "
                "timestamptz '1970-01-01 00:00Z' + n * interval '1 day', time '00:00' + n * interval '1 second', n, "
                "ARRAY['tag ' || n], ST_SetSRID(ST_MakePoint(135 + n %% 200 / 200.0, 34 + n / 20000.0), 6668), "
                "'s', 'd', true, 'q', 1, n FROM generate_series(1, 20000) AS n",
                (),
            )
            for column in ("name", "floors", "height", "built", "seen", "opens", "rank"):
                connection.execute(f"CREATE INDEX ON core.cql2_things ({column})".encode())
            connection.execute("CREATE INDEX ON core.cql2_things USING gin (tags)")
            connection.execute("CREATE INDEX ON core.cql2_things (name text_pattern_ops)")  # what LIKE needs
            connection.execute("ANALYZE core.cql2_things")
            yield connection


def plan(connection: Connection, text: str, crs: str) -> str:
    where, values = all_of([condition(parse(text, "cql2-text"), SOURCE, crs)])
    query = b"EXPLAIN SELECT id FROM core.cql2_things" + where.as_bytes(connection)
    rows: list[tuple[Any, ...]] = connection.execute(query, values).fetchall()
    return "\n".join(line for (line,) in rows)


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("S_INTERSECTS(geometry, BBOX(135.3, 34.7, 135.31, 34.71))", CRS84),
        ("S_INTERSECTS(geometry, BBOX(34.7, 135.3, 34.71, 135.31))", f"{EPSG}6668"),
        ("S_INTERSECTS(geometry, BBOX(-140000, 90000, -139000, 91000))", f"{EPSG}6673"),
        ("S_INTERSECTS(geometry, BBOX(15060000, 4120000, 15061000, 4121000))", f"{EPSG}3857"),
        ("S_INTERSECTS(POLYGON((135.3 34.7, 135.31 34.7, 135.31 34.71, 135.3 34.7)), geometry)", CRS84),
        ("S_INTERSECTS(geometry, BBOX(179, 34.7, -179, 34.71))", CRS84),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(135.3 34.7), LINESTRING(135.9 34.9, 135.91 34.9)))", CRS84),
        ("S_WITHIN(geometry, BBOX(135.3, 34.7, 135.31, 34.71))", CRS84),
        ("S_EQUALS(geometry, POINT(135.3 34.7))", CRS84),
        ("id = 'n5'", CRS84),
        ("name = 'thing 5'", CRS84),
        ("'thing 5' = name", CRS84),
        ("name IN ('thing 5', 'thing 6')", CRS84),
        ("name LIKE 'thing 123%'", CRS84),
        ("floors = 5", CRS84),
        ("floors = 5.0", CRS84),
        ("floors > 19990", CRS84),
        ("floors > 19990.5", CRS84),
        ("3.5 >= floors", CRS84),
        ("floors BETWEEN 5 AND 9", CRS84),
        ("floors IN (5, 6.0, 7)", CRS84),
        ("rank IN (5, 6)", CRS84),
        ("height < 1", CRS84),
        ("height IN (1, 2.5)", CRS84),
        ("built = DATE('1980-01-01')", CRS84),
        ("built = '1980-01-01'", CRS84),
        ("built IN ('1980-01-01', '1980-01-02')", CRS84),
        ("built BETWEEN DATE('1980-01-01') AND TIMESTAMP('1980-01-03T00:00:00Z')", CRS84),
        ("seen = DATE('1980-01-01')", CRS84),
        ("T_INTERSECTS(seen, INTERVAL('1980-01-01','1980-01-03'))", CRS84),
        ("T_AFTER(built, DATE('2024-09-01'))", CRS84),
        ("T_BEFORE(seen, TIMESTAMP('1970-01-09T00:00:00Z'))", CRS84),
        ("opens IN ('00:00:05', '00:00:06')", CRS84),
        ("A_CONTAINS(tags, ('tag 5'))", CRS84),
        ("A_OVERLAPS(tags, ('tag 5', 'tag 6'))", CRS84),
        ("floors = 5 AND CASEI(name) = CASEI('THING 5')", CRS84),
    ],
)
def test_an_index_is_used(indexed: Connection, text: str, crs: str) -> None:
    found = plan(indexed, text, crs)
    assert "Index" in found, found
    assert "Seq Scan" not in found, found
