"""evacuation-route: never to a site that is not designated, never into a zone, never over stairs on wheels."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from jsonschema import Draft202012Validator

from geo.crs import STORAGE, transform_geometry
from layers.catalogue import catalogue
from services.database.revisions import LayerState
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ContentError, ParameterError, UnanswerableError
from services.ogc.execution.inputs import checked
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.ogc.rasters.stored import stored_grids
from services.routing.heights import heights_at

HALL, COAST = [135.3415, 34.7376], [135.345, 34.722]
PROCESS = processes()["evacuation-route"]
ZONED = ("flood", "storm_surge", "tsunami", "landslide", "inland_flood")


def ask(city: Context, **inputs: Any) -> dict[str, Any]:
    """The answer, which fits its schema; inputs are checked as the server does."""
    given = checked(PROCESS, {"origin": HALL, "hazard": "tsunami", "language": "en", **inputs})
    answer: dict[str, Any] = PROCESS.run(given, city)["answer"]
    Draft202012Validator(dict(PROCESS.outputs["answer"].schema)).validate(answer)
    return answer


def listed(city: Context) -> list[Any]:
    """All emergency sites, whose geometries are there."""
    return list(city.layers.features("emergency-sites"))


class Changed:
    """A city whose sites are others; all else is as it was."""

    def __init__(self, city: Context, sites: list[Feature] | None, said: list[Feature] | None = None) -> None:
        self._layers, self._sites, self._said = city.layers, sites, said

    def __getattr__(self, name: str) -> Any:
        return getattr(self._layers, name)

    def state(self, layer_id: str) -> LayerState | None:
        return None if layer_id == "emergency-sites" and self._sites is None else self._layers.state(layer_id)

    def features(self, layer_id: str, **wanted: Any) -> Any:
        if layer_id == "site-status" and self._said is not None:
            return self._said
        return self._sites if layer_id == "emergency-sites" else self._layers.features(layer_id, **wanted)

    def remember(self, name: str, layer_ids: Any, make: Any) -> Any:
        return (
            make()
            if {"emergency-sites", "site-status"} & set(layer_ids)
            else self._layers.remember(name, layer_ids, make)
        )


def with_sites(city: Context, sites: list[Feature] | None) -> Context:
    return replace(city, layers=Changed(city, sites))


def places(seed: int, count: int) -> Iterator[list[float]]:
    yield from np.random.default_rng(seed).uniform([135.31, 34.70], [135.385, 34.77], (count, 2)).tolist()


@pytest.fixture(scope="module")
def zones(city: Context) -> dict[str, list[shapely.Geometry]]:
    found = {}
    for hazard in ZONED:
        (layer,) = (each for each in catalogue().values() if each.hazard and each.hazard.type == hazard)
        found[hazard] = [each.geometry for each in city.layers.features(layer.id)]
    return found


@pytest.mark.parametrize("hazard", ["flood", "tsunami", "landslide", "earthquake", "large_fire", "volcano"])
def test_only_sites_that_are_designated(city: Context, hazard: str) -> None:
    flags = {each.id: each.properties[f"for_{hazard}"] for each in listed(city)}
    for origin in places(1, 6):
        answer = ask(city, origin=origin, hazard=hazard)
        assert bool(answer["routes"]) != (answer["refusal"] is not None)
        told = [each["site"] for each in answer["routes"]]
        if answer["refusal"]:
            told += [
                each["site"] for each in (answer["refusal"]["nearest"], answer["refusal"]["through_zones"]) if each
            ]
        assert all(flags[each["id"]] is True for each in told)
        assert answer["sites"]["designated"] == sum(flag is True for flag in flags.values())
        assert answer["sites"]["unknown"] == sum(flag is None for flag in flags.values())


@pytest.mark.parametrize("hazard", ZONED)
def test_no_way_enters_a_zone(city: Context, zones: dict[str, list[shapely.Geometry]], hazard: str) -> None:
    """Against the zones as they are drawn: once out of them, a line does not meet them again."""
    tree = shapely.STRtree(zones[hazard])
    answered = 0
    for origin in places(2, 12):
        inside = len(tree.query(shapely.Point(origin), predicate="intersects")) > 0
        answer = ask(city, origin=origin, hazard=hazard)
        assert (answer["zones"]["origin"] == "inside") is inside
        again = any("go back into a zone" in note for note in answer["notes"])
        assert inside or not again
        for each in answer["routes"]:
            answered += 1
            line = shapely.geometry.shape(each["geometry"])
            if not inside:
                assert not len(tree.query(line, predicate="intersects"))
                assert each["in_zone_m"] == 0
                assert not each["site"]["in_zone"]
    assert answered


def test_the_first_site_is_the_one_that_is_reached_first(city: Context) -> None:
    """Against the matrix of all sites, where no zones are known."""
    answer = ask(city, hazard="earthquake")
    sites = [each for each in listed(city) if each.properties["for_earthquake"] is True]
    matrix = processes()["cost-matrix"]
    asked = {
        "origins": [HALL],
        "destinations": [[each.geometry.x, each.geometry.y] for each in sites],
        "profile": "walking",
    }
    times = matrix.run(checked(matrix, asked), city)["answer"]["travel_times_s"][0]
    first = answer["routes"][0]
    off = first["start"]["distance_m"]
    ends = {each.id: time for each, time in zip(sites, times, strict=True)}
    for route in answer["routes"]:
        walked = ends[route["site"]["id"]] + off + route["end"]["distance_m"]
        assert route["travel_time_s"] == pytest.approx(walked, abs=0.3)
    fewest = sorted(time for time in times if time is not None)
    assert first["travel_time_s"] - off - first["end"]["distance_m"] <= fewest[2] + 0.3
    assert len({each["site"]["id"] for each in answer["routes"]}) == 3
    assert answer["sites"]["reached"] == len(fewest)
    assert [each["travel_time_s"] for each in answer["routes"]] == sorted(
        each["travel_time_s"] for each in answer["routes"]
    )


def test_a_slower_pace_takes_longer(city: Context) -> None:
    usual, slow = ask(city, hazard="flood"), ask(city, hazard="flood", pace_mps=0.5)
    wheels = ask(city, hazard="flood", profile="wheelchair")
    assert usual["pace_mps"] == 1.0
    assert wheels["pace_mps"] == 0.5
    for fast, late in zip(usual["routes"], slow["routes"], strict=True):
        assert late["travel_time_s"] == pytest.approx(2 * fast["travel_time_s"], abs=0.2)
        assert late["geometry"] == fast["geometry"]
    assert wheels["routes"][0]["travel_time_s"] > usual["routes"][0]["travel_time_s"]


def test_no_stairs_on_wheels(city: Context) -> None:
    plane = city.city.plane_crs
    stairs: list[Any] = [each.geometry for each in city.layers.features("roads", equal={"highway": "steps"})]
    assert stairs
    near = [transform_geometry(each, STORAGE, plane).interpolate(0.5, normalized=True) for each in stairs]
    for each in near[:8]:
        lon, lat = transform_geometry(each, plane, STORAGE).coords[0]
        on_wheels = ask(city, origin=[lon, lat], hazard="earthquake", routes=3, profile="wheelchair")
        for route in on_wheels["routes"]:
            line = transform_geometry(shapely.geometry.shape(route["geometry"]), STORAGE, plane).buffer(0.5)
            assert not any(line.contains(point) for point in near)


def test_the_tsunami_and_the_clock(city: Context) -> None:
    answer = ask(city, start_delay_s=600)
    for route in answer["routes"]:
        arrival = route["arrival"]
        assert arrival["known"]
        assert arrival["arrives_s"] == pytest.approx(600 + route["travel_time_s"], abs=0.2)
        assert arrival["left_s"] == pytest.approx(112 * 60 - arrival["arrives_s"], abs=0.2)
    late = ask(city, start_delay_s=86_400)
    assert "too late" in late["routes"][0]["arrival"]["text"]
    elsewhere = replace(city, city=city.city.model_copy(update={"code": "28202"}))
    unknown = ask(elsewhere)["routes"][0]["arrival"]
    assert (unknown["known"], unknown["left_s"]) == (False, None)
    assert "unknown" in unknown["text"]
    assert all(each["arrival"] is None for each in ask(city, hazard="flood")["routes"])


def test_the_floor_is_told(city: Context) -> None:
    told = [
        route
        for origin in places(3, 10)
        for route in ask(city, origin=origin, hazard="flood", language="ja")["routes"]
        if route["site"]["from_floor"]
    ]
    assert told
    for route in told:
        assert f"{route['site']['from_floor']}階以上に上がること" in route["text"]
        assert "洪水" in route["site"]["remarks"]


def test_a_text_to_follow_in_both_languages(city: Context) -> None:
    for language, words in (
        ("ja", ["開いているかは分からない", "分。"]),
        ("en", ["hether it is open", "minutes"]),
    ):
        answer = ask(city, language=language)
        for route in answer["routes"]:
            lines = route["text"].split("\n")
            assert route["site"]["name"] in lines[0]
            for number, step in enumerate(route["steps"], 1):
                assert f"{number}. {step['text']}" in lines
            assert all(word in route["text"] for word in words)
        layers = [each["layer"] for each in answer["sources"]]
        assert layers[:4] == ["emergency-sites", "site-status", "hazard-tsunami", "roads"]
        assert "elevation" in layers
        assert answer["fictitious"]


def test_hazards_without_zones_say_so(city: Context) -> None:
    answer = ask(city, hazard="earthquake")
    assert answer["zones"] == {
        "layer": None,
        "known": False,
        "origin": "unknown",
        "text": "No zones of this hazard are known here: dangerous places are not kept out of.",
    }


def test_none_that_is_designated(city: Context) -> None:
    """Sites of which nothing is stated, or that are not designated, are no sites to flee to."""
    every = listed(city)
    for flag in (None, False):
        sites = [Feature(each.id, {**each.properties, "for_tsunami": flag}, each.geometry) for each in every]
        answer = ask(with_sites(city, sites))
        assert answer["routes"] == []
        assert answer["refusal"]["reason"] == "no-designated-site"
        assert answer["refusal"]["nearest"] is None
        assert answer["sites"]["unknown" if flag is None else "not_designated"] == len(every)
    with pytest.raises(UnanswerableError):
        ask(with_sites(city, None))


def test_one_site_has_different_ways(city: Context) -> None:
    sites = [each for each in listed(city) if each.properties["for_earthquake"] is True]
    far = max(sites, key=lambda each: -abs(each.geometry.x - 135.36) - abs(each.geometry.y - 34.72))
    twice = [far, Feature("again", far.properties, far.geometry)]
    answer = ask(with_sites(city, twice), hazard="earthquake")
    assert answer["sites"]["designated"] == 1
    shapes = {tuple(map(tuple, each["geometry"]["coordinates"])) for each in answer["routes"]}
    assert 1 < len(shapes) == len(answer["routes"])


def test_a_site_behind_a_zone_is_not_gone_to(city: Context, zones: dict[str, list[shapely.Geometry]]) -> None:
    """From outside of the zones to the only site, which lies inside: known, and not shown as a way."""
    water = shapely.union_all(zones["tsunami"])
    sites = [each for each in listed(city) if each.properties["for_tsunami"] is True and water.contains(each.geometry)]
    assert sites
    answer = ask(with_sites(city, sites[:1]))
    assert answer["zones"]["origin"] == "outside"
    assert answer["routes"] == []
    refusal = answer["refusal"]
    assert refusal["reason"] == "only-through-zones"
    assert refusal["through_zones"]["in_zone_m"] > 0
    assert refusal["nearest"]["site"]["id"] == sites[0].id
    inside = sites[0].geometry
    there = ask(with_sites(city, sites[:1]), origin=[inside.x, inside.y])
    assert there["zones"]["origin"] == "inside"
    assert there["routes"][0]["site"]["in_zone"]


NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def said(city: Context, *rows: tuple[str, dict[str, Any]]) -> Context:
    """The city at nine o'clock, at which a desk has said this of sites (by id), and nothing else."""
    common = {each.id: each.properties["common_id"] for each in listed(city)}
    found = [
        Feature(f"s{number}", {"common_id": common[site], "updated_at": NOW.isoformat(), **values})
        for number, (site, values) in enumerate(rows)
    ]
    return replace(city, layers=Changed(city, listed(city), found), clock=lambda: NOW)


