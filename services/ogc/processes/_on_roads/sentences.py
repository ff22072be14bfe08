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

type _Sentences = dict[int, str]
"""By the step, as ``Described`` has it."""

_MOST_KNOWN = 50_000
_known: WeakKeyDictionary[Ways, dict[str, _Sentences]] = WeakKeyDictionary()


def steps_in_words(now: Conditions, way: Way, end: Snap, language: str) -> list[str]:
    """The steps of a route as sentences, as ``route_document`` has them."""
    begun = begun_of(now, way)
    columns = begun.maneuver.tolist(), begun.row.tolist(), begun.length_m.tolist()
    towards = [eighth(begun.direction_deg.item(0))] + [0] * (len(begun.row) - 1)
    steps = [
        step_code(maneuver, row, eighths, told_m(length_m))
        for maneuver, row, length_m, eighths in zip(*columns, towards, strict=True)
    ]
    return [*sentences(now, way, steps, language), arrived(language, left=is_left(now, way, end))]


def sentences(now: Conditions, way: Way, steps: Sequence[int], language: str) -> list[str]:
    """The same of steps as ``Described`` has them, without the arrival."""
    known = _known_of(now.topology.network.ways, language)
    return [known.get(code) or _said(now, way, number, code, language, known) for number, code in enumerate(steps)]


def _said(now: Conditions, way: Way, number: int, code: int, language: str, known: _Sentences) -> str:
    step = ToldStep.of(code)
    if step.maneuver is Maneuver.ROUNDABOUT:  # by which exit is told by the whole way only
        return instruction(steps_of(now, way)[number], language)
    said = known[code] = onward(now.topology.network.ways, step.maneuver, step.row, step.towards, step.metres, language)
    return said


def _known_of(ways: Ways, language: str) -> _Sentences:
    known = _known.get(ways)
    if known is None:
        known = _known.setdefault(ways, {})
    found = known.setdefault(language, {})
    if len(found) >= _MOST_KNOWN:
        found.clear()
    return found
