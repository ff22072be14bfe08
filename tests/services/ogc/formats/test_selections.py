"""A file holds what the items of the same address show: filters, order, limit, properties, systems of coordinates."""

import io
import json
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet as pq
import pyogrio
import pytest
from pyproj import CRS, Transformer

from tests.services.ogc.formats import reading
from tests.services.ogc.formats.conftest import ROWS, Varied

SITES = "emergency-sites"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
QUERIES = (
    "for_flood=true",
    "bbox=135.25,34.7,135.35,34.8",
    "bbox=34.7,135.25,34.8,135.35&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/6668",
    "as_of=2024-02-29",
    "neighbourhoods=%3D1%2B1",
    "name=%3D1%2B1",
    "datetime=2020-01-01T00:00:00Z/..",
)


def ids(content: bytes) -> list[str]:
    return [row["id"] for row in reading.plain_csv(content)]


@pytest.mark.parametrize("query", QUERIES)
def test_filters(varied: Varied, query: str) -> None:
    expected = list(reading.items(varied.public, SITES, f"{query}&limit=10000"))
    assert ids(reading.get(varied.public, SITES, "csv", query)) == expected
    assert sorted(reading.read_parquet(reading.get(varied.public, SITES, "parquet", query))) == sorted(expected)


def test_all_rows_leave_unless_a_limit_is_given(varied: Varied) -> None:
    shown = list(reading.items(varied.public, SITES))
    assert ids(reading.get(varied.public, SITES, "csv")) == shown
    assert len(shown) == ROWS
    assert ids(reading.get(varied.public, SITES, "csv", "limit=5")) == shown[:5]
    assert ids(reading.get(varied.public, SITES, "csv", "limit=5&offset=3")) == shown[3:8]
    assert ids(reading.get(varied.public, SITES, "csv", "offset=20")) == shown[20:]
    assert ids(reading.get(varied.public, SITES, "csv", "limit=999999")) == shown  # more than a page may have
    assert len(reading.read_parquet(reading.get(varied.public, SITES, "parquet", "limit=7&offset=2"))) == 7


def test_order_and_properties(varied: Varied) -> None:
    query = "sortby=-elevation_m,name&properties=elevation_m,remarks"
    expected = reading.items(varied.public, SITES, f"{query}&limit=10000")
    content = reading.get(varied.public, SITES, "csv", query)
    assert ids(content) == list(expected)
    assert list(reading.plain_csv(content)[0]) == ["id", "elevation_m", "remarks", "longitude", "latitude"]
    parquet = pq.read_table(io.BytesIO(reading.get(varied.public, SITES, "parquet", query)))
    assert parquet["id"].to_pylist() == list(expected)
    assert parquet.column_names == ["id", "elevation_m", "remarks", "geometry", "bbox"]


def test_without_geometry(varied: Varied, tmp_path: Path) -> None:
    query = "skipGeometry=true&properties=name"
    assert list(reading.plain_csv(reading.get(varied.public, SITES, "csv", query))[0]) == ["id", "name"]
    parquet = pq.read_table(io.BytesIO(reading.get(varied.public, SITES, "parquet", query)))
    assert parquet.column_names == ["id", "name"]
    assert b"geo" not in (parquet.schema.metadata or {})
    path = tmp_path / "table.gpkg"
    path.write_bytes(reading.get(varied.public, SITES, "gpkg", query))
    info = pyogrio.read_info(path)
    assert (info["geometry_type"], info["features"], list(info["fields"])) == (None, ROWS, ["id", "name"])


@pytest.mark.parametrize("form", ["csv", "gpkg", "fgb", "parquet", "municipal-csv"])
def test_nothing_selected_is_a_file_without_rows(varied: Varied, form: str, tmp_path: Path) -> None:
    content = reading.get(varied.public, SITES, form, "bbox=0,0,1,1")
    fields = varied.public.get(f"/ogc/collections/{SITES}/queryables?f=json").json()["properties"]
    if form.endswith("csv"):
        assert content.startswith(reading.BOM)
        assert content.count(b"\r\n") == 1
    elif form == "parquet":
        table = pq.read_table(io.BytesIO(content))
        assert table.num_rows == 0
        assert set(fields) - {"geometry"} <= set(table.column_names)
        assert len(geopandas.read_parquet(io.BytesIO(content))) == 0
    else:
        path = tmp_path / f"empty.{form}"
        path.write_bytes(content)
        assert len(pyogrio.read_dataframe(path)) == 0
        assert reading.debian_json(content, f".{form}", tmp_path)["features"] == []


