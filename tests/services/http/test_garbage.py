"""What stays in memory is not looked through again and again, and yet not for ever."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from services.http import processes


@pytest.fixture
def left_alone() -> Iterator[None]:
    before = list(gc.callbacks)
    processes.leave_alone_what_stays()
    yield
    gc.callbacks[:] = before
    gc.unfreeze()


class Ring:
    """Held by itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_outlives_a_look_at_everything_is_not_looked_at_again(left_alone: None) -> None:
    ring = Ring()
    seen = weakref.ref(ring)
    frozen = gc.get_freeze_count()
    gc.collect(1)
    assert gc.get_freeze_count() == frozen
    gc.collect()
    assert gc.get_freeze_count() > frozen
    del ring
    gc.collect()
    assert seen() is not None


def test_now_and_then_it_is(left_alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    seen = weakref.ref(ring)
    gc.collect()
    del ring
    monkeypatch.setattr(processes, "WHOLE_S", 0.0)
    gc.collect()
    assert seen() is None
    assert gc.get_freeze_count() > 0
