"""Frames in and out: the same answer as the process gives, in whichever reference system they are."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box, mapping, shape

from geo.errors import InputError, SourceError
from services.planning import coverage, facility_location
from services.planning.files import read
from services.planning.frames import drawn
from tests.services.ogc.processes.planning import BASE, EAST, KPH, outputs, points, small_town
from tests.services.ogc.processes.test_coverage import PEOPLE, STATIONS

GIVEN: dict[str, Any] = {"straight_line_kph": KPH, "limits_s": [45, 120]}


def frame(features: dict[str, object]) -> gpd.GeoDataFrame:
    found = gpd.GeoDataFrame.from_features(features, crs=6668)
    found["id"] = [each["id"] for each in features["features"]]  # type: ignore[attr-defined]
    return found


def test_frames_say_what_the_process_says() -> None:
    town = small_town()
    plain = outputs("coverage", town, facilities=STATIONS, demand=PEOPLE, **GIVEN)["answer"]
    stations, people = frame(STATIONS), frame(PEOPLE)
    for facilities, demand in ((stations, people), (stations.to_crs(6673), people.to_crs(4326))):
        found = coverage(facilities, demand, context=town, **GIVEN)
        for name in ("headline", "limits", "first", "second", "overlap", "towns"):
            assert found.answer[name] == plain[name]
    assert found.headline == plain["headline"]
    assert found.demand.crs.to_epsg() == 6668
    assert found.demand["demand"].sum() == plain["limits"][0]["total"] == 42
    assert found.demand.loc["p2", "first_by"] == "東"
    assert found.towns["covered"].sum() == plain["limits"][0]["covered"]
    assert list(found.facilities["lost_if_it_fails"]) == [10, 20]
    assert found.report.startswith("<!doctype html>")


def test_layers_by_their_ids() -> None:
    found = coverage(context=small_town(), straight_line_kph=KPH, limits_s=[30])
    assert found.answer["limits"][0]["total"] == 160
    assert list(found.demand.geometry.geom_type.unique()) == ["Polygon"]


def test_areas_are_frames_too() -> None:
    half = box(BASE[0] - 1, BASE[1] - 1, BASE[0] + 700 * EAST, BASE[1] + 1)
    area = gpd.GeoDataFrame({"depth_m": [0.5]}, geometry=[half], crs=6668)
    by_frame, plain = (
        coverage(frame(STATIONS), frame(PEOPLE), context=small_town(), area=each, **GIVEN).answer
        for each in (area, mapping(half))
    )
    assert by_frame["limits"] == plain["limits"]
    assert by_frame["limits"][0]["total"] == 37, "all but the five at 2,000 m"
    metres = drawn({"avoid": area.to_crs(6673), "flooded": area, "profile": "car"})
    assert shape(metres["avoid"][0]).area == pytest.approx(half.area, rel=1e-6)
    assert metres["flooded"] == [{"area": mapping(half), "depth_m": 0.5}]
    assert metres["profile"] == "car"
    for wrong in (
        area.drop(columns="depth_m"),
        area.set_geometry(area.representative_point()),
        area.set_crs(None, allow_override=True),
    ):
        with pytest.raises(InputError):
            drawn({"flooded": wrong})


def test_a_frame_without_a_system_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    without = gpd.GeoDataFrame.from_features(points((0, {"weight": 1})))
    with pytest.raises(InputError, match="no reference system"):
        coverage(demand=without, context=small_town(), **GIVEN)
    for none in (pd.DataFrame({"name": ["a"]}), gpd.GeoDataFrame({"name": ["a"]}), None):
        with pytest.raises(InputError, match="no frame of places"):
            coverage(none, frame(PEOPLE), context=small_town(), **GIVEN)
    both = pd.concat([frame(PEOPLE), frame(PEOPLE)])
    for twice, fix in ((both, "drop\\(columns"), (both.drop(columns="id"), "Number them anew")):
        with pytest.raises(InputError, match=f"is there twice .*{fix}.*reset_index"):
            coverage(frame(STATIONS), twice, context=small_town(), **GIVEN)
    degrees = frame(STATIONS).set_crs(6673, allow_override=True)
    with pytest.raises(InputError, match="but are degrees"):
        coverage(degrees, frame(PEOPLE), context=small_town(), **GIVEN)
    path = tmp_path / "x.geojson"
    path.write_text("{", "utf-8")
    with pytest.raises(SourceError, match=r"x\.geojson"):
        read(path)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
def test_a_table_in_any_encoding_with_columns_of_its_own(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.csv"
    rows = """施設一覧,,,,
