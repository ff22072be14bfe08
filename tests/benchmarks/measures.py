"""What a benchmark returns: a figure, a comparison of our server with others, or a race of engines in one process."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from math import nan
from typing import Self


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: ``value`` in ``unit``, the ``limit`` it should not exceed and the ``floor`` it should reach.

    Both are inclusive.
    """

    what: str
    value: float
    unit: str
    limit: float | None = None
    floor: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether it is within its bounds; None where it has none."""
        if self.limit is None and self.floor is None:
            return None
        return (self.limit is None or self.value <= self.limit) and (self.floor is None or self.value >= self.floor)


@dataclass(frozen=True, slots=True)
class Speed:
    """How a server bore a load: requests answered, in how long, and the latency that 50 and 99 in 100 kept."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @classmethod
    def of(cls, rounds: Iterable[Self]) -> Self:
        """Several rounds as one; percentiles are the rounds' means, weighted by requests."""
        rounds = list(rounds)
        requests = sum(each.requests for each in rounds)

        def mean(values: Iterable[float]) -> float:
            weighted = sum(value * each.requests for value, each in zip(values, rounds, strict=True))
            return weighted / requests if requests else nan

        return cls(
            requests,
            sum(each.seconds for each in rounds),
            mean(each.p50_ms for each in rounds),
            mean(each.p99_ms for each in rounds),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of request to our server and to its peers.

    speeds:
        By server, ``ours`` among them; a text says why there is none.
    targets:
        How many times a peer's requests per second ours should reach, by peer.
    floor:
        Requests per second that ours should reach whatever the peers do.
    """

    what: str
    speeds: Mapping[str, Speed | str]
    targets: Mapping[str, float] = dataclass_field(default_factory=dict)
    floor: float | None = None

    def ratio(self, peer: str) -> float | None:
        """Our requests per second over a peer's; None where one of them has none."""
        ours, theirs = self.speeds.get("ours"), self.speeds.get(peer)
        if not isinstance(ours, Speed) or not isinstance(theirs, Speed) or not theirs.requests:
            return None
        return ours.per_second / theirs.per_second


@dataclass(frozen=True, slots=True)
class Calls:
    """How long an engine took for a call: how many were made, and what 50 and 99 in 100 of them kept."""

    count: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Race:
    """One question put to our engine and to its peers, call by call in turns.

    calls:
        By engine; a text says why there are none.
    targets:
        How many times as long as ours the median call of a peer should take.
    limit_ms:
        What our median should not exceed, inclusive.
    """

    what: str
    calls: Mapping[str, Calls | str]
    targets: Mapping[str, float] = dataclass_field(default_factory=dict)
    limit_ms: float | None = None

    def ratio(self, peer: str) -> float | None:
        """A peer's median over ours; None where one of them has none."""
        ours, theirs = self.calls.get("ours"), self.calls.get(peer)
        if not isinstance(ours, Calls) or not isinstance(theirs, Calls):
            return None
        return theirs.p50_ms / ours.p50_ms
