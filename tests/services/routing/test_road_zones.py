"""Hazard zones on the roads of a town of squares: what is inside, outside and unknown along one street, by heart."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shapely.errors import GEOSException

from geo.errors import SourceError
from geo.network.building import build_network
from geo.network.profiles import profile
from geo.network.records import Way
from geo.travel.conditions import Conditions, conditions
from geo.travel.finding import Way as Found
from geo.travel.finding import fastest, stands
from geo.travel.steps import length_m
from geo.travel.topology import topology_of
from layers.advice import State
from services.database.revisions import LayerState
from services.ogc.analysis.roads import _NoRoads
from services.ogc.processes._on_roads.hazards_met import hazards_on
from services.routing import zone_building
from services.routing.storing import store
from services.routing.zone_building import build_missing_zones, zones_on
from services.routing.zones import RoadZones, load_zones, store_zones, zones_key
from tests.services.ogc.processes.town import CITY, context, flood_state

LAT = 34.73
WEST, EAST = 135.29, 135.42
"""From west of the city, which begins at 135.30, to the city east of it, which begins at 135.40."""


@pytest.fixture(scope="module")
def street() -> tuple[Conditions, Found]:
    """A street from west to east, and the way along all of it."""
    lon = [WEST, 135.325, 135.37, EAST]
    ways = [
        Way("w1", ["1", "2", "3", "4"], lon, [LAT] * 4, "trunk", name="本通り"),
        Way("w2", ["2", "5"], [135.325, 135.325], [LAT, LAT + 0.01], "trunk"),
    ]
    network, _ = build_network(ways, (), (), plane=6673)
    now = conditions(topology_of(network), profile("walking"))
    ends = [now.topology.places.near(each, LAT, now.usable, 20.0, 1)[0] for each in (WEST, EAST)]
    way = fastest(now, stands(now, ends[0]), stands(now, ends[1]))
    assert way is not None
    return now, way


@pytest.fixture(scope="module")
def zones(street: tuple[Conditions, Found]) -> RoadZones:
    return zones_on(street[0].topology.network, context().layers, CITY)


def told(
    zones: RoadZones | None, street: tuple[Conditions, Found], language: str = "en"
) -> list[dict[str, Any]] | None:
    class Roads(_NoRoads):
        def zones(self, now: Conditions) -> RoadZones | None:  # noqa: ARG002
            return zones

    now, way = street
    where = replace(context(language=language), roads=Roads())
    return hazards_on(now, way, length_m(now.topology.network, way), where)


def sheets(zones: RoadZones, street: tuple[Conditions, Found]) -> dict[tuple[str, str | None], dict[str, Any]]:
    return {(each["layer"], each["scenario"] and each["scenario"]["id"]): each for each in told(zones, street) or ()}


def test_every_hazard_along_the_street(zones: RoadZones, street: tuple[Conditions, Found]) -> None:
    now, way = street
    metres = length_m(now.topology.network, way) / (EAST - WEST)  # of a degree of longitude here
    expected = {
        ("hazard-flood", "maximum"): (State.INSIDE, 0.06, 0.04),
        ("hazard-flood", "planned"): (State.INSIDE, 0.02, 0.08),
        ("hazard-flood", "duration"): (State.UNKNOWN, 0, 0),  # no dataset of it speaks for the city
        ("hazard-flood", "collapse"): (State.INSIDE, 0.01, 0.09),
        ("hazard-landslide", None): (State.UNKNOWN, 0, 0.10),  # outside in the city, unknown beyond
        ("hazard-tsunami", None): (State.UNKNOWN, 0, 0.10),
        ("hazard-inland-flood", None): (State.UNKNOWN, 0, 0),  # not loaded
        ("hazard-storm-surge", None): (State.UNKNOWN, 0, 0),
    }
    found = sheets(zones, street)
    assert found.keys() == expected.keys()
    for key, (state, inside, outside) in expected.items():
        each = found[key]
        assert each["state"] == state, key
        assert each["inside_m"] == pytest.approx(inside * metres, rel=1e-3, abs=0.2), key
        assert each["outside_m"] == pytest.approx(outside * metres, rel=1e-3, abs=0.2), key
        assert each["unknown_m"] == pytest.approx((0.13 - inside - outside) * metres, rel=1e-3, abs=0.2), key
        assert each["inside_m"] + each["outside_m"] + each["unknown_m"] == pytest.approx(0.13 * metres, abs=0.2), key
        assert ("not mean safe" in each["text"]) == (state is not State.INSIDE)
    worst, other = found["hazard-flood", "maximum"]["zones"]
    assert (worst["class"]["id"], worst["depth"]["lower_m"], worst["depth"]["upper_m"]) == ("depth-3", 3.0, 5.0)
    assert worst["length_m"] == pytest.approx(0.02 * metres, rel=1e-3)
    assert (other["class"]["id"], other["length_m"]) == ("depth-2", pytest.approx(0.04 * metres, rel=1e-3))


def test_sources_are_those_of_the_scenario(zones: RoadZones, street: tuple[Conditions, Found]) -> None:
    found = sheets(zones, street)
    assert found["hazard-flood", "maximum"]["as_of"] == "2024-03-31"
    assert found["hazard-flood", "planned"]["as_of"] == "2022-03-31"
    assert "兵庫県" in found["hazard-flood", "maximum"]["source"]
    assert found["hazard-storm-surge", None]["source"] is None


def test_a_city_without_a_boundary_knows_no_outside(street: tuple[Conditions, Found]) -> None:
    unbounded = zones_on(street[0].topology.network, context(without="districts").layers, CITY)
    assert all(each["outside_m"] == 0 for each in told(unbounded, street) or ())
    assert sheets(unbounded, street)["hazard-flood", "maximum"]["state"] == "inside"


def test_in_words(zones: RoadZones, street: tuple[Conditions, Found]) -> None:
    english, japanese = told(zones, street), told(zones, street, "ja")
    assert english is not None
    assert japanese is not None
    assert english[0]["text"].endswith(
        "inside of the zones (Depth 3 to 5 m, Depth 0.5 to 3 m), some 2.7 kilometres unknown."
    )
    assert "は区域の中（浸水深 3m以上5m未満、浸水深 0.5m以上3m未満）" in japanese[0]["text"]
    by_layer = {each["layer"]: each["text"] for each in japanese}
    assert by_layer["hazard-storm-surge"] == "高潮浸水想定区域：不明。安全を意味しない。"


def test_what_is_not_prepared_is_not_known(street: tuple[Conditions, Found]) -> None:
    assert told(None, street) is None


def test_kept_in_files_they_are_the_same(zones: RoadZones, street: tuple[Conditions, Found], tmp_path: Path) -> None:
    store_zones(tmp_path / "kept", zones)
    again = load_zones(tmp_path / "kept")
    assert again.sheets == zones.sheets
    assert told(again, street) == told(zones, street)
    (tmp_path / "kept" / "kind.npy").write_bytes(b"")
    with pytest.raises(SourceError, match="not whole"):
        load_zones(tmp_path / "kept")


def test_a_load_of_a_hazard_is_prepared_anew() -> None:
    before = flood_state()
    after = replace(before, revision=before.revision + 1)
    flood, none = {"hazard-flood": before}, dict[str, LayerState]()
    keys = {
        zones_key("a", flood, "core", CITY),
        zones_key("b", flood, "core", CITY),
        zones_key("a", {"hazard-flood": after}, "core", CITY),
        zones_key("a", flood, "published", CITY),
        zones_key("a", none, "core", CITY),
    }
    assert len(keys) == 5
    roads = replace(before, layer_id="roads")
    assert zones_key("a", none, "core", CITY) == zones_key("a", {"roads": roads}, "core", CITY)


def test_areas_that_cannot_be_laid_over_roads_stop_nothing_else(
    street: tuple[Conditions, Found], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = []

    def fail(*_: Any) -> Any:
        tried.append(True)
        raise GEOSException("TopologyException: side location conflict")

    network, folder = tmp_path / "network", tmp_path / "zones"
    store(network, street[0].topology)
    monkeypatch.setattr(zone_building, "zones_on", fail)
    for _ in range(2):
        assert not build_missing_zones(context().layers, {}, "core", network, folder, CITY)
    assert len(tried) == 1
    assert "cannot be laid over its roads" in caplog.text
    monkeypatch.undo()
    changed = {"hazard-flood": flood_state()}
    assert build_missing_zones(context().layers, changed, "core", network, folder, CITY)
    assert not build_missing_zones(context().layers, changed, "core", network, folder, CITY)
