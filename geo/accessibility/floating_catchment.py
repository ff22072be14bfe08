"""The two-step floating catchment area methods, 2SFCA and E2SFCA: which of them, the decay decides."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.accessibility.decay import Decay
from geo.coverage.demand import Bools, Demand, Floats, Ints
from geo.coverage.pairs import Pairs
from geo.errors import InputError


@dataclass(frozen=True, eq=False, slots=True)
class Accessibility:
    """Units of supply for each unit of demand.

    Attributes
    ----------
    index:
        Shape (points,): what each point has, 0 where it reaches nothing.  Points that are excluded from the demand have
        one too: they take no part in the sharing.  The mean over the demand that counts, weighted by it, times that
        demand is the supply that is shared.
    ratios:
        Shape (facilities,): supply for each weighted unit of demand in reach; NaN where the supply is not known or no
        demand is in reach.
    unknown:
        True where the supply of a facility is not known: it is in no index, which is so much too low.
    idle:
        True where a facility has a supply and no demand in reach: that is in no index either.
    """

    index: Floats
    ratios: Floats
    unknown: Bools
    idle: Bools


def accessibility(
    demand: Demand, supply: Sequence[float | None] | Floats | Ints, times_s: npt.ArrayLike | Pairs, decay: Decay
) -> Accessibility:
    """What each point has of a supply that all who reach it share.

    Step 1, of each facility j: R_j = S_j / sum of P_k w(t_jk) over the points k; step 2, of each point i: A_i = sum of
    R_j w(t_ji) over the facilities j.  With ``decay.within`` that is 2SFCA (Luo & Wang 2003), with its zones of time
    E2SFCA (Luo & Qi 2009).

    Parameters
    ----------
    supply:
        Beds, doctors, devices: one number of 0 or more for each facility, None or NaN where it is not known.  What is
        closed at the time in question has 0.
    times_s:
        Shape (facilities, points), as ``Pairs.of`` takes it, or the pairs within the reach of the decay.

    Raises
    ------
    InputError
        If a supply is negative or infinite, or the shapes do not fit.
    """
    times = Pairs.of(times_s)
    given = np.array([np.nan if value is None else value for value in supply], dtype=np.float64)
    if times.shape != (len(given), len(demand)):
        raise InputError(f"Times have the shape {times.shape}, not ({len(given)}, {len(demand)}): facilities, points.")
    unknown = np.isnan(given)
    if not (np.isfinite(given) & (given >= 0) | unknown).all():
        raise InputError("A supply is negative or infinite.")
    weights = decay(times.seconds)
    wanted = times.by_site(weights * np.where(demand.counts, demand.weights, 0)[times.point])
    shared = ~unknown & (wanted > 0)
    ratios = np.full(len(given), np.nan)
    ratios[shared] = given[shared] / wanted[shared]
    return Accessibility(
        index=times.by_point(np.where(shared, ratios, 0.0)[times.site] * weights),
        ratios=ratios,
        unknown=unknown,
        idle=~unknown & (wanted == 0) & (given > 0),
    )
