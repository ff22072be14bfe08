"""Heights as coverage: cells as they are, parts, other systems, fewer cells, and what is refused."""

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from geo.crs import transform_xy
from tests.services.ogc.rasters.cog import faults
from tests.services.ogc.rasters.conftest import CELL_DEG, HEIGHT, HOLE, NORTH, WEST, WIDTH, heights, tiff

COVERAGE = "/ogc/collections/elevation/coverage"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def get(client: TestClient, query: str = "") -> Any:
    answer = client.get(f"{COVERAGE}?f=GTiff{query}")
    assert answer.status_code == 200, answer.text
    return tiff(answer.content)


def surface(lon: Any, lat: Any) -> Any:
    """The heights between the cells, as bilinear interpolation of the source gives them."""
    values = heights().astype(np.float64)
    column, row = (lon - WEST) / CELL_DEG - 0.5, (NORTH - lat) / CELL_DEG - 0.5
    left, upper = np.floor(column).astype(int), np.floor(row).astype(int)
    u, v = column - left, row - upper
    above = values[upper, left] * (1 - u) + values[upper, left + 1] * u
    below = values[upper + 1, left] * (1 - u) + values[upper + 1, left + 1] * u
    return above * (1 - v) + below * v


@pytest.mark.parametrize("form", ["GTiff", "cog"])
def test_the_whole_is_cell_for_cell_the_source(client: TestClient, form: str) -> None:
    answer = client.get(f"{COVERAGE}?f={form}")
    assert answer.headers["content-type"].startswith("image/tiff; application=geotiff")
    assert answer.headers["content-crs"] == f"<{EPSG}6668>"
    assert [float(part) for part in answer.headers["content-bbox"].split(",")] == pytest.approx(
        [34.74, 135.30, 34.80, 135.37]  # latitude first, as EPSG:6668 has it
    )
    assert 'filename="elevation.tif"' in answer.headers["content-disposition"]
    found = tiff(answer.content)
    np.testing.assert_array_equal(found.bands[0].filled(-9999), heights())
    assert np.ma.count_masked(found.bands) == 600
    assert found.crs == 6668
    assert found.bounds == pytest.approx((135.30, 34.74, 135.37, 34.80))
    assert found.descriptions == ("elevation",)
    assert found.tags["FICTITIOUS"] == "架空データ"
    assert found.tags["AS_OF"] == "2024-03-31"
    assert "試験市" in found.tags["SOURCE"]
    assert found.tags["LICENCE"] == "CC-BY-4.0"


def test_cog_is_one(client: TestClient) -> None:
    content = client.get(f"{COVERAGE}?f=cog").content
    assert faults(content) == []
    found = tiff(content)
    assert found.layout == "COG"
    assert found.overviews == [2]
    assert found.blocks == (512, 512)
    assert faults(client.get(f"{COVERAGE}?f=GTiff").content) != []


BOX = "135.31005,34.75005,135.31995,34.75995"  # just inside of cells 100-199 and rows 400-499
PLAIN = (slice(400, 500), slice(100, 200))


@pytest.mark.parametrize(
    "query",
    [
        f"bbox={BOX}",
        f"bbox={BOX}&bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        f"bbox=34.75005,135.31005,34.75995,135.31995&bbox-crs={EPSG}6668",
        "bbox=34.75005,135.31005,34.75995,135.31995&bbox-crs=[EPSG:4326]",
        "bbox=135.31005,34.75005,0,135.31995,34.75995,9",
        "subset=Lon(135.31005:135.31995),Lat(34.75005:34.75995)",
        "subset=Lat(34.75005:34.75995),Lon(135.31005:135.31995)",
        "subset=lat(34.75005:34.75995),longitude(135.31005:135.31995)",
        "subset= Lat( 34.75005 : 34.75995 ) , Lon(1.3531005E2:135.31995)",
        f"subset=Lat(34.75005:34.75995),Lon(135.31005:135.31995)&subset-crs={EPSG}6668",
    ],
)
def test_a_part_by_any_name(client: TestClient, query: str) -> None:
    found = get(client, f"&{query}")
    np.testing.assert_array_equal(found.bands[0], heights()[PLAIN])
    assert found.bounds == pytest.approx((135.31, 34.75, 135.32, 34.76))


