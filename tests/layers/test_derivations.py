"""What the declarations make of published values, on the strings that are really published."""

import pytest

from geo.errors import InputError
from layers import aeds, districts, emergency_sites, hazard_landslide, medical_facilities, rain_gauges, roads, shelters
from layers.catalogue import catalogue, source_formats
from layers.fire_water_sources import capacity_in_remarks
from layers.hazard_classes import depth_from_text, flood_from_rank
from layers.model import SourceFormat, Values
from layers.osm_tags import is_yes, kilometres_per_hour, metres, osm_reference


def source(format_id: str) -> SourceFormat:
    return next(each for _, each in source_formats() if each.id == format_id)


def derived(format_id: str, values: Values) -> Values:
    derive = source(format_id).derive
    assert derive is not None
    return derive(values)


# --- hazards ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rank", "lower", "upper"),
    [
        ("0.3m未満の区域", 1, 0.0, 0.3),
        ("0.3~0.5m未満の区域", 2, 0.3, 0.5),
        ("0.3m以上0.5m未満", 2, 0.3, 0.5),
        ("0.5m以上1m未満", 3, 0.5, 1.0),
        ("1m以上3m未満", 4, 1.0, 3.0),
        ("1.0～2.0m", 4, 1.0, 2.0),
        ("0.3m以上 ～ 1m未満", 3, 0.3, 1.0),  # straddles two classes: the higher
        ("10m以上20m未満", 7, 10.0, 20.0),
        ("20.0m以上", 8, 20.0, None),
    ],
)
def test_depth_text(text: str, rank: int, lower: float, upper: float | None) -> None:
    found = depth_from_text({"depth_text": text})
    assert found == {
        "rank": rank, "hazard_class": f"depth-{rank}", "depth_lower_m": lower, "depth_upper_m": upper,
    }  # fmt: skip


def test_an_unreadable_depth_is_an_error_and_an_absent_one_is_unknown() -> None:
    with pytest.raises(InputError):
        depth_from_text({"depth_text": "浸水あり"})
    assert depth_from_text({"depth_text": None}) == {}


@pytest.mark.parametrize("published", [3, "3", 3.0])
def test_flood_rank_from_any_type(published: object) -> None:
    assert flood_from_rank("maximum")({"rank": published}) == {
        "rank": 3, "hazard_class": "depth-3", "depth_lower_m": 3, "depth_upper_m": 5,
    }  # fmt: skip


def test_flood_rank_of_duration_and_collapse() -> None:
    found = flood_from_rank("duration")({"rank": "3"})
    assert (found["hazard_class"], found["duration_lower_h"], found["duration_upper_h"]) == ("duration-3", 24, 72)
    assert flood_from_rank("collapse")({"rank": 2}) == {"rank": 2, "hazard_class": "bank-erosion"}


@pytest.mark.parametrize(("scenario", "rank"), [("planned", 7), ("planned", 0), ("collapse", 4), ("duration", "深い")])
def test_a_rank_that_does_not_exist_is_an_error(scenario: str, rank: object) -> None:
    with pytest.raises(InputError):
        flood_from_rank(scenario)({"rank": rank})


def test_a33_phenomenon_comes_first_and_zone_second() -> None:
    """Swapped, a red zone (2) of a steep slope (1) would become a yellow zone (1) of a debris flow (2)."""
    a33 = source("ksj-a33")
    assert (a33.columns["A33_001"], a33.columns["A33_002"]) == ("phenomenon", "zone")
    found = derived("ksj-a33", {"phenomenon": 1, "zone": 2})
    assert found == {"phenomenon": 1, "zone": 2, "hazard_class": "steep-slope-red", "rank": 2}
    assert derived("ksj-a33", {"phenomenon": "2", "zone": "1"})["hazard_class"] == "debris-flow-yellow"
    assert derived("ksj-a33", {"phenomenon": 3, "zone": 4})["hazard_class"] == "landslip-red-planned"
    titles = [code.title.ja for code in hazard_landslide.PHENOMENA.codes]
    assert titles == ["急傾斜地の崩壊", "土石流", "地滑り"]


