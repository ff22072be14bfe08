"""Maps: what is asked for is what is shown, in every system, and what is refused."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from starlette.testclient import TestClient

from geo.crs import distance_m, transform_xy
from tests.services.ogc.rasters.conftest import pixels

MAP = "/ogc/collections/elevation/map"
ZONES = "/ogc/collections/hazard-tsunami/map"
BOX = "bbox=135.31,34.75,135.33,34.77"


def get(client: TestClient, query: str = "", path: str = MAP) -> tuple[npt.NDArray[np.uint8], Any]:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    return pixels(answer.content), answer.headers


def test_all_of_it_by_default(client: TestClient) -> None:
    found, headers = get(client)
    assert headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert [float(part) for part in headers["content-bbox"].split(",")] == pytest.approx([135.30, 34.74, 135.37, 34.80])
    across = distance_m(135.30, 34.77, 135.37, 34.77)
    down = distance_m(135.335, 34.74, 135.335, 34.80)
    rows, columns = found.shape[:2]
    assert max(rows, columns) == 1024
    assert columns / rows == pytest.approx(across / down, rel=0.01)  # pixels are square on the ground
    assert (found[:20, :20, 3] == 0).all()
    assert (found[200:, :, 3] == 255).all()


@pytest.mark.parametrize(
    "query",
    [
        f"{BOX}&width=64&height=32",
        "bbox=34.75,135.31,34.77,135.33&bbox-crs=[EPSG:6668]&width=64&height=32",
        "subset=Lat(34.75:34.77),Lon(135.31:135.33)&width=64&height=32",
    ],
)
def test_one_box_by_any_name(client: TestClient, query: str) -> None:
    reference, _ = get(client, f"{BOX}&width=64&height=32")
    found, headers = get(client, query)
    assert found.shape == (32, 64, 4)
    np.testing.assert_array_equal(found, reference)
    assert [float(part) for part in headers["content-bbox"].split(",")] == pytest.approx([135.31, 34.75, 135.33, 34.77])


@pytest.mark.parametrize(
    ("crs", "first_axis"),
    [("http://www.opengis.net/def/crs/EPSG/0/6673", "north"), ("[EPSG:3857]", "east"), ("[EPSG:6668]", "north")],
)
def test_axes_of_headers_are_those_of_the_system(client: TestClient, crs: str, first_axis: str) -> None:
    found, headers = get(client, f"{BOX}&crs={crs}&width=50")
    code = int(re.findall(r"\d{4}", headers["content-crs"])[-1])
    numbers = [float(part) for part in headers["content-bbox"].split(",")]
    x, y = transform_xy(135.32, 34.76, 6668, code)
    first, second = (y, x) if first_axis == "north" else (x, y)
    assert numbers[0] < first < numbers[2]
    assert numbers[1] < second < numbers[3]
    assert found.shape[1] == 50


def test_the_same_place_looks_the_same_in_every_system(client: TestClient) -> None:
    colours = []
    for crs in ("[OGC:CRS84]", "[EPSG:6668]", "[EPSG:6673]", "[EPSG:3857]"):
        found, _ = get(client, f"center=135.335,34.765&width=41&height=41&scale-denominator=30000&crs={crs}")
        colours.append(found[18:23, 18:23, :3].astype(float).mean(axis=(0, 1)))
    for other in colours[1:]:
        np.testing.assert_allclose(other, colours[0], atol=6)


def test_a_scale_is_true_on_the_ground(client: TestClient) -> None:
    query = "center=135.335,34.77&width=400&height=300&scale-denominator=10000"
    for more, metres in (("", 0.28e-3 * 10_000), ("&mm-per-pixel=0.14", 0.14e-3 * 10_000)):
        for crs in ("[OGC:CRS84]", "[EPSG:3857]"):
            found, headers = get(client, f"{query}{more}&crs={crs}")
            assert found.shape[:2] == (300, 400)
            box = [float(part) for part in headers["content-bbox"].split(",")]
            code = 3857 if "3857" in crs else 6668
            lon, lat = transform_xy(np.array([box[0], box[2]]), np.array([box[1], box[3]]), code, 6668)
            assert distance_m(lon[0], 34.77, lon[1], 34.77) == pytest.approx(400 * metres, rel=0.01)
            assert distance_m(135.3, lat[0], 135.3, lat[1]) == pytest.approx(300 * metres, rel=0.01)
    boxed, _ = get(client, f"{BOX}&scale-denominator=10000")
    assert boxed.shape[1] == pytest.approx(distance_m(135.31, 34.76, 135.33, 34.76) / 2.8, rel=0.01)
    centred, headers = get(client, "center=135.335,34.77&width=100")  # at the scale of the cells
    assert centred.shape[:2] == (100, 100)
    box = [float(part) for part in headers["content-bbox"].split(",")]
    assert distance_m(box[0], 34.77, box[2], 34.77) == pytest.approx(915, rel=0.02)


def test_a_map_shows_the_whole_box_even_where_there_is_nothing(client: TestClient) -> None:
    found, _ = get(client, "bbox=135.29,34.75,135.31,34.77&width=40&height=40")
    assert (found[:, :20, 3] == 0).all()
    assert (found[:, 20:, 3] == 255).all()
    nothing, _ = get(client, "bbox=0,0,1,1&width=8&height=8")
    assert not nothing.any()
    across, _ = get(client, "bbox=135.31,34.75,-179,34.77&width=40&height=4")
    assert across.shape == (4, 40, 4)


def test_background(client: TestClient) -> None:
    box = "bbox=135.29,34.75,135.31,34.77&width=40&height=40"
    for query, colour in (
        ("bgcolor=0xFF8000", (255, 128, 0, 255)),
        ("bgcolor=%23ff8000", (255, 128, 0, 255)),
        ("transparent=false", (255, 255, 255, 255)),
        ("transparent=false&bgcolor=0000FF", (0, 0, 255, 255)),
        ("transparent=true&bgcolor=0000FF", (0, 0, 0, 0)),
        ("transparent=true", (0, 0, 0, 0)),
    ):
        found, _ = get(client, f"{box}&{query}")
        assert (found[:, :20] == colour).all(), query
    zones, _ = get(client, "bbox=135.352,34.778,135.358,34.782&width=20&height=20&bgcolor=0x102030", ZONES)
    assert (zones == (16, 32, 48, 255)).all()


@pytest.mark.parametrize(
    "query",
    [
        "width=0",
        "width=99999",
        "width=-1",
        "height=x",
        "width=1e3",
        "crs=EPSG:2451",
        "crs=EPSG:6669",
        "bbox=0,0,inf,1",
        "bbox=nan,0,1,1",
        "bbox=1,1,1,2",
        "bbox=1,2,3,1",
        "bbox=0,0,1",
        f"{BOX}&subset=Lat(34:35)",
        f"{BOX}&center=135,34",
        f"{BOX}&width=10&scale-denominator=1000",
        "subset=Lat(34.8:34.7)",
        "subset=Elevation(1:2)",
        "center=135",
        "center=a,b",
        "center=1,2,3",
        "center=nan,1",
        "scale-denominator=0",
        "scale-denominator=-5",
        "scale-denominator=nan",
        f"{BOX}&scale-denominator=0.001",
        "mm-per-pixel=0",
        "bgcolor=red",
        "bgcolor=0xFF",
        "transparent=maybe",
        "bbox=135,89.9,136,90&crs=[EPSG:3857]&width=9999",
        "style=x",
        "scenario=maximum",
    ],
)
def test_maps_that_are_refused(client: TestClient, query: str) -> None:
    for language in ("ja", "en"):
        answer = client.get(f"{MAP}?{query}&lang={language}")
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language


# --- relief and zones ------------------------------------------------------------------------------------------


def test_relief_is_brighter_towards_the_light(client: TestClient) -> None:
    found, _ = get(client, "bbox=135.32,34.75,135.36,34.79&width=400&height=400")
    values = found[..., :3].astype(float).sum(axis=-1)
    assert values.std() > 20
    assert (found[..., 3] == 255).all()


def test_zones_have_the_official_colours(client: TestClient) -> None:
    found, _ = get(client, "bbox=135.322,34.722,135.328,34.728&width=30&height=30", ZONES)
    assert (found == (0xF8, 0xE1, 0xA6, 255)).all()  # depth-3
    deeper, _ = get(client, "bbox=135.3378,34.736,135.3382,34.7364&width=9&height=9", ZONES)
    assert (deeper == (0xFF, 0xB7, 0xB7, 255)).all()  # depth-5 over depth-3


def test_what_is_not_known_is_hatched_and_what_is_outside_is_empty(client: TestClient) -> None:
    unknown, _ = get(client, "bbox=135.41,34.71,135.43,34.73&width=80&height=80", ZONES)
    grey = unknown[..., 3] > 0
    assert grey.mean() == pytest.approx(1 / 8, abs=0.01)
    assert (unknown[grey] == (110, 110, 110, 150)).all()
    outside, _ = get(client, "bbox=135.352,34.778,135.358,34.782&width=80&height=80", ZONES)
    assert not outside.any()
    depth_unknown, _ = get(client, "bbox=135.312,34.762,135.322,34.768&width=80&height=80", ZONES)
    colours = {tuple(int(band) for band in colour) for colour in depth_unknown.reshape(-1, 4)}
    assert colours == {(0x9A, 0x7F, 0xB0, 255), (70, 60, 90, 255)}


def test_house_collapse_is_hatched_in_red(client: TestClient) -> None:
    path = "/ogc/collections/hazard-flood/map"
    found, _ = get(client, "bbox=135.362,34.732,135.368,34.738&width=80&height=80&scenario=collapse", path)
    red = (found == (255, 0, 0, 255)).all(axis=-1)
    assert red.mean() == pytest.approx(3 / 8, abs=0.02)
    assert not found[~red].any()


def test_a_large_map_is_the_same_as_its_pieces(client: TestClient) -> None:
    whole, _ = get(client, "bbox=135.31,34.74,135.35,34.78&width=800&height=800")
    part, _ = get(client, "bbox=135.32,34.75,135.33,34.76&width=200&height=200")
    np.testing.assert_allclose(whole[400:600, 200:400].astype(int), part.astype(int), atol=1)
    zones, _ = get(client, "bbox=135.30,34.70,135.40,34.80&width=1000&height=1000", ZONES)
    piece, _ = get(client, "bbox=135.33,34.72,135.37,34.76&width=400&height=400", ZONES)
    assert (zones[400:800, 300:700] == piece).all(axis=-1).mean() > 0.999