def test_a_site_that_is_closed_is_named_and_not_gone_to(city: Context) -> None:
    first, second, *_ = (each["site"] for each in ask(city, hazard="earthquake")["routes"])
    closed = said(city, (first["id"], {"status": "closed"}))
    for language, words in (("ja", "閉鎖"), ("en", "Closed")):
        answer = ask(closed, hazard="earthquake", language=language)
        assert answer["routes"][0]["site"]["id"] == second["id"]
        assert [each["id"] for each in answer["sites"]["closed"]] == [first["id"]]
        assert first["name"] in answer["sites"]["text"]
        assert words in answer["sites"]["text"]
    every = [each.id for each in listed(city) if each.properties["for_earthquake"] is True]
    all_closed = ask(said(city, *((each, {"status": "closed"}) for each in every)), hazard="earthquake")
    assert all_closed["routes"] == []
    assert all_closed["refusal"]["reason"] == "all-closed"


def test_what_was_said_last_counts_and_what_was_said_long_ago_does_not(city: Context) -> None:
    first = ask(city, hazard="earthquake")["routes"][0]["site"]["id"]
    old = (NOW - timedelta(days=8)).isoformat()
    ago = ask(said(city, (first, {"status": "closed", "updated_at": old})), hazard="earthquake")
    opening = ago["routes"][0]["site"]["opening"]
    assert ago["routes"][0]["site"]["id"] == first
    assert (opening["state"], opening["stated"]) == ("unknown", "closed")
    assert "long ago" in ago["routes"][0]["text"]
    later = said(city, (first, {"status": "open"}), (first, {"status": "closed", "updated_at": old}))
    assert ask(later, hazard="earthquake")["routes"][0]["site"]["opening"]["state"] == "open"
    always = said(city, (first, {"status": "permanent", "updated_at": old}))
    assert ask(always, hazard="earthquake")["routes"][0]["site"]["opening"]["state"] == "permanent"