@pytest.mark.parametrize("code", [6668, 4326, 6673, 3857])
def test_systems_of_coordinates(varied: Varied, code: int, tmp_path: Path) -> None:
    """CSV has the axis order of the system, files of geometries have x before y; each says which system it is."""
    query = f"crs={EPSG}{code}"
    plain = reading.items(varied.public, SITES)
    key = next(key for key, row in plain.items() if row["geometry"] is not None)
    lonlat = plain[key]["geometry"]
    x, y = Transformer.from_crs(6668, code, always_xy=True).transform(lonlat.x, lonlat.y)
    precise = 1e-8 if code in (6668, 4326) else 1e-3

    row = next(row for row in reading.plain_csv(reading.get(varied.public, SITES, "csv", query)) if row["id"] == key)
    names = {6668: ("longitude", "latitude"), 4326: ("longitude", "latitude")}.get(code, ("easting", "northing"))
    assert (float(row[names[0]]), float(row[names[1]])) == pytest.approx((x, y), abs=precise)
    order = [name for name in row if name in names]
    assert order == (list(names) if code == 3857 else list(reversed(names)))  # as the authority defines

    for form in ("gpkg", "fgb"):
        path = tmp_path / f"file.{form}"
        path.write_bytes(reading.get(varied.public, SITES, form, query))
        frame = pyogrio.read_dataframe(path).set_index("id")
        assert frame.crs == CRS.from_epsg(code)
        assert (frame.geometry[key].x, frame.geometry[key].y) == pytest.approx((x, y), abs=precise)
    frame = geopandas.read_parquet(io.BytesIO(reading.get(varied.public, SITES, "parquet", query))).set_index("id")
    assert frame.crs == CRS.from_epsg(code)
    assert (frame.geometry[key].x, frame.geometry[key].y) == pytest.approx((x, y), abs=precise)


@pytest.mark.parametrize(("layer_id", "query"), [("hazard-landslide", ""), ("roads", f"crs={EPSG}6673")])
def test_wkt_is_in_the_order_of_the_system(varied: Varied, layer_id: str, query: str) -> None:
    expected = reading.items(varied.public, layer_id, f"{query}&limit=10000")
    found = reading.read_csv(reading.get(varied.public, layer_id, "csv", query), layer_id)
    for key, row in expected.items():
        if row["geometry"] is not None:
            assert found[key]["geometry"].equals_exact(row["geometry"], 1e-3)


