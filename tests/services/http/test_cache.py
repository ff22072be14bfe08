"""Answers kept: bounded, made once, worthless when their stamp moved."""

import asyncio
from typing import Any

import pytest

from services.http.cache import AnswerCache, Kept


def kept(body: bytes = b"x", stamp: str = "1") -> Kept:
    return Kept(200, (), "tag", "layer", stamp, "route", {"identity": body}, is_worth_coding=False)


async def put(cache: AnswerCache, key: str, answer: Kept) -> Kept:
    async def make() -> Kept:
        return answer

    return await cache.once(key, answer.stamp, make)


def test_the_least_recently_used_leave_first() -> None:
    async def check() -> None:
        cache = AnswerCache(40_000)
        for number in range(5):
            await put(cache, f"k{number}", kept(b"x" * 3_000))
        assert cache.get("k0") is not None  # used just now
        for number in range(5, 9):
            await put(cache, f"k{number}", kept(b"x" * 3_000))
        assert cache.get("k0") is not None
        assert cache.get("k1") is None
        assert cache.used_bytes <= 40_000
        assert cache.used_bytes == sum(each.size_bytes for each in cache._entries.values())

    asyncio.run(check())


def test_what_is_too_large_is_answered_and_not_kept() -> None:
    async def check() -> None:
        cache = AnswerCache(10_000)
        answer = await put(cache, "large", kept(b"x" * 9_000))
        assert len(answer.bodies["identity"]) == 9_000
        assert cache.get("large") is None
        assert cache.used_bytes == 0

    asyncio.run(check())


def test_many_askers_at_once_are_one_making() -> None:
    made = 0

    async def make() -> Kept:
        nonlocal made
        made += 1
        await asyncio.sleep(0.01)
        return kept()

    async def check() -> None:
        cache = AnswerCache(100_000)
        answers = await asyncio.gather(*(cache.once("k", "1", make) for _ in range(50)))
        assert made == 1
        assert all(each is answers[0] for each in answers)
        await asyncio.gather(cache.once("k", "1", make), cache.once("k", "2", make))
        assert made == 3  # another stamp is another making

    asyncio.run(check())


def test_a_making_ends_with_the_last_of_its_askers() -> None:
    begun, ended = asyncio.Event(), list[str]()

    async def make() -> Kept:
        begun.set()
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        return kept()

    async def check() -> None:
        cache = AnswerCache(100_000)
        askers = [asyncio.ensure_future(cache.once("k", "1", make)) for _ in range(3)]
        await begun.wait()
        for asker in askers[:2]:
            asker.cancel()
        await asyncio.sleep(0.01)
        assert not ended  # one still waits
        askers[2].cancel()
        await asyncio.gather(*askers, return_exceptions=True)
        async with asyncio.timeout(30):
            while cache._flights or not ended:
                await asyncio.sleep(0)
        assert ended == ["cancelled"]

    asyncio.run(check())


def test_a_failure_reaches_all_and_is_not_kept() -> None:
    calls = 0

    async def make() -> Kept:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.01)
        raise ValueError("no")

    async def check() -> None:
        cache = AnswerCache(100_000)
        found = await asyncio.gather(*(cache.once("k", "1", make) for _ in range(5)), return_exceptions=True)
        assert all(isinstance(each, ValueError) for each in found)
        assert calls == 1
        with pytest.raises(ValueError, match="no"):
            await cache.once("k", "1", make)
        assert calls == 2

    asyncio.run(check())


def test_without_room_nothing_is_kept_or_shared() -> None:
    made: list[Any] = []

    async def make() -> Kept:
        made.append(1)
        await asyncio.sleep(0)
        return kept()

    async def check() -> None:
        cache = AnswerCache(0)
        await asyncio.gather(*(cache.once("k", "1", make) for _ in range(4)))
        assert len(made) == 4
        assert cache.get("k") is None

    asyncio.run(check())


def test_further_codings_count() -> None:
    async def check() -> None:
        cache = AnswerCache(100_000)
        answer = await put(cache, "k", kept(b"x" * 2_000))
        before = cache.used_bytes
        cache.grow("k", answer, "br", b"y" * 500)
        cache.grow("k", answer, "br", b"y" * 500)
        assert cache.used_bytes == before + 500

    asyncio.run(check())