def test_a_site_that_is_open_comes_first_while_it_is_not_much_farther(city: Context) -> None:
    before = ask(city, hazard="earthquake", preferred_factor=1)["routes"]
    second = before[1]["site"]["id"]
    opened = said(city, (second, {"status": "open", "opened_at": "2026-11-26T06:30:00+09:00"}))
    far = before[1]["travel_time_s"] / before[0]["travel_time_s"]
    preferred = ask(opened, hazard="earthquake", preferred_factor=min(3, far + 0.01))["routes"]
    assert preferred[0]["site"]["id"] == second
    assert "It is open (as of 2026-11-26 18:00)." in preferred[0]["text"]
    assert "Opened at 2026-11-26 06:30." in preferred[0]["text"]
    assert ask(opened, hazard="earthquake", preferred_factor=1)["routes"][0]["site"]["id"] == before[0]["site"]["id"]


@pytest.mark.parametrize("poor", [{"status": "not-open"}, {"status": "open", "crowding": "full"}])
def test_sites_that_are_full_or_not_open_yet_come_last_and_say_so(city: Context, poor: dict[str, Any]) -> None:
    before = [each["site"]["id"] for each in ask(city, hazard="earthquake")["routes"]]
    after = ask(said(city, (before[0], poor)), hazard="earthquake")["routes"]
    assert [each["site"]["id"] for each in after][:2] == before[1:]
    only = [each for each in listed(city) if each.id == before[0]]
    alone = said(city, (before[0], poor))
    one = ask(
        replace(alone, layers=Changed(city, only, list(alone.layers.features("site-status")))), hazard="earthquake"
    )
    words = "full" if "crowding" in poor else "has not been opened"
    assert all(words in each["text"] for each in one["routes"])


