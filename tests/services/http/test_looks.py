"""Looks at the state of the data: who asks all the time does not wait for them."""

import threading
import time
from typing import Any

import pytest

from services.database.revisions import layer_states
from services.ogc import watch
from tests.services.http.conftest import SmallCity, client_of
from tests.waiting import until

TTL_S = 600.0


class Clock:
    """The clock of the looks, which is set forward."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead_s

    def time(self) -> float:
        return time.time() + self.ahead_s


def test_a_look_is_had_before_anybody_has_to_wait_for_it(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(watch, "TTL_S", TTL_S)
    monkeypatch.setattr(watch, "time", clock)
    with client_of(small_city) as client:
        assert client.get("/layers").status_code == 200
        looks, answered = 0, threading.Event()
        read = layer_states

        def slow(*given: Any) -> Any:
            nonlocal looks
            looks += 1
            assert answered.wait(60)
            return read(*given)

        monkeypatch.setattr(watch, "layer_states", slow)
        assert client.get("/layers").status_code == 200
        assert looks == 0  # what was seen is new
        clock.ahead_s = 0.6 * TTL_S
        assert client.get("/layers").status_code == 200  # while that look goes on
        until(lambda: looks)
        answered.set()
    assert looks == 1
