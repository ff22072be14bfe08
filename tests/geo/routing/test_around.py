"""Weights are looked through once for a metric, and never trusted for another."""

import gc
import weakref

import numpy as np
import pytest

from geo.errors import InputError
from geo.routing.around import AroundRouter
from geo.routing.customising import customise
from tests.geo.routing.graphs import scipy_costs, town


def test_weights_that_were_seen_are_seen_anew_for_another_metric() -> None:
    city = town(8)
    hierarchy = city.hierarchy()
    around = AroundRouter(hierarchy)
    low, high = customise(hierarchy, city.weights), customise(hierarchy, city.weights * 3)
    risen = city.weights * 2
    expected = int(scipy_costs(city.graph, risen, [0])[0, 20])
    for _ in range(3):
        path = around.path(low, risen, 0, 20)
        assert path is not None
        assert path.cost == expected
        with pytest.raises(InputError, match="fallen"):
            around.path(high, risen, 0, 20)


def test_many_arrays_by_turns_are_each_asked_with_as_they_are() -> None:
    city = town(8)
    hierarchy = city.hierarchy()
    around, metric = AroundRouter(hierarchy), customise(hierarchy, city.weights)
    every = [city.weights * factor for factor in range(1, 21)]
    for risen in every * 2:
        path = around.path(metric, risen, 0, 20)
        assert path is not None
        assert path.cost == int(scipy_costs(city.graph, risen, [0])[0, 20])
    assert around.path(metric, every[0].astype(np.int64), 0, 20) is not None


def test_nothing_is_kept_of_weights_that_are_gone() -> None:
    city = town(5)
    hierarchy = city.hierarchy()
    around, metric = AroundRouter(hierarchy), customise(hierarchy, city.weights)
    risen = city.weights * 2
    around.path(metric, risen, 0, 3)
    gone = weakref.ref(risen)
    del risen
    gc.collect()
    assert gone() is None
