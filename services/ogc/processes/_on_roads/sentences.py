"""The steps of ways on foot as sentences and no more."""

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from geo.network.model import Ways
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.snapping import Snap
from geo.travel.steps import MANEUVERS, TURNS_TOLD, ToldStep, begun_of, far_told, steps_of, turn_told
from services.ogc.processes._on_roads.route_answer import is_left
from services.ogc.processes._on_roads.route_words import (
    Onward,
    arrived,
    distances,
    instruction,
    onward,
    roads_called,
)


class Sentences:
    """Of ways under some conditions in one language, each with the arrival behind it."""

    def __init__(self, now: Conditions, language: str) -> None:
        self._now, self._language = now, language
        self._words = _words_of(now.topology.network.ways, language)

    def of_way(self, way: Way, end: Snap) -> list[str]:
        """The steps of a way, as ``route_document`` has them."""
        begun = begun_of(self._now, way)
        columns = begun.maneuver.tolist(), begun.direction_deg.tolist(), begun.row.tolist(), begun.length_m.tolist()
        steps = [
            (turn_told(maneuver, direction_deg, place), row, far_told(length_m))
            for place, (maneuver, direction_deg, row, length_m) in enumerate(zip(*columns, strict=True))
        ]
        return self.of_steps(way, steps, end)

    def of_steps(self, way: Way, steps: Sequence[ToldStep], end: Snap) -> list[str]:
        """The same where the steps were found already, as ``Described`` has them."""
        (turns, roads, distances), said = self._words, []
        for number, (turn, row, far) in enumerate(steps):
            step = turns[turn]
            if step is None:  # by which exit one leaves a roundabout is told by the whole way only
                said.append(instruction(steps_of(self._now, way)[number], self._language))
                continue
            before, between, behind, far_first = step
            if far_first:
                said.append(f"{before}{distances[far]}{between}{roads[row]}{behind}")
            else:
                said.append(f"{before}{roads[row]}{between}{distances[far]}{behind}")
        said.append(arrived(self._language, left=is_left(self._now, way, end)))
        return said


class _Words(NamedTuple):
    """What steps are told by, each by its number in a ``ToldStep``: to look a whole sentence up takes longer than to
    put it together.
    """

    turns: Sequence[Onward | None]
    roads: Sequence[str]
    distances: Sequence[str]


_words: WeakKeyDictionary[Ways, dict[str, _Words]] = WeakKeyDictionary()


def _words_of(ways: Ways, language: str) -> _Words:
    by_language = _words.get(ways)
    if by_language is None:
        by_language = _words.setdefault(ways, {})
    found = by_language.get(language)
    if found is None:
        eighths = TURNS_TOLD // len(MANEUVERS)
        turns = [onward(each, towards, language) for each in MANEUVERS for towards in range(eighths)]
        found = by_language[language] = _Words(turns, roads_called(ways, language), distances(language))
    return found
