"""What is in the sample city: counts, totals, places, and that ranks of hazards nest."""

import csv
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.crs import transform_geometry
from services.database.connect import connect
from services.routing.closures import closures_now
from services.settings import ROOT, read_city
from tests.conftest import DatabaseUnderTest

BBOX = read_city(ROOT / "city.toml").bbox
GRID_M = 1.0  # borders lie on a grid of 25 cm and are rounded to 1e-7 degrees: what sticks out less is rounding
SLIVER_M2 = 200.0

CSV_ENCODINGS = {
    "282049_aed.csv": "utf-8-sig",
    "282049_fire_hydrant.csv": "utf-8-sig",
    "282049_hospital.csv": "cp932",
    "282049_population.csv": "utf-8",
    "282049_public_facility.csv": "utf-8",
    "fire_vehicles_sample.csv": "utf-8-sig",
    "fire_incidents_sample.csv": "utf-8-sig",
    "fire_dispatches_sample.csv": "utf-8-sig",
    "fire_response_plans_sample.csv": "utf-8-sig",
    "site_status_sample.csv": "utf-8-sig",
    "postal_codes_sample.csv": "utf-8",
}


def features(sample_city: Path, name: str) -> list[dict[str, Any]]:
    collection = json.loads((sample_city / name).read_text("utf-8"))
    assert "架空データ" in collection["description"]
    return [{**feature["properties"], "": shape(feature["geometry"])} for feature in collection["features"]]


def rows(sample_city: Path, name: str) -> list[dict[str, str]]:
    text = (sample_city / name).read_bytes().decode(CSV_ENCODINGS[name])
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def land(sample_city: Path) -> BaseGeometry:
    """The city's land in degrees."""
    area = shapely.union_all([record[""] for record in features(sample_city, "N03-sample_28_boundary.geojson")])
    shapely.prepare(area)
    return area


def in_plane(geometry: BaseGeometry) -> BaseGeometry:
    return transform_geometry(geometry, 6668, 6673)


# --- the ground ------------------------------------------------------------------------------------------------


def test_outline_has_the_real_size_and_place(sample_city: Path, land: BaseGeometry) -> None:
    records = features(sample_city, "N03-sample_28_boundary.geojson")
    assert len(records) == 3  # a mainland and two islands
    assert all(record[""].is_valid and record["N03_007"] == "28204" for record in records)
    assert 99.0 < in_plane(land).area / 1e6 < 100.2
    west, south, east, north = land.bounds
    assert west >= BBOX[0] and south >= BBOX[1] and east <= BBOX[2] and north <= BBOX[3]  # noqa: PT018


def test_terrain_has_a_plain_a_ridge_and_a_valley(sample_city: Path) -> None:
    with rasterio.open(sample_city / "dem_sample_1s_epsg6668.tif") as dem:
        assert dem.crs.to_epsg() == 6668
        assert "架空データ" in dem.tags()["TIFFTAG_IMAGEDESCRIPTION"]
        assert dem.res == pytest.approx((1 / 3600, 1 / 3600))
        heights = dem.read(1, masked=True)
        assert heights.mask.any()
        assert 850 < heights.max() < 950
        assert -1 < heights.min() < 1
        where = [(135.3450, 34.7300), (135.2500, 34.8360), (135.3310, 34.7100)]
        plain, valley, island = (float(value[0]) for value in dem.sample(where))
        assert 0 < plain < 10
        assert 130 < valley < 270
        assert 2 < island < 5


# --- hazards ---------------------------------------------------------------------------------------------------


def at_least(records: list[dict[str, Any]], ranks: list[int], lowest: int) -> BaseGeometry:
    parts = [record[""] for record, rank in zip(records, ranks, strict=True) if rank >= lowest]
    return in_plane(shapely.union_all(parts))


