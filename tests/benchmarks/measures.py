"""What a benchmark returns, and what several of them need."""

import resource
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: ``value`` in ``unit``, and the ``limit`` (inclusive) it should not exceed."""

    what: str
    value: float
    unit: str
    limit: float | None = None


def peak_memory_mib(children: bool = False) -> float:
    """Highest resident memory so far, of this process or of the largest of its ended children, in MiB."""
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    return resource.getrusage(who).ru_maxrss / 1024
