"""Looks at the state of the data: who asks all the time does not wait for them."""

import time
from typing import Any

import pytest

from services.database.revisions import layer_states
from services.ogc import watch
from tests.services.http.conftest import SmallCity, client_of

_SLOW_S = 1.5


def test_a_look_is_had_before_anybody_has_to_wait_for_it(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "TTL_S", 2.0)
    with client_of(small_city) as client:
        assert client.get("/layers").status_code == 200
        looked: list[float] = []
        read = layer_states

        def slow(*given: Any) -> Any:
            looked.append(time.monotonic())
            time.sleep(_SLOW_S)
            return read(*given)

        monkeypatch.setattr(watch, "layer_states", slow)
        assert client.get("/layers").status_code == 200
        assert not looked  # what was seen is new
        time.sleep(1.1)
        asked = time.monotonic()
        assert client.get("/layers").status_code == 200
        assert time.monotonic() - asked < _SLOW_S
        until = asked + 5
        while not looked and time.monotonic() < until:
            time.sleep(0.01)
        assert len(looked) == 1
