"""Vector tiles of 200,000 polygons: the whole pyramid, one change, and a tile from the store and from the rows."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.machine import free_port
from tests.benchmarks.measures import Measure

if TYPE_CHECKING:
    from layers.model import Layer
    from services.tiles.pyramid import Connection

POLYGONS = 200_000
CITY = (135.2297, 34.6722, 135.3843, 34.8613)
_TILES = 60
_KINDS = ("戸建住宅", "共同住宅", "商業施設", "事務所", "工場", "公共施設", "農業施設")

# Footprints of 5 to 7 vertices, 4 to 16 m, seven of ten of them in the densely built south.
_BUILDINGS = """
WITH each AS (
    SELECT n, 135.235 + 0.145 * CASE WHEN random() < 0.7 THEN 0.5 + 0.2 * (random() + random() - 1) ELSE random() END AS lon,
           34.68 + 0.175 * CASE WHEN random() < 0.7 THEN 0.4 + 0.2 * (random() + random() - 1) ELSE random() END AS lat,
           (4 + 12 * random() * random()) / 91300 AS w, (4 + 12 * random() * random()) / 111000 AS h, random() AS k
      FROM generate_series(1, %s) AS n)
INSERT INTO core.buildings (id, name, usage, geometry, source_id, dataset, fictitious, position_quality, load_id, raw_number)
SELECT 'B' || n, '建物' || n, (%s::text[])[1 + floor(random() * 7)::integer],
       ST_Multi(ST_SetSRID(ST_MakePolygon(ST_MakeLine(CASE WHEN k < 0.6
           THEN ARRAY[ST_MakePoint(lon, lat), ST_MakePoint(lon + w, lat), ST_MakePoint(lon + w, lat + h),
                      ST_MakePoint(lon, lat + h), ST_MakePoint(lon, lat)]
           ELSE ARRAY[ST_MakePoint(lon, lat), ST_MakePoint(lon + w, lat), ST_MakePoint(lon + w, lat + h / 2),
                      ST_MakePoint(lon + w / 2, lat + h / 2), ST_MakePoint(lon + w / 2, lat + h),
                      ST_MakePoint(lon, lat + h), ST_MakePoint(lon, lat)] END)), 6668)),
       'bench', 'bench', true, 'as-published', 1, n FROM each ORDER BY lon, lat
"""  # noqa: E501
# What TiPg and most others ask for: the transformation of each geometry, all its columns.
_USUAL = """
WITH tile AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box)
SELECT ST_AsMVT(drawn, 'default', 4096, 'geom') FROM (
    SELECT ST_AsMVTGeom(ST_Transform(geometry, 3857), box, 4096, 256, true) AS geom, id, name, usage, fictitious
      FROM core.buildings, tile WHERE ST_Intersects(geometry, ST_Transform(box, 6668)) LIMIT 10000) AS drawn
"""


def measure() -> Iterator[Measure]:
    """In a private database with its usual safety against power loss, gone afterwards."""
    from geo.tile_matrix import WEB_MERCATOR_QUAD
    from services.database.cluster import EmbeddedCluster
    from services.database.connect import connect
    from services.database.migrate import migrate
    from services.tiles.drawing import Drawing, draw
    from services.tiles.renderer import render_changed
    from services.tiles.store import standing

    layer = _layer()
    with tempfile.TemporaryDirectory(prefix="ngis-bench-") as folder:
        Path(folder).chmod(0o755)  # the database may run as another user
        cluster = EmbeddedCluster(Path(folder) / "database", free_port())
        try:
            cluster.ensure()
            cluster.create_database("bench")
            owner, ingest = cluster.url("ngis_owner", "bench"), cluster.url("ngis_ingest", "bench")
            migrate(owner, layers={layer.id: layer})
            with connect(owner, autocommit=True) as connection:
                connection.execute("SELECT setseed(0.42)")
                connection.execute(_BUILDINGS, (POLYGONS, list(_KINDS)))
                connection.execute("VACUUM ANALYZE core.buildings")
                done = render_changed(ingest, CITY, [layer])
                count, size = _one(connection, "SELECT count(*), sum(length(content)) FROM tiles.core_tile")
                (largest,) = _one(connection, "SELECT max(length(content)) FROM tiles.core_tile")
                yield Measure(f"pyramid of {POLYGONS:,} polygons, zooms 0-16, one connection", done.seconds, "s")
                yield Measure("tiles kept", count, "tiles")
                yield Measure("size of the tiles", size / 1e6, "MB")
                yield Measure("largest tile", largest / 1e3, "kB", 500)
                connection.execute("UPDATE core.buildings SET name = '改築' WHERE id = 'B77'")
                done = render_changed(ingest, CITY, [layer])
                yield Measure(f"one changed polygon: {done.drawn} tiles drawn again", done.seconds, "s")

                drawing = Drawing(layer, "core")
                tiles = _random_tiles(connection)
                usual, own, kept = [], [], []
                for z, x, y in tiles:
                    tile = (WEB_MERCATOR_QUAD, z, x, y)
                    usual.append(_ms(connection.execute, _USUAL, {"z": z, "x": x, "y": y}))
                    own.append(_ms(draw, connection, drawing, *tile))
                    kept.append(_ms(standing, connection, [drawing], *tile))
                yield Measure("z15 random, the usual statement", statistics.mean(usual), "ms")
                yield Measure("z15 random, drawn from the rows", statistics.mean(own), "ms")
                yield Measure("z15 random, from the store", statistics.mean(kept), "ms")
        finally:
            cluster.remove()


def _layer() -> "Layer":
    from layers import licences
    from layers.fields import text
    from layers.model import Geometry, Layer, Style, StyleClass, Text, Theme, UpdateFrequency

    return Layer(
        id="buildings",
        title=Text("建物", "Buildings"),
        description=Text("性能測定のための架空の建物。", "Invented buildings to measure with."),
        theme=Theme.BASE,
        geometry=Geometry.MULTIPOLYGON,
        fields=(text("name", "名称", "Name"), text("usage", "用途", "Usage")),
        formats=(),
        style=Style(color="#888888", by="usage", classes=tuple(StyleClass(k, Text(k, k), "#888888") for k in _KINDS)),
        licence=licences.PDL_1_0,
        attribution=Text("架空", "Invented"),
        owner=Text("試験", "Test"),
        update_frequency=UpdateFrequency.NOT_PLANNED,
        title_field="name",
    )


def _random_tiles(connection: "Connection") -> list[tuple[int, int, int]]:
    """Tiles of zoom 15 that hold something, each as likely as any other."""
    rows = connection.execute("SELECT z, x, y FROM tiles.core_tile WHERE z = 15 ORDER BY x, y").fetchall()
    return random.Random(1).sample([(z, x, y) for z, x, y in rows], _TILES)  # noqa: S311 - no secret


def _ms(work: Callable[..., Any], *arguments: Any) -> float:
    """The best of five, in milliseconds."""
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        work(*arguments)
        best = min(best, time.perf_counter() - started)
    return best * 1000


def _one(connection: "Connection", query: str) -> tuple[Any, ...]:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row
