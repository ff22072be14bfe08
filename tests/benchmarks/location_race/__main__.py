"""Runs the race of location models in the peers' environment and prints every finding as a line of JSON."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

from geo.location.covering import mclp
from geo.location.problem import Problem
from tests.benchmarks.location_race import peer
from tests.benchmarks.location_race.matrix import CANDIDATES, POINTS, SITES, instance
from tests.benchmarks.location_race.published import mismatches
from tests.benchmarks.measures import Calls, Measure, Race

SIZES = ((100, 2_000), (CANDIDATES, POINTS))
RACE_LIMIT_S = 900
"""After so long it is told that there is no proof; the peer's takes some minutes."""


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
    for candidates, points in SIZES:
        yield from _raced(made.times_s[:candidates, :points], made.people[:points], made.limit_s)


def _raced(times_s: peer.Floats, people: peer.Floats, limit_s: float) -> Iterator[Measure | Race]:
    candidates, points = times_s.shape
    name = f"MCLP, {candidates} candidates x {points:,} points, p = {SITES}: build and solve to the proof"
    problem = partial(Problem.of, times_s, people)
    ours, ours_ms = _timed(lambda: mclp(problem(), limit_s, SITES, time_limit_s=RACE_LIMIT_S))
    (theirs, proven), theirs_ms = _timed(lambda: peer.mclp_within(times_s, people, limit_s, SITES, RACE_LIMIT_S))
    off = abs(ours.objective - theirs) if proven else max(0.0, theirs - ours.objective)
    what = "difference of the objectives" if proven else "by how much the peer's best, not proven, is better"
    yield Measure(f"{name}: {what}", off, "people", limit=0)
    yield Measure(f"{name}: gap that ours leaves", ours.gap, "", limit=0)
    told = Calls(1, theirs_ms, theirs_ms) if proven else f"not within {RACE_LIMIT_S} s"
    yield Race(name, {"ours": Calls(1, ours_ms, ours_ms), "spopt": told}, {"spopt": 1.0})


def _timed[Found](call: Callable[[], Found]) -> tuple[Found, float]:
    started = perf_counter()
    found = call()
    return found, (perf_counter() - started) * 1000


def main() -> None:
    for found in findings():
        print(json.dumps({type(found).__name__: dataclasses.asdict(found)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
