"""Ways become stretches that meet where they share nodes, and nothing bad in them makes an edge that is not there."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import distance_m, transform_xy
from geo.errors import InputError
from geo.network.building import build_network
from geo.network.model import Oneway, RoadNetwork
from geo.network.records import Barrier, TurnRestriction, Way
from geo.network.report import KINDS, BuildReport, Findings
from tests.geo.network.towns import CROSS, built, cross, edge, network, pairs, way


def check(made: RoadNetwork, report: BuildReport) -> None:
    """What holds of every network."""
    graph, stretches = made.graph, made.stretches
    assert (report.nodes, report.edges, report.stretches) == (graph.nodes, made.edges, len(stretches))
    assert np.all(np.diff(graph.tail) >= 0)
    numbers, paired = np.arange(made.edges), made.reverse >= 0
    assert np.all(made.reverse[made.reverse[paired]] == numbers[paired])
    assert np.all(made.stretch[made.reverse[paired]] == made.stretch[paired])
    assert np.all(made.along[made.reverse[paired]] != made.along[paired])
    assert set(made.stretch.tolist()) == set(range(len(stretches)))
    assert np.isfinite(stretches.length_m).all()
    for number in numbers.tolist():
        lon, lat = made.points(number)
        tail, head = graph.tail[number], graph.head[number]
        assert (lon[0], lat[0], lon[-1], lat[-1]) == (made.lon[tail], made.lat[tail], made.lon[head], made.lat[head])
        x, y = transform_xy(np.array(lon), np.array(lat), 6668, made.plane)
        assert np.hypot(np.diff(x), np.diff(y)).sum() == pytest.approx(made.length_m[number], abs=1e-6)
        assert (x[0], y[0]) == pytest.approx((made.x[tail], made.y[tail]))


def test_ways_are_cut_where_they_share_a_node() -> None:
    made, report = built([way("w1", "n c s far", name="縦"), way("w2", "w c e", oneway="yes")])
    check(made, report)
    assert pairs(made) == {"n>c", "c>n", "c>far", "far>c", "w>c", "c>w", "c>e", "e>c"}
    long = edge(made, "far", "c")
    assert made.length_m[long] == pytest.approx(200, abs=0.02)
    assert len(made.points(long)[0]) == 3
    assert not made.along[long]
    assert made.ways.name.at(int(made.way[long])) == "縦"
    assert made.ways.name.at(int(made.way[edge(made, "w", "c")])) is None
    assert made.ways.oneway.tolist() == [Oneway.BOTH, Oneway.ALONG]
    assert not report.findings


def test_ways_that_cross_without_a_shared_node_do_not_meet() -> None:
    places = {**CROSS, "over": CROSS["c"]}
    made, report = built([way("w1", "n c s"), way("w2", "w over e", places, bridge=True)])
    check(made, report)
    assert pairs(made) == {"n>s", "s>n", "w>e", "e>w"}
    assert made.ways.bridge.tolist() == [False, True]


def test_loops_and_parallel_ways_are_kept() -> None:
    made, report = built([way("w1", "c n e c"), way("w2", "s c"), way("w3", "s w c")])
    check(made, report)
    ids = [(made.node_id[t], made.node_id[h]) for t, h in zip(made.graph.tail, made.graph.head, strict=True)]
    assert sorted(ids) == sorted([("c", "c")] * 2 + [("s", "c"), ("c", "s")] * 2)


def test_a_way_that_passes_a_node_twice_is_cut_there() -> None:
    made, report = built([way("w1", "w c n e c s")])
    check(made, report)
    assert len(made.stretches) == 3
    assert "c>c" in pairs(made)


def test_a_closed_way_alone_is_a_loop() -> None:
    made, report = built([way("w1", "c n e c", junction="roundabout")])
    check(made, report)
    assert pairs(made) == {"c>c"}
    assert made.ways.oneway.tolist() == [Oneway.ALONG]
    assert made.ways.roundabout.tolist() == [True]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"oneway": "yes"}, {"c>n", "n>c"}),
        ({"oneway": "yes", "highway": "motorway"}, {"c>n"}),
        ({"highway": "motorway"}, {"c>n"}),
        ({"oneway": "-1", "highway": "motorway_link"}, {"n>c"}),
        ({"highway": "motorway_link"}, {"c>n", "n>c"}),
        ({"oneway": "no", "highway": "motorway"}, {"c>n", "n>c"}),
    ],
)
def test_only_against_the_traffic_of_a_motorway_there_is_no_edge(tags: dict[str, Any], expected: set[str]) -> None:
    made, report = built([way("w1", "c n", **tags)])
    check(made, report)
    assert pairs(made) == expected


def test_a_missing_node_leaves_a_gap() -> None:
    made, report = built([way("w1", "n c lost s far"), way("w2", "lost lost2")])
    check(made, report)
    assert pairs(made) == {"n>c", "c>n", "s>far", "far>s"}
    assert report.counts == {"node-missing": 3, "way-too-short": 1}


def test_a_repeated_node_is_taken_once() -> None:
    made, report = built([way("w1", "n c c c s")])
    check(made, report)
    assert pairs(made) == {"n>s", "s>n"}
    assert report.counts == {"node-repeated": 2}


def test_a_stretch_without_length_still_joins() -> None:
    places = {**CROSS, "twin": CROSS["c"]}
    made, report = built([way("w1", "n c"), way("w2", "c twin", places), way("w3", "twin s", places)])
    check(made, report)
    assert made.length_m[edge(made, "c", "twin")] == 0
    assert [(found.kind, found.subject) for found in report.findings] == [("zero-length", "w2")]


def test_a_node_of_two_positions_has_the_first() -> None:
    made, report = built([way("w1", "n c"), way("w2", "c s", {**CROSS, "c": (30, 0)})])
    check(made, report)
    assert made.length_m[edge(made, "c", "s")] == pytest.approx(100, abs=0.02)
    assert report.counts == {"node-moved": 1}


@pytest.mark.parametrize(("lon", "lat"), [(135.3, 34.7), (139.7, 35.7), (141.35, 43.06), (123.8, 24.4)])
def test_a_street_anywhere_in_the_country_is_as_long_as_on_the_ground(lon: float, lat: float) -> None:
    street = Way("w1", ["a", "b", "c"], [lon, lon + 0.01, lon + 0.01], [lat, lat, lat + 0.01], "residential")
    made, _ = built([street])
    ground_m = distance_m(lon, lat, lon + 0.01, lat) + distance_m(lon + 0.01, lat, lon + 0.01, lat + 0.01)
    assert made.length_m[0] == pytest.approx(ground_m, rel=1.1e-4)


def test_no_ways_at_all() -> None:
    made, report = built([], [TurnRestriction("r1", "no_left_turn", "w1", "n1", "w2")], [Barrier("1", "bollard")])
    check(made, report)
    assert (made.graph.nodes, made.edges) == (0, 0)
    assert report.counts == {"barrier-off-network": 1, "restriction-dangling": 1}


def test_a_plane_to_measure_in_is_needed() -> None:
    with pytest.raises(InputError, match="4326"):
        build_network([], plane=4326)
    with pytest.raises(InputError, match="edge"):
        network(cross()).points(10_000)


_ODD = Way("w1", ["c", "n"], [135.3], [34.7, 34.7], "residential")
_TWIN, _MOVED = {**CROSS, "twin": CROSS["c"]}, {**CROSS, "c": (5.0, 5.0)}
_LEFT = TurnRestriction("r1", "no_left_turn", "w-s", "nc", "w-w")
_WRONG: dict[str, tuple[list[Way], list[TurnRestriction], list[Barrier]]] = {
    "way-class-unknown": ([way("w1", "c n", highway="raceway")], [], []),
    "way-repeated": ([way("w1", "c n"), way("w1", "c s")], [], []),
    "way-unaligned": ([_ODD], [], []),
    "way-too-short": ([way("w1", "c")], [], []),
    "oneway-unknown": ([way("w1", "c n", oneway="sometimes")], [], []),
    "access-unknown": ([way("w1", "c n", access="maybe")], [], []),
    "value-out-of-range": ([way("w1", "c n", width_m=-3.0)], [], []),
    "node-missing": ([way("w1", "c n lost")], [], []),
    "node-repeated": ([way("w1", "c n n")], [], []),
    "node-moved": ([way("w1", "c n"), way("w2", "c s", _MOVED)], [], []),
    "zero-length": ([way("w1", "c twin", _TWIN)], [], []),
    "barrier-off-network": (cross(), [], [Barrier("lost", "bollard")]),
    "restriction-kind-unknown": (cross(), [replace(_LEFT, restriction="no_fun")], []),
    "restriction-incomplete": (cross(), [replace(_LEFT, via=None)], []),
    "restriction-dangling": (cross(), [replace(_LEFT, from_way="w-lost")], []),
    "restriction-apart": (cross(), [replace(_LEFT, via="nfar")], []),
    "restriction-ambiguous": (cross(), [replace(_LEFT, to_way="w-w;w-n")], []),
    "restriction-via-mixed": (cross(), [replace(_LEFT, via="nc;w-n")], []),
    "restriction-via-barrier": (cross(), [_LEFT], [Barrier("c", "bollard")]),
    "restriction-excepts-vehicles": (cross(), [replace(_LEFT, excepted="psv;emergency")], []),
}
"""The least input that is wrong in each way."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_finding_is_reported(kind: str) -> None:
    made, report = built(*_WRONG[kind])
    check(made, report)
    assert kind in report.counts
    assert len(made.forbidden_turns) == 0
    assert all(KINDS[kind])


