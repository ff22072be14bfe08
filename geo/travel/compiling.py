"""The kernels compiled ahead, so that who asks first does not wait for it: half a minute, once for a machine."""

import numpy as np
import shapely

from geo.location.covers import Groups, implied, outdone
from geo.location.lagrangian import least_cost
from geo.location.median import penalised
from geo.location.problem import Problem
from geo.location.substitution import substituted
from geo.routing.around import AroundRouter
from geo.routing.customising import customise
from geo.routing.dissection import node_order
from geo.routing.graph import Graph
from geo.routing.hierarchy import build
from geo.routing.pruning import pruned
from geo.routing.query import Router
from geo.routing.recustomising import recustomised
from geo.routing.search import Searcher
from geo.routing.sources import cost_of_several
from geo.routing.sweeps import cost_matrix, costs_from
from geo.travel.cells import TimedCells, TimedLines
from geo.travel.earliest import earliest, sorted_by
from geo.travel.grid import Grid
from geo.travel.lines import joined, parts
from geo.travel.nearest import first_reached, led_to
from geo.travel.signposts import compile_signposts
from geo.travel.slots import compile_slots
from geo.travel.snapping import snapped
from geo.travel.spaces import Space
from geo.travel.touching import Sides, touching
from geo.travel.zoned import metres_by_kind


def compile_all() -> None:
    """Asks everything once of the smallest graph; what is compiled is kept beside the modules.

    In a process that starts later it loads what is kept, in about a second.
    """
    graph = Graph.from_arcs(2, np.array([0, 1], np.int32), np.array([1, 0], np.int32))
    line = np.arange(100, dtype=np.int32)
    node_order(Graph.from_arcs(len(line), line[:-1], line[1:]), line.astype(np.float64), np.zeros(len(line)))
    hierarchy = build(graph, node_order(graph, np.zeros(2), np.zeros(2)))
    customise(hierarchy, np.ones(2, np.int32), 2)
    metric = pruned(recustomised(customise(hierarchy, np.ones(2, np.int32)), np.ones(2, np.int32)))
    Router(hierarchy).path(metric, 0, 1)
    Router(hierarchy).cost(metric, 0, 1)
    AroundRouter(hierarchy).path(metric, metric.weights, 0, 1)
    Searcher(graph).within(metric.weights, 0, 1)
    Searcher(graph).path(metric.weights, 0, 1)
    cost_of_several(graph, metric.weights, line[:1], line[:1], line[:1], 1, np.ones(2, np.int32))
    costs_from(metric, [0])
    costs_from(metric.reversed, [0])
    cost_matrix(metric, [0], [1])
    points, first, of, share = np.array([[0.0, 0.0], [25.0, 5.0]]), np.array([0, 2]), np.zeros(1, np.int32), np.ones(1)
    parts(points, first, of, share * 0, share)
    joined(points[:, 0].copy(), points[:, 1].copy(), first, of, np.ones(1, np.bool_), share * 0, share)
    grid = Grid.of(points, first)
    snapped(grid, share * 0, first, share, share, np.ones(1, np.bool_), 0.0, 0.0, 1.0, 1)
    grid.nearest_each(np.zeros(1), np.zeros(1), np.ones(1, np.bool_), 1.0)
    touching(grid, Sides.of(np.array([shapely.box(0.0, 0.0, 1.0, 1.0)])))
    space, nothing = Space.of(graph), np.zeros(1, np.int64)
    first_reached(graph, metric.weights, of, nothing, (of, nothing, of, np.ones(2, np.bool_)), 1, space)
    compile_signposts(graph, metric.weights)
    compile_slots(graph)
    space.arcs[0] = -1
    led_to(0, space.arcs, graph.tail, of, of, of)
    metres_by_kind(first, share * 0, share, of, of, of, np.ones(1, np.bool_), share, points[0], 1)
    earliest(of, share * 0, share, share, share)
    sorted_by(of, np.ones(1, np.bool_), 1)
    timed = TimedLines(points, first, np.ones(1, np.bool_), np.array([0, 1]), share * 0, share, share, share)
    TimedCells.of(timed, (0.0, 0.0, 25.0, 5.0), 10.0).area(1.0)
    problem = Problem.of(np.array([[0.0, 1.0], [1.0, 0.0]]), np.ones(2))
    costs, weight = penalised(problem)
    known = costs.least(substituted(problem, costs, weight, 1, problem.usable), len(weight))
    least_cost(problem, costs, weight, 1, problem.usable, known)
    sets = Groups.of(problem, 0.0).sets
    implied(sets)
    outdone(sets, problem.usable)