def test_unknown_opening_is_said(city: Context) -> None:
    for route in ask(said(city), hazard="earthquake")["routes"]:
        assert route["site"]["opening"]["state"] == "unknown"
        assert route["site"]["opening"]["stated"] is None
        assert "Whether it is open is unknown." in route["text"]


def test_slopes_are_those_of_the_elevation_grid(city: Context) -> None:
    """Against the published heights at places along the line, half a cell apart."""
    network = city.roads.conditions("walking").topology.network
    assert np.isnan(network.slopes.climb_m).mean() < 0.2
    told = [each for origin in places(5, 8) for each in ask(city, origin=origin, hazard="landslide")["routes"]]
    assert any(each["slope"]["climb_m"] > 20 for each in told)
    for each in told:
        slope, (first, *_, last) = each["slope"], each["geometry"]["coordinates"]
        if slope["unknown_m"] == 0:
            (low,), (high,) = (height_of(city, *end) for end in (first, last))
            assert slope["climb_m"] - slope["descent_m"] == pytest.approx(high - low, abs=0.05 * each["length_m"] + 3)
        assert abs(slope["slope_percent"] or 0) <= 100
        assert "m up," in each["text"]
        for step in each["steps"]:
            assert ("Steep: up to" in step["text"]) <= (abs(slope["slope_percent"]) >= 10)


