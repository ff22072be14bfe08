"""How long a search that could always go on may take, and who may end it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

type Check = Callable[[], None]
"""Asked now and then; what it raises ends the search without an answer."""


def unchecked() -> None:
    """For a search that nobody ends."""


@dataclass(slots=True)
class Patience:
    """Asked between the steps of a search.

    limit_s:
        From when this is made.
    check:
        Called whenever it is asked.
    ran_out:
        Whether a search was told to stop: more steps might have found more.
    """

    limit_s: float = float("inf")
    check: Check = unchecked
    ran_out: bool = False
    _began: float = field(default_factory=perf_counter)

    @property
    def spent(self) -> float:
        """The share of the limit, 0 to 1."""
        return min((perf_counter() - self._began) / self.limit_s, 1.0) if self.limit_s > 0 else 1.0

    def is_over(self) -> bool:
        self.check()
        self.ran_out = self.ran_out or self.spent >= 1.0
        return self.ran_out

    def part(self, share: float) -> "Patience":
        """For the first part of a search: so much of what is left."""
        return Patience(self.limit_s * (1.0 - self.spent) * share, self.check)
