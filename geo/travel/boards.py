"""Signposts to several sets of goals, side by side: one call reads the ways to all of them, and what is told of each.

Who asks for the nearest sites of every hazard asks for twenty ways at once, many of them the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import isnan
from threading import Lock
from typing import NamedTuple
from weakref import finalize

import numpy as np

from geo.errors import InputError
from geo.routing.graph import Mask
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, Way
from geo.travel.inclines import Climb
from geo.travel.nearest import ahead_of
from geo.travel.signposts import MOST, Signposts
from geo.travel.slots import MARKS, Roads, Slots, read_slots
from geo.travel.steps import ToldStep
from geo.travel.topology import Topology

SLOTS = 32
"""Room for so many sets of signposts; memory is taken by those that are there."""
_MOST_GOALS = 4_096


@dataclass(eq=False, slots=True)
class Described:
    """What is told of a way; of two that are the same it is the same object.

    climb_m, descent_m, steepest, unknown_m, unknown:
        As ``Climb`` has them; NaN where no slope is known.
    steps:
        As far as a sentence tells of them.
    """

    length_m: float
    climb_m: float
    descent_m: float
    steepest: float
    unknown_m: float
    unknown: float
    steps: Sequence[ToldStep]

    @property
    def climb(self) -> Climb:
        steepest = None if isnan(self.steepest) else self.steepest
        return Climb(self.climb_m, self.descent_m, steepest, self.unknown_m, int(self.unknown))


class Leg(NamedTuple):
    """A way that was read, to a goal by its number; ``taken``: its milliseconds without turning; ``on_one_m``,
    ``on_other_m``: its metres on the stretches of both masks.
    """

    goal: int
    way: Way
    taken: int
    on_one_m: float
    on_other_m: float
    described: Described


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Board:
    """Signposts that hang in a slot, which is where they are kept."""

    posts: Signposts
    slot: int
    goal_of: Sequence[int]


class Boards:
    """Those of one topology.  Safe to use from several threads."""

    def __init__(self, topology: Topology) -> None:
        self._roads = Roads.of(topology)
        self._free, self._lock = list(range(SLOTS)), Lock()

    def hang(self, posts: Signposts, marks: tuple[Mask, Mask]) -> Board | None:
        """Puts signposts up beside the others, for as long as the board is held; None where there is no room.

        marks:
            Two masks of shape ``(stretches,)``.
        """
        goals, number = posts.goals, len(posts.goals.edge)
        with self._lock:
            if not self._free or number > _MOST_GOALS:
                return None
            slot = self._free.pop()
        each = self._arrays
        each.place[slot], each.next[slot], each.total[slot] = posts.place, posts.next, posts.total
        each.marks[slot] = marks
        each.goals[slot] = number
        each.edge[slot, :number], each.extra[slot, :number] = goals.edge, goals.extra
        each.owner[slot, :number], each.unused[slot, :number] = goals.owner, goals.unused
        each.share[slot, :number] = [stand.share for stand in goals.stands]
        there = Signposts(goals, each.place[slot], each.next[slot], each.total[slot])
        board = Board(there, slot, goals.of.tolist())
        finalize(board, self._free.append, slot)
        return board

    def read(
        self, now: Conditions, origins: Sequence[Sequence[Stand]], asked: Sequence[tuple[Board, int]], most: int
    ) -> list[list[Leg] | None]:
        """What ``followed`` says of each board from one of the origins, by its number.

        now:
            What whole edges cost is taken from it: the same for all boards.

        Raises
        ------
        InputError
            If more than ``MOST`` owners are asked for.
        """
        if not 1 <= most <= MOST:
            raise InputError(f"Signposts tell of 1 to {MOST} owners.")
        if not asked or not any(origins):
            return [None] * len(asked)
        stands = [stand for every in origins for stand in every]
        first = np.array([*accumulate(map(len, origins), initial=0)], np.int64)
        rows, figures, edges, along, steps = read_slots(
            np.array([(board.slot, origin) for board, origin in asked], np.int64),
            first,
            np.array([(stand.edge, ahead_of(now, stand)) for stand in stands], np.int64),
            np.array([stand.share for stand in stands]),
            most,
            self._arrays,
            self._roads,
            now.impedance.weights,
        )
        found: list[list[Leg] | None] = [[] for _ in asked]
        told: list[tuple[Way, Described] | None] = []
        of_steps = steps.tolist()
        for row, figure in zip(rows.tolist(), figures.tolist(), strict=True):
            group, number, place, cost, taken, start, behind, begins, ends, same = row
            length, up, down, steepest, unknown_m, unknown, on_one_m, on_other_m = figure
            if place < 0:
                found[group] = None
                told.append(None)
                continue
            board = asked[group][0]
            if same < 0:
                end = board.posts.goals.stands[place]
                way = Way(cost, stands[number], end, edges[start:behind], along[start:behind])
                of_way = way, Described(length, up, down, steepest, unknown_m, unknown, of_steps[begins:ends])
            else:
                of_way = told[same]
            told.append(of_way)
            way, described = of_way
            found[group].append(Leg(board.goal_of[place], way, taken, on_one_m, on_other_m, described))
        return found

    @cached_property
    def _arrays(self) -> "Slots":
        of_edges, of_goals = (SLOTS, len(self._roads.stretch), MOST), (SLOTS, _MOST_GOALS)
        return Slots(
            np.empty(of_edges, np.int16),
            np.empty(of_edges, np.int32),
            np.empty(of_edges, np.int32),
            np.empty((SLOTS, MARKS, len(self._roads.length_m)), np.bool_),
            np.empty(SLOTS, np.int64),
            np.empty(of_goals, np.int32),
            np.empty(of_goals, np.int64),
            np.empty(of_goals, np.int32),
            np.empty(of_goals, np.int64),
            np.empty(of_goals),
        )
