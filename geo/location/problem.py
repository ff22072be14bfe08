"""What is asked: candidate sites, demand, the times between them, and which sites are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.coverage.pairs import Pairs
from geo.errors import InfeasibleError, InputError

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Bools = npt.NDArray[np.bool_]

_NAMED = 5
"""As many demand points or sites are named in a message."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Made by ``Problem.of``, which checks it.

    times:
        From the site to the demand, where there is a way that counts.
    weight:
        ``(demand,)``, people or whatever else is counted, above zero.
    existing, required, forbidden:
        ``(candidates,)``: open today, to be open, not to be opened.
    relocations:
        So many existing facilities at most may be given up for another site; the others stay.
    capacity:
        ``(candidates,)``, in the unit of the weights, or None where sites serve as many as come.
    """

    times: Pairs
    weight: Floats
    existing: Bools
    required: Bools
    forbidden: Bools
    relocations: int
    capacity: Floats | None

    @staticmethod
    def of(
        travel_time_s: npt.ArrayLike | Pairs,
        weight: npt.ArrayLike,
        *,
        existing: Sequence[int] = (),
        required: Sequence[int] = (),
        forbidden: Sequence[int] = (),
        relocations: int = 0,
        capacity: npt.ArrayLike | None = None,
    ) -> "Problem":
        """Times are a table of shape ``(candidates, demand)``, ``inf`` where there is no way, or the pairs of one that
        count: a model knows no others.  Sites are named by their rows.

        Raises
        ------
        InputError
            If there are no candidates or no demand, shapes differ, a time is NaN or negative, a weight is not a number
            above zero, a capacity is negative or NaN, a site is not in the matrix or is forbidden and given at once.
        """
        given = travel_time_s if isinstance(travel_time_s, Pairs) else np.asarray(travel_time_s, np.float64)
        weights = np.array(weight, np.float64)
        if len(given.shape) != 2 or weights.ndim != 1 or given.shape[1] != len(weights):
            raise InputError(
                f"Travel times of shape {given.shape} do not fit weights of shape {weights.shape}.",
                fix="Give times as (candidates, demand) and one weight for each demand point.",
            )
        count, points = given.shape
        if not count:
            raise InputError("There are no candidate sites.", fix="Give at least one.")
        if not points:
            raise InputError("There is no demand.", fix="Give at least one demand point.")
        times = given if isinstance(given, Pairs) else _pairs(given)
        unweighted = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
        if len(unweighted):
            raise InputError(
                f"The weights of {len(unweighted)} demand points are not numbers above zero: {listed(unweighted)}.",
                fix="Leave out points without demand.",
            )
        open_today, to_be_open = _flags(existing, count, "existing"), _flags(required, count, "required")
        closed = _flags(forbidden, count, "forbidden")
        both = np.flatnonzero(closed & (open_today | to_be_open))
        if len(both):
            raise InputError(f"Sites are forbidden, and existing or required at once: {listed(both)}.")
        if not 0 <= relocations <= np.count_nonzero(open_today):
            raise InputError(
                f"{relocations} of {np.count_nonzero(open_today)} existing facilities cannot be relocated."
            )
        return Problem(times, weights, open_today, to_be_open, closed, relocations, _capacity(capacity, count))

    @cached_property
    def usable(self) -> Bools:
        """``(candidates,)``: sites that may be open."""
        return ~self.forbidden

    @cached_property
    def always(self) -> Bools:
        """``(candidates,)``: sites that every answer has."""
        return self.required | self.existing if not self.relocations else self.required

    @cached_property
    def fewest(self) -> int:
        """As many sites are open at least."""
        others = np.count_nonzero(self.existing & ~self.required)
        return int(np.count_nonzero(self.required)) + max(0, int(others) - self.relocations)

    @cached_property
    def nearest_s(self) -> Floats:
        """``(demand,)``, from the nearest of the sites that may be open."""
        return self.times.from_sites(self.usable).nearest()[0]

    @cached_property
    def reachable(self) -> Bools:
        """``(demand,)``: with a way from a site that may be open.  The others are excluded from every model."""
        return np.isfinite(self.nearest_s)

    def covering(self, units: Ints, limit_s: float) -> Ints:
        """``(demand,)``, how many of the units at each site, ``(candidates,)``, are within the limit."""
        near = self.times.where((self.times.seconds <= limit_s) & (units > 0)[self.times.site])
        return near.by_point(units[near.site].astype(np.float64)).astype(np.int64)

    def check_count(self, p: int) -> None:
        """Raises InputError unless ``p`` sites can be open, those that are given among them."""
        usable = int(np.count_nonzero(self.usable))
        if not 1 <= p <= usable:
            raise InputError(f"p is {p}; between 1 and the {usable} sites that may be opened is possible.")
        if p < self.fewest:
            raise InputError(f"p is {p}, but {self.fewest} sites are given.", fix="Raise p, or allow more relocations.")

    def check_uncapacitated(self, model: str) -> None:
        """Raises InputError where there are capacities, of which ``model`` knows nothing."""
        if self.capacity is not None:
            raise InputError(f"{model} has no capacities.", fix="Leave them out, or use LSCP, MCLP or p-median.")

    def check_coverable(self, limit_s: float) -> None:
        """Raises InfeasibleError that names what is reachable and not within ``limit_s``, and by how many seconds."""
        nearest = self.nearest_s
        late = np.flatnonzero(self.reachable & (nearest > limit_s))
        if len(late):
            late = late[np.argsort(-nearest[late], kind="stable")]
            named = ", ".join(f"{point} by {nearest[point] - limit_s:g} s" for point in late[:_NAMED].tolist())
            more = f" and {len(late) - _NAMED} more" if len(late) > _NAMED else ""
            raise InfeasibleError(
                f"No site covers {len(late)} demand points ({self.weight[late].sum():g} in all) within {limit_s:g} s: "
                f"{named}{more} too late.",
                fix=f"Allow {nearest[late].max():g} s, or add sites.",
            )


def check_limit(limit_s: float) -> None:
    """Raises InputError unless it is a number of seconds, zero or more."""
    if not (np.isfinite(limit_s) and limit_s >= 0):
        raise InputError(f"A longest travel time of {limit_s} s is none.")


def listed(numbers: Ints) -> str:
    """The first few, for a message."""
    return ", ".join(str(each) for each in numbers[:_NAMED].tolist()) + (", ..." if len(numbers) > _NAMED else "")


def _pairs(table: Floats) -> Pairs:
    wrong = np.argwhere(np.isnan(table) | (table < 0))
    if len(wrong):
        site, point = wrong[0].tolist()
        raise InputError(
            f"{len(wrong)} travel times are NaN or negative, the first from site {site} to demand {point}.",
            fix="Give inf where there is no way.",
        )
    return Pairs.of(table)


def _flags(sites: Sequence[int], count: int, name: str) -> Bools:
    found = np.zeros(count, np.bool_)
    for site in sites:
        if not 0 <= site < count:
            raise InputError(f"The {name} site {site} is not among the {count} candidates.")
        found[site] = True
    return found


def _capacity(capacity: npt.ArrayLike | None, count: int) -> Floats | None:
    if capacity is None:
        return None
    found = np.array(capacity, np.float64)
    if found.shape != (count,) or np.isnan(found).any() or (found < 0).any():
        raise InputError("Capacities are one number for each candidate, zero or more.")
    return found
