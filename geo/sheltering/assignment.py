"""Who finds room at which site within reach: the best that any plan can do, as a flow.

A transportation problem (Hitchcock, F. L., 1941, The distribution of a product from several sources to numerous
localities, Journal of Mathematics and Physics 20, 224-230), solved to the optimum as a flow of whole numbers: units of
people, and times to the millisecond.  People of one point may be divided between sites.  Points compete for sites that
may be full, and for no others: what these do not link, by however many points, are programmes of their own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from geo.coverage.arrivals import NOBODY
from geo.coverage.covering import checked_limit
from geo.coverage.demand import Bools, Floats, Ints
from geo.coverage.pairs import Pairs
from geo.errors import GisError, InputError
from geo.sheltering.transport import Whole, fits, least_cost

MOST_PAIRS = 10_000_000
"""Linked pairs of a point and a site within its reach that one programme takes: in some minutes and gigabytes."""
_TOGETHER = 10_000
"""Small programmes are made one of about so many pairs: to call the solver takes as long as to solve them."""
_PER_SECOND = 1_000
"""Units of time in a second."""


class TooManyPairsError(InputError):
    """More linked ``pairs`` of a point and a site lie within reach than the ``most`` that one programme takes."""

    def __init__(self, pairs: int, most: int) -> None:
        super().__init__(
            f"{pairs:,} pairs of a point and a site within reach are linked by sites that may be full; {most:,} can be "
            "assigned at once.",
            fix="Take a shorter reach, coarser cells, or a smaller area.",
        )
        self.pairs, self.most = pairs, most


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
    people: Floats,
    unit: float,
    room: Floats,
    times_s: npt.ArrayLike | Pairs,
    reach_s: float,
    run: "Run | None" = None,
    least: Callable[..., Whole] = least_cost,
) -> Assignment:
    """As many people as possible at sites with known room, then at those of unknown room; of such plans the one with
    the least walking in all, each walk to the nearest millisecond.

    Parameters
    ----------
    people:
        Shape (points,), 0 or more, in multiples of ``unit``.
    room:
        Shape (sites,), 0 or more, in multiples of ``unit``; NaN where it is not known.
    times_s:
        Shape (sites, points), ``inf`` where there is no way, or the pairs within reach.
    reach_s:
        The longest walk, inclusive.
    run:
        Solves the programmes; one after the other where None.
    least:
        Finds the flow of one as ``least_cost`` does, which for millions of pairs takes minutes in which nothing else of
        the process is done.

    Raises
    ------
    InputError
        If a shape, a number or the reach is none.
    TooManyPairsError
        If more than ``MOST_PAIRS`` within reach are linked.
    """
    within = _checked(people, unit, room, times_s).within(checked_limit(reach_s))
    known, limited = ~np.isnan(room), np.nan_to_num(room, nan=np.inf)
    pairs, contested = _of_use(within.where((people > 0)[within.point] & (limited > 0)[within.site]), people, room)
    each = partial(_flow, unit=unit, least=least)
    parts, programmes = np.zeros(len(pairs)), list(_apart(pairs, contested))
    for number, found in (run or solved_alone)(each, (_programme(pairs, people, room, some) for some in programmes)):
        parts[programmes[number]] = found
    flow = sparse.csr_array((parts, (pairs.site, pairs.point)), pairs.shape)
    flow.eliminate_zeros()
    to_known, to_unknown = (np.asarray(flow[each].sum(axis=0), np.float64).reshape(-1) for each in (known, ~known))
    rest = people - to_known - to_unknown
    near = within.reached()
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


def to_the_nearest(people: Floats, room: Floats, times_s: npt.ArrayLike | Pairs, reach_s: float) -> Nearest:
    """Everybody at the nearest site within reach, of equal ones at the first.

    Raises
    ------
    InputError
        As ``assign``.
    """
    _, by = _checked(people, 1.0, room, times_s).within(checked_limit(reach_s)).nearest()
    near = by != NOBODY
    comers = np.bincount(by[near], people[near], minlength=len(room))
    return Nearest(by, comers, np.maximum(comers - room, 0.0))


def _checked(people: Floats, unit: float, room: Floats, times_s: npt.ArrayLike | Pairs) -> Pairs:
    times = Pairs.of(times_s)
    if times.shape != (len(room), len(people)):
        raise InputError(f"Times have the shape {times.shape}, not ({len(room)}, {len(people)}): sites, points.")
    if not unit > 0 or not (np.isfinite(people) & (people >= 0)).all() or not (np.isnan(room) | (room >= 0)).all():
        raise InputError("People and room are numbers of 0 or more.")
    return times


@dataclass(frozen=True, eq=False, slots=True)
class Programme:
    """Sites and points that are linked to no others, numbered among themselves.

    people, room:
        Shape (points,) and (sites,), as of ``assign``.
    """

    people: Floats
    room: Floats
    site: Ints
    point: Ints
    seconds: Floats


type Solve = Callable[[Programme], Floats]
"""People along each pair of a programme."""
type Run = Callable[[Solve, Iterable[Programme]], Iterator[tuple[int, Floats]]]
"""Solves each: by its place among those given, as it is done."""


def solved_alone(each: Solve, programmes: Iterable[Programme]) -> Iterator[tuple[int, Floats]]:
    for number, programme in enumerate(programmes):
        yield number, each(programme)


def _of_use(pairs: Pairs, people: Floats, room: Floats) -> tuple[Pairs, Bools]:
    """Those that some best plan has, and of each site whether more may come than it takes.

    Who has a site of known room in reach that takes all who may come goes to none that is farther, and to none of
    unknown room; of these nobody goes but to the nearest.  With fewer who may come more sites take all.
    """
    known = ~np.isnan(room)
    while True:
        contested = known & (pairs.by_site(people[pairs.point]) > np.nan_to_num(room))
        ample_s, _ = pairs.from_sites(known & ~contested).nearest()
        _, by = pairs.from_sites(~known).nearest()
        of_use = np.where(
            known[pairs.site],
            pairs.seconds <= ample_s[pairs.point],
            (pairs.site == by[pairs.point]) & np.isinf(ample_s[pairs.point]),
        )
        if of_use.all():
            return pairs, contested
        pairs = pairs.where(of_use)


def _apart(pairs: Pairs, contested: Bools) -> Iterator[Ints]:
    """The pairs of each programme, by their places."""
    if not len(pairs):
        return
    sites, points = pairs.shape
    nodes, links = sites + points, pairs.from_sites(contested)
    graph = sparse.csr_array((np.ones(len(links), bool), (links.site, sites + links.point)), (nodes, nodes))
    _, label = connected_components(graph, directed=False)
    of_pair = label[sites + pairs.point]
    sizes = np.bincount(of_pair)
    if sizes.max() > MOST_PAIRS:
        raise TooManyPairsError(int(sizes.max()), MOST_PAIRS)
    together = ((np.cumsum(sizes) - sizes) // _TOGETHER)[of_pair]
    order = np.argsort(together, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(together[order])) + 1)


def _programme(pairs: Pairs, people: Floats, room: Floats, some: Ints) -> Programme:
    sites, site = np.unique(pairs.site[some], return_inverse=True)
    points, point = np.unique(pairs.point[some], return_inverse=True)
    return Programme(people[points], room[sites], site, point, pairs.seconds[some])


def _flow(programme: Programme, unit: float, least: Callable[..., Whole]) -> Floats:
    """People along each pair.

    A flow is the greatest there is before it is the cheapest, so that costs are for the first aim and the third.  A
    place at a site of unknown room costs a ``step`` more: one more person at a site of known room takes as many changes
    of place as there are sites at most, which cost less together.
    """
    people, site, point = programme.people, programme.site, programme.point
    known = ~np.isnan(programme.room)
    room = np.minimum(np.nan_to_num(programme.room, nan=np.inf), people.sum())
    cost = _whole(programme.seconds * _PER_SECOND)
    step = 0 if known.all() else (len(room) + 1) * int(cost.max()) + 1
    if not fits(int(cost.max()) + step, len(people) + len(room)):
        raise InputError(
            f"Times of up to {programme.seconds.max():,.0f} s and {len(room):,} sites are too much for whole numbers.",
            fix="Take a shorter reach or a smaller area.",
        )
    cost += np.where(known[site], 0, step)
    parts = least(_whole(people / unit), _whole(room / unit), point, site, cost).astype(np.float64) * unit
    taken, comers = (np.bincount(each, parts, minlength=len(of)) for each, of in ((point, people), (site, room)))
    if (parts < 0).any() or (taken > people).any() or (comers > room).any():
        raise GisError("The solver's assignment takes in more people than there are, or than there is room for.")
    return parts


def _whole(values: Floats) -> Ints:
    return np.rint(values).astype(np.int64)
