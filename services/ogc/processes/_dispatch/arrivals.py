"""Travel times of many vehicles of many kinds to one place: one matrix for each kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from geo.routing.graph import UNREACHABLE
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, stands
from geo.travel.matrix import travel_costs
from geo.travel.snapping import Snap
from services.ogc.processes._on_roads.provenance import near
from services.ogc.processes._place import Place

_NEAR = 6
"""So many stretches near a place are tried where no way leads from the nearest, as ``route`` does."""

Position = tuple[float, float]


class NoArrival(StrEnum):
    """Why there is no travel time."""

    NO_POSITION = "no-position"
    OFF_THE_NETWORK = "off-the-network"  # no road for the vehicle near where it is
    INCIDENT_OFF_THE_NETWORK = "incident-off-the-network"
    NO_WAY = "no-way"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Milliseconds from a position to the incident, and where the road is left for it and taken; or why not."""

    travel: int | None
    why_not: NoArrival | None = None
    start: Snap | None = None
    end: Snap | None = None


class Arrivals:
    """Travel times to one incident by profile; ``conditions`` as of ``RoadReader``."""

    def __init__(self, conditions: Callable[[str], Conditions], incident: Place) -> None:
        self._read, self.incident = conditions, incident
        self._conditions: dict[str, Conditions] = {}

    def conditions(self, profile_id: str) -> Conditions:
        """What vehicles of a profile find, the same for the whole answer; errors as of ``RoadReader``."""
        if profile_id not in self._conditions:
            self._conditions[profile_id] = self._read(profile_id)
        return self._conditions[profile_id]

    def of(self, profile_id: str, positions: Sequence[Position | None]) -> list[Arrival]:
        """From each position, the same as ``route`` finds for it."""
        now = self.conditions(profile_id)
        found = _arrivals(now, list(dict.fromkeys(each for each in positions if each is not None)), self.incident)
        unknown = Arrival(None, NoArrival.NO_POSITION)
        return [unknown if each is None else found[each] for each in positions]


def _arrivals(now: Conditions, positions: Sequence[Position], incident: Place) -> dict[Position, Arrival]:
    ends = near(now, incident)
    if not ends:
        return dict.fromkeys(positions, Arrival(None, NoArrival.INCIDENT_OFF_THE_NETWORK))
    starts = {each: near(now, Place(*each)) for each in positions}
    costs = travel_costs(now, [_at(now, snaps) for snaps in starts.values()], [_at(now, ends)])
    found = {
        each: Arrival(cost, None, snaps[0], ends[0]) if snaps else Arrival(None, NoArrival.OFF_THE_NETWORK)
        for (each, snaps), cost in zip(starts.items(), costs[:, 0].tolist(), strict=True)
    }
    apart = [each for each, arrival in found.items() if arrival.travel is not None and arrival.travel >= UNREACHABLE]
    return found | (_by_next(now, apart, incident) if apart else {})


def _by_next(now: Conditions, positions: Sequence[Position], incident: Place) -> dict[Position, Arrival]:
    """Where the nearest stretches are of an island: between the nearest pair of which there is a way."""
    ends = near(now, incident, _NEAR)
    starts = [(each, snap) for each in positions for snap in near(now, Place(*each), _NEAR)]
    costs = travel_costs(now, [_at(now, [snap]) for _, snap in starts], [_at(now, [end]) for end in ends])
    found = dict.fromkeys(positions, Arrival(None, NoArrival.NO_WAY))
    pairs = [
        (start.distance_m + end.distance_m, row, column)
        for row, (_, start) in enumerate(starts)
        for column, end in enumerate(ends)
        if costs[row, column] < UNREACHABLE
    ]
    for _, row, column in sorted(pairs, reverse=True):  # the nearest comes last, and stays
        each, start = starts[row]
        found[each] = Arrival(int(costs[row, column]), None, start, ends[column])
    return found


def _at(now: Conditions, snaps: Sequence[Snap]) -> list[Stand]:
    return [stand for snap in snaps for stand in stands(now, snap)]