def test_flood_of_the_maximum_scale_holds_that_of_the_planned(sample_city: Path) -> None:
    planned = features(sample_city, "A31a-sample_10_28.geojson")
    maximum = features(sample_city, "A31a-sample_20_28.geojson")
    planned_ranks = [record["A31a_105"] for record in planned]
    maximum_ranks = [record["A31a_205"] for record in maximum]
    assert {1, 2, 3} <= set(planned_ranks) <= set(range(1, 7))
    assert {1, 2, 3, 4} <= set(maximum_ranks) <= set(range(1, 7))
    for rank in range(1, max(planned_ranks) + 1):
        outer = at_least(maximum, maximum_ranks, rank).buffer(GRID_M)
        # Slivers of under 50 m2 are not written, of neither scale.
        outside = shapely.get_parts(at_least(planned, planned_ranks, rank) - outer)
        assert all(part.area < 50.0 for part in outside)


@pytest.mark.parametrize("number", [10, 20, 30, 40])
def test_ranks_of_one_river_do_not_overlap(sample_city: Path, number: int) -> None:
    records = features(sample_city, f"A31a-sample_{number}_28.geojson")
    prefix = f"A31a_{number // 10}0"
    rivers = {record[f"{prefix}1"] for record in records}
    assert len(rivers) == 8
    for river in rivers:
        parts = [in_plane(record[""]) for record in records if record[f"{prefix}1"] == river]
        overlap = sum(part.area for part in parts) - shapely.union_all(parts).area
        assert overlap < SLIVER_M2


@pytest.mark.parametrize(("name", "texts"), [("A40", "A40_003"), ("A49", "A49_003"), ("A51", "A51_005")])
def test_depth_texts_are_understood(sample_city: Path, name: str, texts: str) -> None:
    from geo.depth import parse_depth

    records = features(sample_city, f"{name}-sample_28.geojson")
    lower = {parse_depth(record[texts]).lower_m for record in records}
    assert len(lower) >= 4
    assert min(lower) == 0


def test_tsunami_reaches_less_far_than_the_surge(sample_city: Path) -> None:
    tsunami, surge = (
        in_plane(shapely.union_all([record[""] for record in features(sample_city, f"{name}-sample_28.geojson")]))
        for name in ("A40", "A49")
    )
    assert 2e6 < tsunami.area < surge.area < 20e6
    assert (tsunami - surge).area < 0.001 * tsunami.area  # smoothed apart from one another


def test_red_landslide_zones_lie_in_yellow_ones_of_the_same_kind(sample_city: Path) -> None:
    records = features(sample_city, "A33-sample_28.geojson")
    kinds = Counter((record["A33_001"], record["A33_002"]) for record in records)
    assert set(kinds) == {(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)}
    assert len(records) > 250
    yellow: dict[str, list[BaseGeometry]] = {}
    for record in records:
        if record["A33_002"] == 1:
            yellow.setdefault(record["A33_004"], []).append(in_plane(record[""]))
    for record in records:
        if record["A33_002"] == 2:
            around = shapely.union_all(yellow[record["A33_004"]])
            assert (in_plane(record[""]) - around).area < 1.0


HAZARD_FILES = ("A31a-sample_10", "A31a-sample_20", "A31a-sample_30", "A31a-sample_40", "A33-sample", "A40-sample",
                "A49-sample", "A51-sample")  # fmt: skip


@pytest.mark.parametrize("name", HAZARD_FILES)
def test_hazard_areas_are_valid_and_in_the_city(sample_city: Path, land: BaseGeometry, name: str) -> None:
    areas = [record[""] for record in features(sample_city, f"{name}_28.geojson")]
    assert all(area.is_valid and area.geom_type in ("Polygon", "MultiPolygon") for area in areas)
    outside = in_plane(shapely.union_all(areas)) - in_plane(land).buffer(GRID_M)
    assert outside.is_empty
    assert len(shapely.get_coordinates(areas)) < 60_000


# --- people ----------------------------------------------------------------------------------------------------


