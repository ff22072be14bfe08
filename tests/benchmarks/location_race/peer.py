"""spopt's models on a matrix, solved by the same solver: HiGHS on one thread, to a gap of zero."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pulp
from spopt.locate import LSCP, MCLP, PCenter, PMedian

type Floats = npt.NDArray[np.float64]
TIME_LIMIT_S = 600


def lscp(times: Floats, limit: float) -> float:
    """The fewest sites; ``times`` as ``(sites, points)``, as ours has them."""
    return _objective(LSCP.from_cost_matrix(_turned(times), limit))


def mclp(times: Floats, weight: Floats, limit: float, sites: int) -> float:
    """The most weight covered."""
    return _objective(MCLP.from_cost_matrix(_turned(times), weight, limit, p_facilities=sites))


def mclp_within(times: Floats, weight: Floats, limit: float, sites: int, time_limit_s: float) -> tuple[float, bool]:
    """The same, and whether it was proven within a time: else it is the best that was found until then."""
    solved = _solved(MCLP.from_cost_matrix(_turned(times), weight, limit, p_facilities=sites), time_limit_s)
    return float(solved.objective.value()), solved.sol_status == pulp.LpSolutionOptimal


def p_median(times: Floats, weight: Floats, sites: int) -> float:
    """The least sum of weight x time."""
    return _objective(PMedian.from_cost_matrix(_turned(times), weight, sites))


def p_center(times: Floats, sites: int) -> float:
    """The least longest time."""
    return _objective(PCenter.from_cost_matrix(_turned(times), sites))


def _turned(times: Floats) -> Floats:
    return np.ascontiguousarray(times.T)


def _objective(model: Any) -> float:
    return float(_solved(model, TIME_LIMIT_S).objective.value())


def _solved(model: Any, time_limit_s: float) -> Any:
    solver = pulp.HiGHS(msg=False, threads=1, gapRel=0.0, timeLimit=time_limit_s)
    return model.solve(solver, results=False).problem
