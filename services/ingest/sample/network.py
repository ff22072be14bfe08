"""The road network while it is being built: nodes in the plane and edges between them, each edge one OSM way."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import STRtree

from services.ingest.sample.plane import Floats, Ints

CAR_CLASSES = frozenset(
    {
        "motorway", "motorway_link", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
        "service",
    }
)  # fmt: skip


@dataclass(slots=True)
class Edge:
    """A stretch of road between two junctions: its nodes from end to end, its class, and its further OSM tags.

    With ``oneway`` it is driven in the direction of its nodes only.  ``closed`` marks one that a bollard closes to
    cars.
    """

    nodes: list[int]
    highway: str
    tags: dict[str, str] = field(default_factory=dict)
    oneway: bool = False
    closed: bool = False

    @property
    def is_for_cars(self) -> bool:
        return self.highway in CAR_CLASSES and not self.closed


class Network:
    """Nodes and edges; node ids are positions in ``points``."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self.edges: list[Edge] = []
        self.barriers: dict[int, str] = {}

    def add_points(self, points: Iterable[Sequence[float]]) -> list[int]:
        start = len(self.points)
        self.points.extend((float(x), float(y)) for x, y in points)
        return list(range(start, len(self.points)))

    def coordinates(self) -> Floats:
        return np.array(self.points)

    def ends(self) -> Ints:
        """(edges, 2): first and last node of every edge."""
        return np.array([(edge.nodes[0], edge.nodes[-1]) for edge in self.edges])

    def midpoints(self) -> Floats:
        """(edges, 2): a point halfway along every edge."""
        points = self.coordinates()
        lines = [shapely.linestrings(points[edge.nodes]) for edge in self.edges]
        return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True)))

    def degrees(self) -> Ints:
        """Number of edge ends at every node."""
        return np.bincount(self.ends().ravel(), minlength=len(self.points))

    def junctions(self, classes: frozenset[str] = CAR_CLASSES) -> Ints:
        """Nodes that are an end of an edge of one of the classes."""
        return np.unique(
            [node for edge in self.edges if edge.highway in classes for node in edge.nodes[:: len(edge.nodes) - 1]]
        )

    def nearest(self, points: Floats, candidates: Ints) -> tuple[Ints, Floats]:
        """For every point the nearest of the candidate nodes, and how far it is."""
        tree = STRtree(shapely.points(self.coordinates()[candidates]))
        index, distance = tree.query_nearest(shapely.points(points), return_distance=True, all_matches=False)
        order = np.argsort(index[0])
        return candidates[index[1][order]], distance[order]

    def components(self) -> list[set[int]]:
        """Sets of nodes that cars reach from one another, directions ignored; the largest first."""
        neighbours: dict[int, list[int]] = defaultdict(list)
        for edge in self.edges:
            if edge.is_for_cars:
                neighbours[edge.nodes[0]].append(edge.nodes[-1])
                neighbours[edge.nodes[-1]].append(edge.nodes[0])
        found: list[set[int]] = []
        seen: set[int] = set()
        for start in neighbours:
            if start not in seen:
                component = reach(start, neighbours)
                seen |= component
                found.append(component)
        return sorted(found, key=lambda nodes: (-len(nodes), min(nodes)))

    def contract(self) -> None:
        """Join two edges of one kind that meet where nothing else does: what remains runs from junction to junction."""
        degrees = self.degrees()
        at: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            for node in (edge.nodes[0], edge.nodes[-1]):
                if degrees[node] == 2:
                    at[node].append(edge)
        gone: set[int] = set()
        alias: dict[int, Edge] = {}

        def current(edge: Edge) -> Edge:
            while id(edge) in alias:
                edge = alias[id(edge)]
            return edge

        for node, (one, other) in at.items():
            first, second = current(one), current(other)
            same = first is not second and first.highway == second.highway and first.tags == second.tags
            if not same or first.oneway or second.oneway or len(first.nodes) + len(second.nodes) > 12:
                continue
            head = first.nodes if first.nodes[-1] == node else first.nodes[::-1]
            tail = second.nodes if second.nodes[0] == node else second.nodes[::-1]
            if head[-1] != node or tail[0] != node or head[0] == tail[-1]:
                continue
            first.nodes = head + tail[1:]
            alias[id(second)] = first
            gone.add(id(second))
        self.edges = [edge for edge in self.edges if id(edge) not in gone]

    def keep(self, nodes: set[int]) -> None:
        """Drop every edge with an end outside of the given nodes."""
        self.edges = [edge for edge in self.edges if edge.nodes[0] in nodes and edge.nodes[-1] in nodes]


def reach(start: int, neighbours: dict[int, list[int]]) -> set[int]:
    """All nodes that can be reached from ``start``, itself included."""
    seen = {start}
    stack = [start]
    while stack:
        for node in neighbours[stack.pop()]:
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return seen
