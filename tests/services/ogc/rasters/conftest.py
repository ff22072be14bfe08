"""A city with a grid of heights and with zones of two hazards, to be read only."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
import shapely
from psycopg import sql
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from starlette.testclient import TestClient

from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.http.app import Face
from services.ingest.rasters import write_cog
from tests.conftest import _database
from tests.services.http.conftest import SmallCity, _dataset, client_of, fill

WEST, NORTH, CELL_DEG, WIDTH, HEIGHT, NODATA = 135.30, 34.80, 1e-4, 700, 600, -9999.0
HOLE = (slice(0, 20), slice(0, 30))


def heights() -> npt.NDArray[np.float32]:
    """Hills on a slope, in metres, with a hole in the north-west."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    values: npt.NDArray[np.float32] = (x * 0.3 + y * 0.2 + 40 * np.sin(x / 37) * np.cos(y / 29)).astype(np.float32)
    values[HOLE] = NODATA
    return values


def add_grid(
    city: SmallCity,
    row_id: str,
    values: npt.NDArray[np.float32],
    *,
    crs: int = 6668,
    west: float = WEST,
    north: float = NORTH,
    cell: float = CELL_DEG,
    model: str | None = None,
) -> Path:
    """A row of the elevation layer with its file; the path of the file."""
    folder = city.database.settings.var / "rasters"
    folder.mkdir(parents=True, exist_ok=True)
    height, width = values.shape
    source = folder.parent / f"{row_id}.tif"
    profile = {"driver": "GTiff", "width": width, "height": height, "count": 1, "dtype": "float32", "nodata": NODATA}
    with rasterio.open(
        source, "w", crs=f"EPSG:{crs}", transform=from_origin(west, north, cell, cell), **profile
    ) as file:
        file.write(values, 1)
        bounds = file.bounds
    key = sha256(source.read_bytes()).hexdigest()
    write_cog(source, folder / f"{key}.tif")
    source.unlink()
    with connect(city.database.urls.owner) as connection:
        connection.execute(
            "INSERT INTO core.elevation (id, file_sha256, model, crs_epsg, width, height, geometry, source_id, "
            "dataset, fictitious, position_quality, load_id, raw_number) VALUES (%s, %s, %s, %s, %s, %s, "
            "ST_Transform(ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, %s)), 6668), 'x', %s, true, 'as-published', 1, 1)",
            (row_id, key, model, crs, width, height, *bounds, crs, row_id),
        )
    return folder / f"{key}.tif"


@dataclass(frozen=True)
class ZoneRow:
    """One zone: class, interval of depth, outline in degrees, and its scenario where the layer has some."""

    id: str
    hazard_class: str | None
    lower_m: float | None
    upper_m: float | None
    outline: Any
    scenario: str | None = None


CITY_AREA = shapely.box(135.30, 34.70, 135.40, 34.80)
"""The municipality that was studied."""
NEIGHBOUR_AREA = shapely.box(135.40, 34.70, 135.45, 34.80)
"""One for which nothing was published; a zone of the city's reaches over the border."""

TSUNAMI = (
    ZoneRow("t1", "depth-3", 0.5, 1.0, shapely.box(135.32, 34.72, 135.34, 34.74)),
    ZoneRow("t2", "depth-5", 3.0, 5.0, shapely.Polygon([(135.33, 34.73), (135.36, 34.735), (135.345, 34.755)])),
    ZoneRow("t3", "depth-8", 20.0, None, shapely.Polygon([(135.37, 34.71), (135.385, 34.712), (135.38, 34.73)])),
    ZoneRow("t4", None, None, None, shapely.box(135.31, 34.76, 135.325, 34.77)),
    ZoneRow("t5", "depth-1", 0.0, 0.3, shapely.box(135.38, 34.75, 135.405, 34.76)),
    ZoneRow(
        "t6",
        "depth-4",
        1.0,
        3.0,
        shapely.box(135.34, 34.77, 135.38, 34.79).difference(shapely.box(135.35, 34.775, 135.36, 34.785)),
    ),
    ZoneRow("t7", "depth-6", 5.0, 10.0, shapely.box(135.30501, 34.71, 135.30502, 34.715)),  # a metre wide
)
FLOOD = (
    ZoneRow("f1", "depth-2", 0.5, 3.0, shapely.box(135.31, 34.71, 135.33, 34.73), "maximum"),
    ZoneRow("f2", "depth-1", 0.0, 0.5, shapely.box(135.32, 34.72, 135.325, 34.725), "planned"),
    ZoneRow("f3", "duration-3", None, None, shapely.box(135.35, 34.71, 135.36, 34.72), "duration"),
    ZoneRow("f4", "bank-erosion", None, None, shapely.box(135.36, 34.73, 135.37, 34.74), "collapse"),
)


