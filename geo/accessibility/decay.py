"""How the worth of a supply falls with the time to it: 1 at no time, 0 beyond reach."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from geo.coverage.demand import Floats
from geo.errors import InputError


class Decay(Protocol):
    """Weights from 0 to 1 of times in seconds, of the same shape; never more for a longer time, 0 for ``inf``."""

    def __call__(self, times_s: Floats, /) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Steps:
    """Weights by zones of time: ``weights[n]`` up to ``bounds_s[n]``, inclusive; 0 beyond the last.

    One step of weight 1 is the catchment of 2SFCA (Luo, W. & Wang, F., 2003, Measures of spatial accessibility to
    health care in a GIS environment, Environment and Planning B 30, 865-884); several are those of E2SFCA.

    Raises
    ------
    InputError
        If the bounds do not rise, or the weights are not as many, rise, or are not within 0 to 1.
    """

    bounds_s: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        bounds, weights = np.array(self.bounds_s), np.array(self.weights)
        if not len(bounds) or bounds.shape != weights.shape:
            raise InputError("Every zone of time has a bound and a weight, and there is one zone at least.")
        if not (np.isfinite(bounds).all() and bounds[0] >= 0 and (np.diff(bounds) > 0).all()):
            raise InputError("The bounds of zones of time are finite, not negative, and rise.")
        if not ((weights >= 0).all() and (weights <= 1).all() and (np.diff(weights) <= 0).all()):
            raise InputError("The weights of zones of time are between 0 and 1 and do not rise.")

    def __call__(self, times_s: Floats, /) -> Floats:
        return np.append(self.weights, 0.0)[np.searchsorted(self.bounds_s, times_s)]


@dataclass(frozen=True, slots=True)
class Gaussian:
    """(exp(-(t/l)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2)) up to the limit l, where it is 0.

    Dai, D., 2010, Black residential segregation, disparities in spatial access to health care facilities, and
    late-stage breast cancer diagnosis in metropolitan Detroit, Health & Place 16, 1038-1052.

    Raises
    ------
    InputError
        If the limit is not finite and more than 0.
    """

    limit_s: float

    def __post_init__(self) -> None:
        if not 0 < self.limit_s < np.inf:
            raise InputError(f"A reach of {self.limit_s} s is none.")

    def __call__(self, times_s: Floats, /) -> Floats:
        share = np.minimum(times_s / self.limit_s, 1.0)
        weights: Floats = (np.exp(-0.5 * share**2) - np.exp(-0.5)) / (1 - np.exp(-0.5))
        return weights


LUO_QI_GRADUAL: Final = Steps((600.0, 1200.0, 1800.0), (1.0, 0.68, 0.22))
"""10, 20 and 30 minutes with the first weights of Luo, W. & Qi, Y., 2009, An enhanced two-step floating catchment area
(E2SFCA) method for measuring spatial accessibility to primary care physicians, Health & Place 15, 1100-1107."""
LUO_QI_STEEP: Final = Steps((600.0, 1200.0, 1800.0), (1.0, 0.42, 0.09))
"""The same with their second weights, for services that people go less far for."""


def within(limit_s: float) -> Steps:
    """All that is within the limit counts alike, inclusive: 2SFCA."""
    return Steps((limit_s,), (1.0,))