@pytest.mark.parametrize(
    ("query", "rows", "columns"),
    [
        ("subset=Lon(135.31005:135.31995)", slice(0, 600), slice(100, 200)),
        ("subset=Lat(34.75005:*)", slice(0, 500), slice(0, 700)),
        ("subset=Lat(*:34.75995)", slice(400, 600), slice(0, 700)),
        ("subset=Lat(*:*),Lon(*:135.31995)", slice(0, 600), slice(0, 200)),
        ("subset=Lat(34.75005)", slice(499, 500), slice(0, 700)),
        ("subset=Lat(34.75005),Lon(135.31005)", slice(499, 500), slice(100, 101)),
        ("subset=Lat(34.75005:34.75005),Lon(135.31005)", slice(499, 500), slice(100, 101)),
        ("bbox=135.2,34.7,135.30995,34.9", slice(0, 600), slice(0, 100)),  # half outside
        ("bbox=-180,-90,180,90", slice(0, 600), slice(0, 700)),
        ("bbox=135.36005,34.74,-170,34.9", slice(0, 600), slice(600, 700)),  # across 180 degrees
    ],
)
def test_parts_of_axes(client: TestClient, query: str, rows: slice, columns: slice) -> None:
    np.testing.assert_array_equal(get(client, f"&{query}").bands[0].filled(-9999), heights()[rows, columns])


def test_a_part_by_the_axes_of_the_plane(client: TestClient) -> None:
    east, north = transform_xy(135.335, 34.77, 6668, 6673)
    asked = f"E({east - 100}:{east + 100}),N({north - 50}:{north + 50})"
    found = get(client, f"&subset={asked}")
    lower = transform_xy(east - 100, north - 50, 6673, 6668)
    upper = transform_xy(east + 100, north + 50, 6673, 6668)
    assert found.bounds[0] == pytest.approx(lower[0], abs=2e-4)
    assert found.bounds[3] == pytest.approx(upper[1], abs=2e-4)
    # X is the northing of a Japanese plane, Y its easting.
    theirs = f"X({north - 50}:{north + 50}),Y({east - 100}:{east + 100})"
    assert get(client, f"&subset={theirs}&subset-crs=[EPSG:6673]").bounds == found.bounds


REFUSED_SUBSETS = [
    "Lon",
    "Lon()",
    "Lon(1:2",
    "Lon(1:2:3)",
    "Lon(a:b)",
    "Lon(nan:1)",
    "Lon(inf:inf)",
    "Lon(1e999:2)",
    'Lon("135":"136")',
    "Lon(*)",
    "Lat(34.8:34.7)",
    "Lon(135:136),Lon(135:136)",
    "Lon(135:136),lon(135:136)",
    "Lon(135:136),N(1:2)",
    "time(2020)",
    "Lon(135:136);Lat(34:35)",
    "Lon(135:136),",
    "Lon(135%27:136)",
    "(135:136)",
    "Lon((135:136))",
    "X(1:2),Lat(34:35)",
]


