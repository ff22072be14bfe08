"""GeoJSON and the other shapes of JSON."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from geo.errors import SourceError
from services.ingest.model import Record, Table
from services.ingest.readers import Limits, UnrecognisedError, open_file


def read(path: Path) -> tuple[Table, list[Record]]:
    with open_file(path) as opened:
        (table,) = opened.tables
        return table, list(table.records())


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def feature(number: object, geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"番号": number}, "geometry": geometry}


POINT = {"type": "Point", "coordinates": [135.34, 34.73]}


def test_types_of_properties_stay_and_columns_are_of_all_features(tmp_path: Path) -> None:
    features = [feature("01", POINT), feature(2, None), {**feature(None, POINT), "id": 7}]
    table, records = read(write(tmp_path / "a.json", {"features": features, "type": "FeatureCollection"}))
    assert table.columns == ("番号", "id")
    assert table.crs == 4326
    assert [record.values["番号"] for record in records] == ["01", 2, None]
    assert records[0].geometry is not None
    assert records[0].geometry.coords[0] == (135.34, 34.73)
    assert records[1].geometry is None
    assert records[2].number == 3


@pytest.mark.parametrize(
    ("name", "crs"),
    [("urn:ogc:def:crs:EPSG::6668", 6668), ("EPSG:2447", 2447), ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326), ("x", None)],
)
def test_the_crs_member_wherever_it_stands(tmp_path: Path, name: str, crs: int | None) -> None:
    member = {"type": "name", "properties": {"name": name}}
    content = {"type": "FeatureCollection", "features": [feature(1, POINT)], "crs": member}
    table, _ = read(write(tmp_path / "a.json", content))
    assert table.crs == crs
    assert ("crs-unrecognised" in {finding.rule for finding in table.findings}) is (crs is None)


def test_one_feature_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.geojsonl"
    path.write_text("".join(f"\x1e{json.dumps(feature(n, POINT))}\n" for n in range(3)), encoding="utf-8")
    _, records = read(path)
    assert [record.values["番号"] for record in records] == [0, 1, 2]


def test_a_geometry_that_cannot_be_built_is_a_finding(tmp_path: Path) -> None:
    broken = {"type": "Polygon", "coordinates": [[[135, 34], [135]]]}
    content = {"type": "FeatureCollection", "features": [feature(1, broken), feature(2, POINT)]}
    _, records = read(write(tmp_path / "a.json", content))
    assert records[0].geometry is None
    assert [finding.rule for finding in records[0].findings] == ["geometry-unreadable"]
    assert records[1].geometry is not None


def test_elements_larger_than_what_is_read_at_once(tmp_path: Path) -> None:
    features = [feature("あ" * 700_000, POINT), feature(12345, POINT)]
    path = write(tmp_path / "a.json", {"type": "FeatureCollection", "features": features})
    _, records = read(path)
    assert [len(str(record.values["番号"])) for record in records] == [700_000, 5]
    with pytest.raises(SourceError, match="one element is larger than 300,000"):
        open_file(path, limits=Limits(max_element_bytes=300_000))


def test_truncated_json_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection",\n"features": [\n{"type": "Feat', encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.geojson: line 3: the JSON is damaged"):
        open_file(path)


def test_stations_and_observations_of_amedas(tmp_path: Path) -> None:
    station = {"type": "C", "elems": "01000000", "lat": [34, 45.0], "lon": [135, 20.1], "alt": 38, "kjName": "西宮"}
    table, (record,) = read(write(tmp_path / "t.json", {"63477": station}))
    assert record.values["lat"] == 34.75
    assert record.values["lon"] == pytest.approx(135.335)
    assert record.values["elems"] == "01000000"
    assert table.columns[0] == "station_id"

    content = {"63477": {"precipitation1h": [0.5, 0], "snow1h": [None, None]}, "63518": {"temp": [1, 0]}}
    table, (first, second) = read(write(tmp_path / "20230826180000.json", content))
    assert first.values["observed_at"] == datetime.fromisoformat("2023-08-26T18:00:00+09:00")
    assert (first.values["precipitation1h"], first.values["precipitation1h_flag"]) == (0.5, 0)
    assert first.values["snow1h"] is None
    assert "precipitation1h" not in second.values
    with pytest.raises(SourceError, match=r"now\.json: .*time only in the file's name"):
        open_file(write(tmp_path / "now.json", content))


def test_list_of_objects(tmp_path: Path) -> None:
    table, records = read(write(tmp_path / "a.json", [{"town": "相生町", "lat": 34.7}, {"town": "b", "lng": 135}]))
    assert table.columns == ("town", "lat", "lng")
    assert records[1].values == {"town": "b", "lng": 135}


@pytest.mark.parametrize("content", [[{"a": {"b": 1}}], [1, 2], {"a": 1}, []])
def test_other_shapes(tmp_path: Path, content: object) -> None:
    with pytest.raises(UnrecognisedError, match="of no shape known"):
        open_file(write(tmp_path / "a.json", content))


@pytest.mark.real_data
def test_no_data_published_is_not_an_empty_list(real_data: Path) -> None:
    with pytest.raises(SourceError, match=r"evacuation_111015_unavailable\.json: .*さいたま市西区"):
        open_file(real_data / "shelters" / "neighbours" / "evacuation_111015_unavailable.json")


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "container", "count"),
    [
        ("shelters/gsi_emergency_282049.geojson", "geojson", 108),
        ("shelters/gsi_evacuation_282049.geojson", "geojson", 142),
        ("address/geolonia_japanese_addresses_28204.json", "json", 436),
        ("admin/n03_28204_nishinomiya.geojson", "geojson", 8),
        ("rivers/osm_waterways_nishinomiya.geojson", "geojson", 304),
        ("hazard_other_city/yaizu_inland_flood/内水浸水想定区域.geojson", "geojson", 6),
        ("amedas/amedastable.json", "json", 1295),
        ("amedas/amedas_map_20210224150000.json", "json", 1295),
    ],
)
def test_real_files(real_data: Path, name: str, container: str, count: int) -> None:
    table, records = read(real_data / name)
    assert (table.container, len(records)) == (container, count)
    assert not any(record.findings for record in records)
