"""Shapefiles without the parts that say how to read them: what can be known is used and said, the rest is refused."""

from pathlib import Path

import pytest

from geo.errors import SourceError
from services.ingest.model import Action
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import count, load, ngis, query, said, shapefile


def test_a_shapefile_without_its_reference_system(database: DatabaseUnderTest, tmp_path: Path) -> None:
    """The degrees of the format are assumed, and said."""
    path = shapefile(tmp_path)
    path.with_suffix(".prj").unlink()
    (report,) = load(database, path)
    assert report.layer_id == "hazard-flood"
    assert report.rows_loaded == 1
    assert "(assumed)" in str(report.description)
    (found,) = report.rules["crs-assumed", Action.NOTED].examples
    assert str(found.new).startswith("EPSG:")
    assert query(database, "SELECT round(ST_XMin(geometry)::numeric, 5)::text FROM core.hazard_flood") == [
        ("135.30000",)
    ]


def test_a_shapefile_in_metres_without_its_reference_system_is_refused(
    database: DatabaseUnderTest, tmp_path: Path
) -> None:
    path = shapefile(tmp_path, crs=6673)
    path.with_suffix(".prj").unlink()
    done = ngis(database, "ingest", path)
    assert done.returncode == 1
    assert "A31.shp: none of its 1 " in said(done)
    assert "Fix: " in said(done)
    assert count(database, "core.hazard_flood") == 0
    shapefile(tmp_path, crs=6673)  # with it, the same metres are right
    load(database, path)
    ((west,),) = query(database, "SELECT ST_XMin(geometry) FROM core.hazard_flood")
    assert abs(west - 135.30) < 1e-7


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_a_shapefile_without_its_encoding(database: DatabaseUnderTest, tmp_path: Path, encoding: str) -> None:
    path = shapefile(tmp_path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    (report,) = load(database, path)
    (found,) = report.rules["encoding-guessed", Action.NOTED].examples
    assert found.new == encoding
    assert query(database, "SELECT river_name FROM core.hazard_flood") == [("武庫川",)]


def test_a_shapefile_in_no_known_encoding_is_refused(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("武庫川".encode("cp932"), b"\x81 ab\x81 "))
    with pytest.raises(SourceError, match=r"A31\.dbf: record 1 is neither UTF-8 nor cp932") as raised:
        load(database, path)
    assert ".cpg" in str(raised.value.fix)
    assert count(database, "core.hazard_flood") == 0
