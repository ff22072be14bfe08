"""The shipped profiles, what makes a profile malformed, widths, and classes as the layer has them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.errors import InputError, NotFoundError
from geo.network.access import Access, Mode, resolve
from geo.network.classes import ARTERIES, HIGHWAYS
from geo.network.profiles import PROFILES, profile
from geo.network.widths import WidthSource, widths
from layers.roads import CLASSES
from tests.geo.network.towns import network, way


def test_classes_are_those_of_the_layer() -> None:
    assert tuple(code.value for code in CLASSES.codes) == HIGHWAYS
    assert set(ARTERIES) <= set(HIGHWAYS)


def test_the_shipped_profiles() -> None:
    drivers = ["pumper", "tank", "ladder", "rescue", "ambulance", "command", "car"]
    assert list(PROFILES) == [*drivers, "walking", "wheelchair"]
    for name, found in PROFILES.items():
        assert (found.id, profile(name)) == (name, found)
        assert found.title_ja
        assert found.title_en
        assert found.drives == (name in drivers)
        assert found.min_road_width_m == 0 or found.min_road_width_m >= found.width_m
        assert found.ignores_turn_restrictions == (name != "car")
        assert hash(found) == hash(replace(found))
    assert {profile(name).wading_depth_m for name in drivers} == {0.3}
    assert profile("walking").speeds_kph["footway"] == 3.6
    assert profile("wheelchair").speeds_kph["footway"] == 1.8


def test_a_profile_that_does_not_exist() -> None:
    with pytest.raises(NotFoundError, match=r"hovercraft.*pumper"):
        profile("hovercraft")


@pytest.mark.parametrize(
    "change",
    [
        {"speeds_kph": {"trunk": -1.0}},
        {"speeds_kph": {"trunk": 0.0}},
        {"speeds_kph": {"trunk": float("nan")}},
        {"speeds_kph": {"raceway": 10.0}},
        {"doubtful_classes": frozenset({"raceway"})},
        {"width_m": -1.0},
        {"mass_t": float("nan")},
        {"emergency_factor": 0.0},
        {"narrow_speed_kph": 0.0},
        {"against_flow_factor": 1.5},
        {"wading_depth_m": -0.1},
        {"wading_depth_m": float("nan")},
    ],
)
def test_nonsense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(profile("pumper"), **change)


def test_speeds_are_calibrated_by_class() -> None:
    made = profile("pumper").with_speeds({"trunk": 51.0})
    assert made.speeds_kph["trunk"] == 51.0
    assert made.speeds_kph["primary"] == profile("pumper").speeds_kph["primary"]
    with pytest.raises(InputError, match="footway"):
        made.with_speeds({"footway": 5.0})
    with pytest.raises(InputError):
        made.with_speeds({"trunk": -5.0})


def test_widths_name_their_source() -> None:
    tags: list[dict[str, Any]] = [{"width_m": 3.2, "lanes": 2}, {"lanes": 2}, {}]
    ways = network([way(f"w{number}", "c n", **given) for number, given in enumerate(tags)]).ways
    found = widths(ways)
    assert [WidthSource(code).label for code in found.source] == ["measured", "lanes", "class"]
    assert [found.low_m[0], found.value_m[0], found.high_m[0]] == [3.2] * 3
    assert (found.low_m[1], found.value_m[1], found.high_m[1]) == (5.5, 5.5, 8.0)
    assert found.low_m[2] < found.value_m[2] < found.high_m[2]


@pytest.mark.parametrize("lanes", [None, 1, 2, 6])
def test_the_likely_width_lies_within_its_interval(lanes: int | None) -> None:
    found = widths(network([way(f"w{name}", "c n", highway=name, lanes=lanes) for name in HIGHWAYS]).ways)
    assert np.all((found.low_m > 0) & (found.low_m <= found.value_m) & (found.value_m <= found.high_m))
    if lanes:
        assert np.all((found.value_m / lanes >= 2.75) & (found.value_m / lanes <= 3.5))


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, (Access.UNSPECIFIED, Access.UNSPECIFIED, Access.UNSPECIFIED)),
        ({"access": "private"}, (Access.PRIVATE, Access.PRIVATE, Access.PRIVATE)),
        ({"access": "no", "vehicle": "permit"}, (Access.DESTINATION, Access.NO, Access.NO)),
        ({"vehicle": "no", "motor_vehicle": "yes"}, (Access.YES, Access.UNSPECIFIED, Access.UNSPECIFIED)),
        ({"access": "no", "foot": "designated"}, (Access.NO, Access.YES, Access.YES)),
        ({"foot": "yes", "wheelchair": "no"}, (Access.UNSPECIFIED, Access.YES, Access.NO)),
        ({"access": "no", "foot": "unknown"}, (Access.NO, Access.NO, Access.NO)),
    ],
)
def test_the_most_specific_tag_decides(tags: dict[str, str | None], expected: tuple[Access, ...]) -> None:
    assert resolve(tags) == expected
    assert len(expected) == len(Mode)
