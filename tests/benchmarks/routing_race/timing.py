"""How engines are timed: one call of each in turn, so that whatever else the machine does befalls them all."""

import gc
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

import numpy as np

from tests.benchmarks.measures import Calls, Race

type Call = Callable[..., object]

BUDGET_S = 4.0
"""An engine that has spent so long on a question is not asked on, if it was asked ``FEWEST`` times."""
FEWEST = 3


def race(
    what: str,
    calls: Mapping[str, Call | str],
    arguments: Sequence[tuple[object, ...]],
    targets: Mapping[str, float] | None = None,
    limit_ms: float | None = None,
    budget_s: float = BUDGET_S,
) -> Race:
    """Asks every engine the first question unmeasured, then all of them in turns; a text stands for no engine."""
    spent: dict[str, list[float]] = {}
    found: dict[str, Calls | str] = {name: call for name, call in calls.items() if isinstance(call, str)}
    runners = {name: call for name, call in calls.items() if not isinstance(call, str)}
    for name, call in runners.items():
        call(*arguments[0])
        spent[name] = []
    gc.collect()
    gc.disable()
    try:
        for number, argument in enumerate(arguments):
            for name, call in runners.items():
                if number >= FEWEST and sum(spent[name]) > budget_s:
                    continue
                started = perf_counter()
                call(*argument)
                spent[name].append(perf_counter() - started)
    finally:
        gc.enable()
    for name, seconds in spent.items():
        median, most = np.percentile(np.array(seconds) * 1000, [50, 99])
        found[name] = Calls(len(seconds), float(median), float(most))
    return Race(what, {name: found[name] for name in calls}, dict(targets or {}), limit_ms)