@pytest.mark.parametrize("subset", REFUSED_SUBSETS)
def test_subsets_that_are_refused(client: TestClient, subset: str) -> None:
    answer = client.get(COVERAGE, params={"f": "GTiff", "subset": subset})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    english = client.get(COVERAGE, params={"f": "GTiff", "subset": subset, "lang": "en"}).json()["detail"]
    assert english.startswith("subset: ")
    assert english != answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "bbox=0,0,1",
        "bbox=a,b,c,d",
        "bbox=0,0,nan,1",
        "bbox=0,1,inf,2",
        "bbox=135,35,136,34",
        f"bbox={BOX}&bbox-crs=EPSG:2451",
        f"bbox={BOX}&subset=Lon(135:136)",
        f"bbox={BOX}&bbox-crs=nonsense",
        "crs=EPSG:2451",
        "crs=http://example.org/",
        "crs='; DROP TABLE x",
        "subset=Lon(135:136)&subset-crs=EPSG:2451",
        "scale-factor=0",
        "scale-factor=-1",
        "scale-factor=nan",
        "scale-factor=inf",
        "scale-factor=x",
        "scale-factor=1e300",
        "scale-factor=2&scale-size=Lon(10)",
        "scale-axes=Lon(0)",
        "scale-axes=X(2)",
        "scale-axes=2",
        "scale-size=Lon(0)",
        "scale-size=Lon(1.5)",
        "scale-size=Lon(-5)",
        "scale-size=Lon(99999999)",
        "scale-size=Lon(1000000),Lat(1000000)",
        "scale-size=Lon(10),Lon(20)",
        "scaleSize=Lon(0)",
        "properties=height",
        "properties=",
        "properties=elevation,elevation",
        "scenario=maximum",
        "width=100",
    ],
)
def test_what_cannot_be_honoured_is_refused(client: TestClient, query: str) -> None:
    for language in ("ja", "en"):
        answer = client.get(f"{COVERAGE}?f=GTiff&{query}&lang={language}")
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language


@pytest.mark.parametrize("box", ["0,0,1,1", "136,34,137,35", "1e300,0,1.1e300,1", "135.3,34.9,135.4,35"])
def test_where_there_is_nothing_is_not_found(client: TestClient, box: str) -> None:
    assert client.get(f"{COVERAGE}?f=GTiff&bbox={box}").status_code == 404


def test_too_much_is_refused_with_advice(client: TestClient) -> None:
    asked = f"{COVERAGE}?f=json&scale-factor=0.5"
    assert "a scale-factor such as 1," in client.get(f"{asked}&lang=en").json()["detail"]
    detail = client.get(asked).json()["detail"]
    assert "bbox" in detail
    assert "1,400×1,200" in detail
    assert client.get(f"{COVERAGE}?f=json&scale-factor=1").status_code == 200
    followed = client.get(f"{COVERAGE}?f=GTiff&scale-size=Lon(8000),Lat(8000)&lang=en")
    assert followed.status_code == 400
    assert "16,000,000" in followed.json()["detail"]


# --- other systems and sizes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("crs", "size"), [(6673, (9.15, 11.1)), (3857, (11.13, 13.5)), (4326, (1e-4, 1e-4))])
def test_another_system_has_the_heights_where_they_are(client: TestClient, crs: int, size: tuple[float, float]) -> None:
    found = get(client, f"&crs={EPSG}{crs}&bbox=135.31,34.75,135.35,34.78")
    assert found.crs == crs
    rows, columns = found.bands[0].shape
    left, bottom, right, top = found.bounds
    assert (right - left) / columns == pytest.approx(size[0], rel=0.01)
    assert (top - bottom) / rows == pytest.approx(size[1], rel=0.01)
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = top - (np.arange(rows) + 0.5) * (top - bottom) / rows
    at_x, at_y = np.meshgrid(x, y)
    lon, lat = transform_xy(at_x.ravel(), at_y.ravel(), crs, 6668)
    np.testing.assert_allclose(found.bands[0].ravel(), surface(lon, lat), atol=0.02)
    corners = transform_xy(np.array([left, right]), np.array([bottom, top]), crs, 6668)
    assert corners[0].min() < 135.31 + 1e-4
    assert corners[1].max() > 34.78 - 1e-4


def test_a_system_whose_box_is_asked_for_there(client: TestClient) -> None:
    east, north = (round(each) for each in transform_xy(135.33, 34.77, 6668, 6673))
    box = f"{north},{east},{north + 500},{east + 400}"  # northing first
    found = get(client, f"&crs=[EPSG:6673]&bbox={box}&bbox-crs=[EPSG:6673]")
    assert found.bounds[0] <= east < found.bounds[0] + 10
    assert found.bounds[1] <= north < found.bounds[1] + 12
    assert found.bands.shape[1:] == pytest.approx((46, 45), abs=2)


