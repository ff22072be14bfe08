"""Further sources: each is the best of all that are left, and no choice gains more than the bound."""

import itertools
from math import e

import numpy as np
import pytest

from geo.errors import InputError
from geo.water_supply.next_sources import next_sources


def test_each_is_the_best_that_is_left_and_the_bound_holds() -> None:
    random = np.random.default_rng(8)
    for _ in range(20):
        places, candidates = random.uniform(0, 500, (25, 2)), random.uniform(0, 500, (7, 2))
        weights, radii = random.integers(0, 9, 25), random.uniform(60, 160, 25)
        near = np.hypot(*(places[:, None] - candidates).transpose(2, 0, 1)) <= radii[:, None]

        def gain(rows: tuple[int, ...], near: np.ndarray = near, weights: np.ndarray = weights) -> float:
            return float(weights[near[:, list(rows)].any(axis=1)].sum())

        found = next_sources(places, weights, radii, candidates, 3)
        for number in range(len(found.rows)):
            before = found.rows[:number]
            best = max(gain((*before, row)) for row in range(7)) - gain(before)
            assert found.gains[number] == best == gain(found.rows[: number + 1]) - gain(before)
        most = max(gain(choice) for choice in itertools.combinations(range(7), 3))
        assert (1 - 1 / e) * most - 1e-9 <= sum(found.gains) <= most <= found.bound


def test_nothing_to_gain_and_bad_input() -> None:
    assert next_sources([[0, 0]], [0], [10], [[0, 0]], 2).rows == ()
    assert next_sources([[0, 0]], [1], [10], [[0, 11]], 2).rows == ()
    assert next_sources([[0, 0]], [1], [10], [[0, 10]], 2).gains == (1.0,)
    for wrong in (([[0, 0]], [-1], [1]), ([[0, 0]], [1, 2], [1])):
        with pytest.raises(InputError):
            next_sources(*wrong, [[0, 0]], 1)
