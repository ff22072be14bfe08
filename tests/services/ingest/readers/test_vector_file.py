"""Shapefiles with parts missing or wrong, and GeoPackages."""

import shutil
import zipfile
from pathlib import Path

import geopandas
import pytest
from shapely.geometry import Point

from geo.errors import SourceError
from services.ingest.readers import open_file


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    frame = geopandas.GeoDataFrame(
        {"name": ["西宮市役所", None], "code": [1, 2]},
        geometry=[Point(135.3415, 34.7376), Point(135.4, 34.8)],
        crs=6668,
    )
    path = tmp_path / "sites.shp"
    frame.to_file(path, encoding="cp932")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    return path


def test_without_cpg_the_encoding_is_found(shapefile: Path) -> None:
    with open_file(shapefile) as opened:
        (table,) = opened.tables
        records = list(table.records())
    assert (table.crs, table.encoding, table.container) == (6668, "cp932", "shapefile")
    assert records[0].values == {"name": "西宮市役所", "code": 1}
    assert records[1].values["name"] is None
    assert [finding.rule for finding in table.findings] == ["encoding-guessed"]
    assert records[0].geometry == Point(135.3415, 34.7376)


def test_a_cpg_that_is_wrong(shapefile: Path) -> None:
    shapefile.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    with open_file(shapefile) as opened:
        (table,) = opened.tables
        assert next(table.records()).values["name"] == "西宮市役所"
    assert table.findings[0].detail == "the .cpg file says utf-8"


def test_without_prj_there_is_no_crs(shapefile: Path) -> None:
    shapefile.with_suffix(".prj").unlink()
    with open_file(shapefile) as opened:
        assert opened.tables[0].crs is None


def test_a_prj_that_is_not_understood(shapefile: Path) -> None:
    shapefile.with_suffix(".prj").write_text("LOCAL[something]", encoding="ascii")
    with open_file(shapefile) as opened:
        assert opened.tables[0].crs is None
        assert "crs-unrecognised" in {finding.rule for finding in opened.tables[0].findings}


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_missing_parts_are_named(shapefile: Path, suffix: str) -> None:
    shapefile.with_suffix(suffix).unlink()
    with pytest.raises(SourceError, match=rf"sites\.shp: .*\{suffix} of this one is not beside it") as caught:
        open_file(shapefile)
    assert caught.value.fix is not None
    assert f"sites{suffix}" in caught.value.fix


@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_truncated_parts(shapefile: Path, suffix: str) -> None:
    part = shapefile.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:-40])
    with pytest.raises(SourceError, match=rf"sites\{suffix}: the .* (is truncated|ends after)"):
        open_file(shapefile)


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_one_part_given_alone(shapefile: Path, suffix: str) -> None:
    with pytest.raises(SourceError, match="one part of a shapefile"):
        open_file(shapefile.with_suffix(suffix))


def test_zipped_shapefile(shapefile: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        for part in tmp_path.glob("sites.*"):
            target.write(part, f"folder/{part.name}")
    with open_file(path) as opened:
        (table,) = opened.tables
        assert (table.name, table.container) == ("folder/sites.shp", "shapefile")
        assert len(list(table.records())) == 2


def test_geopackage_with_two_layers(shapefile: Path, tmp_path: Path) -> None:
    path = tmp_path / "given.bin"
    frame = geopandas.read_file(shapefile, encoding="cp932")
    for layer in ("a", "b"):
        frame.to_file(tmp_path / "x.gpkg", layer=layer, driver="GPKG")
    shutil.move(tmp_path / "x.gpkg", path)
    with open_file(path) as opened:
        assert [table.name for table in opened.tables] == ["a", "b"]
        assert [record.values["code"] for record in opened.tables[1].records()] == [1, 2]
        assert opened.tables[0].crs == 6668


@pytest.mark.real_data
def test_real_shapefiles(real_data: Path) -> None:
    roads = real_data / "messy/yaizu/緊急輸送路_一次緊急輸送路/一次緊急輸送路.shp"
    floods = real_data / "messy/yaizu/浸水履歴_令和6年/浸水履歴_令和6年.shp"
    with open_file(roads) as opened:
        records = list(opened.tables[0].records())
    assert (len(records), opened.tables[0].crs, opened.tables[0].encoding) == (31, 6668, "cp932")
    assert records[0].values["item2"] == "県一次緊急輸送路"
    with open_file(floods) as opened:  # no .cpg; JGD2000 zone VIII
        assert opened.tables[0].crs == 2450
        assert sum(1 for _ in opened.tables[0].records()) == 54
