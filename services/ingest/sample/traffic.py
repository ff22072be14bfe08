"""How the roads are driven: one-ways, bollards, widths, speeds, turn restrictions; and that cars get everywhere."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from services.ingest.sample.network import Edge, Network, reach
from services.ingest.sample.plane import Floats

_ONE_WAY_SHARE = 0.13
_BOLLARDED_STREETS = 60
_RESTRICTIONS = 150

# Class: speed limit in km/h (None: the general limit), lanes, width in metres from-to, share of edges with a width.
_HABITS: dict[str, tuple[int | None, int | None, tuple[float, float], float]] = {
    "motorway": (80, 2, (8.5, 9.5), 1.0),
    "motorway_link": (40, 1, (5.5, 6.5), 1.0),
    "trunk": (60, 4, (14.0, 18.0), 1.0),
    "primary": (50, 4, (13.0, 18.0), 0.95),
    "secondary": (50, 2, (8.5, 12.5), 0.9),
    "tertiary": (40, 2, (6.5, 9.5), 0.85),
    "unclassified": (30, 2, (5.5, 7.5), 0.75),
    "residential": (None, None, (3.0, 6.2), 0.6),
    "service": (None, None, (2.6, 4.2), 0.35),
    "footway": (None, None, (1.5, 3.0), 0.2),
    "steps": (None, None, (1.2, 2.4), 0.2),
    "path": (None, None, (0.8, 1.8), 0.1),
}


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction: by their positions in ``Network.edges`` the edges it is about, and the node between them."""

    kind: str
    from_edge: int
    via: int
    to_edge: int


def regulate(network: Network, random: np.random.Generator) -> tuple[Restriction, ...]:
    """Give every edge its tags and directions, keep cars able to reach everything, and restrict some turns."""
    _set_bollards(network, random)
    _set_one_ways(network, random)
    _open_traps(network)
    _tag(network, random)
    return _restrict(network, random)


def _set_bollards(network: Network, random: np.random.Generator) -> None:
    """Bollards at the mouths of footways, and on some streets which are closed to through traffic by them."""
    points = network.coordinates()
    degrees = network.degrees()
    footways = [edge for edge in network.edges if edge.highway == "footway"]
    for edge in footways:
        if random.random() < 0.4:
            _insert_bollard(network, edge, points, 0.15)
    streets = [
        edge
        for edge in network.edges
        if edge.highway == "residential" and len(edge.nodes) == 2 and min(degrees[edge.nodes]) >= 4
    ]
    for index in random.choice(len(streets), _BOLLARDED_STREETS, replace=False):
        _insert_bollard(network, streets[index], points, 0.5)
        streets[index].closed = True


def _insert_bollard(network: Network, edge: Edge, points: Floats, share: float) -> None:
    start, end = points[edge.nodes[0]], points[edge.nodes[1]]
    (node,) = network.add_points([start + share * (end - start)])
    edge.nodes.insert(1, node)
    network.barriers[node] = "bollard"


def _set_one_ways(network: Network, random: np.random.Generator) -> None:
    for edge in network.edges:
        if edge.highway == "residential" and not edge.closed and random.random() < _ONE_WAY_SHARE:
            edge.oneway = True
            if random.random() < 0.5:
                edge.nodes.reverse()


def _open_traps(network: Network) -> None:
    """Make two-way what keeps cars from getting somewhere or away from there, until one strong component is left.

    The ends of the motorways at the city's border stay as they are: there cars come from, and go to, elsewhere.
    """
    while True:
        strong = strong_component(network)
        trapping = [
            edge
            for edge in network.edges
            if edge.oneway and edge.highway == "residential" and not strong.issuperset((edge.nodes[0], edge.nodes[-1]))
        ]
        if not trapping:
            return
        for edge in trapping:
            edge.oneway = False


def strong_component(network: Network) -> set[int]:
    """Junctions that cars can both reach from, and leave for, the middle of the network, obeying one-ways."""
    forward: dict[int, list[int]] = defaultdict(list)
    backward: dict[int, list[int]] = defaultdict(list)
    for edge in network.edges:
        if edge.is_for_cars:
            start, end = edge.nodes[0], edge.nodes[-1]
            forward[start].append(end)
            backward[end].append(start)
            if not edge.oneway:
                forward[end].append(start)
                backward[start].append(end)
    middle = next(edge.nodes[0] for edge in network.edges if edge.highway == "primary")
    return reach(middle, forward) & reach(middle, backward)


def _tag(network: Network, random: np.random.Generator) -> None:
    count = len(network.edges)
    chance, spread = random.random(count), random.random(count)
    for index, edge in enumerate(network.edges):
        speed, lanes, (narrow, wide), share = _HABITS[edge.highway]
        tags = edge.tags
        if speed is not None:
            tags["maxspeed"] = str(speed)
        if lanes is not None:
            tags["lanes"] = str(lanes)
        if chance[index] < share:
            tags["width"] = f"{narrow + (wide - narrow) * spread[index]:.1f}"
        if edge.oneway:
            tags["oneway"] = "yes"
        if edge.closed:
            tags["access"] = "no"
            tags["foot"] = "yes"
            tags["bicycle"] = "yes"


def _restrict(network: Network, random: np.random.Generator) -> tuple[Restriction, ...]:
    """Restrictions at crossings of larger roads: no turn to one side, no U-turn, or straight on only."""
    points = network.coordinates()
    large = {"trunk", "primary", "secondary", "tertiary"}
    at: dict[int, list[int]] = defaultdict(list)
    for index, edge in enumerate(network.edges):
        if edge.is_for_cars and not edge.oneway and edge.nodes[0] != edge.nodes[-1]:
            at[edge.nodes[0]].append(index)
            at[edge.nodes[-1]].append(index)
    crossings = [
        node
        for node, indices in sorted(at.items())
        if len(indices) == 4 and sum(network.edges[index].highway in large for index in indices) >= 2
    ]
    found = []
    for crossing in random.choice(len(crossings), min(_RESTRICTIONS, len(crossings)), replace=False):
        via = crossings[crossing]
        arms = [index for index in at[via] if network.edges[index].highway in large]
        from_edge = arms[int(random.integers(len(arms)))]
        turns = {
            _turn(points, network.edges[from_edge], via, network.edges[other]): other
            for other in at[via]
            if other != from_edge
        }
        turns["no_u_turn"] = from_edge
        allowed = sorted(turns)
        kind = allowed[int(random.integers(len(allowed)))]
        found.append(Restriction(kind, from_edge, via, turns[kind]))
    return tuple(found)


def _turn(points: Floats, arriving: Edge, via: int, leaving: Edge) -> str:
    """The restriction that would forbid (or, straight on, prescribe) this turn."""
    before = arriving.nodes[-2] if arriving.nodes[-1] == via else arriving.nodes[1]
    after = leaving.nodes[1] if leaving.nodes[0] == via else leaving.nodes[-2]
    come, go = points[via] - points[before], points[after] - points[via]
    angle = np.degrees(np.arctan2(come[0] * go[1] - come[1] * go[0], come @ go))
    if abs(angle) < 45:
        return "only_straight_on"
    return "no_left_turn" if angle > 0 else "no_right_turn"