@pytest.mark.parametrize(("digit", "scenario"), [(1, "planned"), (2, "maximum"), (3, "duration"), (4, "collapse")])
def test_a31_digits_name_the_scenario(digit: int, scenario: str) -> None:
    a31a = source(f"ksj-a31a-{scenario}")
    assert a31a.constants == {"scenario": scenario}
    assert (a31a.columns[f"A31a_{digit}02"], a31a.columns[f"A31a_{digit}05"]) == ("river_name", "rank")
    assert source(f"ksj-a31b-{scenario}").columns == {f"A31b_{digit}01": "rank"}
    assert source(f"ksj-a31-v4-{scenario}").columns == {f"A31_{digit}01": "rank"}


# --- evacuation ------------------------------------------------------------------------------------------


def test_the_municipality_is_in_the_common_id() -> None:
    assert emergency_sites.municipality_of_common_id({"common_id": "E2820400004202"}) == {"municipality_code": "28204"}
    assert emergency_sites.municipality_of_common_id({"common_id": "unknown"}) == {}


def test_a_condition_is_no_designation() -> None:
    found = derived("takamatsu-emergency-sites", {"for_flood": "○", "for_tsunami": "△", "for_large_fire": "－"})
    assert "for_flood" not in found  # taken as it is
    assert found["for_tsunami"] is None
    assert found["for_large_fire"] is None
    assert found["remarks"] == "条件付き（△）：津波"


def test_takamatsu_location_is_split() -> None:
    prepare = source("takamatsu-emergency-sites-old").prepare
    assert prepare is not None
    (record,) = prepare([{"": 10, "location": "34.34753333,134.03003917"}])
    assert (record["latitude"], record["longitude"], record[""]) == ("34.34753333", "134.03003917", 10)


def test_wakayama_shelters_are_told_from_places_to_flee_to() -> None:
    accepts = source("wakayama-shelters-2021").accepts
    assert accepts is not None
    assert accepts({"category": "避難所を兼ねる避難場所"})
    assert accepts({"category": "避難所 屋内避難先 屋外避難先 "})
    assert not accepts({"category": "広域避難場所"})
    assert not accepts({"category": None})
    found = derived("wakayama-shelters", {"neighbourhoods": "雄湊　砂山", "elevation_m": 0, "capacity": "189"})
    assert found == {"neighbourhoods": "雄湊;砂山", "elevation_m": None}
    assert shelters.LAYER.id == "shelters"


# --- facilities ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "kept"), [(None, True), ("", True), ("0", True), ("無", True), ("1", False), ("有", False)]
)
def test_aeds_closed_to_outsiders_are_left_out(stated: object, kept: bool) -> None:
    accepts = aeds.LAYER.formats[0].accepts
    assert accepts is not None
    assert accepts({"closed_to_others": stated}) is kept


def test_only_a_hospital_is_named_so() -> None:
    known = derived("kinki-medical-institutions", {"name": "兵庫医科大学病院", "institution_code": "280904579"})
    assert (known["kind"], known["prefecture_code"]) == ("hospital", "28")
    assert "kind" not in derived("kinki-medical-institutions", {"name": "石井診療所", "institution_code": "280903969"})


def test_p04_codes() -> None:
    found = derived("ksj-p04", {"kind": 1, "emergency": 1, "disaster_base": 2, "departments": "内科　外科;皮膚科"})
    assert found == {
        "kind": "hospital", "emergency": True, "disaster_base": "regional", "departments": "内科;外科;皮膚科",
    }  # fmt: skip
    assert derived("ksj-p04", {"kind": "3", "emergency": 9, "disaster_base": 9})["emergency"] is False
    codes = medical_facilities.KINDS.by_value
    assert {"hospital", "clinic", "clinic-with-beds", "clinic-without-beds", "dental-clinic"} == set(codes)


