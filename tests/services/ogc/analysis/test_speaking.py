"""What data speaks for: one rule, of which a place and an area are told the same."""

from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from layers.catalogue import catalogue
from services.ogc.analysis.city import city_area
from services.ogc.analysis.speaking import area_spoken_for
from services.ogc.processes._model import Context
from tests.services.ogc.processes.town import CITY, EVERY, FLOOD, LANDSLIDE, Rows, at, context, flood

SHEETS = [{**row, "dataset": "plateau-landslide/28/523502", "source_id": "plateau-landslide"} for row in LANDSLIDE]
TOWNS = {
    "as it is": context(),
    "in sheets": context(EVERY | {"hazard-landslide": SHEETS}),
    "of others": context(EVERY | {"hazard-flood": [flood("f9", "maximum", 2, box(135.44, 34.70, 135.46, 34.75))]}),
    "without a boundary": context(without="districts"),
}


@pytest.mark.parametrize("town", TOWNS.values(), ids=TOWNS)
@given(
    lon=st.integers(2_801, 5_199).map(lambda n: 135 + n / 10_000 + 1e-5),
    lat=st.integers(6_801, 8_199).map(lambda n: 34 + n / 10_000 + 1e-5),
    layer_id=st.sampled_from(["hazard-flood", "hazard-landslide", "hazard-tsunami"]),
)
def test_a_place_outside_lies_in_the_area_spoken_for_and_one_unknown_does_not(
    town: Context, lon: float, lat: float, layer_id: str
) -> None:
    layer = catalogue()[layer_id]
    for scenario in at(lon, lat, town)[layer_id]["scenarios"]:
        area = area_spoken_for(layer, town.layers, CITY, scenario["id"])
        is_spoken_for = area is not None and shapely.contains_xy(area, lon, lat)
        if scenario["state"] != "inside":
            assert scenario["state"] == ("outside" if is_spoken_for else "unknown")


def area_of(rows: Rows, layer_id: str, scenario: str | None) -> Any:
    where = context(EVERY | {layer_id: rows})
    return area_spoken_for(catalogue()[layer_id], where.layers, CITY, scenario)


def test_a_sheet_speaks_for_its_part_of_the_city() -> None:
    city = city_area(context().layers, CITY)
    assert area_of(FLOOD, "hazard-flood", "maximum").equals(city)
    assert area_of(SHEETS, "hazard-landslide", None).equals(box(135.30, 34.70, 135.375, 34.75))
    assert area_of(FLOOD, "hazard-flood", "duration") is None


@pytest.mark.parametrize(("reach_deg", "speaks"), [(0.0001, False), (0.001, True)])  # some 9 and 91 m
def test_a_zone_that_reaches_in_no_further_than_the_error_of_the_border_does_not_speak(
    reach_deg: float, speaks: bool
) -> None:
    neighbour = [flood("f9", "maximum", 2, box(135.40 - reach_deg, 34.70, 135.45, 34.75))]
    assert (area_of(neighbour, "hazard-flood", "maximum") is not None) == speaks
    # Where it is, a place is inside all the same.
    where = context(EVERY | {"hazard-flood": neighbour})
    assert at(135.40 - reach_deg / 2, 34.72, where)["hazard-flood"]["state"] == "inside"


def test_the_city_is_known_by_its_code_and_only_without_one_by_its_name() -> None:
    def district(key: str, code: str | None, name: str, west: float) -> dict[str, Any]:
        return {"id": key, "municipality_code": code, "name": name, "geometry": box(west, 34.7, west + 0.1, 34.8)}

    rows = [district("a", "28204", "西宮市", 135.3), district("b", None, "西宮市", 135.4)]
    rows.append(district("c", "99999", "西宮市", 135.5))
    area = city_area(context({"districts": rows}).layers, CITY)
    assert area is not None
    assert [area.contains(Point(lon, 34.75)) for lon in (135.35, 135.45, 135.55)] == [True, True, False]
