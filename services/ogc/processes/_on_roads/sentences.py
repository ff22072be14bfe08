"""The steps of ways on foot as sentences and no more: near a site many are the same, and are put in words once."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from geo.network.model import Ways
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.snapping import Snap
from geo.travel.steps import MANEUVERS, Maneuver, begun_of, eighth, steps_of, told_m
from services.ogc.processes._on_roads.route_answer import is_left
from services.ogc.processes._on_roads.route_words import arrived, instruction, onward

type _Told = tuple[float, float, float, float]
"""A step as ``Described`` has it."""
type _Sentences = dict[_Told, str]

_MOST_KNOWN = 50_000
_known: WeakKeyDictionary[Ways, dict[str, _Sentences]] = WeakKeyDictionary()


def steps_in_words(now: Conditions, way: Way, end: Snap, language: str) -> list[str]:
    """The steps of a route as sentences, as ``route_document`` has them."""
    begun = begun_of(now, way)
    columns = begun.maneuver.tolist(), begun.row.tolist(), begun.length_m.tolist()
    towards = [eighth(begun.direction_deg.item(0))] + [0] * (len(begun.row) - 1)
    steps = [
        (maneuver, row, eighths, told_m(length_m))
        for maneuver, row, length_m, eighths in zip(*columns, towards, strict=True)
    ]
    return [*sentences(now, way, steps, language), arrived(language, left=is_left(now, way, end))]


def sentences(now: Conditions, way: Way, steps: Sequence[_Told], language: str) -> list[str]:
    """The same of steps as ``Described`` has them, without the arrival."""
    known = _known_of(now.topology.network.ways, language)
    found: list[str] = []
    for each in steps:
        said = known.get(each)
        if said is None:
            maneuver, row, towards, far_m = each
            doing = MANEUVERS[int(maneuver)]
            if doing is Maneuver.ROUNDABOUT:  # by which exit is told by the whole way only
                said = instruction(steps_of(now, way)[len(found)], language)
            else:
                ways = now.topology.network.ways
                said = known[each] = onward(ways, doing, int(row), int(towards), far_m, language)
        found.append(said)
    return found


def _known_of(ways: Ways, language: str) -> _Sentences:
    known = _known.get(ways)
    if known is None:
        known = _known.setdefault(ways, {})
    found = known.setdefault(language, {})
    if len(found) >= _MOST_KNOWN:
        found.clear()
    return found
