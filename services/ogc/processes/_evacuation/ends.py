"""Where sites meet the road, as goals of searches; asked often, the search gives way to signposts."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from geo.evacuation.zones import usual_pace_mps
from geo.routing.graph import UNITS_PER_SECOND, Mask
from geo.travel.boards import Board, Boards, Leg
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, stands
from geo.travel.nearest import Goal, Goals, Reach, nearest
from geo.travel.signposts import Signposts, followed, put_up
from geo.travel.snapping import Snap
from geo.travel.topology import Topology

WORTH = 50
"""After so many searches signposts are put up, which takes as long as some hundreds of them, in a thread of its own."""
_MOST_PARTS = 4
"""Of the sites a search goes to: those that are good, and of these the open ones."""
_builder = ThreadPoolExecutor(1, thread_name_prefix="signposts")
_boards: WeakKeyDictionary[Topology, Boards] = WeakKeyDictionary()


@dataclass
class _Asked:
    """Under which conditions goals were asked for how often, and the signposts to them, where they are up."""

    times: int = 0
    posts: Signposts | None = None
    board: Board | None = None


@dataclass(frozen=True, eq=False)
class Ends:
    """Where sites meet the road, each with the number of its site, and the same as goals of a search.

    marks:
        The stretches in zones, and those of which it is not known: ways are held against them.
    """

    owned: Sequence[tuple[int, Snap]]
    goals: Goals
    marks: tuple[Mask, Mask]
    _parts: dict[frozenset[int], "Ends"] = field(default_factory=dict)
    _asked: WeakKeyDictionary[Conditions, _Asked] = field(default_factory=WeakKeyDictionary)

    @classmethod
    def of(cls, now: Conditions, owned: Sequence[tuple[int, Snap]], marks: tuple[Mask, Mask]) -> "Ends":
        """What lies between the road and a site takes as long as that much road on level ground."""
        usual = UNITS_PER_SECOND / usual_pace_mps(now)
        goals = [Goal(owner, tuple(stands(now, end)), round(end.distance_m * usual)) for owner, end in owned]
        return cls(owned, Goals.under(now, goals), marks)

    def only(self, now: Conditions, wanted: frozenset[int]) -> "Ends":
        """Those of some sites, by number."""
        found = self._parts.get(wanted)
        if found is None:
            if len(self._parts) >= _MOST_PARTS:
                self._parts.clear()
            found = self._parts[wanted] = Ends.of(now, [each for each in self.owned if each[0] in wanted], self.marks)
        return found

    def nearest(self, on: Conditions, origins: Sequence[Stand], most: int) -> list[Reach]:
        """As ``geo.travel.nearest.nearest``."""
        asked = self._asked.get(on)
        if asked is None:
            asked = self._asked.setdefault(on, _Asked())
        if asked.posts is not None and (found := followed(on, origins, asked.posts, most)) is not None:
            return found
        asked.times += 1
        if asked.times == WORTH and len(self.goals.edge):
            _builder.submit(self._put_up, asked, on)
        return nearest(on, origins, self.goals, most)

    def board(self, on: Conditions) -> Board | None:
        """The signposts under these conditions, where they hang beside those of others."""
        asked = self._asked.get(on)
        return None if asked is None else asked.board

    def _put_up(self, asked: _Asked, on: Conditions) -> None:
        posts = put_up(on, self.goals)
        if posts is not None:
            boards = _boards.setdefault(on.topology, Boards(on.topology))
            asked.board = boards.hang(posts, self.marks)
        asked.posts = posts if asked.board is None else asked.board.posts


def legs_of(
    now: Conditions,
    asked: Sequence[tuple[Ends, Conditions, Snap]],
    origins: Mapping[Snap, Sequence[Stand]],
    most: int,
) -> Mapping[Ends, Sequence[Leg]]:
    """What ``nearest`` says of several, with all that is told of the ways: of those whose signposts hang side by side.

    now:
        What roads cost; the conditions differ by the turns that may be made.
    asked:
        Each with the place it is asked from, of which ``origins`` has the stands.
    """
    boards = _boards.get(now.topology)
    place = {start: number for number, start in enumerate(origins)}
    hung = [(ends, board, place[start]) for ends, on, start in asked if (board := ends.board(on)) is not None]
    if boards is None or not hung:
        return {}
    found = boards.read(now, list(origins.values()), [(board, number) for _, board, number in hung], most)
    return {ends: legs for (ends, _, _), legs in zip(hung, found, strict=True) if legs is not None}
