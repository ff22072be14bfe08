"""A road network out of records of ways, turn restrictions and barriers."""

from collections.abc import Iterable

import numpy as np

from geo.crs import STORAGE, is_plane, transform_xy
from geo.errors import InputError
from geo.network.barriers import BarColumns, bars_of, split
from geo.network.classes import MOTORWAYS, codes_of
from geo.network.cutting import Cut, cut
from geo.network.flow import with_flow
from geo.network.gathering import Gathered, gathered
from geo.network.model import RoadNetwork, Slopes, Stretches, Ways
from geo.network.records import Barrier, TurnRestriction, Way
from geo.network.report import BuildReport, Findings
from geo.network.restrictions import forbidden_sequences
from geo.network.twins import with_forbidden
from geo.routing.graph import Graph


def build_network(
    ways: Iterable[Way] | Gathered,
    restrictions: Iterable[TurnRestriction] = (),
    barriers: Iterable[Barrier] = (),
    *,
    plane: int,
) -> tuple[RoadNetwork, BuildReport]:
    """The network of these ways, as records or gathered from them, measured in a plane-rectangular zone, and what was
    wrong with them.

    Junctions are nodes that ways share or pass twice, their ends, and barriers.  Loops and parallel stretches are kept.
    Bad records make findings, never an error.

    plane:
        EPSG code (6673 for Hyogo), see ``geo.crs.is_plane``.

    Raises
    ------
    InputError
        If the plane is none to measure in.
    """
    if not is_plane(plane):
        raise InputError(f"EPSG:{plane} is not a system to measure in.", fix="Choose a plane-rectangular zone.")
    given = ways if isinstance(ways, Gathered) else gathered(ways)
    columns, findings = given.ways, Findings(given.findings)
    bars = bars_of(barriers)
    made = cut(given, plane, list(bars), findings)
    for stretch in np.flatnonzero(made.length_m == 0):
        findings.add("zero-length", columns.id[made.way[stretch]], f"at node n{made.node_id[made.tail[stretch]]}")
    whole, barred = split(made, bars, findings)
    network = _directed(whole, barred, columns, plane)
    network = with_forbidden(network, forbidden_sequences(network, restrictions, findings))
    report = BuildReport(
        findings=findings.all(),
        ways=len(columns),
        stretches=len(network.stretches),
        nodes=network.graph.nodes,
        edges=network.edges,
        twins=int(np.count_nonzero(network.is_twin)),
        barriers=len(set(network.node_id[network.graph.tail[barred.is_there[network.stretch]]])),
        forbidden_turns=len(network.forbidden_turns),
    )
    return network, report


def _directed(made: Cut, barred: BarColumns, ways: Ways, plane: int) -> RoadNetwork:
    count = len(made.way)
    used, ends = np.unique(np.concatenate([made.tail, made.head]), return_inverse=True)
    tail = np.concatenate([ends[:count], ends[count:]])
    head = np.concatenate([ends[count:], ends[:count]])
    stretch = np.concatenate([np.arange(count), np.arange(count)])
    along = np.arange(2 * count) < count

    way = made.way[stretch]
    nobody = np.isin(ways.highway[way], codes_of(MOTORWAYS)) & ~with_flow(ways.oneway[way], along)
    kept = np.flatnonzero(~nobody)
    order = kept[np.argsort(tail[kept], kind="stable")]
    edge = np.full(2 * count, -1, np.int32)
    edge[order] = np.arange(len(order))
    other = (order + count) % max(2 * count, 1)

    lon, lat = made.lon[used], made.lat[used]
    x, y = transform_xy(lon, lat, STORAGE, plane) if len(used) else (lon, lat)
    return RoadNetwork(
        graph=Graph.from_arcs(len(used), tail[order], head[order]),
        node_id=np.strings.decode(made.node_id[used], "utf-8"),
        lon=lon,
        lat=lat,
        plane=plane,
        x=x,
        y=y,
        stretch=stretch[order].astype(np.int32),
        along=along[order],
        reverse=edge[other],
        original=np.arange(len(order), dtype=np.int32),
        forbidden_turns=np.empty((0, 2), np.int32),
        turns_onto_twins=np.empty((0, 2), np.int32),
        stretches=Stretches(
            way=made.way.astype(np.int32),
            length_m=made.length_m,
            first_point=made.first_point,
            point_lon=made.point_lon,
            point_lat=made.point_lat,
            barrier=barred.access,
            barrier_max_width_m=barred.max_width_m,
            barrier_max_height_m=barred.max_height_m,
            barrier_is_low=barred.is_low,
        ),
        ways=ways,
        slopes=Slopes.unknown(len(made.way)),
    )
