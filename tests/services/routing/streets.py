"""Streets in a grid, as rows of the layer of roads: a network that is built in a moment."""

from services.database.connect import connect
from tests.conftest import DatabaseUnderTest

WEST, SOUTH, STEP = 135.34, 34.73, 0.002
SIDE = 8
CORNERS = (WEST, SOUTH), (WEST + STEP * (SIDE - 1), SOUTH + STEP * (SIDE - 1))
"""The south-western and the north-eastern one."""


def add_streets(database: DatabaseUnderTest) -> None:
    """Eight streets from west to east, and eight from south to north, which meet in 64 crossings."""
    with connect(database.urls.owner) as connection:
        for number in range(2 * SIDE):
            at, along = number % SIDE, number < SIDE
            corners = [(each, at) if along else (at, each) for each in range(SIDE)]
            line = ", ".join(f"{WEST + STEP * x} {SOUTH + STEP * y}" for x, y in corners)
            connection.execute(
                "INSERT INTO core.roads (id, osm_id, osm_type, highway, node_ids, geometry, source_id, dataset, "
                "as_of, fictitious, position_quality, load_id, raw_number) VALUES (%s, %s, 'way', 'secondary', %s, "
                "ST_GeomFromText(%s, 6668), 'test', 'test', '2026-04-01', true, 'as-published', 0, 0)",
                (f"way/{number}", str(number + 1), [str(1 + y * SIDE + x) for x, y in corners], f"LINESTRING({line})"),
            )
