"""Steps put in words once: what stands for a step loses nothing that is told of it."""

import numpy as np

from geo.travel.steps import MANEUVERS, ToldStep, step_code, told_m
from services.ogc.processes._on_roads.route_words import distance


def test_what_is_told_of_metres_is_the_same_after_they_were_rounded() -> None:
    rng = np.random.default_rng(28204)
    every = [*rng.uniform(0, 1_200, 5_000), *rng.uniform(0, 60_000, 5_000), 0.0, 994.9, 995.1, 999.99, 1_000.0]
    for metres in map(float, every):
        assert distance(told_m(metres), "ja") == distance(metres, "ja")


def test_a_step_is_made_again_from_the_number_that_stands_for_it() -> None:
    for number, maneuver in enumerate(MANEUVERS):
        for row, towards, metres in ((0, 0, 10), (5_000_000, 7, 999), (123, 3, 1_048_575)):
            assert ToldStep.of(step_code(number, row, towards, float(metres))) == (maneuver, row, towards, metres)