def height_of(city: Context, lon: float, lat: float) -> np.ndarray:
    sources = city.layers.sources  # type: ignore[attr-defined]
    return heights_at(stored_grids(sources["elevation"]), np.array([lon]), np.array([lat]))


def test_wheels_keep_off_steep_streets_where_they_can(city: Context) -> None:
    """What is too steep is named, and used only where a way that is not so steep leads nowhere."""
    steep = gentle = 0
    for origin in places(6, 10):
        answer = ask(city, origin=origin, hazard="earthquake", profile="wheelchair", routes=2)
        assert answer["max_slope_percent"] == 8
        for route in answer["routes"]:
            slope = route["slope"]
            too_steep = [abs(each["slope_percent"]) for each in slope["too_steep"]]
            assert all(each > 8 for each in too_steep)
            assert bool(too_steep) == ("are steeper than 8 %" in route["text"]) == (slope["too_steep_m"] > 0)
            steep, gentle = steep + bool(too_steep), gentle + (not too_steep)
        ranks = [bool(each["slope"]["too_steep"]) for each in answer["routes"]]
        assert ranks == sorted(ranks)
    assert gentle
    level = ask(city, hazard="earthquake", max_slope_percent=100)
    assert level["max_slope_percent"] == 100
    assert ask(city, hazard="earthquake")["max_slope_percent"] is None


def test_where_nothing_is_known_of_the_ground_it_is_said_in_the_headline(city: Context) -> None:
    """Beyond the city's border nothing speaks; within it the zones do."""
    known = ask(city, hazard="flood")["routes"]
    assert known
    for route in known:
        assert route["unknown_m"] <= route["length_m"] + 1
        assert (route["unknown_m"] > 0) == ("not known whether they lie in a zone" in route["text"].split("\n")[0])
    silent = replace(city, layers=Silent(city))
    for route in ask(silent, hazard="flood")["routes"]:
        assert route["unknown_m"] == pytest.approx(route["length_m"], abs=1)
        assert "not known whether they lie in a zone" in route["text"].split("\n")[0]


class Silent:
    """A city without a boundary: its zones are known, and nothing speaks for what lies outside of them."""

    def __init__(self, city: Context) -> None:
        self._layers = city.layers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._layers, name)

    def features(self, layer_id: str, **wanted: Any) -> Any:
        return [] if layer_id == "districts" else self._layers.features(layer_id, **wanted)

    def remember(self, _name: str, _layer_ids: Any, make: Any) -> Any:
        return make()


def test_areas_of_a_request_are_kept_out_of(city: Context) -> None:
    before = ask(city, routes=1)["routes"][0]
    at = shapely.geometry.shape(before["geometry"]).interpolate(0.5, normalized=True)
    area = shapely.box(at.x - 3e-4, at.y - 3e-4, at.x + 3e-4, at.y + 3e-4)
    answer = ask(city, avoid=[{"type": "Polygon", "coordinates": [[list(each) for each in area.exterior.coords]]}])
    assert answer["met"][0]["effect"] == "applied"
    assert not any(shapely.geometry.shape(each["geometry"]).intersects(area) for each in answer["routes"])


def test_in_the_sea(city: Context) -> None:
    refusal = ask(city, origin=[135.33, 34.6])["refusal"]
    assert refusal["reason"] == "off-the-network"
    assert refusal["nearest"] is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"hazard": "dragon"},
        {"profile": "pumper"},
        {"pace_mps": 0},
        {"pace_mps": -1},
        {"routes": 4},
        {"start_delay_s": -1},
    ],
)
def test_bad_input(city: Context, wrong: dict[str, Any]) -> None:
    with pytest.raises(ContentError):
        ask(city, **wrong)


def test_a_position_that_is_none(city: Context) -> None:
    with pytest.raises(ParameterError, match="origin"):
        ask(city, origin=[34.7, 135.3])
