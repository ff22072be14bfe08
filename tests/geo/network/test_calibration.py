"""The ratio model: the median of observed over modelled time scales a speed, where enough was observed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.network.calibration import LEAST_RECORDS, Calibrated, Observation, Outcome, calibrate
from geo.network.figures import SHIPPED, overridden

KPH = 3.6


def runs(kph: float, count: int = LEAST_RECORDS, highway: str = "trunk", profile: str = "pumper") -> list[Observation]:
    return [Observation(highway, profile, 100.0, 100.0 / kph * KPH) for _ in range(count)]


def only(observations: list[Observation]) -> Calibrated:
    (found,) = calibrate(observations).results
    return found


def test_the_speed_that_is_found_gives_the_time_that_was_observed() -> None:
    found = only(runs(55.0))
    assert (found.outcome, found.records, found.metres) == (Outcome.CALIBRATED, 30, 3000.0)
    assert found.speed_kph * SHIPPED.profile("pumper").emergency_factor == pytest.approx(55.0, abs=0.1)
    assert found.ratios == pytest.approx([44 / 55] * 3)
    figures = overridden(calibrate(runs(55.0)).document())
    assert figures.profile("pumper").speeds_kph["trunk"] == found.speed_kph
    assert calibrate(runs(55.0), figures).results[0].ratios[1] == pytest.approx(1.0, abs=0.01)


def test_too_few_records_leave_the_speed_and_say_so() -> None:
    found = only(runs(55.0, LEAST_RECORDS - 1))
    assert (found.outcome, found.speed_kph, found.before_kph) == (Outcome.TOO_FEW, 40.0, 40.0)
    assert calibrate(runs(55.0, LEAST_RECORDS - 1)).document() == {"profiles": {}}


def test_a_speed_that_nobody_believes_is_not_taken() -> None:
    found = only(runs(0.2))
    assert (found.outcome, found.speed_kph) == (Outcome.UNREAL, 40.0)


def test_a_few_stops_do_not_move_the_median() -> None:
    assert only([*runs(44.0, 40), *runs(1.0, 10)]).speed_kph == pytest.approx(40.0, abs=0.1)


def test_short_noisy_pieces_count_by_their_length() -> None:
    noise = [Observation("trunk", "pumper", 1.0, 10.0) for _ in range(60)]
    assert only([*runs(44.0, 30), *noise]).speed_kph == pytest.approx(40.0, abs=0.1)


def test_records_that_cannot_be_are_counted_by_reason() -> None:
    wrong = [
        Observation("trunk", "hovercraft", 100, 10),
        Observation("footway", "pumper", 100, 10),
        Observation("trunk", "pumper", -100, 10),
        Observation("trunk", "pumper", 100, 0),
        Observation("trunk", "pumper", float("nan"), 10),
        Observation("trunk", "pumper", 100, 1),
        Observation("footway", "walking", 100, 10),
    ]
    found = calibrate(wrong)
    assert not found.results
    assert found.refused == {"unknown-profile": 1, "unused-class": 1, "no-measure": 3, "too-fast": 2}
    with pytest.raises(InputError):
        calibrate([], least_records=0)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(1, 1000), st.floats(5, 60)), min_size=LEAST_RECORDS, max_size=60))
def test_quantiles_are_those_of_metres_laid_side_by_side(pieces: list[tuple[float, float]]) -> None:
    """Oracle: every metre is a record of its own."""
    whole = [(round(metres), kph) for metres, kph in pieces]
    found = only([Observation("trunk", "pumper", metres, metres / kph * KPH) for metres, kph in whole])
    ratios = np.sort(np.concatenate([np.full(metres, 44.0 / kph) for metres, kph in whole]))
    for share, ratio in zip((0.1, 0.5, 0.9), found.ratios, strict=True):
        place = share * len(ratios)
        before, behind = max(int(place - 1e-6) - 1, 0), min(int(place + 1), len(ratios) - 1)
        assert ratios[before] - 1e-9 <= ratio <= ratios[behind] + 1e-9
