"""Runs the race of location models in the peers' environment and prints every finding as a line of JSON."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from time import perf_counter

from geo.location.covering import mclp
from geo.location.problem import Problem
from tests.benchmarks.location_race import peer
from tests.benchmarks.location_race.matrix import CANDIDATES, POINTS, SITES, instance
from tests.benchmarks.location_race.published import mismatches
from tests.benchmarks.measures import Calls, Measure, Race

_NAME = f"MCLP, {CANDIDATES} candidates x {POINTS:,} points, p = {SITES}: build and solve to the proof"


def findings() -> Iterator[Measure | Race]:
    """First whether all are right, then how fast they are."""
    compared = list(mismatches())
    wrong = [what for what, differs in compared if differs]
    told = f": {'; '.join(wrong)}" if wrong else ""
    yield Measure(
        f"published instances and the peer's answers, {len(compared)} compared{told}", len(wrong), "", limit=0
    )
    made = instance()
    # The first call of a kernel loads it.
    mclp(Problem.of(made.times_s[:20, :50], made.people[:50]), made.limit_s, 2)
    ours, ours_ms = _timed(lambda: _ours(made.times_s, made.people, made.limit_s))
    theirs, theirs_ms = _timed(lambda: peer.mclp(made.times_s, made.people, made.limit_s, SITES))
    yield Measure(f"{_NAME}: difference of the objectives", abs(ours - theirs), "people", limit=0)
    calls = {"ours": Calls(1, ours_ms, ours_ms), "spopt": Calls(1, theirs_ms, theirs_ms)}
    yield Race(_NAME, calls, {"spopt": 1.0})


def _ours(times_s: peer.Floats, people: peer.Floats, limit_s: float) -> float:
    return mclp(Problem.of(times_s, people), limit_s, SITES, time_limit_s=peer.TIME_LIMIT_S).objective


def _timed(call: Callable[[], float]) -> tuple[float, float]:
    started = perf_counter()
    found = call()
    return found, (perf_counter() - started) * 1000


def main() -> None:
    for found in findings():
        print(json.dumps({type(found).__name__: dataclasses.asdict(found)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
