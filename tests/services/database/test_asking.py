"""Questions to the database: the same answers from a thread and from an event loop, and nothing runs on for nobody."""

import asyncio
import time
from collections.abc import Callable

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from geo.errors import InputError, StoreError
from services.database import asking
from services.database.asking import Asker, Asking, Query, ask
from services.database.connect import asking_pool, connect, open_pool
from services.database.failures import ConnectionLostError
from tests.conftest import DatabaseUnderTest

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def in_loop[T](url: str, *questions: Callable[[], Asking[T]], between: Callable[[], None] | None = None) -> T:
    """The answer to the last of these questions, asked one after the other over one pool."""

    async def asked() -> T:
        asker = Asker(asking_pool(url, 1))
        await asker.open()
        try:
            for number, each in enumerate(questions):
                if number and between is not None:
                    between()
                answer = await asker.ask(each())
            return answer
        finally:
            await asker.close()

    return asyncio.run(asked())


def in_thread[T](url: str, asking: Asking[T]) -> T:
    pool: ConnectionPool[psycopg.Connection[tuple[object, ...]]] = open_pool(url, 1)
    try:
        return ask(pool, asking)
    finally:
        pool.close()


def halved(number: int) -> Asking[list[int]]:
    """Halves a number in the database until it is none: how often is decided by what was answered."""
    found: list[int] = []
    while number:
        row = yield Query(b"SELECT %s::int / 2", [number], prepare=True)
        assert row is not None
        number = int(row[0])
        found.append(number)
    return found


def pid() -> Asking[int]:
    row = yield Query(b"SELECT pg_backend_pid()")
    assert row is not None
    return int(row[0])


def asleep() -> Asking[None]:
    yield Query(b"SELECT pg_sleep(60) /* nobody waits */")


def refused() -> Asking[None]:
    yield Query(b"SELECT secret FROM nowhere")


def answered_without_asking() -> Asking[str]:
    return "known"
    yield Query(b"")  # which makes it a generator


def test_thread_and_loop_are_answered_alike(database: DatabaseUnderTest) -> None:
    expected = [50, 25, 12, 6, 3, 1, 0]
    assert in_thread(database.urls.public, halved(100)) == expected
    assert in_loop(database.urls.public, lambda: halved(100)) == expected


def test_no_row_is_none(database: DatabaseUnderTest) -> None:
    def nothing() -> Asking[bool]:
        return (yield Query(b"SELECT 1 WHERE false")) is None

    assert in_thread(database.urls.public, nothing())
    assert in_loop(database.urls.public, nothing)


def test_what_asks_nothing_needs_no_database() -> None:
    assert in_thread(NOWHERE, answered_without_asking()) == "known"
    assert in_loop(NOWHERE, answered_without_asking) == "known"


def test_a_refusal_shows_no_sql_and_leaves_the_connection_usable(database: DatabaseUnderTest) -> None:
    with pytest.raises(StoreError) as told:
        in_thread(database.urls.public, refused())
    assert "secret" not in str(told.value)

    async def asked() -> list[int]:
        asker = Asker(asking_pool(database.urls.public, 1))
        await asker.open()
        try:
            first = await asker.ask(pid())
            with pytest.raises(StoreError) as told:
                await asker.ask(refused())
            assert "secret" not in str(told.value)
            return [first, await asker.ask(pid())]
        finally:
            await asker.close()

    first, second = asyncio.run(asked())
    assert first == second


def test_errors_of_the_questions_are_their_own(database: DatabaseUnderTest) -> None:
    def stops() -> Asking[None]:
        yield Query(b"SELECT 1")
        raise InputError("Not that.")

    with pytest.raises(InputError):
        in_thread(database.urls.public, stops())
    with pytest.raises(InputError):
        in_loop(database.urls.public, stops)


def test_a_cancelled_task_ends_its_query_and_the_connection_is_used_again(database: DatabaseUnderTest) -> None:
    async def asked() -> list[int]:
        asker = Asker(asking_pool(database.urls.public, 1))
        await asker.open()
        try:
            before = await asker.ask(pid())
            task = asyncio.create_task(asker.ask(asleep()))
            async with asyncio.timeout(30):
                while _sleeping(database) == 0:
                    await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert _sleeping(database) == 0
            return [before, await asker.ask(pid())]
        finally:
            await asker.close()

    started = time.monotonic()
    before, after = asyncio.run(asked())
    assert before == after
    assert time.monotonic() - started < 50


def test_a_broken_connection_is_found_out(database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as it is trusted the one who asked is told, and may ask again; later it is replaced before."""

    def break_off() -> None:
        with connect(database.urls.public, autocommit=True) as same_role:
            same_role.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )

    monkeypatch.setattr(asking, "TRUSTED_S", 60.0)  # however long breaking it off takes here
    with pytest.raises(ConnectionLostError):
        in_loop(database.urls.public, pid, pid, between=break_off)
    monkeypatch.setattr(asking, "TRUSTED_S", 0.0)
    assert in_loop(database.urls.public, pid, pid, between=break_off)


def _sleeping(database: DatabaseUnderTest) -> int:
    with connect(database.urls.public, autocommit=True) as same_role:
        row = same_role.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
            "AND query LIKE '%nobody waits%' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row is not None
    return int(row[0])
