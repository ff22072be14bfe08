"""Figures can be overridden one by one, nothing unknown or unreal is taken, and vehicles drive by what is set."""

from typing import Any

import numpy as np
import pytest

from geo.errors import InputError, NotFoundError
from geo.network.figures import SHIPPED, document_of, overridden
from geo.network.impedance import impedance
from geo.network.profiles import PROFILES
from geo.network.rules import Rule
from tests.geo.network.towns import network, way


def test_the_document_of_all_figures_gives_them_back() -> None:
    assert overridden(document_of(SHIPPED)) == SHIPPED
    assert overridden({}) == SHIPPED


def test_one_speed_and_nothing_else_is_changed() -> None:
    found = overridden({"profiles": {"pumper": {"speeds_kph": {"trunk": 51}}}})
    assert found.profile("pumper").speeds_kph == {**PROFILES["pumper"].speeds_kph, "trunk": 51.0}
    assert {name: found.profile(name) for name in PROFILES if name != "pumper"} == {
        name: each for name, each in PROFILES.items() if name != "pumper"
    }
    with pytest.raises(NotFoundError, match="hovercraft"):
        found.profile("hovercraft")


def test_a_street_takes_as_long_as_the_figures_say() -> None:
    streets = network([way("w1", "c n", highway="trunk"), way("w2", "c e", highway="residential")])
    figures = overridden(
        {"profiles": {"pumper": {"emergency_factor": 1.5, "speeds_kph": {"trunk": 40, "residential": 20}}}}
    )
    seconds = impedance(streets, figures.profile("pumper"), model=figures.widths).weights / 1000
    assert seconds[0] == pytest.approx(100 / (60 / 3.6), abs=0.02)
    wide = overridden({"widths": {"narrow_m": 4.6}})  # a residential street is taken to be 4.5 m wide
    slow = impedance(streets, SHIPPED.profile("pumper"), model=wide.widths).weights / 1000
    assert slow.max() == pytest.approx(100 / (12.5 / 3.6), abs=0.02)


def test_the_model_of_widths_decides_who_gets_through() -> None:
    street = network([way("w1", "c n", highway="residential")])
    narrow = overridden({"widths": {"residential": {"low_m": 1.5, "typical_m": 2.0, "high_m": 2.5}}})
    assert not impedance(street, SHIPPED.profile("pumper")).rule.any()
    rules = impedance(street, SHIPPED.profile("pumper"), model=narrow.widths).rule
    assert np.all(rules == Rule.TOO_NARROW)


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ({"speeds": {}}, "speeds is unknown"),
        ({"profiles": {"hovercraft": {}}}, "profiles.hovercraft is unknown"),
        ({"profiles": {"pumper": {"colour": 1}}}, "profiles.pumper.colour is unknown"),
        ({"profiles": {"pumper": {"speeds_kph": {"raceway": 30}}}}, "profiles.pumper.speeds_kph.raceway is unknown"),
        ({"profiles": {"pumper": {"speeds_kph": {"footway": 30}}}}, "profiles.pumper.speeds_kph.footway is unknown"),
        ({"profiles": {"pumper": {"speeds_kph": {"trunk": 0}}}}, "profiles.pumper.speeds_kph.trunk = 0"),
        ({"profiles": {"pumper": {"speeds_kph": {"trunk": -40}}}}, "profiles.pumper.speeds_kph.trunk = -40"),
        ({"profiles": {"pumper": {"speeds_kph": {"trunk": 400}}}}, "profiles.pumper.speeds_kph.trunk = 400"),
        ({"profiles": {"walking": {"speeds_kph": {"trunk": 36}}}}, "profiles.walking.speeds_kph.trunk = 36"),
        ({"profiles": {"pumper": {"speeds_kph": {"trunk": float("nan")}}}}, "profiles.pumper.speeds_kph.trunk = nan"),
        ({"profiles": {"pumper": {"speeds_kph": {"trunk": "40"}}}}, "profiles.pumper.speeds_kph.trunk = '40'"),
        ({"profiles": {"pumper": {"speeds_kph": {"trunk": True}}}}, "profiles.pumper.speeds_kph.trunk = True"),
        ({"profiles": {"pumper": {"speeds_kph": 40}}}, "profiles.pumper.speeds_kph is no table"),
        ({"profiles": {"pumper": {"turns": {"left_s": -1}}}}, "profiles.pumper.turns.left_s = -1"),
        ({"profiles": {"walking": {"turns": {}}}}, "profiles.walking.turns is unknown"),
        ({"profiles": {"walking": {"emergency_factor": 1.1}}}, "profiles.walking.emergency_factor is unknown"),
        ({"profiles": {"pumper": {"wading_depth_m": 30}}}, "profiles.pumper.wading_depth_m = 30"),
        ({"profiles": {"pumper": {"width_m": 2.7}}}, "profiles.pumper.min_road_width_m"),
        ({"widths": {"residential": {"low_m": 5.0}}}, "widths.residential"),
        ({"widths": {"raceway": {}}}, "widths.raceway is unknown"),
        ({"widths": {"lane_low_m": 3.4}}, "widths: "),
        ({"widths": []}, "widths is no table"),
    ],
)
def test_what_is_unknown_or_unreal_is_named(document: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as caught:
        overridden(document)
    assert caught.value.message.startswith(key)
