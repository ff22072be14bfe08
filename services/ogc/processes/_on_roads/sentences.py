"""The steps of ways on foot as sentences and no more; what is said of a step beside how far it goes is kept."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from geo.network.model import Ways
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.snapping import Snap
from geo.travel.steps import TOLD_M, Maneuver, ToldStep, begun_of, eighth, step_code, steps_of, told_m
from services.ogc.processes._on_roads.route_answer import is_left
from services.ogc.processes._on_roads.route_words import arrived, distance, instruction, near, onward

_MOST_KNOWN = 50_000
_KILOMETRE = 1_000

type _Around = tuple[str, str]
"""What is said before and behind the distance of a step."""


class Sentences:
    """Of ways under some conditions in one language, each with the arrival behind it."""

    def __init__(self, now: Conditions, language: str) -> None:
        self._now, self._ways, self._language = now, now.topology.network.ways, language
        self._known, self._near = _known_of(self._ways, language), near(language)

    def of_way(self, way: Way, end: Snap) -> list[str]:
        """The steps of a way, as ``route_document`` has them."""
        begun = begun_of(self._now, way)
        columns = begun.maneuver.tolist(), begun.row.tolist(), begun.length_m.tolist()
        towards = [eighth(begun.direction_deg.item(0))] + [0] * (len(begun.row) - 1)
        steps = [
            step_code(maneuver, row, eighths, told_m(length_m))
            for maneuver, row, length_m, eighths in zip(*columns, towards, strict=True)
        ]
        return self.of_steps(way, steps, end)

    def of_steps(self, way: Way, steps: Sequence[int], end: Snap) -> list[str]:
        """The same where the steps were found already, as ``Described`` has them."""
        known, near, said = self._known, self._near, []
        for number, code in enumerate(steps):
            what, metres = divmod(code, TOLD_M)
            around = known.get(what) or self._around(code, what)
            if around is None:  # by which exit one leaves is told by the whole way only
                said.append(instruction(steps_of(self._now, way)[number], self._language))
                continue
            before, behind = around
            far = near[(metres + 9) // 10] if metres < _KILOMETRE else distance(metres, self._language)
            said.append(f"{before}{far}{behind}")
        said.append(arrived(self._language, left=is_left(self._now, way, end)))
        return said

    def _around(self, code: int, what: int) -> _Around | None:
        step = ToldStep.of(code)
        if step.maneuver is Maneuver.ROUNDABOUT:
            return None
        found = self._known[what] = onward(self._ways, step.maneuver, step.row, step.towards, self._language)
        return found


_known: WeakKeyDictionary[Ways, dict[str, dict[int, _Around]]] = WeakKeyDictionary()
"""By language, and by the step without its metres."""


def _known_of(ways: Ways, language: str) -> dict[int, _Around]:
    known = _known.get(ways)
    if known is None:
        known = _known.setdefault(ways, {})
    found = known.setdefault(language, {})
    if len(found) >= _MOST_KNOWN:
        found.clear()
    return found