_INSERT_ZONE = """
    INSERT INTO core.{} (id, hazard_class, depth_lower_m, depth_upper_m, geometry, source_id, dataset, fictitious,
                         position_quality, load_id, raw_number{})
    VALUES (%s, %s, %s, %s, ST_Multi(ST_GeomFromWKB(%s, 6668)), 'x', 'test', true, 'as-published', 1, %s{})
"""


def add_zones(city: SmallCity, table: str, rows: tuple[ZoneRow, ...]) -> None:
    with connect(city.database.urls.owner) as connection:
        for number, row in enumerate(rows, 1):
            values = [row.id, row.hazard_class, row.lower_m, row.upper_m, shapely.to_wkb(row.outline), number]
            more = (sql.SQL(""), sql.SQL(""))
            if row.scenario is not None:
                values.append(row.scenario)
                more = (sql.SQL(", scenario"), sql.SQL(", %s"))
            connection.execute(sql.SQL(_INSERT_ZONE).format(sql.Identifier(table), *more), values)
        _dataset(connection, table.replace("_", "-"), len(rows), fictitious=True)
    city.publish(table.replace("_", "-"))


def add_districts(city: SmallCity) -> None:
    with connect(city.database.urls.owner) as connection:
        for number, (code, area) in enumerate((("28204", CITY_AREA), ("28202", NEIGHBOUR_AREA)), 1):
            connection.execute(
                "INSERT INTO core.districts (id, municipality_code, name, geometry, source_id, dataset, fictitious, "
                "position_quality, load_id, raw_number) VALUES (%s, %s, %s, ST_Multi(ST_GeomFromWKB(%s, 6668)), 'x', "
                "'test', true, 'as-published', 1, %s)",
                (code, code, code, shapely.to_wkb(area), number),
            )
        _dataset(connection, "districts", 2, fictitious=True)
    city.publish("districts")


@pytest.fixture(scope="session")
def raster_city(
    cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SmallCity]:
    """The city of most tests."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("raster-city")):
        city = fill(database)
        add_grid(city, "e1", heights())
        with connect(database.urls.owner) as connection:
            _dataset(connection, "elevation", 1, fictitious=True)
        city.publish("elevation")
        add_districts(city)
        add_zones(city, "hazard_tsunami", TSUNAMI)
        add_zones(city, "hazard_flood", FLOOD)
        yield city


@pytest.fixture(scope="session")
def client(raster_city: SmallCity) -> Iterator[TestClient]:
    """A client of its public face."""
    with client_of(raster_city, Face.PUBLIC) as found:
        yield found


@dataclass(frozen=True)
class Tiff:
    """What a GeoTIFF says when rasterio reads it."""

    bands: Any
    """Masked, shape (bands, rows, columns)."""
    crs: int
    bounds: tuple[float, float, float, float]
    descriptions: tuple[str, ...]
    tags: dict[str, str]
    layout: str | None
    overviews: list[int]
    blocks: tuple[int, int]

    def band(self, name: str) -> Any:
        return self.bands[self.descriptions.index(name)]


def tiff(content: bytes) -> Tiff:
    with MemoryFile(content) as memory, memory.open() as file:
        return Tiff(
            file.read(masked=True),
            file.crs.to_epsg(),
            tuple(file.bounds),
            file.descriptions,
            file.tags(),
            file.tags(ns="IMAGE_STRUCTURE").get("LAYOUT"),
            file.overviews(1),
            file.block_shapes[0],
        )


def pixels(content: bytes) -> npt.NDArray[np.uint8]:
    """Red, green, blue and alpha of a PNG, shape (rows, columns, 4)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile(content) as memory, memory.open() as file:
            bands = file.read()
            table = file.colormap(1) if file.count == 1 else {}
    if table:
        return np.asarray(np.array([table[number] for number in range(len(table))], dtype=np.uint8)[bands[0]])
    if len(bands) == 3:
        bands = np.concatenate([bands, np.full_like(bands[:1], 255)])
    return np.asarray(np.moveaxis(bands, 0, -1))