def test_mesh_adds_up_with_its_suppressed_cells(sample_city: Path) -> None:
    text = (sample_city / "tblT001142Q_sample.txt").read_bytes().decode("cp932")
    header, labels, *cells = list(csv.reader(io.StringIO(text)))
    assert header[:5] == ["KEY_CODE", "HTKSYORI", "HTKSAKI", "GASSAN", "T001142001"]
    assert labels[4].strip() == "人口（総数）"
    by_code = {cell[0]: cell for cell in cells}
    assert len(by_code) == len(cells)
    suppressed = [cell for cell in cells if cell[1] == "2"]
    merged = [cell for cell in cells if cell[1] == "1"]
    assert suppressed
    assert {cell[2] for cell in suppressed} == {cell[0] for cell in merged}
    assert sorted(cell[0] for cell in suppressed) == sorted(code for cell in merged for code in cell[3].split(";"))
    assert all(set(cell[4:]) == {"*"} for cell in suppressed)
    values = np.array([[int(value) for value in cell[4:]] for cell in cells if cell[1] != "2"])
    total, men, women, under_15, over_15 = values[:, 0], values[:, 1], values[:, 2], values[:, 3], values[:, 6]
    assert abs(total.sum() - 480_000) <= 0.005 * 480_000
    assert (total == men + women).all()
    assert (total == under_15 + over_15).all()
    over_65, over_75 = values[:, 18], values[:, 21]
    assert (over_65 >= over_75).all()
    assert 0.2 < over_65.sum() / total.sum() < 0.35
    assert 0.35 < values[:, 33].sum() / total.sum() < 0.55  # households
    assert len(header) == 4 + 50  # as many columns as the real table
    assert (values[:, 34] == values[:, 35:42].sum(axis=1)).all()  # households by size


def test_towns_and_mesh_count_the_same_people(sample_city: Path) -> None:
    towns = rows(sample_city, "282049_population.csv")
    text = (sample_city / "tblT001142Q_sample.txt").read_bytes().decode("cp932")
    cells = [cell for cell in list(csv.reader(io.StringIO(text)))[2:] if cell[1] != "2"]
    assert sum(int(town["総人口"]) for town in towns) == sum(int(cell[4]) for cell in cells)
    for town in towns:
        ages = sum(int(value) for column, value in town.items() if re.search(r"\d歳.*の(男性|女性)$", column))
        assert ages == int(town["総人口"])


def test_towns_have_names_of_their_own_and_lie_in_the_city(sample_city: Path, land: BaseGeometry) -> None:
    towns = json.loads((sample_city / "geolonia_towns_sample.json").read_text("utf-8"))
    assert len(towns) == 430
    assert len({town["town"] for town in towns}) == 430
    assert all("瀬" in town["town"] for town in towns)
    assert shapely.contains_xy(land, [town["lng"] for town in towns], [town["lat"] for town in towns]).all()
    named = {town["地域名"] for town in rows(sample_city, "282049_population.csv")}
    assert named == {town["town"] for town in towns}


# --- facilities ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "count"),
    [("282049_fire_hydrant.csv", 7000), ("282049_hospital.csv", 521), ("282049_aed.csv", 410),
     ("282049_public_facility.csv", 150)],
)  # fmt: skip
def test_facilities_are_in_the_city_and_say_that_they_are_invented(
    sample_city: Path, land: BaseGeometry, name: str, count: int
) -> None:
    assert b"\r\n" in (sample_city / name).read_bytes()
    records = rows(sample_city, name)
    assert len(records) == count
    assert len({record["ID"] for record in records}) == count
    assert all("架空データ" in record["備考"] for record in records)
    near = land.buffer(0.0003)  # a facility stands beside the street, which may be the last before the water
    shapely.prepare(near)
    x, y = ([float(record[column]) for record in records] for column in ("経度", "緯度"))
    assert shapely.contains_xy(near, x, y).all()
    towns = {town["town"] for town in json.loads((sample_city / "geolonia_towns_sample.json").read_text("utf-8"))}
    assert {record["所在地_町字"] for record in records} <= towns


