"""Every rule excludes what it should and nothing else; what is not known is flagged, and water only slows."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.depth import flooded_speed_kph
from geo.errors import InputError
from geo.network.impedance import impedance
from geo.network.profiles import PROFILES, profile
from geo.network.rules import Rule
from geo.network.vehicle import VehicleProfile
from geo.routing.graph import UNREACHABLE
from tests.geo.network.towns import cross, edge, network, way

CAR, PUMPER, LADDER = profile("car"), profile("pumper"), profile("ladder")
WALKING, WHEELCHAIR = profile("walking"), profile("wheelchair")


def ruled(who: VehicleProfile, highway: str = "tertiary", **tags: Any) -> tuple[str, str]:
    """The rules, or "", that exclude a street along the way it is drawn and against it."""
    made = network([way("w1", "c n", highway=highway, **tags)])
    found = impedance(made, who)
    assert np.all((found.weights == UNREACHABLE) == (found.rule != 0))
    assert not np.any((found.doubt != 0) & (found.rule != 0))
    along, against = (found.rule[edge(made, *ends)] for ends in ("cn", "nc"))
    return tuple(Rule(code).id if code else "" for code in (along, against))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("who", "highway", "tags", "rule"),
    [
        (CAR, "tertiary", {}, ""),
        (CAR, "footway", {}, "class-not-for-vehicle"),
        (CAR, "steps", {}, "class-not-for-vehicle"),
        (CAR, "pedestrian", {}, "class-not-for-vehicle"),
        (PUMPER, "pedestrian", {}, ""),
        (WALKING, "steps", {}, ""),
        (WHEELCHAIR, "steps", {}, "stairs"),
        (CAR, "tertiary", {"access": "no"}, "access-forbidden"),
        (CAR, "tertiary", {"access": "private"}, "access-forbidden"),
        (PUMPER, "tertiary", {"access": "private"}, ""),
        (PUMPER, "tertiary", {"motor_vehicle": "no"}, "access-forbidden"),
        (CAR, "tertiary", {"access": "no", "vehicle": "destination"}, ""),
        (WALKING, "tertiary", {"access": "no", "foot": "yes"}, ""),
        (WALKING, "tertiary", {"motor_vehicle": "no"}, ""),
        (WHEELCHAIR, "tertiary", {"foot": "no"}, "access-forbidden"),
        (WHEELCHAIR, "tertiary", {"wheelchair": "no"}, "access-forbidden"),
        (PUMPER, "tertiary", {"max_height_m": 2.5}, "too-low"),
        (PUMPER, "tertiary", {"max_height_m": PUMPER.height_m}, ""),
        (PUMPER, "tertiary", {"max_width_m": 2.0}, "too-narrow"),
        (PUMPER, "tertiary", {"max_width_m": PUMPER.width_m}, ""),
        (PUMPER, "tertiary", {"max_weight_t": 7.9}, "too-heavy"),
        (PUMPER, "tertiary", {"max_weight_t": PUMPER.mass_t}, ""),
        (PUMPER, "tertiary", {"max_length_m": 6.0}, "too-long"),
        (PUMPER, "tertiary", {"max_length_m": PUMPER.length_m}, ""),
        (LADDER, "trunk", {"max_length_m": 9.0}, "too-long"),
        (WALKING, "tertiary", {"max_height_m": 1.0, "max_weight_t": 0.1, "max_width_m": 0.5}, ""),
        (PUMPER, "residential", {"width_m": 2.5}, "too-narrow"),
        (PUMPER, "residential", {"width_m": PUMPER.min_road_width_m}, ""),
        (LADDER, "residential", {"lanes": 1}, "too-narrow"),
        (LADDER, "residential", {"lanes": 2}, ""),
        (LADDER, "track", {}, "too-narrow"),
        (PUMPER, "steps", {"access": "no"}, "class-not-for-vehicle"),
        (PUMPER, "tertiary", {"access": "no", "max_height_m": 2.0}, "access-forbidden"),
    ],
)
def test_rules_of_both_directions(who: VehicleProfile, highway: str, tags: dict[str, Any], rule: str) -> None:
    assert ruled(who, highway, **tags) == (rule, rule)


@pytest.mark.parametrize(
    ("who", "highway", "tags", "along", "against"),
    [
        (CAR, "residential", {"oneway": "yes"}, "", "one-way"),
        (CAR, "residential", {"oneway": "-1"}, "one-way", ""),
        (CAR, "residential", {"oneway": "reversible"}, "one-way", "one-way"),
        (CAR, "residential", {"oneway": "alternating"}, "", ""),
        (CAR, "residential", {"junction": "roundabout"}, "", "one-way"),
        (PUMPER, "residential", {"oneway": "yes"}, "", ""),
        (PUMPER, "primary", {"oneway": "yes"}, "", "one-way"),
        (PUMPER, "residential", {"junction": "roundabout"}, "", "one-way"),
        (replace(PUMPER, ignores_oneway=False), "residential", {"oneway": "yes"}, "", "one-way"),
        (WALKING, "primary", {"oneway": "yes"}, "", ""),
    ],
)
def test_one_way(who: VehicleProfile, highway: str, tags: dict[str, Any], along: str, against: str) -> None:
    assert ruled(who, highway, **tags) == (along, against)


@pytest.mark.parametrize(
    ("who", "highway", "tags", "doubt"),
    [
        (LADDER, "residential", {}, Rule.TOO_NARROW),
        (LADDER, "residential", {"width_m": 6.0}, 0),
        (LADDER, "residential", {"lanes": 2}, Rule.TOO_NARROW),
        (LADDER, "residential", {"lanes": 3}, 0),
        (LADDER, "trunk", {}, 0),
        (PUMPER, "service", {}, Rule.TOO_NARROW),
        (WHEELCHAIR, "track", {}, Rule.CLASS_NOT_FOR_VEHICLE),
        (WHEELCHAIR, "track", {"wheelchair": "yes"}, 0),
        (WALKING, "track", {}, 0),
    ],
)
def test_what_is_not_known_is_flagged(who: VehicleProfile, highway: str, tags: dict[str, Any], doubt: int) -> None:
    ring = [way("w1", "c n", highway=highway, **tags), way("w2", "n e c", highway=highway, **tags)]  # no dead end
    found = impedance(network(ring), who)
    assert found.rule.tolist() == [0] * 4
    assert found.doubt.tolist() == [doubt] * 4
    assert (found.doubt != 0).tolist() == [bool(doubt)] * 4


@pytest.mark.parametrize(
    ("who", "highway", "tags", "kph"),
    [
        (CAR, "tertiary", {}, 28.0),
        (CAR, "tertiary", {"maxspeed_kph": 20.0}, 20.0),
        (CAR, "tertiary", {"maxspeed_kph": 60.0}, 28.0),
        (PUMPER, "tertiary", {}, 28.0 * 1.1),
        (PUMPER, "tertiary", {"width_m": 3.9}, 12.5),
        (PUMPER, "tertiary", {"width_m": 4.0}, 28.0 * 1.1),
        (WALKING, "tertiary", {"maxspeed_kph": 1.0, "width_m": 1.0}, 3.6),
        (WALKING, "steps", {}, 1.8),
        (WHEELCHAIR, "footway", {}, 1.8),
    ],
)
def test_speed(who: VehicleProfile, highway: str, tags: dict[str, Any], kph: float) -> None:
    made = network([way("w1", "c n", highway=highway, **tags)])
    expected = np.rint(made.length_m * 3.6 / kph * 1000)
    assert impedance(made, who).weights.tolist() == expected.tolist()


def test_against_the_traffic_a_fire_engine_goes_half_as_fast() -> None:
    made = network([way("w1", "c n", oneway="yes")])
    weights = impedance(made, PUMPER).weights
    assert weights[edge(made, "n", "c")] == pytest.approx(2 * weights[edge(made, "c", "n")], abs=1)


@pytest.mark.parametrize(
    ("who", "depth_m", "kph"),
    [
        (CAR, 0.0, 28.0),
        (CAR, 0.05, 28.0),
        (CAR, 0.2, float(flooded_speed_kph(200))),
        (CAR, 0.299, float(flooded_speed_kph(299))),
        (CAR, 0.3, 0.0),
        (CAR, 5.0, 0.0),
        (CAR, np.inf, 0.0),
        (replace(CAR, wading_depth_m=0.2), 0.2, 0.0),
        (replace(CAR, wading_depth_m=0.9), 0.31, 0.0),
        (WALKING, 0.29, 3.6),
        (WALKING, 0.3, 0.0),
        (WHEELCHAIR, 0.1, 0.0),
    ],
)
def test_water_slows_and_closes(who: VehicleProfile, depth_m: float, kph: float) -> None:
    made = network([way("w1", "c n", highway="tertiary"), way("w2", "c s", highway="tertiary")])
    depth = np.where(made.stretches.way == 0, depth_m, 0.0)
    found, dry = impedance(made, who, depth_m=depth), impedance(made, who)
    wet = made.way == 0
    if kph:
        assert found.weights[wet].tolist() == np.rint(made.length_m[wet] * 3.6 / kph * 1000).tolist()
    else:
        assert set(found.rule[wet].tolist()) == {Rule.WADING_DEPTH}
    assert found.weights[~wet].tolist() == dry.weights[~wet].tolist()
    assert not found.doubt.any()


def test_where_the_depth_is_not_known_the_edge_is_used_and_flagged() -> None:
    made = network(cross(highway="tertiary"))
    found = impedance(made, CAR, depth_m=np.full(len(made.stretches), np.nan))
    assert set(found.doubt.tolist()) == {Rule.WADING_DEPTH}
    assert found.weights.tolist() == impedance(made, CAR).weights.tolist()


def test_a_closure_may_be_of_one_direction() -> None:
    made = network(cross())
    closed = np.arange(made.edges) == edge(made, "c", "n")
    found = impedance(made, CAR, closed=closed)
    assert found.rule.tolist() == np.where(closed, int(Rule.CLOSED), 0).tolist()


def test_a_closure_is_named_only_where_all_else_would_let_through() -> None:
    made = network([way("w1", "c n", oneway="yes")])
    found = impedance(made, CAR, closed=np.ones(2, np.bool_))
    assert [found.rule[edge(made, *ends)] for ends in ("cn", "nc")] == [Rule.CLOSED, Rule.ONE_WAY]


@pytest.mark.parametrize(
    "columns",
    [{"depth_m": [0.1]}, {"closed": [True]}, {"depth_m": [-0.1] * 5}],
)
def test_columns_that_do_not_fit_are_refused(columns: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        impedance(network(cross()), CAR, **columns)


def test_every_rule_has_an_id_and_texts() -> None:
    assert [rule.id for rule in Rule][-3:] == ["too-steep", "wading-depth", "closed"]
    assert all(rule.ja and rule.en for rule in Rule)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(PROFILES)),
    st.lists(st.floats(0, 1), min_size=5, max_size=5),
    st.lists(st.floats(0, 0.5), min_size=5, max_size=5),
)
def test_more_water_never_makes_it_faster(name: str, depth: list[float], more: list[float]) -> None:
    made = network(cross(highway="primary"))
    less = impedance(made, profile(name), depth_m=depth)
    deeper = impedance(made, profile(name), depth_m=np.add(depth, more))
    assert np.all(deeper.weights >= less.weights)
    assert np.all(less.weights >= impedance(made, profile(name)).weights)


@pytest.mark.parametrize(
    ("who", "width_m", "room"),
    [(PUMPER, 7.0, True), (PUMPER, 6.8, False), (LADDER, 10.9, False), (LADDER, 11.0, True), (CAR, 5.1, True)],
)
def test_a_dead_end_that_is_narrower_than_the_vehicle_is_long_is_flagged(
    who: VehicleProfile, width_m: float, room: bool
) -> None:
    """The pumper is 6.83 m, the ladder 10.96 m and the car 5.00 m across its diagonal."""
    made = network([way(f"w{end}", f"c {end}", width_m=width_m) for end in "nes"])
    found = impedance(made, who)
    outwards = made.node_id[made.graph.head] != "c"
    assert not found.rule.any()
    assert found.doubt.tolist() == [0 if room or not each else Rule.NO_ROOM_TO_TURN for each in outwards]


def test_where_one_goes_on_is_no_dead_end() -> None:
    ring = impedance(network([way("w1", "c n e c", width_m=6.0)]), LADDER)
    assert not ring.rule.any()
    assert not ring.doubt.any()
    made = network([way("w1", "c n", width_m=6.0), way("w2", "n e", highway="footway"), way("w3", "s c", width_m=6.0)])
    doubt = impedance(made, PUMPER).doubt
    assert doubt[edge(made, "c", "n")] == Rule.NO_ROOM_TO_TURN, "the footpath beyond is not for it"
    assert doubt[edge(made, "s", "c")] == 0


def test_to_turn_about_in_a_strip_takes_the_diagonal() -> None:
    """Oracle: the extent across the strip of the corners of the vehicle, over half a turn."""
    for who in (PUMPER, LADDER, CAR):
        angle = np.linspace(0, np.pi, 10_000)
        across = who.length_m * np.abs(np.sin(angle)) + who.width_m * np.abs(np.cos(angle))
        assert who.turning_space_m == pytest.approx(across.max(), rel=1e-6)