def test_outside_of_the_source_stays_empty_in_another_system(client: TestClient) -> None:
    found = get(client, "&crs=[EPSG:6673]")
    masked = np.ma.getmaskarray(found.bands[0])
    assert 0.001 < masked.mean() < 0.05  # the hole, and the corners of the turned box
    assert not masked[100:-100, 100:-100].any()


def test_fewer_cells_are_means(client: TestClient) -> None:
    found = get(client, "&scale-factor=2")
    source = np.ma.masked_equal(heights().astype(np.float64), -9999)
    assert found.bands[0].shape == (300, 350)
    means = source.reshape(300, 2, 350, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(found.bands[0][20:, 20:], means[20:, 20:], atol=0.01)
    assert found.bounds == pytest.approx((135.30, 34.74, 135.37, 34.80))


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ("scale-factor=1", (600, 700)),
        ("scale-factor=0.5&bbox=135.31,34.75,135.32,34.76", (200, 200)),
        ("scale-factor=7", (86, 100)),
        ("scale-factor=1000000", (1, 1)),
        ("scale-axes=Lon(2)", (600, 350)),
        ("scale-axes=Lat(3),Lon(7)", (200, 100)),
        ("scale-size=Lon(70),Lat(60)", (60, 70)),
        ("scale-size=Lat(10)", (10, 700)),
        ("scaleSize=Long(33),Lat(44)", (44, 33)),
        ("crs=[EPSG:6673]&scale-size=E(10),N(20)", (20, 10)),
        ("crs=[EPSG:3857]&scale-size=X(10),Y(20)", (20, 10)),
    ],
)
def test_numbers_of_cells(client: TestClient, query: str, shape: tuple[int, int]) -> None:
    assert get(client, f"&{query}").bands[0].shape == shape


def test_a_size_divides_the_box_as_it_is_even_beyond_the_edge(client: TestClient) -> None:
    found = get(client, "&subset=Lon(135.2995:135.3005),Lat(34.7795:34.7805)&scale-size=Lon(10),Lat(10)")
    assert found.bounds == pytest.approx((135.2995, 34.7795, 135.3005, 34.7805))
    masked = np.ma.getmaskarray(found.bands[0])
    assert masked[:, :5].all()
    assert not masked[:, 5:].any()
    np.testing.assert_array_equal(found.bands[0][:, 5:], heights()[195:205, :5])


def test_the_hole_is_nodata_never_zero(client: TestClient) -> None:
    for query in ("", "&scale-factor=4", "&crs=[EPSG:3857]", "&scale-factor=0.5&bbox=135.3,34.797,135.304,34.8"):
        found = get(client, query)
        rows, columns = found.bands[0].shape
        assert np.ma.getmaskarray(found.bands[0])[rows // 400 + 1, columns // 400 + 1]
        assert found.bands.compressed().min() > -45


def test_a_picture_of_the_part(client: TestClient) -> None:
    answer = client.get(f"{COVERAGE}?f=png&bbox={BOX}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content[16:24] == (100).to_bytes(4) + (100).to_bytes(4)
    large = client.get(f"{COVERAGE}?f=png&scale-size=Lon(2049),Lat(5)&lang=en")
    assert large.status_code == 400
    assert "2,048" in large.json()["detail"]


def test_html_says_what_there_is(client: TestClient) -> None:
    page = client.get(f"{COVERAGE}?f=html").text
    assert "700 × 600" in page
    assert "架空データ" in page
    assert "EPSG:6668" in page
    assert "Elevation" in client.get(f"{COVERAGE}?f=html&lang=en").text


def test_other_collections_have_none(client: TestClient) -> None:
    for page in ("coverage", "coverage/domainset", "coverage/files", "map", "map/tiles"):
        assert client.get(f"/ogc/collections/emergency-sites/{page}").status_code == 404


def test_the_size_of_the_source() -> None:
    assert heights().shape == (HEIGHT, WIDTH)
    assert (heights()[HOLE] == -9999).all()