def test_fire_water_has_diameters_or_volumes(sample_city: Path) -> None:
    records = rows(sample_city, "282049_fire_hydrant.csv")
    hydrants = [record for record in records if "消火栓" in record["種別"]]
    cisterns = [record for record in records if record["種別"] == "防火水そう"]
    assert len(hydrants) > 6000
    assert len(cisterns) > 500
    assert {record["口径"] for record in hydrants} == {"75", "100", "150", "200", "300"}
    assert all(not record["口径"] for record in cisterns)
    assert all(bool(record["容量_m3"]) != ("m3" in record["備考"]) for record in cisterns)


def test_hospitals_and_clinics(sample_city: Path) -> None:
    kinds = Counter(record["医療機関の種類"] for record in rows(sample_city, "282049_hospital.csv"))
    assert kinds["病院"] == 21
    assert kinds["病院"] + kinds["有床診療所"] + kinds["無床診療所"] == 521
    assert kinds["有床診療所"] > 5


def test_evacuation_lists_are_two_and_have_the_real_sizes(sample_city: Path, land: BaseGeometry) -> None:
    sites = features(sample_city, "gsi_emergency_sample.geojson")
    shelters = features(sample_city, "gsi_evacuation_sample.geojson")
    assert (len(sites), len(shelters)) == (108, 142)
    for records in (sites, shelters):
        assert len({record["共通ID"] for record in records}) == len(records)
        assert len({record["施設・場所名"] for record in records}) == len(records)
        assert all(re.fullmatch(r"E28204\d{8}", record["共通ID"]) for record in records)
        assert all("架空データ" in record["備考"] for record in records)
        assert shapely.contains_xy(land.buffer(0.0004), [record[""].x for record in records], [record[""].y for record in records]).all()  # fmt: skip # noqa: E501
    shared = {record["施設・場所名"] for record in sites} & {record["施設・場所名"] for record in shelters}
    assert 40 < len(shared) < 108


def test_designations_follow_from_the_place(sample_city: Path) -> None:
    sites = features(sample_city, "gsi_emergency_sample.geojson")
    tsunami = shapely.union_all([record[""] for record in features(sample_city, "A40-sample_28.geojson")])
    for site in sites:
        assert {site[hazard] for hazard in ("洪水", "津波", "高潮", "地震", "内水氾濫")} <= {"1", ""}
        assert site["火山現象"] == ""
        if not tsunami.intersects(site[""]):
            assert site["津波"] == "1"
        elif site["津波"] == "1":
            assert re.search("津波は[２３]階以上が対象", site["備考"])
    assert any("階以上が対象" in site["備考"] for site in sites)
    assert any(site["洪水"] == "" for site in sites)


def test_eight_fire_stations(sample_city: Path) -> None:
    stations = features(sample_city, "P17-sample_28.geojson")
    assert Counter(station["P17_003"] for station in stations) == {2: 4, 3: 4}
    assert all("架空" in station["P17_001"] and station["P17_002"] == "28204" for station in stations)


# --- rain ------------------------------------------------------------------------------------------------------


def test_a_storm_with_hours_that_are_missing(sample_city: Path) -> None:
    gauges, hours = (
        list(csv.DictReader(io.StringIO((sample_city / f"amedas_{name}_sample.csv").read_text("utf-8"))))
        for name in ("stations", "hourly")
    )
    assert len(gauges) == 6
    assert {hour["amdno"] for hour in hours} == {gauge["amdno"] for gauge in gauges}
    expected = 6 * 24 * 8
    assert 0.94 * expected < len(hours) < 0.99 * expected
    rain = [float(hour["precipitation1h_mm"]) for hour in hours]
    assert 40 < max(rain) < 150
    assert min(rain) == 0
    assert all(value * 2 == int(value * 2) for value in rain)
    assert all("架空" in gauge["kjName"] for gauge in gauges)


