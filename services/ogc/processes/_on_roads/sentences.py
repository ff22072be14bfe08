"""The steps of ways on foot as sentences and no more: near a site many are the same, and are put in words once."""

from weakref import WeakKeyDictionary

from geo.network.model import Ways
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.snapping import Snap
from geo.travel.steps import MANEUVERS, Maneuver, begun_of, compass, steps_of
from services.ogc.processes._on_roads.route_answer import is_left
from services.ogc.processes._on_roads.route_words import arrived, eighth, instruction, onward, rounded

type _Sentences = dict[tuple[int, int, int, int | str], str]
"""By maneuver, road, direction (of the first step) and distance, as far as a sentence tells of them."""

_MOST_KNOWN = 50_000
_known: WeakKeyDictionary[Ways, dict[str, _Sentences]] = WeakKeyDictionary()


def steps_in_words(now: Conditions, way: Way, end: Snap, language: str) -> list[str]:
    """The steps of a route as sentences, as ``route_document`` has them."""
    begun, ways = begun_of(now, way), now.topology.network.ways
    known = _known_of(ways, language)
    found = []
    columns = begun.maneuver.tolist(), begun.row.tolist(), begun.length_m.tolist()
    for number, (maneuver, row, length_m) in enumerate(zip(*columns, strict=True)):
        towards = 0 if number else eighth(compass(begun.direction_deg.item(0)))
        key = maneuver, row, towards, rounded(length_m)
        said = known.get(key)
        if said is None:
            if MANEUVERS[maneuver] is Maneuver.ROUNDABOUT:  # by which exit is told by the whole way only
                said = instruction(steps_of(now, way)[number], language)
            else:
                said = known[key] = onward(ways, MANEUVERS[maneuver], row, towards, length_m, language)
        found.append(said)
    return [*found, arrived(language, left=is_left(now, way, end))]


def _known_of(ways: Ways, language: str) -> _Sentences:
    known = _known.get(ways)
    if known is None:
        known = _known.setdefault(ways, {})
    found = known.setdefault(language, {})
    if len(found) >= _MOST_KNOWN:
        found.clear()
    return found
