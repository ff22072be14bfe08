"""What is raced over: a city, its graph of turns, and the questions, all made up from seeds."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geo.routing.graph import FloatArray, Graph, Int32Array
from geo.routing.turns import TurnGraph, turn_graph
from geo.travel.grid import Grid
from geo.travel.touching import Sides, touching
from tests.geo.routing.cities import City, latitude_of, longitude_of

CLOSED = 1_000
POLYGONS = 20
STATIONS, INCIDENTS = 20, 5_000
_CORNERS = 12
_RADIUS_M = (150.0, 400.0)
_FORBIDDEN = 0.01
"""Share of the turns that are forbidden."""
_TURN_MS = 3_000
"""What a turn of more than 45 degrees costs."""


@dataclass(frozen=True)
class Field:
    """The questions put to a city; all the same for the same seed."""

    city: City
    seed: int = 7

    def pairs(self, count: int, graph: Graph) -> list[tuple[int, int]]:
        """Origins and destinations, two different nodes each."""
        found = np.random.default_rng(self.seed).integers(0, graph.nodes, (count, 2))
        return [(int(a), int(b)) for a, b in found if a != b]

    def some_nodes(self, count: int, graph: Graph) -> Int32Array:
        """Different nodes."""
        return np.random.default_rng([self.seed, count]).choice(graph.nodes, count, replace=False).astype(np.int32)

    def closed(self, number: int = 0) -> Int32Array:
        """Arcs that are closed, other ones for another number."""
        random = np.random.default_rng([self.seed, number])
        return random.choice(self.city.graph.arcs, CLOSED, replace=False).astype(np.int32)

    @cached_property
    def turns(self) -> TurnGraph:
        """All turns but U-turns and one in a hundred."""
        free = turn_graph(self.city.graph, self.city.reverse)
        which = np.random.default_rng(self.seed).random(free.graph.arcs) < _FORBIDDEN
        return turn_graph(self.city.graph, self.city.reverse, np.column_stack([free.before[which], free.behind[which]]))

    @cached_property
    def turn_weights(self) -> Int32Array:
        """Of the turns: the time of the road turned onto, and some for turning."""
        city, turns = self.city, self.turns
        graph = city.graph
        along = np.arctan2(city.y[graph.head] - city.y[graph.tail], city.x[graph.head] - city.x[graph.tail])
        bend = np.abs(np.angle(np.exp(1j * (along[turns.behind] - along[turns.before]))))
        return turns.weights(city.weights, np.where(bend > np.pi / 4, _TURN_MS, 0))

    def turns_onto(self, arcs: Int32Array) -> Int32Array:
        """The turns that closing these arcs closes."""
        return np.flatnonzero(np.isin(self.turns.behind, arcs)).astype(np.int32)

    @cached_property
    def polygons(self) -> list[FloatArray]:
        """Flooded places: closed rings in metres, of shape ``(corners + 1, 2)``."""
        random = np.random.default_rng(self.seed)
        angle = np.linspace(0, 2 * np.pi, _CORNERS + 1)
        round_ = np.column_stack([np.cos(angle), np.sin(angle)])
        low = (np.quantile(self.city.x, 0.05), np.quantile(self.city.y, 0.05))
        high = (np.quantile(self.city.x, 0.95), np.quantile(self.city.y, 0.95))
        return [random.uniform(low, high) + random.uniform(*_RADIUS_M) * round_ for _ in range(POLYGONS)]

    @cached_property
    def polygons_degrees(self) -> list[FloatArray]:
        """The same rings in longitude and latitude."""
        return [np.column_stack([longitude_of(ring[:, 0]), latitude_of(ring[:, 1])]) for ring in self.polygons]

    @cached_property
    def roads(self) -> tuple[Grid, Int32Array]:
        """The roads as lines by where they are, and the arc that each is, of two the first."""
        graph, city = self.city.graph, self.city
        arcs = np.flatnonzero((city.reverse < 0) | (city.reverse > np.arange(graph.arcs))).astype(np.int32)
        tail, head = graph.tail[arcs], graph.head[arcs]
        ends = np.stack([np.column_stack([city.x[end], city.y[end]]) for end in (tail, head)], axis=1)
        return Grid.of(ends.reshape(-1, 2), np.arange(0, 2 * len(arcs) + 1, 2)), arcs

    def arcs_in(self, polygons: list[FloatArray]) -> Int32Array:
        """The arcs that touch a polygon, in both directions of their roads; some of them twice."""
        grid, arcs = self.roads
        found = arcs[touching(grid, Sides.of(shapely.polygons(polygons)))[1]]
        back = self.city.reverse[found]
        return np.concatenate([found, back[back >= 0]])