def test_a_finding_of_no_known_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        Findings().add("oddity", "w1")


def test_values_out_of_range_are_unknown() -> None:
    made = network([way("w1", "c n", width_m=-3.0, lanes=0, max_height_m=float("inf"), maxspeed_kph=40)])
    ways = made.ways
    assert np.isnan([ways.width_m[0], ways.max_height_m[0], ways.max_weight_t[0]]).all()
    assert (ways.lanes[0], ways.maxspeed_kph[0]) == (0, 40)


_NODES = [chr(ord("a") + number) for number in range(9)]
_PLACES = {name: (50.0 * (number % 3), 50.0 * (number // 3)) for number, name in enumerate(_NODES)}


@settings(max_examples=200, deadline=None)
@given(
    lines=st.lists(st.lists(st.sampled_from([*_NODES, "lost"]), max_size=7), max_size=6),
    barred=st.lists(st.sampled_from(_NODES), max_size=3),
    restricted=st.lists(st.tuples(*(st.integers(0, 6),) * 2, st.sampled_from(_NODES), st.booleans()), max_size=3),
)
def test_any_ways_at_all(
    lines: list[list[str]], barred: list[str], restricted: list[tuple[int, int, str, bool]]
) -> None:
    ways = [way(f"w{number}", " ".join(line), _PLACES) for number, line in enumerate(lines)]
    turned = [
        TurnRestriction(f"r{number}", "only_left_turn" if only else "no_left_turn", f"w{one}", f"n{via}", f"w{other}")
        for number, (one, other, via, only) in enumerate(restricted)
    ]
    made, report = built(ways, turned, [Barrier(name, "bollard") for name in barred])
    check(made, report)
    graph = made.graph
    for before, behind in made.forbidden_turns:
        assert graph.head[before] == graph.tail[behind]
    segments = [
        (one, other) for line in lines for one, other in pairwise(line) if one != other and "lost" not in (one, other)
    ]
    drawn = sum(float(np.hypot(*np.subtract(_PLACES[one], _PLACES[other]))) for one, other in segments)
    assert made.stretches.length_m.sum() == pytest.approx(drawn, abs=0.05)
    assert _components(pairs(made)) == _components(
        {f"{one}>{other}" for one, other in segments}, set(made.node_id.tolist())
    )


def _components(joined: set[str], among: set[str] | None = None) -> set[frozenset[str]]:
    """Which nodes hang together, by merging sets."""
    parts: list[set[str]] = []
    for pair in joined:
        met = set(pair.split(">"))
        apart = [part for part in parts if not part & met]
        parts = [*apart, met.union(*(part for part in parts if part & met))]
    kept = (frozenset(part & among if among is not None else part) for part in parts)
    return {part for part in kept if part}
