"""Where sites meet the road, as goals of searches; asked often, the search gives way to signposts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from geo.evacuation.zones import usual_pace_mps
from geo.routing.graph import UNITS_PER_SECOND
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, stands
from geo.travel.nearest import Goal, Goals, Reach, nearest
from geo.travel.signposts import Signposts, followed, put_up
from geo.travel.snapping import Snap

WORTH = 50
"""After so many searches signposts are put up, which takes as long as some hundreds of them, in a thread of its own."""
_MOST_PARTS = 4
"""Of the sites a search goes to: those that are good, and of these the open ones."""
_builder = ThreadPoolExecutor(1, thread_name_prefix="signposts")


@dataclass
class _Asked:
    """Under which conditions goals were asked for how often, and the signposts to them, where they are up."""

    times: int = 0
    posts: Signposts | None = None


@dataclass(frozen=True, eq=False)
class Ends:
    """Where sites meet the road, each with the number of its site, and the same as goals of a search."""

    owned: Sequence[tuple[int, Snap]]
    goals: Goals
    _parts: dict[frozenset[int], "Ends"] = field(default_factory=dict)
    _asked: WeakKeyDictionary[Conditions, _Asked] = field(default_factory=WeakKeyDictionary)

    @classmethod
    def of(cls, now: Conditions, owned: Sequence[tuple[int, Snap]]) -> "Ends":
        """What lies between the road and a site takes as long as that much road on level ground."""
        usual = UNITS_PER_SECOND / usual_pace_mps(now)
        goals = [Goal(owner, tuple(stands(now, end)), round(end.distance_m * usual)) for owner, end in owned]
        return cls(owned, Goals.under(now, goals))

    def only(self, now: Conditions, wanted: frozenset[int]) -> "Ends":
        """Those of some sites, by number."""
        found = self._parts.get(wanted)
        if found is None:
            if len(self._parts) >= _MOST_PARTS:
                self._parts.clear()
            found = self._parts[wanted] = Ends.of(now, [each for each in self.owned if each[0] in wanted])
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
            _builder.submit(_put_up, asked, on, self.goals)
        return nearest(on, origins, self.goals, most)


def _put_up(asked: _Asked, on: Conditions, goals: Goals) -> None:
    asked.posts = put_up(on, goals)
