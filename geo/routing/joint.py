"""Shortest paths of a graph in regions: within one, or over the overlay of their borders, whichever is shorter."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.routing.customising import customise
from geo.routing.graph import UNREACHABLE, Int32Array
from geo.routing.metric import Metric
from geo.routing.query import Path, Router
from geo.routing.regions import Region, Regions
from geo.routing.sweeps import cost_matrix


@dataclass(frozen=True, eq=False)
class JointMetric:
    """One set of weights on a graph in regions.

    parts, borders:
        Of each region its metric, and the costs from its entries to its exits, ``(entries, exits)``.
    overlay:
        Of the arcs across borders and of all ``borders``.
    """

    regions: Regions
    parts: tuple[Metric, ...]
    borders: tuple[Int32Array, ...]
    overlay: Metric


def customise_jointly(
    regions: Regions, weights: npt.NDArray[np.generic], before: JointMetric | None = None
) -> JointMetric:
    """The metric of these weights, one for each arc of the whole graph.

    What ``before`` has of regions where no weight has changed is taken from it: a closure costs one region's part.

    Raises
    ------
    InputError
        See ``Graph.require_weights``.
    """
    checked = regions.graph.require_weights(weights)
    parts: list[Metric] = []
    borders: list[Int32Array] = []
    for number, region in enumerate(regions.parts):
        own = checked[region.arcs]
        if before is not None and np.array_equal(before.parts[number].weights, own):
            parts.append(before.parts[number])
            borders.append(before.borders[number])
            continue
        parts.append(customise(region.hierarchy, own))
        borders.append(cost_matrix(parts[-1], region.entries, region.exits))
    overlay = regions.overlay
    costs = np.concatenate([checked[overlay.across], *(matrix.ravel() for matrix in borders)])
    return JointMetric(regions, tuple(parts), tuple(borders), customise(overlay.hierarchy, costs[overlay.place]))


class JointRouter:
    """Asks a graph in regions for paths; nodes and arcs are the whole graph's.  Any number of threads may at once."""

    def __init__(self, regions: Regions) -> None:
        self.regions = regions
        self._parts = tuple(Router(region.hierarchy) for region in regions.parts)
        self._overlay = Router(regions.overlay.hierarchy)

    def cost(self, metric: JointMetric, origin: int, destination: int) -> int:
        """The cost from one node to another in units, ``UNREACHABLE`` where there is no way.

        Raises
        ------
        InputError
            If one of them is no node.
        """
        start, end = self._numbers(origin, destination)
        over = self._over_borders(metric, origin, destination)
        found = UNREACHABLE if over is None else over.cost
        here, there = (int(region) for region in self.regions.region[[origin, destination]])
        if here != there:
            return found
        return min(found, self._parts[here].cost(metric.parts[here], start, end))

    def path(self, metric: JointMetric, origin: int, destination: int) -> Path | None:
        """The shortest path from one node to another, None where there is no way; errors as of ``cost``."""
        start, end = self._numbers(origin, destination)
        here, there = (int(region) for region in self.regions.region[[origin, destination]])
        over = self._over_borders(metric, origin, destination)
        if here == there:
            within = self._parts[here].path(metric.parts[here], start, end)
            if within is not None and (over is None or within.cost <= over.cost):
                return Path(within.cost, self.regions.parts[here].arcs[within.arcs])
        if over is None:
            return None
        borders = self.regions.overlay.hierarchy.graph  # over.arcs has one at least: another region is driven through
        leaves = self.regions.overlay.nodes[borders.tail[over.arcs[0]]]
        enters = self.regions.overlay.nodes[borders.head[over.arcs[-1]]]
        number = self.regions.number
        stretches = [self._within(metric, here, start, int(number[leaves]))]
        stretches += [self._arcs_of(metric, int(arc)) for arc in over.arcs]
        stretches.append(self._within(metric, there, int(number[enters]), end))
        return Path(over.cost, np.concatenate(stretches))

    def _numbers(self, origin: int, destination: int) -> tuple[int, int]:
        start, end = self.regions.number[self.regions.graph.require_nodes([origin, destination])]
        return int(start), int(end)

    def _over_borders(self, metric: JointMetric, origin: int, destination: int) -> Path | None:
        """The best path that crosses borders: its cost, and the arcs of the overlay."""
        regions, overlay = self.regions, self.regions.overlay
        here, there = regions.region[[origin, destination]]
        leaves: Region = regions.parts[here]
        enters: Region = regions.parts[there]
        before = cost_matrix(metric.parts[here], regions.number[[origin]], leaves.exits)[0]
        behind = cost_matrix(metric.parts[there], enters.entries, regions.number[[destination]])[:, 0]
        origins, destinations = leaves.nodes[leaves.exits], enters.nodes[enters.entries]
        return self._overlay.path_between(
            metric.overlay, overlay.numbers(origins), before, overlay.numbers(destinations), behind
        )

    def _arcs_of(self, metric: JointMetric, arc: int) -> Int32Array:
        """What an arc of the overlay stands for: an arc across, or a path from an entry to an exit."""
        overlay = self.regions.overlay
        place = int(overlay.place[arc])
        if place < len(overlay.across):
            return overlay.across[place : place + 1]
        which = int(np.searchsorted(overlay.first, place, side="right")) - 1
        region = self.regions.parts[which]
        entry, exit_ = divmod(place - int(overlay.first[which]), len(region.exits))
        return self._within(metric, which, int(region.entries[entry]), int(region.exits[exit_]))

    def _within(self, metric: JointMetric, which: int, start: int, end: int) -> Int32Array:
        found = self._parts[which].path(metric.parts[which], start, end)
        assert found is not None  # noqa: S101 - its cost is part of a path found
        return self.regions.parts[which].arcs[found.arcs]
