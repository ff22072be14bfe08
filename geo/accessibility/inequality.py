"""How unevenly something is spread over people."""

import numpy as np

from geo.coverage.demand import Bools, Demand, Floats
from geo.errors import InputError


def gini(demand: Demand, values: Floats, where: Bools | None = None) -> float | None:
    """The Gini coefficient of values at points weighted by the demand that counts: 0 where all have the same.

    Half the mean difference of two people, over the mean: sum of w_i w_j |x_i - x_j| / (2 W^2 mean) (Sen, A., 1973, On
    Economic Inequality).  None where nobody counts or nobody has anything.

    Raises
    ------
    InputError
        If there is not one value of 0 or more for each point.
    """
    if values.shape != (len(demand),) or not (np.isfinite(values) & (values >= 0)).all():
        raise InputError("Every point has a value of 0 or more.")
    use = demand.counts & (demand.weights > 0) & (True if where is None else where)
    order = np.argsort(values[use], kind="stable")
    weights, sorted_values = demand.weights[use][order].astype(np.float64), values[use][order]
    whole, total = weights.sum(), float((weights * sorted_values).sum())
    if not total:
        return None
    # Of each the people below count for it, the people above against it.
    below = np.cumsum(weights) - weights
    above = whole - below - weights
    return max(0.0, float((weights * sorted_values * (below - above)).sum()) / (whole * total))


def share_below(demand: Demand, values: Floats, bound: float) -> float | None:
    """The share of the demand that counts with a value below the bound; None where nobody counts."""
    counted = demand.sum(np.ones(len(demand), bool))
    return demand.sum(values < bound) / counted if counted else None
