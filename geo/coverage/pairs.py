"""Times from sites to points of demand: of the pairs that count, so that a country is no table of sites x points."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.coverage.arrivals import NOBODY
from geo.coverage.demand import Bools, Floats, Ints
from geo.errors import InputError


@dataclass(frozen=True, eq=False)
class Pairs:
    """Site by site, then point by point; to what is not among them there is no way, or none that counts.

    site, point, seconds:
        Shape (pairs,).
    shape:
        How many sites and points there are.
    """

    site: Ints
    point: Ints
    seconds: Floats
    shape: tuple[int, int]

    @staticmethod
    def of(times_s: "npt.ArrayLike | Pairs") -> "Pairs":
        """Those of a table of shape (sites, points), ``inf`` where there is no way; pairs are what they are.

        Raises
        ------
        InputError
            If it is no table, or a time is negative or NaN.
        """
        if isinstance(times_s, Pairs):
            return times_s
        table = np.asarray(times_s, np.float64)
        if table.ndim != 2:
            raise InputError("Times are a table of sites and points of demand.")
        if not (table >= 0).all():
            raise InputError("A time is negative or not a number; where there is no way it is infinite.")
        flat = np.flatnonzero(np.isfinite(table))
        site, point = np.divmod(flat, max(table.shape[1], 1))
        return Pairs(site, point, table.ravel()[flat], (table.shape[0], table.shape[1]))

    @staticmethod
    def sorted_of(site: Ints, point: Ints, seconds: Floats, shape: tuple[int, int]) -> "Pairs":
        """Of columns in any order, no pair twice."""
        order = np.argsort(site * shape[1] + point)
        return Pairs(site[order], point[order], seconds[order], shape)

    def __len__(self) -> int:
        return len(self.site)

    @cached_property
    def begins(self) -> Ints:
        """Shape (sites + 1,): where the pairs of each site begin, and where the last ones end."""
        return np.searchsorted(self.site, np.arange(self.shape[0] + 1))

    def where(self, kept: Bools) -> "Pairs":
        """Some of the pairs."""
        return Pairs(self.site[kept], self.point[kept], self.seconds[kept], self.shape)

    def within(self, limit_s: float) -> "Pairs":
        """Those of at most so many seconds."""
        return self.where(self.seconds <= limit_s)

    def from_sites(self, sites: Bools) -> "Pairs":
        """Those of some sites, which keep their numbers."""
        return self.where(sites[self.site])

    def to_points(self, points: Bools) -> "Pairs":
        """Those to some points, numbered anew."""
        found = self.where(points[self.point])
        number = np.cumsum(points) - 1
        return replace(found, point=number[found.point], shape=(self.shape[0], int(np.count_nonzero(points))))

    def nearest(self) -> tuple[Floats, Ints]:
        """Shape (points,): the time of the nearest site, ``inf`` where none gets there, and which it is: of equal ones
        the first, ``NOBODY`` where there is none.
        """
        first_s, by = np.full(self.shape[1], np.inf), np.full(self.shape[1], NOBODY, np.int64)
        np.minimum.at(first_s, self.point, self.seconds)
        last_first = np.flatnonzero(self.seconds == first_s[self.point])[::-1]
        by[self.point[last_first]] = self.site[last_first]
        return first_s, by

    def next_to(self, by: Ints) -> "Pairs":
        """Without those of one site of each point, shape (points,)."""
        return self.where(self.site != by[self.point])

    def that_count(self, limit_s: float, nearest_of: Bools, beyond_s: float = 0.0, first: int = 1) -> "Pairs":
        """Those within the limit, and of each point all as far as the first few of some sites and ``beyond_s`` farther:
        all of a point that fewer of these reach.
        """
        left = self.from_sites(nearest_of)
        last_s, by = left.nearest()
        for _ in range(first - 1):
            left = left.next_to(by)
            last_s, by = left.nearest()
        return self.where(self.seconds <= np.maximum(limit_s, last_s + beyond_s)[self.point])

    def by_site(self, values: Floats) -> Floats:
        """Shape (sites,): sums of what each pair has."""
        return np.bincount(self.site, values, minlength=self.shape[0])

    def by_point(self, values: Floats) -> Floats:
        """Shape (points,): sums of what each pair has."""
        return np.bincount(self.point, values, minlength=self.shape[1])

    def reached(self) -> Bools:
        """Shape (points,): whether it has a pair."""
        found = np.zeros(self.shape[1], bool)
        found[self.point] = True
        return found

    def at(self, site: npt.NDArray[np.integer], point: npt.NDArray[np.integer]) -> Floats:
        """The times of some pairs that are among these."""
        keys = self.site * self.shape[1] + self.point
        return self.seconds[np.searchsorted(keys, site.astype(np.int64) * self.shape[1] + point)]

    def table(self) -> Floats:
        """Shape (sites, points), ``inf`` where there is no pair."""
        found = np.full(self.shape, np.inf)
        found[self.site, self.point] = self.seconds
        return found
