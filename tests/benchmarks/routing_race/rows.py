"""The questions of the race, each put to every engine that has an answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.measures import Race
from tests.benchmarks.routing_race.field import CLOSED, INCIDENTS, POLYGONS, STATIONS, Field
from tests.benchmarks.routing_race.osrm_peer import OsrmPeer
from tests.benchmarks.routing_race.ours import Ours
from tests.benchmarks.routing_race.peers import NetworkxPeer, RoutingKitPeer, ScipyPeer
from tests.benchmarks.routing_race.pgrouting_peer import PgRoutingPeer
from tests.benchmarks.routing_race.timing import race
from tests.benchmarks.routing_race.valhalla_peer import ValhallaPeer

NO_PGROUTING = "no pgRouting in this PostgreSQL"


@dataclass(frozen=True)
class Engines:
    """All that race, on the same city and the same weights; ``turned`` is ours on the graph of turns."""

    roads: Ours
    turned: Ours
    scipy: ScipyPeer
    routingkit: RoutingKitPeer
    networkx: NetworkxPeer
    osrm_ch: OsrmPeer
    osrm_mld: OsrmPeer
    valhalla: ValhallaPeer
    pgrouting: PgRoutingPeer | None


def rows(field: Field, engines: Engines, calls: int) -> Iterator[Race]:
    """Every row of the table; ``calls`` is how often the quick engines are asked."""
    yield from _routes(field, engines, calls)
    yield from _matrices(field, engines)
    yield from _closures(field, engines)
    yield _polygons(field, engines, calls // 4)


def _routes(field: Field, engines: Engines, calls: int) -> Iterator[Race]:
    pgrouting = engines.pgrouting
    pairs = field.pairs(calls, engines.roads.graph)
    yield race(
        "one route: its cost",
        {"ours": engines.roads.cost, "OSRM-CH": engines.osrm_ch.cost, "OSRM-MLD": engines.osrm_mld.cost},
        pairs,
    )
    yield race(
        "one route with its path",
        {
            "ours": engines.roads.path,
            "pyroutingkit": engines.routingkit.path,
            "OSRM-CH": engines.osrm_ch.path,
            "OSRM-MLD": engines.osrm_mld.path,
            "scipy": engines.scipy.path,
            "Valhalla": engines.valhalla.path,
            "networkx": engines.networkx.path,
            "pgRouting": pgrouting.path if pgrouting else NO_PGROUTING,
        },
        pairs,
        {"OSRM-CH": 5, "Valhalla": 200, "networkx": 500},
    )
    # OSRM keeps its roads as a graph of turns, whether turning costs anything or not.
    ends = field.pairs(calls, engines.turned.graph)
    head = engines.roads.graph.head
    yield race(
        "one route with its path, turns forbidden and paid for",
        {
            "ours": engines.turned.path,
            "OSRM-CH": lambda start, end: engines.osrm_ch.path(int(head[start]), int(head[end])),
        },
        ends,
        {"OSRM-CH": 3},
    )


def _matrices(field: Field, engines: Engines) -> Iterator[Race]:
    pgrouting, graph, turns = engines.pgrouting, engines.roads.graph, engines.turned.graph
    stations, incidents = field.some_nodes(STATIONS, graph), field.some_nodes(INCIDENTS, graph)
    yield race(
        f"matrix, {STATIONS} x {INCIDENTS:,}",
        {
            "ours": engines.roads.matrix,
            "pyroutingkit": engines.routingkit.matrix,
            "scipy": engines.scipy.matrix,
            "OSRM-CH": engines.osrm_ch.matrix,
            "pgRouting": pgrouting.matrix if pgrouting else NO_PGROUTING,
        },
        [(stations, incidents)] * 15,
        {"pyroutingkit": 2, "OSRM-CH": 50, "pgRouting": 100},
    )
    starts, ends = field.some_nodes(STATIONS, turns), field.some_nodes(INCIDENTS, turns)
    yield race(
        f"matrix, {STATIONS} x {INCIDENTS:,}, turns forbidden and paid for",
        {
            "ours": lambda: engines.turned.matrix(starts, ends),
            "OSRM-CH": lambda: engines.osrm_ch.matrix(stations, incidents),
        },
        [()] * 15,
        {"OSRM-CH": 6},
    )
    yield race(
        f"every node from the nearest of {STATIONS} stations",
        {
            "ours": engines.roads.cover,
            "scipy": engines.scipy.cover,
            "pgRouting": pgrouting.cover if pgrouting else NO_PGROUTING,
        },
        [(stations,)] * 100,
        {"scipy": 4, "pgRouting": 50},
    )


def _closures(field: Field, engines: Engines) -> Iterator[Race]:
    """Each call closes other arcs, then asks for a route; those opened again are put back outside of the clock."""
    roads, turned, valhalla, routingkit = engines.roads, engines.turned, engines.valhalla, engines.routingkit
    pairs = field.pairs(12, roads.graph)
    closed = [field.closed(number) for number in range(len(pairs))]
    edges = [valhalla.edges(arcs) for arcs in closed[:4]]

    def of_valhalla(number: int) -> None:
        number %= len(edges)
        valhalla.close(edges[number - 1], closed=False)
        valhalla.close(edges[number])
        valhalla.path(*pairs[number], live=True)

    def of_routingkit(number: int) -> None:
        routingkit.close(closed[number])
        routingkit.path(*pairs[number])
        routingkit.close(closed[number], closed=False)

    def of_osrm(number: int) -> None:
        engines.osrm_mld.close(closed[number])
        engines.osrm_mld.path(*pairs[number])

    numbers = [(number,) for number in range(len(pairs))]
    peers = {"pyroutingkit": of_routingkit, "Valhalla": of_valhalla, "OSRM-MLD": of_osrm}
    whole = f"{CLOSED:,} arcs closed, then one route"
    yield race(
        f"{whole}: by mask",
        {"ours": lambda number: roads.path_around(closed[number], *pairs[number]), **peers},
        numbers,
        {"Valhalla": 5, "OSRM-MLD": 100},
    )
    yield race(
        f"{whole}: by hierarchy",
        {"ours": lambda number: roads.path_after(closed[number], *pairs[number]), "OSRM-MLD": of_osrm},
        numbers,
        {"OSRM-MLD": 20},
    )
    ends = field.pairs(len(pairs), turned.graph)
    onto = [field.turns_onto(arcs) for arcs in closed]
    for way, ask in (("mask", turned.path_around), ("hierarchy", turned.path_after)):
        yield race(
            f"{whole}, turns forbidden and paid for: by {way}",
            {"ours": lambda number, ask=ask: ask(onto[number], *ends[number]), "OSRM-MLD": of_osrm},
            numbers,
        )


def _polygons(field: Field, engines: Engines, calls: int) -> Race:
    polygons, degrees = field.polygons, field.polygons_degrees
    roads, turned, turns_of = engines.roads, engines.turned, field.turns_onto
    head = roads.graph.head
    return race(
        f"one route around {POLYGONS} polygons",
        {
            "ours": lambda start, end: roads.path_around(field.arcs_in(polygons), int(head[start]), int(head[end])),
            "ours, with turns": lambda start, end: turned.path_around(turns_of(field.arcs_in(polygons)), start, end),
            "Valhalla": lambda start, end: engines.valhalla.around(int(head[start]), int(head[end]), degrees),
        },
        field.pairs(calls, turned.graph),
        {"Valhalla": 20},
    )
