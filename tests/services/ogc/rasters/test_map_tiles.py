"""Map tiles: they meet without a seam, hold what maps hold, and heights come back out of their colours."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from starlette.testclient import TestClient

from geo.grid import Grid
from geo.resampling import Kernel, positions, sample
from geo.tile_matrix import plane_rectangular
from services.ogc.rasters.map_tiles import tile_grid
from tests.services.ogc.rasters.conftest import CELL_DEG, HEIGHT, NORTH, WEST, WIDTH, heights, pixels

ELEVATION, TSUNAMI = "/ogc/collections/elevation/map", "/ogc/collections/hazard-tsunami/map"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"


def place(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Row and column of the tile at a place."""
    n = 2**zoom
    column = int((lon + 180) / 360 * n)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return row, column


def get(client: TestClient, path: str, zoom: int, row: int, column: int, query: str = "") -> npt.NDArray[np.uint8]:
    answer = client.get(f"{path}/tiles/WebMercatorQuad/{zoom}/{row}/{column}{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    found = pixels(answer.content)
    assert found.shape == (256, 256, 4)
    return found


@pytest.mark.parametrize("path", [ELEVATION, TSUNAMI])
@pytest.mark.parametrize("zoom", [10, 13, 15])
def test_four_tiles_are_one_map(client: TestClient, path: str, zoom: int) -> None:
    row, column = place(135.333, 34.757, zoom)
    tiles = [[get(client, path, zoom, row + down, column + right) for right in (0, 1)] for down in (0, 1)]
    together = np.vstack([np.hstack(line) for line in tiles])
    upper, lower = (
        tile_grid("WebMercatorQuad", 6673, str(zoom), str(row), str(column)),
        tile_grid("WebMercatorQuad", 6673, str(zoom), str(row + 1), str(column + 1)),
    )
    box = f"{upper.bounds[0]!r},{lower.bounds[1]!r},{lower.bounds[2]!r},{upper.bounds[3]!r}"
    whole = pixels(client.get(f"{path}?bbox={box}&bbox-crs={CRS}&crs={CRS}&width=512&height=512").content)
    assert whole[..., 3].any()
    difference = np.abs(whole.astype(int) - together.astype(int)).max(axis=-1)
    # Edges of tiles are sums of other numbers than edges of maps: a rounding in a million may fall the other way.
    assert (difference > 1).mean() < 1e-4
    seam = np.concatenate([difference[254:258].ravel(), difference[:, 254:258].ravel()])
    assert (seam > 1).mean() < 1e-3


def decoded(found: npt.NDArray[np.uint8]) -> Any:
    red, green, blue = (found[..., band].astype(np.float64) for band in range(3))
    return red * 65536 + green * 256 + blue


def expected(grid: Grid) -> tuple[Any, Any]:
    """Heights on a grid by bilinear interpolation, and whether they are known."""
    values = heights().astype(np.float64)
    source = Grid(6668, (WEST, NORTH - HEIGHT * CELL_DEG, WEST + WIDTH * CELL_DEG, NORTH), WIDTH, HEIGHT)
    return sample(values, values != -9999, positions(grid, source), Kernel.BILINEAR)


@pytest.mark.parametrize("zoom", [14, 16])
def test_heights_come_back_out_of_their_colours(client: TestClient, zoom: int) -> None:
    row, column = place(135.301, 34.799, zoom)
    values, known = expected(tile_grid("WebMercatorQuad", 6673, str(zoom), str(row), str(column)))
    assert known.any()
    assert not known.all()
    mapbox = get(client, ELEVATION, zoom, row, column, "?f=terrain-rgb")
    assert (mapbox[..., 3] == 255).all()
    np.testing.assert_allclose(-10_000 + decoded(mapbox)[known] * 0.1, values[known], atol=0.051)
    np.testing.assert_allclose(-10_000 + decoded(mapbox)[~known] * 0.1, 0.0, atol=1e-9)
    gsi = decoded(get(client, ELEVATION, zoom, row, column, "?f=gsi-dem-png"))
    np.testing.assert_array_equal(gsi == 2**23, ~known)
    np.testing.assert_allclose(np.where(gsi > 2**23, gsi - 2**24, gsi)[known] * 0.01, values[known], atol=0.0051)


def test_a_tile_without_anything_is_empty(client: TestClient) -> None:
    assert not get(client, ELEVATION, 14, 100, 100).any()
    row, column = place(135.355, 34.78, 17)
    assert not get(client, TSUNAMI, 17, row, column).any()


def test_the_hatch_runs_on(client: TestClient) -> None:
    row, column = place(135.43, 34.76, 15)
    left, right = (get(client, TSUNAMI, 15, row, column + one) for one in (0, 1))
    both = np.hstack([left, right])[..., 3] > 0
    np.testing.assert_array_equal(both[:, :-8], both[:, 8:])


def test_tiles_take_a_scenario_and_a_background(client: TestClient) -> None:
    path = "/ogc/collections/hazard-flood/map"
    row, column = place(135.355, 34.715, 16)
    assert not get(client, path, 16, row, column).any()
    assert (get(client, path, 16, row, column, "?scenario=duration") == (0xFA, 0xF5, 0x00, 255)).all(axis=-1).any()
    assert (get(client, path, 16, row, column, "?bgcolor=0x0000FF")[..., 2] == 255).all()


@pytest.mark.parametrize(
    "address",
    [
        "WebMercatorQuad/4/6/14",
        "WebMercatorQuad/18/0/0",
        "WebMercatorQuad/14/16384/0",
        "WebMercatorQuad/14/0/16384",
        "WebMercatorQuad/14/-1/0",
        "WebMercatorQuad/x/0/0",
        "WebMercatorQuad/14/1.5/0",
        "WebMercatorQuad/14/99999999999999999999/0",
        "WorldCRS84Quad/14/0/0",
        "WebMercatorQuad/１４/0/0",
    ],
)
def test_tiles_that_are_not_there(client: TestClient, address: str) -> None:
    answer = client.get(f"{ELEVATION}/tiles/{address}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["f=jpeg", "bgcolor=x", "width=5", "scenario=maximum", "revision=x"])
def test_tiles_that_are_refused(client: TestClient, query: str) -> None:
    row, column = place(135.333, 34.757, 14)
    assert client.get(f"{ELEVATION}/tiles/WebMercatorQuad/14/{row}/{column}?{query}").status_code == 400
    assert client.get(f"{TSUNAMI}/tiles/WebMercatorQuad/14/{row}/{column}?f=terrain-rgb").status_code == 400


# --- descriptions ----------------------------------------------------------------------------------------------


def test_tilesets_and_their_limits(client: TestClient) -> None:
    summary, _plane = client.get(f"{ELEVATION}/tiles").json()["tilesets"]
    assert summary["dataType"] == "map"
    assert summary["tileMatrixSetURI"].endswith("WebMercatorQuad")
    (own,) = (link["href"] for link in summary["links"] if link["rel"] == "self")
    found = client.get(own.removeprefix("http://127.0.0.1:8000")).json()
    limits = {each["tileMatrix"]: each for each in found["tileMatrixSetLimits"]}
    assert sorted(map(int, limits)) == list(range(5, 18))
    north_west, south_east = place(135.3001, 34.7999, 15), place(135.3699, 34.7401, 15)
    assert (limits["15"]["minTileRow"], limits["15"]["minTileCol"]) == north_west
    assert (limits["15"]["maxTileRow"], limits["15"]["maxTileCol"]) == south_east
    (item,) = (link["href"] for link in found["links"] if link["rel"] == "item")
    filled = item.format(tileMatrix=15, tileRow=north_west[0], tileCol=north_west[1])
    answer = client.get(filled.removeprefix("http://127.0.0.1:8000"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"{ELEVATION}/tiles/Nowhere").status_code == 404


def test_tilejson(client: TestClient) -> None:
    row, column = place(135.333, 34.757, 14)
    for query, encoding in (("", None), ("&tiles=terrain-rgb", "mapbox")):
        found = client.get(f"{ELEVATION}/tiles/WebMercatorQuad?f=tilejson{query}").json()
        assert found["tilejson"] == "3.0.0"
        assert found["bounds"] == pytest.approx([135.30, 34.74, 135.37, 34.80])
        assert found.get("encoding") == encoding
        (address,) = found["tiles"]
        tile = address.format(z=14, y=row, x=column).removeprefix("http://127.0.0.1:8000")
        assert client.get(tile).status_code == 200
        assert "架空データ" in found["attribution"]
    flood = client.get("/ogc/collections/hazard-flood/map/tiles/WebMercatorQuad?f=tilejson&scenario=planned").json()
    assert "scenario=planned" in flood["tiles"][0]
    assert client.get(f"{TSUNAMI}/tiles/WebMercatorQuad?f=tilejson&tiles=terrain-rgb").status_code == 400


def test_pages_for_people(client: TestClient) -> None:
    for page in ("tiles", "tiles/WebMercatorQuad"):
        assert "WebMercatorQuad" in client.get(f"{ELEVATION}/{page}?f=html").text


def test_tiles_of_the_plane_are_the_map_of_their_box(client: TestClient) -> None:
    scheme = plane_rectangular(6673)
    first_column, first_row, _, _ = scheme.tile_range((135.33, 34.76, 135.331, 34.761), 13) or (0, 0, 0, 0)
    west, south, east, north = scheme.tile_box(13, first_column, first_row)
    crs = "http://www.opengis.net/def/crs/EPSG/0/6673"
    query = f"crs={crs}&bbox-crs={crs}&bbox={south},{west},{north},{east}&width=256&height=256"
    tile = client.get(f"{ELEVATION}/tiles/{scheme.id}/13/{first_row}/{first_column}")
    whole = client.get(f"{ELEVATION}?{query}")
    assert (tile.status_code, whole.status_code) == (200, 200)
    assert tile.content == whole.content
    found = client.get(f"{ELEVATION}/tiles/{scheme.id}").json()
    assert found["crs"] == crs
    assert client.get(f"{ELEVATION}/tiles/{scheme.id}?f=tilejson").status_code == 400
