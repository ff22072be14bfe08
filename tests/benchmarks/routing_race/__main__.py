"""Runs the race in the peers' environment and prints every finding as a line of JSON.

``python -m tests.benchmarks.routing_race CITY CALLS [URL]``: the nodes of a made-up city, or the file of a stored one;
calls of the quick engines; and the address of a database with pgRouting.
"""

import dataclasses
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from geo.routing.dissection import arc_order, node_order
from tests.benchmarks.measures import Measure, Race
from tests.benchmarks.routing_race.checks import kernel_checks, peer_check
from tests.benchmarks.routing_race.field import Field
from tests.benchmarks.routing_race.osrm_peer import OsrmPeer, extract
from tests.benchmarks.routing_race.ours import Ours
from tests.benchmarks.routing_race.peers import NetworkxPeer, RoutingKitPeer, ScipyPeer
from tests.benchmarks.routing_race.pgrouting_peer import PgRoutingPeer
from tests.benchmarks.routing_race.roads import write_pbf
from tests.benchmarks.routing_race.rows import Engines, rows
from tests.benchmarks.routing_race.stored import load
from tests.benchmarks.routing_race.valhalla_peer import ValhallaPeer
from tests.geo.routing.cities import City, city


def findings(made: City, calls: int, url: str | None) -> Iterator[Measure | Race]:
    """First whether all are right, then how fast they are."""
    field = Field(made)
    started = perf_counter()
    order = node_order(made.graph, made.x, made.y)
    roads = Ours(made.graph, order, made.weights)
    yield Measure(f"{made.graph.nodes:,} nodes, {made.graph.arcs:,} arcs: order and hierarchy", _since(started), "s")
    yield Measure("arcs of the hierarchy, both directions counted", roads.hierarchy.arcs, "")
    turns = field.turns
    started = perf_counter()
    turned = Ours(turns.graph, arc_order(made.graph, made.x, made.y), field.turn_weights)
    yield Measure(f"{turns.graph.arcs:,} turns: order and hierarchy", _since(started), "s")
    yield Measure("arcs of the hierarchy of turns, both directions counted", turned.hierarchy.arcs, "")
    yield from kernel_checks(field, roads, turned)
    with tempfile.TemporaryDirectory(prefix="ngis-race-") as name:
        engines = _engines(field, roads, turned, Path(name), url)
        yield from _peer_checks(field, engines)
        yield from rows(field, engines, calls)


def _engines(field: Field, roads: Ours, turned: Ours, folder: Path, url: str | None) -> Engines:
    made = field.city
    pbf, extracted = folder / "city.osm.pbf", folder / "osrm"
    write_pbf(made, pbf)
    extracted.mkdir()
    extract(pbf, extracted)
    return Engines(
        roads,
        turned,
        ScipyPeer(made.graph, made.weights),
        RoutingKitPeer(made),
        NetworkxPeer(made),
        OsrmPeer(made, extracted, "CH"),
        OsrmPeer(made, extracted, "MLD"),
        ValhallaPeer(made, pbf, folder / "valhalla"),
        PgRoutingPeer(made, url) if url else None,
    )


def _peer_checks(field: Field, engines: Engines) -> Iterator[Measure]:
    """The peers answer the same questions.

    OSRM counts tenths of seconds, and puts a crossing onto one of its roads, which may be a one-way one that leads
    elsewhere; Valhalla counts turns that it cannot leave out.
    """
    roads, pairs = engines.roads, field.pairs(200, engines.roads.graph)
    yield peer_check("pyroutingkit", roads, pairs, lambda a, b: engines.routingkit.path(a, b)[0])
    yield peer_check("networkx", roads, pairs[:20], engines.networkx.path)
    if engines.pgrouting:
        yield peer_check("pgRouting", roads, pairs[:10], engines.pgrouting.path)
    yield peer_check("OSRM-CH", roads, pairs, engines.osrm_ch.cost, (0.99, 1.01), allowed=4)
    yield peer_check("OSRM-MLD", roads, pairs, engines.osrm_mld.cost, (0.99, 1.01), allowed=4)
    yield peer_check("Valhalla", roads, pairs[:50], engines.valhalla.path, (0.99, 1.5))


def _since(started: float) -> float:
    return perf_counter() - started


def main(nodes_or_file: str, calls: str, url: str | None = None) -> None:
    made = city(int(nodes_or_file)) if nodes_or_file.isdigit() else load(Path(nodes_or_file))
    for found in findings(made, int(calls), url):
        print(json.dumps({type(found).__name__: dataclasses.asdict(found)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