def refused(varied: Varied, query: str) -> Any:
    answer = varied.public.get(f"/ogc/collections/{SITES}/items?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["detail"]


def test_what_a_format_has_no_place_for_is_refused(varied: Varied) -> None:
    assert "skipGeometry" in refused(varied, "f=fgb&skipGeometry=true")
    for name, value in (("crs", f"{EPSG}6668"), ("properties", "name"), ("skipGeometry", "true")):
        assert name in refused(varied, f"f=municipal-csv&{name}={value}")
    for form in ("csv", "gpkg"):
        assert "resulttype" in refused(varied, f"f={form}&resulttype=hits")
        assert "after" in refused(varied, f"f={form}&after=x")
    refused(varied, "f=shapefile")
    assert varied.public.get("/ogc/collections/rain-observations/items?f=fgb").status_code == 400
    assert varied.public.get("/ogc/collections/roads/items?f=municipal-csv").status_code == 400


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv", "text/csv"),
        ("application/geopackage+sqlite3", "application/geopackage+sqlite3"),
        ("application/flatgeobuf", "application/flatgeobuf"),
        ("application/vnd.flatgeobuf", "application/flatgeobuf"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("application/vnd.apache.parquet;q=0.5, application/geo+json", "application/geo+json"),
    ],
)
def test_negotiation(varied: Varied, accept: str, expected: str) -> None:
    answer = varied.public.get(f"/ogc/collections/{SITES}/items?limit=1", headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == expected
    assert answer.headers["cache-control"] == ("no-store" if "geo+json" not in expected else "public, no-cache")


def test_downloads_are_linked(varied: Varied) -> None:
    shown = varied.public.get(f"/ogc/collections/{SITES}/items?f=json&for_flood=true&limit=2").json()
    files = {link["type"]: link for link in shown["links"] if link["rel"] == "enclosure"}
    assert files.keys() == {
        "text/csv", "application/flatgeobuf", "application/geopackage+sqlite3", "application/vnd.apache.parquet",
    }  # fmt: skip
    every = [link["href"] for link in shown["links"]]
    assert len(every) == len(set(every))
    parquet = varied.public.get(files["application/vnd.apache.parquet"]["href"]).content
    assert len(reading.read_parquet(parquet)) == shown["numberMatched"] > 2  # the filter, but not the page's limit
    projected = varied.public.get(f"/ogc/collections/{SITES}/items?f=json&crs={EPSG}6673").json()
    assert not [link for link in projected["links"] if "municipal-csv" in link["href"]]

    collection = varied.public.get(f"/ogc/collections/{SITES}?f=json").json()
    offered = {link["href"].rpartition("f=")[2] for link in collection["links"] if link["rel"] == "items"}
    assert {"csv", "fgb", "gpkg", "parquet", "municipal-csv"} <= offered
    for path, language, word in (
        (f"/ogc/collections/{SITES}", "ja", "ダウンロード"),
        (f"/ogc/collections/{SITES}/items", "en", "Downloads"),
    ):
        page = varied.public.get(f"{path}?f=html&lang={language}").text
        assert word in page
        assert "f=parquet" in page
        assert ("自治体標準オープンデータセット" in page) == (language == "ja")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_names_of_files(varied: Varied, form: str) -> None:
    answer = varied.public.get(f"/ogc/collections/{SITES}/items?f={form}&limit=1")
    assert answer.headers["content-disposition"] == f'attachment; filename="{SITES}.{form}"'
    head = varied.public.head(f"/ogc/collections/{SITES}/items?f={form}")
    assert (head.status_code, head.content) == (200, b"")
    same = ("content-disposition", "content-type", "cache-control", "vary")
    assert {name: head.headers[name] for name in same} == {name: answer.headers[name] for name in same}


def test_parquet_is_ordered_by_place_and_covered_by_boxes(varied: Varied) -> None:
    content = reading.get(varied.public, "roads", "parquet")
    file = pq.ParquetFile(io.BytesIO(content))
    geo = json.loads(file.metadata.metadata[b"geo"])
    column = geo["columns"]["geometry"]
    of_schema = json.loads(file.schema_arrow.metadata[b"geo"])
    assert of_schema["columns"]["geometry"] == {name: column[name] for name in column if name != "bbox"}
    assert (geo["version"], geo["primary_column"], column["encoding"]) == ("1.1.0", "geometry", "WKB")
    assert column["geometry_types"] == ["LineString"]
    assert CRS.from_json_dict(column["crs"]).to_authority() == ("OGC", "CRS84")
    assert column["covering"] == {"bbox": {edge: ["bbox", edge] for edge in ("xmin", "ymin", "xmax", "ymax")}}
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    frame = geopandas.read_parquet(io.BytesIO(content))
    placed = frame[frame.geometry.notna()]
    boxes = file.read()["bbox"].to_pylist()
    assert [box is None for box in boxes] == list(frame.geometry.isna())
    found = [tuple(box.values()) for box in boxes if box is not None]
    assert found == [pytest.approx(bounds) for bounds in placed.bounds.itertuples(index=False, name=None)]
    assert column["bbox"] == pytest.approx(list(placed.total_bounds))
    west, south, east, north = column["bbox"]
    half = geopandas.read_parquet(io.BytesIO(content), bbox=(west, south, (west + east) / 2, north))
    assert 0 < len(half) < len(frame)