def test_vehicles_stand_at_their_stations(sample_city: Path) -> None:
    stations = {each["P17_001"]: each[""] for each in features(sample_city, "P17-sample_28.geojson")}
    vehicles = rows(sample_city, "fire_vehicles_sample.csv")
    assert len({each["呼出名称"] for each in vehicles}) == len(vehicles) >= 2 * len(stations)
    for each in vehicles:
        place = shapely.Point(float(each["経度"]), float(each["緯度"]))
        assert place.distance(stations[each["配置署所"]]) < 1e-6
        assert not each["災害番号"]
    counted = Counter(each["車両区分"] for each in vehicles)
    assert counted.keys() == {"pumper", "tank", "ladder", "rescue", "ambulance", "command"}
    assert min(counted.values()) >= 2, "a dispatch set asks for two"


def test_no_incident_is_open_and_every_dispatch_is_of_one(sample_city: Path) -> None:
    incidents = {each["災害番号"]: each for each in rows(sample_city, "fire_incidents_sample.csv")}
    assert all(each["終了時刻"] > each["覚知時刻"] for each in incidents.values())
    known = {each["呼出名称"]: each for each in rows(sample_city, "fire_vehicles_sample.csv")}
    dispatches = rows(sample_city, "fire_dispatches_sample.csv")
    assert {each["災害番号"] for each in dispatches} == incidents.keys()
    for each in dispatches:
        vehicle, incident = known[each["呼出名称"]], incidents[each["災害番号"]]
        assert incident["覚知時刻"] < each["出動時刻"] < each["帰署時刻"] <= incident["終了時刻"]
        assert (vehicle["車両区分"] == "ambulance") >= (incident["災害種別"] == "救急")
        assert not each["放水開始時刻"] or vehicle["車両区分"] in ("pumper", "tank")
        assert (each["緯度"], each["経度"]) == (incident["緯度"], incident["経度"])


def test_one_closure_is_over_and_one_is_far_ahead(sample_city: Path) -> None:
    over, ahead = features(sample_city, "road_closures_sample.geojson")
    assert over["終了日時"] < "2026" < "2090" < ahead["開始日時"] < ahead["終了日時"]
    assert (over[""].geom_type, ahead[""].geom_type) == ("Polygon", "LineString")


def test_orders_of_each_level_are_lifted_and_the_one_ahead_is_an_exercise(sample_city: Path) -> None:
    *over, ahead = features(sample_city, "evacuation_orders_sample.geojson")
    assert [each["警戒レベル"] for each in over] == ["3", "4", "5"]
    assert all(each["発令日時"] < each["解除日時"] < "2026" and not each["訓練"] for each in over)
    assert (ahead["訓練"], ahead["発令日時"] > "2090") == ("1", True)
    assert all("架空" in each["備考"] and each["公開"] == "1" for each in (*over, ahead))


def test_the_fire_service_of_the_sample_city_is_loaded_without_a_finding(loaded_city: DatabaseUnderTest) -> None:
    tables = ("road_closures", "road_sensors", "incidents", "vehicles", "dispatches", "evacuation_orders")
    with connect(loaded_city.urls.internal) as connection:
        for table in tables:
            counted = connection.execute(
                f"SELECT count(*), bool_and(fictitious AND geometry IS NOT NULL) FROM core.{table}"  # noqa: S608
            ).fetchone()
            assert counted is not None
            assert counted[0] > 0
            assert counted[1]
        found = connection.execute(
            "SELECT l.layer_id, f.* FROM ngis.finding f JOIN ngis.load l ON l.id = f.load_id "
            "WHERE l.layer_id = ANY(%s) AND f.action <> 'noted'",
            ([table.replace("_", "-") for table in tables],),
        ).fetchall()
        assert found == []
        at = datetime(2026, 6, 1, tzinfo=UTC)
        assert closures_now(connection, "core", at).drawn == ()
        until = datetime(2099, 3, 31, 15, tzinfo=UTC)
        assert closures_now(connection, "core", until - timedelta(microseconds=1)).drawn == ()
        assert closures_now(connection, "core", until).drawn != ()
