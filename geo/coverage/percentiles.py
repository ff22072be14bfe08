"""The time within which so much of the demand is reached."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geo.coverage.covering import point_times
from geo.coverage.demand import Demand
from geo.errors import InputError

USUAL = (50, 90, 95)
"""The percentiles that are reported."""


def time_percentiles(
    demand: Demand, times_s: npt.ArrayLike, percents: Sequence[int] = USUAL
) -> tuple[float | None, ...]:
    """Of each percent p the least of the times t for which p % or more of the demand has a time of at most t.

    That is the inverse of the distribution function (type 1 of Hyndman, R. J. & Fan, Y., 1996, Sample quantiles in
    statistical packages, The American Statistician 50, 361-365), nothing is interpolated: the answer is a time that
    somebody has, and with it as the limit p % are covered.  Demand to which there is no way counts: the answer is
    ``inf`` where less than p % can be reached.  Excluded points do not count.  None where no demand counts.

    Raises
    ------
    InputError
        If a percent is not a whole number from 1 to 100, or as ``cover``.
    """
    times = point_times(demand, times_s)
    if any(not 1 <= percent <= 100 or percent != int(percent) for percent in percents):
        raise InputError("A percentile is a whole number from 1 to 100.")
    use = demand.counts & (demand.weights > 0)
    order = np.argsort(times[use], kind="stable")
    sorted_s = times[use][order]
    upto = np.cumsum(demand.grains[use][order])
    if not len(upto):
        return (None,) * len(percents)
    # Both sides times 100, in whole numbers, so that no share is rounded.
    return tuple(float(sorted_s[np.searchsorted(upto * 100, upto[-1] * percent)]) for percent in percents)
