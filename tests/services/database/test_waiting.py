"""What is done in the event loop never waits: for a lock, for a connection, for what takes long."""

import threading
from contextlib import nullcontext
from typing import Any, cast

import pytest

from services.database.lending import Lender, Pool
from services.database.waiting import NeedsThreadError, holding, in_the_loop, require_thread


class Pools:
    """Stands for a pool, and counts how often a connection is asked for."""

    asked = 0

    def connection(self) -> Any:
        self.asked += 1
        return nullcontext(self)


def test_only_the_loop_refuses_what_takes_long() -> None:
    require_thread()
    with in_the_loop(), pytest.raises(NeedsThreadError):
        require_thread()
    with pytest.raises(ValueError, match="other"), in_the_loop():
        raise ValueError("another fault")
    require_thread()


def test_a_lock_that_another_has_is_waited_for_by_threads_only() -> None:
    lock, has, may_end = threading.Lock(), threading.Event(), threading.Event()

    def hold() -> None:
        with holding(lock):
            has.set()
            may_end.wait(5)

    other = threading.Thread(target=hold)
    other.start()
    assert has.wait(5)
    with in_the_loop(), pytest.raises(NeedsThreadError), holding(lock):
        pytest.fail("the lock was had twice")
    may_end.set()
    with holding(lock):  # as soon as the other gave it back
        assert lock.locked()
    other.join(5)
    with in_the_loop(), holding(lock):  # which is free
        assert lock.locked()
    assert not lock.locked()


def test_no_connection_is_asked_for_in_the_loop() -> None:
    pools = Pools()
    lender = Lender(cast(Pool, pools), cast(Pool, pools))
    with in_the_loop(), pytest.raises(NeedsThreadError):
        lender.connection()
    assert pools.asked == 0
    with lender.connection():
        assert pools.asked == 1
