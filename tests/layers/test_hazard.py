"""What hazard layers declare of places: words with their sources, floors without a gap."""

from itertools import pairwise

import pytest

from geo.depth import DEPTH_RANKS_6, DEPTH_RANKS_8
from layers.advice import (
    ABOVE_FLOORS,
    FLOORS,
    LEAVE,
    LOCAL_TSUNAMI,
    STAY,
    Advice,
    Finding,
    State,
    floors_reached,
    inundation,
    landslide,
    tsunami,
)
from layers.catalogue import catalogue
from layers.hazard import Hazard
from layers.hazard_types import DESIGNATED_HAZARDS

HAZARDS = [layer.hazard for layer in catalogue().values() if layer.hazard is not None]


def test_hazards_for_which_sites_are_designated_bear_their_names() -> None:
    types = [hazard.type for hazard in HAZARDS]
    assert len(set(types)) == len(types)
    assert {"flood", "landslide", "storm_surge", "tsunami", "inland_flood"} <= set(types)
    assert {"flood", "landslide", "storm_surge", "tsunami", "inland_flood"} <= {key for key, _, _ in DESIGNATED_HAZARDS}


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.type)
def test_there_is_something_to_do_in_every_state_and_outside_never_says_safe(hazard: Hazard) -> None:
    for state in State:
        for municipality in (None, "28204", "13101"):
            found = hazard.advise(Finding(state, municipality=municipality))
            assert found
            for advice in found:
                assert advice.source.url.startswith("https://")
    for state in (State.OUTSIDE, State.UNKNOWN):
        told = hazard.advise(Finding(state))
        assert any("災害が起こる可能性" in advice.words.ja for advice in told)


def test_staying_indoors_is_offered_for_water_outside_of_collapse_zones_only() -> None:
    def ids(found: tuple[Advice, ...]) -> set[str]:
        return {each.id for each in found}

    inside, collapse = Finding(State.INSIDE, 3.0), Finding(State.INSIDE, 0.5, collapse=True)
    assert {LEAVE.id, STAY.id} <= ids(inundation(inside))
    assert STAY.id not in ids(inundation(collapse)) | ids(landslide(inside)) | ids(tsunami(inside))


def test_local_words_are_those_of_the_municipality() -> None:
    inside, _ = LOCAL_TSUNAMI["28204"]
    assert all(advice.source.publisher.ja == "西宮市" for advice in inside)
    assert set(inside) <= set(tsunami(Finding(State.INSIDE, municipality="28204")))
    assert not set(inside) & set(tsunami(Finding(State.INSIDE, municipality="28202")))


def test_floors_follow_the_official_bounds() -> None:
    assert all(lower.below_m < upper.below_m and lower.dry_floor < upper.dry_floor for lower, upper in pairwise(FLOORS))
    bounds = {rank.upper for rank in DEPTH_RANKS_6} & {rank.upper for rank in DEPTH_RANKS_8}
    assert {floor.below_m for floor in FLOORS} <= bounds


@pytest.mark.parametrize(
    ("upper", "floor"),
    [(0.3, 1), (0.5, 1), (1.0, 2), (3.0, 2), (3.1, 3), (5.0, 3), (10.0, 5), (20.0, None), (None, None)],
)
def test_the_lowest_floor_that_stays_dry(upper: float | None, floor: int | None) -> None:
    words, dry = floors_reached(upper)
    assert dry == floor
    assert (words is ABOVE_FLOORS) == (floor is None)


def test_a_layer_with_scenarios_shows_one_of_them_at_a_time() -> None:
    """Coverages choose by the style, processes by the hazard: it must be the same field."""
    for layer in catalogue().values():
        if layer.hazard is not None:
            assert layer.style.one_of == layer.hazard.scenario, layer.id
        else:
            assert "depth_upper_m" not in layer.by_name, layer.id
