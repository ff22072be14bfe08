"""What is answered: the sites, how good they are and how good any could be, and who is covered."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import sparse

from geo.location.problem import Floats, Ints, Problem


class Status(StrEnum):
    """Whether better sites may exist."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time-limit"
    HEURISTIC = "heuristic"


@dataclass(frozen=True, eq=False)
class Siting:
    """Sites as a model chose them, and the account of the demand.

    units:
        ``(candidates,)``, how many facilities or vehicles stand at each site; zero where none.
    objective, bound:
        Of the chosen sites, and what no choice can better; the same where ``status`` is optimal.
    served:
        ``(demand,)``, how much of the weight is covered.  In p-median and p-center: served at all.
    served_twice:
        ``(demand,)``, covered by two or more units (zeros in models without a threshold).
    excluded:
        ``(demand,)``, the weight that no site reaches, which no model counts.
    assigned:
        ``(candidates, demand)``, sparse: how much of the weight goes to which site, in p-median and with capacities.
    """

    units: Ints
    status: Status
    objective: float
    bound: float
    weight: Floats
    served: Floats
    served_twice: Floats
    excluded: Floats
    assigned: sparse.csr_array | None = None

    @property
    def sites(self) -> Ints:
        """Candidates with a facility, ascending."""
        return np.flatnonzero(self.units)

    @property
    def gap(self) -> float:
        """How far the objective may be from the optimum, as a share of the objective; 0 where it is optimal."""
        distance = abs(self.bound - self.objective)
        return 0.0 if distance == 0 else distance / max(abs(self.objective), 1e-12)

    @property
    def covered(self) -> float:
        """The sum of ``served``.  ``covered + uncovered + excluded`` is all demand: exactly, where weights are
        whole."""
        return float(self.served.sum())

    @property
    def covered_twice(self) -> float:
        """The sum of ``served_twice``, a part of ``covered``."""
        return float(self.served_twice.sum())

    @property
    def uncovered(self) -> float:
        """Reached by some candidate, but not covered by those that were chosen."""
        return float((self.weight - self.served - self.excluded).sum())

    @property
    def excluded_total(self) -> float:
        """The sum of ``excluded``."""
        return float(self.excluded.sum())


def siting(
    problem: Problem,
    units: Ints,
    limit_s: float,
    status: Status,
    objective: float,
    bound: float,
    assigned: sparse.csr_array | None = None,
) -> Siting:
    """The account of chosen sites: covered within ``limit_s``, inclusive, or as they are assigned."""
    times = problem.covering(units, limit_s)
    weight = problem.weight
    served = np.where(times >= 1, weight, 0.0) if assigned is None else assigned.sum(axis=0)
    twice = np.where((times >= 2) & np.isfinite(limit_s) & (assigned is None), weight, 0.0)
    if status is Status.OPTIMAL:
        bound = objective  # the solver's own differs by its tolerance
    return Siting(
        units, status, objective, bound, weight, served, twice, np.where(problem.reachable, 0.0, weight), assigned
    )
