"""GeoTIFF, and DEM tiles of 基盤地図情報."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from geo.errors import SourceError
from services.ingest.readers import open_file

DEM = """<?xml version="1.0" encoding="UTF-8"?>
<Dataset xmlns="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2" gml:id="D">
<gml:description>DEM</gml:description>
<DEM gml:id="DEM001"><type>5mメッシュ（標高）</type><mesh>{mesh}</mesh><coverage gml:id="DEM001-3">
<gml:boundedBy><gml:Envelope srsName="fguuid:jgd2011.bl">
<gml:lowerCorner>34.0 {west}</gml:lowerCorner><gml:upperCorner>34.2 {east}</gml:upperCorner>
</gml:Envelope></gml:boundedBy>
<gml:gridDomain><gml:Grid dimension="2"><gml:limits><gml:GridEnvelope>
<gml:low>0 0</gml:low><gml:high>2 1</gml:high></gml:GridEnvelope></gml:limits></gml:Grid></gml:gridDomain>
<gml:rangeSet><gml:DataBlock><gml:tupleList>
{tuples}
</gml:tupleList></gml:DataBlock></gml:rangeSet>
<gml:coverageFunction><gml:GridFunction><gml:sequenceRule order="+x-y">Linear</gml:sequenceRule>
<gml:startPoint>{start}</gml:startPoint></gml:GridFunction></gml:coverageFunction></coverage></DEM></Dataset>"""


def dem(mesh: str, west: float, tuples: list[str], start: str = "0 0") -> str:
    return DEM.format(mesh=mesh, west=west, east=round(west + 0.3, 6), tuples="\n".join(tuples), start=start)


def test_dem_tile_runs_from_the_north_west(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(dem("1", 135.0, ["地表面,2.5", "データなし,-9999.", "海水面,-0.5"], "1 0"), encoding="utf-8")
    with open_file(path) as opened:
        (raster,) = opened.rasters
        assert opened.container == "dem"
        assert raster.crs == 6668
        with rasterio.open(raster.path) as grid:
            cells = grid.read(1)
            assert grid.transform.almost_equals(from_origin(135.0, 34.2, 0.1, 0.1), 1e-9)
        no = -9999.0
        assert cells.tolist() == [[no, 2.5, no], [-0.5, no, no]]
        assert (raster.metadata["minimum"], raster.metadata["maximum"]) == ("-0.5", "2.5")
        assert raster.metadata["model"] == "terrain"
    assert not raster.path.exists()


def test_zip_of_tiles_is_one_grid(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("FG-GML-1-DEM5A.xml", dem("1", 135.0, [f"地表面,{n}" for n in range(6)]))
        target.writestr("FG-GML-2-DEM5A.xml", dem("2", 135.3, [f"地表面,{n}" for n in range(10, 16)]))
    with open_file(path) as opened:
        (raster,) = opened.rasters
        with rasterio.open(raster.path) as grid:
            assert grid.read(1).tolist() == [[0, 1, 2, 10, 11, 12], [3, 4, 5, 13, 14, 15]]
        assert raster.metadata["source_tiles"] == "2"


@pytest.mark.parametrize(
    "tuples", [["地表面,x"], [f"地表面,{n}" for n in range(7)]], ids=["no number", "more values than cells"]
)
def test_dem_that_cannot_be_understood(tmp_path: Path, tuples: list[str]) -> None:
    path = tmp_path / "a.xml"
    path.write_text(dem("1", 135.0, tuples), encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.xml: the DEM cannot be understood"):
        open_file(path)


def geotiff(path: Path, crs: str | None, *, placed: bool = True) -> Path:
    cells = np.random.default_rng(1).normal(size=(300, 300)).astype("float32")
    place = {"transform": from_origin(135.2, 34.9, 0.001, 0.001)} if placed else {}
    with rasterio.open(
        path, "w", driver="GTiff", width=300, height=300, count=1, dtype="float32", crs=crs, nodata=-1, **place
    ) as grid:
        grid.write(cells, 1)
    return path


def test_geotiff_whatever_its_name(tmp_path: Path) -> None:
    with open_file(geotiff(tmp_path / "a.dat", "EPSG:6668")) as opened:
        (raster,) = opened.rasters
    assert raster.crs == 6668
    assert (raster.metadata["width"], raster.metadata["nodata"]) == ("300", "-1.0")
    assert float(raster.metadata["resolution_x"]) == pytest.approx(0.001)


def test_geotiff_without_crs(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", None)
    with pytest.raises(SourceError, match=r"a\.tif: .*coordinate reference system") as caught:
        open_file(path)
    assert caught.value.fix
    with open_file(path, crs=6668) as opened:
        assert opened.rasters[0].crs == 6668
        assert [finding.rule for finding in opened.rasters[0].findings] == ["crs-assumed"]


def test_truncated_geotiff(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", "EPSG:6668")
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(SourceError, match=r"a\.tif: the GeoTIFF cannot be read"):
        open_file(path)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_image_without_place(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", "EPSG:6668", placed=False)
    with pytest.raises(SourceError, match="not georeferenced"):
        open_file(path)


@pytest.mark.real_data
@pytest.mark.parametrize("crs", [6668, 6674])
def test_real_dem(real_data: Path, crs: int) -> None:
    with open_file(real_data / "dem" / f"srtm1_nishinomiya_epsg{crs}.tif") as opened:
        (raster,) = opened.rasters
    assert raster.crs == crs
    assert raster.metadata["nodata"] == "-32767.0"
    assert float(raster.metadata["minimum"]) < 0 < 900 < float(raster.metadata["maximum"])