番号,施設名,緯　度,LON,にんずう
001,本署,３４．７３７６,135.3415,"１，２００"
002,分署,34.7462,135.358,
"""
    path.write_text(rows, encoding)
    found = read(path)
    assert [(each.x, each.y) for each in found.geometry] == [(135.3415, 34.7376), (135.358, 34.7462)]
    assert list(found["name"]) == ["本署", "分署"]
    assert list(found["番号"]) == ["001", "002"]
    assert found["にんずう"].fillna(-1).tolist() == [1200, -1]
    account = coverage(frame(STATIONS), found, weight="にんずう", context=small_town(), **GIVEN).answer
    assert account["limits"][0]["total"] == 1200
    assert [(each["points"], each["without_number"]) for each in account["demand"]["excluded"]] == [(1, 1)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("name,x\na,1\n", "no columns of coordinates among name, x"),
        ("name,lon,lat\n", "no rows"),
        ("name,lon,lat\na,135.34,34.74\nb,,\n", r"1 of 2 rows .*: row 3 \(coordinates-missing"),
        ("name,lon,lat\na,34.74,135.34\n", "coordinates-swapped: 34.74, 135.34"),
        ("name,lon,lat\na,92319,-139583\n", "coordinates-outside-japan"),
        ("name,lon,lat\na,135.34,34.74,1\n", "row-too-long"),
    ],
)
def test_a_table_whose_places_cannot_be_right_is_refused_with_its_rows(tmp_path: Path, rows: str, said: str) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(rows, "utf-8")
    with pytest.raises(SourceError, match=said):
        read(path)


def test_sites_out_of_frames() -> None:
    candidates = frame(points((700, {"name": "南"}), (1900, {"name": "北"}))).to_crs(6673)
    found = facility_location(
        candidates, frame(PEOPLE), facilities=frame(STATIONS), context=small_town(), compare=[4], straight_line_kph=KPH,
        limit_s=45,
    )  # fmt: skip
    assert list(found.plans["sites"]) == [3, 4]
    assert list(found.plans["covered"]) == [35, 35]
    assert list(found.sites.loc[found.sites["kind"] == "chosen", "name"].unique()) == ["北", "南"]
    assert found.demand.loc["p2", "covered"]
    assert found.towns["gained"].sum() == 5
    assert found.report.startswith("<!doctype html>")
    assert found.plans["served_in_time"].isna().all()


def test_who_is_near_and_finds_no_room_is_drawn_and_told_as_such() -> None:
    one, people = frame(points((0, {"capacity": 5}))), frame(points((0, {"weight": 5}), (90, {"weight": 3})))
    found = facility_location(
        one, people, facilities="none", context=small_town(), sites=1, straight_line_kph=KPH, limit_s=45
    )
    assert found.plans[["covered", "served_in_time"]].to_numpy().tolist() == [[8, 5]]
    drawn_as = found.drawings()[1]
    titles = {each.value: each.title.en for each in drawn_as.style.classes}
    assert titles["without-room"] == "reached, but not room for all"
    lacking = found.demand["served"] < found.demand["demand"]
    assert (drawn_as.frame["result_class"] == "without-room").tolist() == lacking.tolist()
    assert lacking.any()
