"""A file says what it is, whose, of when, and whether it is fictitious, wherever its format has a place for that."""

import io
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pyogrio
import pytest

from layers.catalogue import catalogue
from services.ogc.formats import file_formats
from tests.conftest import DatabaseUnderTest
from tests.services.http.conftest import client_of, fill
from tests.services.ogc.formats import reading
from tests.services.ogc.formats.conftest import Varied

LABELS = {
    "title", "description", "licence", "licence_url", "attribution", "owner", "as_of", "fictitious", "layer",
    "revision",
}  # fmt: skip


def test_parquet(varied: Varied) -> None:
    found = pq.read_schema(io.BytesIO(reading.get(varied.public, "emergency-sites", "parquet", "lang=ja"))).metadata
    assert {name.encode() for name in LABELS} | {b"geo"} == found.keys()
    said = {name.decode(): value.decode() for name, value in found.items()}
    assert (said["title"], said["licence"], said["attribution"]) == ("指定緊急避難場所", "CC-BY-4.0", "試験市")
    assert (said["as_of"], said["fictitious"], said["layer"]) == ("2024-03-31", "false", "emergency-sites")
    english = pq.read_schema(io.BytesIO(reading.get(varied.public, "emergency-sites", "parquet", "lang=en"))).metadata
    assert english[b"title"].decode() == "Designated emergency evacuation sites"


@pytest.mark.parametrize("form", ["gpkg", "fgb"])
def test_header_of_files_of_gdal(varied: Varied, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"file.{form}"
    path.write_bytes(reading.get(varied.public, "emergency-sites", form))
    info = pyogrio.read_info(path)
    assert info["layer_name"] == "emergency-sites"
    said = info["layer_metadata"]
    assert said.keys() >= LABELS - {"title", "description"}
    assert (said["licence"], said["attribution"], said["fictitious"]) == ("CC-BY-4.0", "試験市", "false")
    if form == "fgb":
        assert (said["TITLE"], said["DESCRIPTION"][:4]) == ("指定緊急避難場所", "災害の危")
        return
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT identifier, description, data_type, srs_id FROM gpkg_contents").fetchall()
        kept = database.execute("SELECT metadata FROM gpkg_metadata").fetchall()
        indexed = database.execute("SELECT extension_name FROM gpkg_extensions").fetchall()
    database.close()
    ((title, description, kind, srs),) = rows
    assert (title, description[:4], kind, srs) == ("指定緊急避難場所", "災害の危", "features", 4326)
    assert any("試験市" in text for (text,) in kept)
    assert ("gpkg_rtree_index",) in indexed


def test_fictitious_data_says_so_first(database: DatabaseUnderTest, tmp_path: Path) -> None:
    with client_of(fill(database)) as client:
        parquet = reading.get(client, "emergency-sites", "parquet")
        path = tmp_path / "file.gpkg"
        path.write_bytes(reading.get(client, "emergency-sites", "gpkg"))
    said = pq.read_schema(io.BytesIO(parquet)).metadata
    assert said[b"fictitious"] == b"true"
    assert said[b"title"].decode() == "指定緊急避難場所（架空データ）"
    assert said[b"description"].decode().startswith("これは試用のための架空データです。")
    assert pyogrio.read_info(path)["layer_metadata"]["fictitious"] == "true"


def test_no_field_of_any_layer_has_a_name_that_a_format_takes_for_its_own() -> None:
    taken = {"longitude", "latitude", "easting", "northing", "wkt", "fid", "bbox", "geom", "geometry", "id"}
    taken |= {"xmin", "ymin", "xmax", "ymax"}
    for layer in catalogue().values():
        assert not taken & layer.by_name.keys(), layer.id


def test_formats_are_found_by_looking() -> None:
    assert [each.form.name for each in file_formats()] == ["csv", "fgb", "gpkg", "parquet", "municipal-csv"]
    for each in file_formats():
        assert each.form.bulk
        assert each.form.title.ja
