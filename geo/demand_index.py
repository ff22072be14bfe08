"""One index of demand out of several components, each made comparable first, weighted openly."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from geo.errors import InputError

Floats = npt.NDArray[np.float64]


class Normalisation(StrEnum):
    """How a component is made comparable with the others; only what is known of it counts."""

    MEAN = "mean"
    """Its value divided by the mean: 1 is the average cell, and sums keep their meaning."""
    MAXIMUM = "maximum"
    """Its value divided by the greatest: 0 to 1."""
    RANK = "rank"
    """The share of cells that have less, those that have as much counted half: 0 to 1, blind to outliers."""


def normalised(values: Floats, how: Normalisation) -> Floats:
    """The component, NaN where it is; all 0 where every value is.

    >>> normalised(np.array([0.0, 1.0, 3.0, np.nan]), Normalisation.MAXIMUM).round(2).tolist()
    [0.0, 0.33, 1.0, nan]
    """
    known = ~np.isnan(values)
    found = np.full(values.shape, np.nan)
    if not known.any():
        return found
    some = values[known]
    if how is Normalisation.RANK:
        found[known] = (rankdata(some) - 0.5) / len(some)
        return found
    by = float(some.mean() if how is Normalisation.MEAN else some.max())
    found[known] = some / by if by > 0 else 0.0
    return found


def demand_index(
    components: Sequence[Floats], weights: Sequence[float], how: Normalisation
) -> tuple[list[Floats], Floats]:
    """Each component normalised, and their weighted mean: NaN where a component that counts is.

    Parameters
    ----------
    components:
        Each of shape (cells,), not negative; NaN where not known.
    weights:
        Of each, not negative, not all 0.

    Raises
    ------
    InputError
        If a weight or a value is negative or infinite, shapes differ, or nothing counts.
    """
    if len(components) != len(weights) or len({each.shape for each in components}) > 1:
        raise InputError("Each component has a weight, and all have the same cells.")
    if not all(np.isfinite(weight) and weight >= 0 for weight in weights) or not any(weights):
        raise InputError("Weights are 0 or more, and not all 0.")
    if any((each < 0).any() or np.isinf(each).any() for each in components):
        raise InputError("Components are not negative.")
    made = [normalised(each, how) for each in components]
    total = float(sum(weights))
    index = np.zeros(components[0].shape)
    for each, weight in zip(made, weights, strict=True):
        if weight:
            index += weight / total * each
    return made, index


def quintiles(index: Floats) -> npt.NDArray[np.int64]:
    """Of each cell 1 (least) to 5, about as many cells in each, equals together; 0 where it is not known."""
    known = ~np.isnan(index)
    found = np.zeros(index.shape, np.int64)
    if known.any():
        share = rankdata(index[known], method="min") - 1
        found[known] = 1 + (share * 5 // int(known.sum())).astype(np.int64)
    return found


def spread(groups: Sequence[Sequence[int]], amounts: Sequence[float], size: int) -> Floats:
    """Amounts, each shared equally among the cells of its group; a cell that is there twice has two parts."""
    found = np.zeros(size)
    for group, amount in zip(groups, amounts, strict=True):
        np.add.at(found, list(group), amount / len(group))
    return found
