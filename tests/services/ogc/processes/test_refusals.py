"""Where size keeps a vehicle out, the refusal names the rule and the place."""

from typing import Any

import pytest

from geo.network.building import build_network
from geo.network.profiles import profile
from geo.network.records import Barrier
from geo.travel.conditions import Conditions, conditions
from geo.travel.finding import stands
from geo.travel.refusal import why_not
from geo.travel.topology import topology_of
from services.ogc.processes._on_roads.route_answer import refusal_document
from services.ogc.processes._place import Place
from tests.geo.travel.streets import PLANE, position, street


def town(vehicle: str, barriers: tuple[Barrier, ...] = (), **tags: Any) -> Conditions:
    """Two streets with one between them that has limits."""
    ways = [
        street("before", (0, 0), (100, 0), highway="trunk"),
        street("between", (100, 0), (150, 0), (200, 0), highway="trunk", **tags),
        street("behind", (200, 0), (300, 0), highway="trunk"),
    ]
    network, _ = build_network(ways, (), barriers, plane=PLANE)
    return conditions(topology_of(network), profile(vehicle))


def gate(kind: str, **limits: float) -> tuple[Barrier, ...]:
    return (Barrier("n150/0", kind, {}, **limits),)


@pytest.mark.parametrize(
    ("vehicle", "barriers", "tags", "rule", "text"),
    [
        ("ladder", (), {"max_length_m": 10.0}, "too-long", "長さ制限を超える"),
        ("ladder", gate("height_restrictor", max_height_m=3.6), {}, "barrier-too-low", "高さ制限の枠をくぐれない"),
        ("ladder", gate("gate", max_width_m=2.4), {}, "barrier-too-narrow", "車止めの間を通れない"),
        ("pumper", gate("bollard"), {}, "barrier", "車止めなどで通れない"),
    ],
)
def test_the_rule_is_named(
    vehicle: str, barriers: tuple[Barrier, ...], tags: dict[str, Any], rule: str, text: str
) -> None:
    now = town(vehicle, barriers, **tags)
    (start,), (end,) = (now.topology.places.near(*position(x, 0), now.usable, 20.0, 1) for x in (10, 290))
    goals = now.topology.edges_of(end.stretch).tolist()
    network = now.topology.network
    wanted = (float(network.x.max()), float(network.y.max()))
    refusal = why_not(now, stands(now, start), wanted, goals)
    found = refusal_document(now, refusal, Place(*position(290, 0)), "ja")
    assert found["reason"] == "excluded"
    assert {each["rule"] for each in found["in_the_way"]} == {rule}
    assert {each["way"] for each in found["in_the_way"]} <= {"w-between"}
    assert text in found["text"]


def test_who_fits_has_a_way() -> None:
    now = town("pumper", gate("gate", max_width_m=2.1), max_length_m=6.5)
    assert not now.impedance.rule.any()
