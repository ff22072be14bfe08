"""Steps put in words: what stands for a step loses nothing that is told of it."""

import numpy as np
import pytest

from geo.travel.steps import MANEUVERS, TURNS_TOLD, Maneuver, Step, far_told, turn_told
from layers.translations import languages
from services.ogc.processes._on_roads.route_words import distance, distances, instruction, onward, road_name


@pytest.mark.parametrize("language", languages())
def test_what_is_told_of_metres_is_the_same_by_its_number(language: str) -> None:
    rng, told = np.random.default_rng(28204), distances(language)
    every = [*rng.uniform(0, 1_200, 2_000), *rng.uniform(0, 60_000, 2_000), 0.0, 994.9, 995.1, 999.99, 1_000.0, 1e6]
    for metres in map(float, every):
        assert told[far_told(metres)] == distance(metres, language)
    assert far_told(2e6) == far_told(1e6) == len(told) - 1


def test_each_turn_has_a_number_and_the_first_tells_where_it_sets_out() -> None:
    north, east = 90.0, 0.0
    turns = [turn_told(number, direction, 0) for number in range(len(MANEUVERS)) for direction in (north, east)]
    assert turns == [8 * number + eighth for number in range(len(MANEUVERS)) for eighth in (0, 2)]
    assert max(turns) < TURNS_TOLD
    assert turn_told(3, east, 1) == turn_told(3, north, 0)


@pytest.mark.parametrize("language", languages())
def test_what_is_said_around_a_road_and_a_distance_makes_the_instruction(language: str) -> None:
    for maneuver in MANEUVERS:
        around = onward(maneuver, 2, language)
        if maneuver in (Maneuver.ROUNDABOUT, Maneuver.ARRIVE):
            assert around is None
            continue
        assert around is not None
        step = Step(maneuver, 0, 1, "甲乙線", "Line A", None, 0, 340.0, 300.0, 90.0)
        road, far = road_name(step, language), distance(340.0, language)
        first, second = (far, road) if around.far_first else (road, far)
        told = f"{around.before}{first}{around.between}{second}{around.behind}"
        assert told == instruction(step, language)
