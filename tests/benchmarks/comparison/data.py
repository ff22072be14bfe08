"""The tables of the comparison: made-up rows, published as real ones are, and the same rows as peers serve them best.

Ours are in ``published.*`` in EPSG:6668.  The peers' are in ``peers.*``: the same ids, properties, coordinates and
indexes, but marked as EPSG:4326, since neither serves another system without transforming every row (stock pygeoapi
finds nothing in a box then).
"""

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import asinh, pi, radians, tan
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from layers.catalogue import catalogue
from layers.model import Layer
from services.database.cluster import EmbeddedCluster
from services.database.connect import RoleUrls, connect
from services.database.migrate import migrate
from services.database.publish import publish
from services.settings import ROOT, read_city
from services.tiles.renderer import render_changed
from tests.benchmarks.machine import free_port, open_folder

DECLARATIONS = Path(__file__).parent / "declarations"
"""Declarations that only the benchmarks have, in modules like those of ``layers/``."""
POINTS, BUILDINGS = "benchmark-points", "benchmark-buildings"
POINT_ROWS, BUILDING_ROWS = 100_000, 200_000
PEERS = "peers"
DATABASE = "bench"

CITY = (135.24, 34.69, 135.38, 34.85)
"""West, south, east, north of the made-up city, in degrees."""
CENTRE = (135.31, 34.754)
"""Longitude and latitude around which most buildings are."""

CATEGORIES = ("避難所", "バス停", "街灯", "公園", "消火栓", "AED", "マンホール", "雨量計")
USAGES = ("戸建住宅", "共同住宅", "商業施設", "事務所", "工場", "公共施設", "農業施設")


@contextmanager
def database() -> Iterator[tuple[EmbeddedCluster, RoleUrls]]:
    """A private, migrated database with both layers published and copied for the peers; gone afterwards."""
    with open_folder() as folder:
        cluster = EmbeddedCluster(folder / "database", free_port(), durable=False)
        try:
            cluster.ensure()
            cluster.create_database(DATABASE)
            urls = RoleUrls(
                *(cluster.url(role, DATABASE) for role in ("ngis_owner", "ngis_ingest", "ngis_internal", "ngis_public"))
            )
            declared = benchmark_layers()
            migrate(urls.owner, layers={**catalogue(), **declared})
            with connect(urls.owner, autocommit=True) as connection:
                connection.execute("SELECT setseed(0.42)")
                insert_points(connection, sql.Identifier("core", declared[POINTS].table), POINT_ROWS)
                _insert(connection, "buildings.sql", sql.Identifier("core", declared[BUILDINGS].table), BUILDING_ROWS)
                for layer, rows in ((declared[POINTS], POINT_ROWS), (declared[BUILDINGS], BUILDING_ROWS)):
                    _publish(connection, layer, rows)
                copy_for_peers(connection, declared.values())
            # As on any day but the first; else the server's own process draws while answers are timed.
            render_changed(urls.ingest, read_city(ROOT / "city.toml").bbox, [*catalogue().values(), *declared.values()])
            yield cluster, urls
        finally:
            cluster.remove()


def benchmark_layers() -> Mapping[str, Layer]:
    """The benchmarks' own declarations by layer id."""
    found: dict[str, Layer] = {}
    for path in sorted(DECLARATIONS.glob("*.py")):
        specification = importlib.util.spec_from_file_location(path.stem, path)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        found[module.LAYER.id] = module.LAYER
    return found


def insert_points(connection: psycopg.Connection[Any], table: sql.Identifier, rows: int) -> None:
    """Fills a points table of ``core`` or ``publication`` with ``rows`` rows, spread evenly over the city."""
    _insert(connection, "points.sql", table, rows)


def copy_for_peers(connection: psycopg.Connection[Any], layers: Iterable[Layer]) -> None:
    """Copies what is published into ``peers``, in EPSG:4326, with the same indexes."""
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(PEERS)))
    for layer in layers:
        published, copied = sql.Identifier("published", layer.table), sql.Identifier(PEERS, layer.table)
        connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(copied, published))
        connection.execute(
            sql.SQL(
                "ALTER TABLE {} ADD PRIMARY KEY (id), "
                "ALTER geometry TYPE geometry({}, 4326) USING ST_SetSRID(geometry, 4326)"
            ).format(copied, sql.SQL(layer.geometry.value))
        )
        indexes = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'publication' AND tablename = %s "
            "AND indexname NOT LIKE '%%_pkey'",
            (layer.table,),
        ).fetchall()
        for (definition,) in indexes:
            connection.execute(definition.replace(" ON publication.", f" ON {PEERS}.").encode())
        for table in (copied, sql.Identifier("publication", layer.table)):
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(table))


def boxes(connection: psycopg.Connection[Any], layer_id: str, count: int, features: int = 100) -> list[str]:
    """``count`` boxes spread like the rows, each the smallest square around its centre sure to hold ``features``."""
    table = sql.Identifier("publication", layer_id.replace("-", "_"))
    rows = connection.execute(
        sql.SQL(
            "SELECT ST_X(centre) - reach, ST_Y(centre) - reach, ST_X(centre) + reach, ST_Y(centre) + reach "
            "FROM (SELECT ST_Centroid(geometry) AS centre FROM {0} ORDER BY md5(id) LIMIT %s) AS drawn, "
            "LATERAL (SELECT 1.001 * max(distance) AS reach FROM (SELECT geometry <-> centre AS distance FROM {0} "
            "         ORDER BY geometry <-> centre LIMIT %s) AS nearest) AS found"
        ).format(table),
        (count, features),
    ).fetchall()
    return [",".join(f"{number:.8f}" for number in row) for row in rows]


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int, int]:
    """Zoom, column and row of the WebMercatorQuad tile in which a place lies."""
    side = 2**zoom
    return zoom, int((lon + 180) / 360 * side), int((1 - asinh(tan(radians(lat))) / pi) / 2 * side)


def _insert(connection: psycopg.Connection[Any], file: str, table: sql.Identifier, rows: int) -> None:
    values = dict(zip(("west", "south", "east", "north"), CITY, strict=True))
    statement = sql.SQL(Path(__file__).with_name(file).read_text("utf-8"))
    connection.execute(
        statement.format(table=table), {**values, "rows": rows, "categories": [*CATEGORIES], "usages": [*USAGES]}
    )


def _publish(connection: psycopg.Connection[Any], layer: Layer, rows: int) -> None:
    connection.execute(
        "WITH loaded AS (INSERT INTO ngis.load (file_name, layer_id, status, loaded_by, started_at, rows_loaded) "
        "                VALUES ('benchmark', %(layer)s, 'loaded', 'benchmark', now(), %(rows)s) RETURNING id) "
        "INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, as_of, fictitious, row_count) "
        "SELECT %(layer)s, 'benchmark', 'benchmark', id, '2024-03-31', true, %(rows)s FROM loaded",
        {"layer": layer.id, "rows": rows},
    )
    publish(connection, layer.id, "benchmark", layer=layer)
