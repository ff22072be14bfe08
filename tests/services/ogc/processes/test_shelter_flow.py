"""The flow of an assignment in a process of its own: the same, and ended when its time is over or nobody waits."""

import numpy as np
import pytest

from geo.errors import GisError
from geo.location.program import OutOfTimeError
from geo.sheltering import transport
from services.ogc.processes._sheltering import apart

PROBLEM = tuple(np.array(each) for each in ([5, 4, 3], [6, 3], [0, 1, 1, 2], [0, 0, 1, 1], [700, 10, 20, 90]))


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_AT_ONCE", 0)


def test_the_same_as_here() -> None:
    """Nine find room; who could go to either site leaves the second to those who have no other."""
    assert apart.least_cost(*PROBLEM).tolist() == transport.least_cost(*PROBLEM).tolist() == [2, 4, 0, 3]


def test_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_PROGRAM", "-cimport time; time.sleep(60)")
    with pytest.raises(OutOfTimeError, match=r"0\.1 s"):
        apart.least_cost(*PROBLEM, limit_s=0.1)


def test_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_PROGRAM", "-cimport time; time.sleep(60)")

    def left() -> None:
        raise LookupError("nobody waits")

    with pytest.raises(LookupError, match="nobody waits"):
        apart.least_cost(*PROBLEM, check=left)


def test_a_process_that_gives_up_is_no_answer() -> None:
    worse = (*PROBLEM[:-1], np.full(4, 2**62))
    with pytest.raises(GisError, match="BAD_COST_RANGE"):
        apart.least_cost(*worse)
