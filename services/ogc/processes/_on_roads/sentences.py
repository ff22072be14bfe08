"""The steps of ways on foot as sentences and no more: near a site many are the same, and are put in words once."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from geo.network.model import Ways
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.snapping import Snap
from geo.travel.steps import Maneuver, ToldStep, begun_of, eighth, step_code, steps_of, told_m
from services.ogc.processes._on_roads.route_answer import is_left
from services.ogc.processes._on_roads.route_words import arrived, instruction, onward

_MOST_KNOWN = 50_000


class Sentences:
    """Of ways under some conditions in one language, each with the arrival behind it."""

    def __init__(self, now: Conditions, language: str) -> None:
        self._now, self._ways, self._language = now, now.topology.network.ways, language
        self._known = _known_of(self._ways, language)

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
        known = self._known
        said = [known.get(code) or self._said(way, number, code) for number, code in enumerate(steps)]
        said.append(arrived(self._language, left=is_left(self._now, way, end)))
        return said

    def _said(self, way: Way, number: int, code: int) -> str:
        step = ToldStep.of(code)
        if step.maneuver is Maneuver.ROUNDABOUT:  # by which exit is told by the whole way only
            return instruction(steps_of(self._now, way)[number], self._language)
        said = self._known[code] = onward(
            self._ways, step.maneuver, step.row, step.towards, step.metres, self._language
        )
        return said


type _Known = dict[int, str]
"""By the step, as ``Described`` has it."""

_known: WeakKeyDictionary[Ways, dict[str, _Known]] = WeakKeyDictionary()


def _known_of(ways: Ways, language: str) -> _Known:
    known = _known.get(ways)
    if known is None:
        known = _known.setdefault(ways, {})
    found = known.setdefault(language, {})
    if len(found) >= _MOST_KNOWN:
        found.clear()
    return found
