"""What a file is taken for: by its columns and geometries, never by its name."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import NotFoundError, SourceError
from layers.catalogue import catalogue, source_formats
from layers.model import Embedded, Geometry, SourceFormat
from services.ingest.model import Raster, Record, Table
from services.ingest.readers import open_file
from services.ingest.readers.opened import UnrecognisedError
from services.ingest.recognition import Recognition, describe, osm_selectors, recognise, table_crs

AREA = shapely.box(135.3, 34.7, 135.31, 34.71)
_GEOMETRIES: dict[Geometry, BaseGeometry] = {
    Geometry.POINT: shapely.Point(135.3, 34.7),
    Geometry.LINE: shapely.LineString([(135.3, 34.7), (135.31, 34.7)]),
    Geometry.MULTILINE: shapely.LineString([(135.3, 34.7), (135.31, 34.7)]),
    Geometry.MULTIPOLYGON: AREA,
    Geometry.ANY: AREA,
}


def table(
    *columns: str,
    container: str = "csv",
    name: str = "",
    crs: int | None = None,
    geometry: BaseGeometry | None = None,
    encoding: str | None = None,
) -> Table:
    """A table with these columns and one record."""

    def records() -> Iterator[Record]:
        yield Record(1, dict.fromkeys(columns, "x"), geometry)

    return Table(name, container, columns, records, crs=crs, encoding=encoding)


def only(recognition: Recognition) -> tuple[str, str]:
    """Layer and format of the only load."""
    (load,) = recognition.loads
    return load.layer.id, load.source.id


def _recognisable() -> list[tuple[str, SourceFormat]]:
    return [(layer.id, source) for layer, source in source_formats() if source.osm is None and source.signature]


@pytest.mark.parametrize(("layer_id", "source"), _recognisable(), ids=[source.id for _, source in _recognisable()])
def test_every_format_is_recognised_from_all_its_columns(layer_id: str, source: SourceFormat) -> None:
    """No declaration hides another one."""
    embedded = isinstance(source.geometry, Embedded)
    made = table(
        *sorted({*source.columns, *source.signature} - source.excludes),
        container="geojson" if embedded else "csv",
        geometry=_GEOMETRIES[catalogue()[layer_id].geometry] if embedded else None,
    )
    assert only(recognise([made])) == (layer_id, source.id)


def test_columns_are_compared_folded() -> None:
    made = table("ＩＤ", "名称", "所在地\n_連結表記", "設置 位置", "利用可能曜日", "緯度", "経度")
    assert only(recognise([made])) == ("aeds", "municipal-aeds")


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "282049_aed.geojson"  # neither AED nor GeoJSON
    with path.open("w", encoding="cp932", newline="") as file:
        csv.writer(file).writerows(
            [["NO", "種別", "住所", "口径", "緯度", "経度"], ["1", "消火栓", "", "150", "34", "135"]]
        )
    with open_file(path, max_unpacked_bytes=1 << 20, selectors={}) as opened:
        found = recognise(opened.tables, opened.rasters)
    assert only(found) == ("fire-water-sources", "municipal-fire-water-old")
    (load,) = found.loads
    assert "消防水利" in describe(load)
    assert "cp932" in describe(load)


def test_emergency_sites_and_shelters_are_told_apart() -> None:
    common = ("共通ID", "都道府県名及び市町村名", "施設・場所名", "住所")
    point = shapely.Point(135.3, 34.7)
    sites = table(*common, "洪水", "津波", "内水氾濫", container="geojson", geometry=point)
    assert only(recognise([sites]))[0] == "emergency-sites"
    shelters = next(
        source for layer, source in source_formats() if layer.id == "shelters" and source.id == "gsi-shelters"
    )
    columns = {*shelters.columns, *shelters.signature} - shelters.excludes
    assert only(recognise([table(*columns, container="geojson", geometry=point)]))[0] == "shelters"


def test_the_kind_of_geometry_decides_between_layers() -> None:
    assert only(recognise([table("name", container="geojson", geometry=AREA)]))[0] == "districts"
    line = _GEOMETRIES[Geometry.LINE]
    assert only(recognise([table("name", container="geojson", geometry=line)]))[0] == "waterways"
    with pytest.raises(UnrecognisedError, match="geometries are of another kind"):
        recognise([table("name", container="geojson", geometry=shapely.Point(135, 34))])


def test_columns_alone_are_no_map() -> None:
    """A CSV with the attributes of a hazard layer has no areas."""
    with pytest.raises(UnrecognisedError, match="hazard"):
        recognise([table("A33_001", "A33_002", "A33_003")], file_name="a.csv")


def test_a_further_column_in_an_exact_format_is_another_format() -> None:
    with pytest.raises(UnrecognisedError):
        recognise([table("name", "height", container="geojson", geometry=AREA)])


def test_an_unknown_file_names_its_columns_and_the_nearest_format() -> None:
    with pytest.raises(UnrecognisedError) as refused:
        recognise([table("ID", "名称", "所在地_連結表記", "設置位置", "緯度", "経度")], file_name="a.csv")
    message = str(refused.value)
    assert message.startswith("a.csv is of no known format. Its columns: ID")
    assert "municipal-aeds (aeds; lacks 利用可能曜日)" in message
    assert refused.value.fix


def test_nothing_at_all() -> None:
    with pytest.raises(UnrecognisedError, match="no table with columns"):
        recognise([], file_name="a.zip")


def test_a_layer_asked_for_leaves_out_all_others() -> None:
    made = table("ID", "名称", "所在地_連結表記", "設置位置", "利用可能曜日")
    assert only(recognise([made], layer_id="aeds"))[0] == "aeds"
    with pytest.raises(SourceError, match="of no known format"):
        recognise([made], layer_id="shelters")
    with pytest.raises(NotFoundError, match="no-such-layer"):
        recognise([made], layer_id="no-such-layer")


def test_tables_of_one_format_make_one_load_and_others_are_named() -> None:
    columns = ("NO", "種別", "住所", "口径")
    first, second, other = table(*columns, name="a"), table(*columns, name="b"), table("x", "y", name="c")
    found = recognise([first, other, second])
    assert [load.tables for load in found.loads] == [(first, second)]
    assert found.ignored == (other,)
    assert "2 tables" in describe(found.loads[0])


def test_osm_tables_are_named_by_their_format() -> None:
    assert osm_selectors()["osm-roads"].tags["highway"]
    found = recognise([table("highway", container="osm-pbf", name="osm-roads")])
    assert only(found) == ("roads", "osm-roads")
    with pytest.raises(UnrecognisedError):
        recognise([table("highway", container="osm-pbf", name="osm-roads")], layer_id="aeds")


def test_a_grid_is_elevation(tmp_path: Path) -> None:
    grid = Raster(tmp_path / "a.tif", 6668)
    found = recognise([], [grid])
    assert only(found)[0] == "elevation"
    assert found.loads[0].rasters == (grid,)
    assert "EPSG:6668" in describe(found.loads[0])
    with pytest.raises(SourceError, match="this layer takes none"):
        recognise([], [grid], layer_id="aeds")


def test_which_reference_system_counts() -> None:
    """What the file declares, but for files known to be mislabelled; what the format says where it declares none."""
    by_id = {source.id: source for _, source in source_formats()}
    assert table_crs(table(crs=4301), by_id["ksj-a33"]) == 4301
    assert table_crs(table(crs=None), by_id["ksj-a33"]) == 6668
    assert table_crs(table(crs=4326), by_id["geolonia-n03"]) == 6668
