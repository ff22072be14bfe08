"""Who finds room at which site within reach: the best that any plan can do, as a flow.

A transportation problem (Hitchcock, F. L., 1941, The distribution of a product from several sources to numerous
localities, Journal of Mathematics and Physics 20, 224-230), solved to the optimum by the simplex method of HiGHS.
People of one point may be divided between sites.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.coverage.arrivals import NOBODY, checked_times
from geo.coverage.covering import checked_limit
from geo.coverage.demand import Bools, Floats, Ints
from geo.errors import GisError, InputError
from geo.location.program import OutOfTimeError, Program, solve

MOST_PAIRS = 400_000
"""Pairs of a point and a site within its reach that one programme takes."""


class TooManyPairsError(InputError):
    """More pairs of a point and a site lie within reach than one programme takes."""


@dataclass(frozen=True, eq=False, slots=True)
class Assignment:
    """Of each point ``people`` = ``assigned`` + ``room_unknown`` + ``overflowed`` + ``too_far``, exactly.

    Attributes
    ----------
    flow:
        Shape (sites, points): people of a point who go to a site.
    assigned:
        Shape (points,): who has a place that is known of.
    room_unknown:
        For whom only sites are left of which it is not known how many they take.
    overflowed:
        Who has sites within reach, and finds none of them with room.
    too_far:
        Who has no site within reach.
    taken:
        Shape (sites,): people who go there.
    full:
        True where all the room of a site is taken.
    """

    flow: sparse.csr_array
    assigned: Floats
    room_unknown: Floats
    overflowed: Floats
    too_far: Floats
    taken: Floats
    full: Bools

    @property
    def people(self) -> Floats:
        return self.assigned + self.room_unknown + self.overflowed + self.too_far


def assign(
    people: Floats, unit: float, room: Floats, times_s: npt.ArrayLike, reach_s: float, time_limit_s: float = 300.0
) -> Assignment:
    """As many people as possible at sites with known room, then at those of unknown room; of such plans the one with
    the least walking in all.

    Parameters
    ----------
    people:
        Shape (points,), 0 or more, in multiples of ``unit``.
    room:
        Shape (sites,), 0 or more, in multiples of ``unit``; NaN where it is not known.
    times_s:
        Shape (sites, points), ``inf`` where there is no way.
    reach_s:
        The longest walk, inclusive.

    Raises
    ------
    InputError
        If a shape, a number or the reach is none.
    TooManyPairsError
        If there are more than ``MOST_PAIRS`` within reach.
    OutOfTimeError
        If the optimum was not proven in ``time_limit_s``.
    """
    times, reach = _checked(people, unit, room, times_s), checked_limit(reach_s)
    within = times <= reach
    known, limited = ~np.isnan(room), np.nan_to_num(room, nan=np.inf)
    site, point = np.nonzero(within & (people > 0) & (limited > 0)[:, None])
    if len(site) > MOST_PAIRS:
        raise TooManyPairsError(
            f"{len(site):,} pairs of a point and a site lie within reach; {MOST_PAIRS:,} can be assigned at once.",
            fix="Take a smaller area, or a shorter reach.",
        )
    parts = _flow(people, unit, limited, known, times, site, point, time_limit_s) if len(site) else np.zeros(0)
    flow = sparse.csr_array((parts, (site, point)), times.shape)
    flow.eliminate_zeros()
    to_known, to_unknown = (np.asarray(flow[each].sum(axis=0), np.float64).reshape(-1) for each in (known, ~known))
    rest = people - to_known - to_unknown
    near = within.any(axis=0)
    taken = np.asarray(flow.sum(axis=1), np.float64).reshape(-1)
    return Assignment(
        flow=flow,
        assigned=to_known,
        room_unknown=to_unknown,
        overflowed=np.where(near, rest, 0.0),
        too_far=np.where(near, 0.0, rest),
        taken=taken,
        full=known & (taken >= limited),
    )


@dataclass(frozen=True, eq=False, slots=True)
class Nearest:
    """What becomes of it where everybody goes to the nearest site, and no farther.

    Attributes
    ----------
    by:
        Shape (points,): the nearest site within reach, ``NOBODY`` where there is none.
    comers:
        Shape (sites,): people whose nearest site it is.
    turned_away:
        Shape (sites,): those of them for whom there is no room; NaN where the room is not known.
    """

    by: Ints
    comers: Floats
    turned_away: Floats


def to_the_nearest(people: Floats, room: Floats, times_s: npt.ArrayLike, reach_s: float) -> Nearest:
    """Everybody at the nearest site within reach, of equal ones at the first.

    Raises
    ------
    InputError
        As ``assign``.
    """
    times, reach = _checked(people, 1.0, room, times_s), checked_limit(reach_s)
    by = times.argmin(axis=0) if len(times) else np.zeros(len(people), np.int64)
    near = times[by, np.arange(len(people))] <= reach if len(times) else np.zeros(len(people), bool)
    comers = np.bincount(by[near], people[near], minlength=len(room))
    return Nearest(np.where(near, by, NOBODY), comers, np.maximum(comers - room, 0.0))


def _checked(people: Floats, unit: float, room: Floats, times_s: npt.ArrayLike) -> Floats:
    times = checked_times(times_s) if len(room) else np.zeros((0, len(people)))
    if times.shape != (len(room), len(people)):
        raise InputError(f"Times have the shape {times.shape}, not ({len(room)}, {len(people)}): sites, points.")
    if not unit > 0 or not (np.isfinite(people) & (people >= 0)).all() or not (np.isnan(room) | (room >= 0)).all():
        raise InputError("People and room are numbers of 0 or more.")
    return times


def _flow(
    people: Floats,
    unit: float,
    room: Floats,
    known: Bools,
    times: Floats,
    site: Ints,
    point: Ints,
    time_limit_s: float,
) -> Floats:
    """People along each pair.

    One objective does for all three aims.  One more person at a site takes as many changes of place as there are sites
    at most, which cost less than ``step`` together; one more at a site of known room takes one away from another site
    at most.
    """
    longest = float(times[site, point].max())
    step = (len(room) + 1) * longest + 1.0
    cost = times[site, point] - np.where(known[site], 2.0 * step, step)
    pairs, size = len(site), len(people)
    every = np.arange(pairs)
    of_point = sparse.csr_array((np.ones(pairs), (point, every)), (size, pairs))
    of_site = sparse.csr_array((np.ones(pairs), (site, every)), (len(room), pairs))
    kept_points, kept_sites = np.unique(point), np.unique(site[np.isfinite(room[site])])
    rows = sparse.csr_array(sparse.vstack([of_point[kept_points], of_site[kept_sites]]))
    high = np.concatenate([people[kept_points], room[kept_sites]])
    program = Program(
        cost,
        np.zeros(pairs),
        np.minimum(people[point], room[site]),
        np.zeros(pairs, np.bool_),
        rows,
        np.full(len(high), -np.inf),
        high,
    )
    found = solve(program, time_limit_s)
    if not found.optimal:
        raise OutOfTimeError(f"The best assignment was not proven in {time_limit_s:g} s.", fix="Take a smaller area.")
    # A corner of the polytope is in multiples of what people and room are in: what is rounded is the solver's last bit.
    parts = np.maximum(np.rint(found.values / unit), 0.0) * unit
    if (rows @ parts > high).any():
        raise GisError("The solver's assignment takes in more people than there are, or than there is room for.")
    return parts