def test_medical_net_codes_make_a_municipality_code() -> None:
    found = derived(
        "medical-information-net", {"prefecture_code": "28", "municipality_code": "204", "name": "西宮病院"}
    )
    assert (found["municipality_code"], found["kind"]) == ("28204", "hospital")


def test_fire_station_kinds_of_p17() -> None:
    assert [derived("ksj-p17", {"kind": kind})["kind"] for kind in (1, "2", 3.0)] == [
        "headquarters",
        "station",
        "branch",
    ]
    assert derived("osm-fire-stations", {"name": "甲東分署", "osm_id": 7, "osm_type": "node"})["kind"] == "branch"


@pytest.mark.parametrize(
    ("remarks", "volume"),
    [
        ("40㎥", 40),
        ("容量40t", 40),
        ("６０立方メートル", 60),
        ("100.5m3 有蓋", 100.5),
        ("", None),
        ("40t及び60t", None),
        ("φ150", None),
    ],
)
def test_volume_in_remarks(remarks: str, volume: float | None) -> None:
    assert capacity_in_remarks({"remarks": remarks}).get("capacity_m3") == volume


def test_the_ledger_wins_over_the_remarks() -> None:
    assert capacity_in_remarks({"remarks": "40㎥", "capacity_m3": "60"}) == {}


# --- roads, districts, rain ------------------------------------------------------------------------------


def test_lengths_and_speeds_of_osm() -> None:
    assert [metres(text) for text in ("4", "3.5 m", "3.5m", "250 cm", "6'7\"")] == [4.0, 3.5, 3.5, 2.5, 2.007]
    assert metres("narrow") == "narrow"
    assert [kilometres_per_hour(text) for text in ("40", "30 mph", "walk", "none")] == [40.0, 48.3, 5.0, None]
    assert kilometres_per_hour("JP:urban") == "JP:urban"


def test_bridges_and_references() -> None:
    assert [is_yes(text) for text in ("yes", "viaduct", "no", None)] == [True, True, False, None]
    assert osm_reference({"osm_type": "node", "osm_id": 5})["osm_id"] == "n5"
    found = derived("osm-roads", {"osm_id": 12, "bridge": "viaduct", "node_ids": [1, 2], "width_m": "4 m"})
    assert (found["osm_id"], found["bridge"], found["tunnel"], found["width_m"]) == ("w12", True, None, 4.0)
    assert found["node_ids"] == ["1", "2"]


def test_roads_take_ways_for_people_and_vehicles_and_no_squares() -> None:
    selector = source("osm-roads").osm
    assert selector is not None
    taken = set(selector.tags["highway"])
    assert {"motorway", "residential", "footway", "steps", "cycleway", "path", "pedestrian", "track"} <= taken
    assert not {"construction", "proposed", "platform", "bus_stop"} & taken
    accepts = roads.LAYER.formats[0].accepts
    assert accepts is not None
    assert not accepts({"is_area": "yes"})


def test_district_names() -> None:
    found = derived("geolonia-n03", {"name": "兵庫県西宮市"})
    assert found == {"prefecture_name": "兵庫県", "name": "西宮市"}
    accepts = source("geolonia-n03").accepts
    assert accepts is not None
    assert not accepts({"name": "武庫川"})
    names = {"county_name": "神戸市", "city_name": "北区", "ward_name": None}
    assert derived("ksj-n03", names) == {"name": "神戸市北区"}
    assert districts.LAYER.by_name["municipality_code"].title.ja == "市区町村コード"


def test_elements_of_a_station_get_their_leading_zero_back() -> None:
    assert rain_gauges.station_elements({"elements": "1000000"}) == {"elements": "01000000", "observes_rain": True}
    assert rain_gauges.station_elements({"elements": "10111111"})["observes_rain"] is False


def test_a_station_without_a_rain_value_gives_no_observation() -> None:
    accepts = source("amedas-map-json").accepts
    assert accepts is not None
    assert accepts({"precipitation_1h_mm": 0})
    assert not accepts({"precipitation_1h_mm": None})
    assert catalogue()["rain-observations"].time_field == "observed_at"
