"""What each edge costs a vehicle now, or the rule by which it may not use it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.depth import flooded_speed_kph
from geo.errors import InputError
from geo.network.access import Access, Mode
from geo.network.classes import ARTERIES, HIGHWAYS, codes_of
from geo.network.flow import with_flow
from geo.network.model import Int8Array, RoadNetwork
from geo.network.rules import Rule
from geo.network.slopes import slower_by_edge
from geo.network.vehicle import VehicleProfile
from geo.network.widths import SHIPPED_WIDTHS, WidthModel, widths
from geo.routing.graph import UNREACHABLE, FloatArray, Int32Array, Mask, whole_units

_KPH_PER_MPS = 3.6
_STEPS = HIGHWAYS.index("steps")


@dataclass(frozen=True, eq=False)
class Impedance:
    """Columns of shape ``(edges,)``.

    weights:
        Milliseconds, ``UNREACHABLE`` where excluded.
    rule:
        The code of the ``Rule`` that excludes an edge, else 0.
    doubt:
        Of an edge that is used, the code of the ``Rule`` that may exclude it for all that is known: its width is a
        guess whose interval reaches below what the vehicle needs, nobody says how high a height restrictor is, or the
        depth of water there is not known.  So is a dead end whose likely width is less than what the vehicle needs to
        turn about: places to turn are not in the data, so that it is not excluded.  Else 0.  Never to be shown as safe.
    """

    weights: Int32Array
    rule: Int8Array
    doubt: Int8Array


def impedance(
    network: RoadNetwork,
    profile: VehicleProfile,
    *,
    depth_m: npt.ArrayLike | None = None,
    closed: npt.ArrayLike | None = None,
    model: WidthModel = SHIPPED_WIDTHS,
) -> Impedance:
    """The impedance of a network for a profile.

    In water a vehicle goes at ``min(free speed, v(w))`` by the curve of its profile (``geo.depth``); who does not drive
    keeps the pace up to the wading depth.  A bridge over the water is the caller's to say, with a depth of 0.  Who does
    not drive goes slower on slopes (``geo.network.slopes``), and where they are unknown as on level ground: that is the
    caller's to tell.

    depth_m:
        ``(stretches,)`` metres of water, NaN where unknown; None: nobody asks about water.
    closed:
        ``(edges,)`` whether an edge is closed to this vehicle.
    model:
        Of the widths that nobody measured.

    Raises
    ------
    InputError
        If a column has another shape, or a depth is negative.
    """
    way, stretch, ways = network.way, network.stretch, network.ways
    highway, width = ways.highway[way], widths(ways, model)
    access = ways.access[way, profile.mode]
    flow = with_flow(ways.oneway[way], network.along)
    depth = _depths(network, depth_m)
    speed = _speeds(network, profile, width.value_m[way] < model.narrow_m, flow)
    if depth is not None and profile.curve is not None:
        wet = depth > 0
        speed[wet] = flooded_speed_kph(depth[wet] * 1000, np.nan_to_num(speed[wet]), profile.curve)

    barred = [code for code in Access if code not in profile.enters]
    steps = highway == _STEPS
    rules = _Rules(network.edges)
    rules.exclude(Rule.CLASS_NOT_FOR_VEHICLE, _unused(profile)[highway] & ~(steps & (not profile.drives)))
    rules.exclude(Rule.STAIRS, steps & (not profile.stairs))
    rules.exclude(Rule.ACCESS_FORBIDDEN, np.isin(access, barred))
    rules.exclude(Rule.BARRIER, np.isin(network.stretches.barrier[stretch, profile.mode], barred))
    fits = network.stretches.barrier_max_width_m[stretch], network.stretches.barrier_max_height_m[stretch]
    if profile.mode is not Mode.FOOT:
        rules.exclude(Rule.BARRIER_TOO_NARROW, profile.width_m > fits[0])
    if profile.drives:
        rules.exclude(Rule.BARRIER_TOO_LOW, profile.height_m > fits[1])
        kept = np.isin(highway, codes_of(ARTERIES)) | ways.roundabout[way]
        rules.exclude(Rule.ONE_WAY, ~flow & (kept if profile.ignores_oneway else True))
        rules.exclude(Rule.TOO_LOW, profile.height_m > ways.max_height_m[way])
        rules.exclude(Rule.TOO_NARROW, profile.width_m > ways.max_width_m[way])
        rules.exclude(Rule.TOO_HEAVY, profile.mass_t > ways.max_weight_t[way])
        rules.exclude(Rule.TOO_LONG, profile.length_m > ways.max_length_m[way])
    rules.exclude(Rule.TOO_NARROW, width.high_m[way] < profile.min_road_width_m)
    if depth is not None:
        rules.exclude(Rule.WADING_DEPTH, (depth >= profile.wading_depth_m) | ((depth > 0) & (speed <= 0)))
    if closed is not None:
        rules.exclude(Rule.CLOSED, _column(closed, network.edges, "edges").astype(np.bool_))

    doubtful = np.isin(highway, codes_of(tuple(profile.doubtful_classes))) & (access != Access.YES)
    if profile.drives:
        no_room = width.value_m[way] < profile.turning_space_m
        rules.doubt(Rule.NO_ROOM_TO_TURN, no_room & _ends(network, rules.excluded == 0))  # the first: see with_closed
        rules.doubt(Rule.BARRIER_TOO_LOW, network.stretches.barrier_is_low[stretch])
    rules.doubt(Rule.TOO_NARROW, width.low_m[way] < profile.min_road_width_m)
    rules.doubt(Rule.CLASS_NOT_FOR_VEHICLE, doubtful)
    if not profile.drives:
        rules.doubt(Rule.TOO_STEEP, network.slopes.steepest[stretch] > profile.max_slope)
    if depth is not None:
        rules.doubt(Rule.WADING_DEPTH, np.isnan(depth))
    used = rules.excluded == 0
    seconds = np.full(network.edges, np.inf)
    seconds[used] = network.length_m[used] * _KPH_PER_MPS / speed[used]
    if not profile.drives:
        seconds *= slower_by_edge(network)
    return Impedance(whole_units(seconds), rules.excluded, rules.doubted)


def with_closed(
    network: RoadNetwork, profile: VehicleProfile, open_: Impedance, closed: Mask, model: WidthModel = SHIPPED_WIDTHS
) -> Impedance:
    """What ``impedance`` gives with edges closed, out of what it gives with none, in a fraction of the time.

    ``closed`` has shape ``(edges,)``.  Nothing else differs: the same profile, model, and depths in both.
    """
    shut = closed & (open_.rule == 0)
    rule = np.where(shut, np.int8(Rule.CLOSED), open_.rule)
    doubt = np.where(shut, np.int8(0), open_.doubt)
    if profile.drives:
        # An end stays one whatever is closed; of all doubts that there is no room counts least.
        new = np.flatnonzero(_ends(network, rule == 0) & (doubt == 0))
        room_m = widths(network.ways, model).value_m[network.way[new]]
        doubt[new[room_m < profile.turning_space_m]] = Rule.NO_ROOM_TO_TURN
    return Impedance(np.where(shut, np.int32(UNREACHABLE), open_.weights), rule, doubt)


class _Rules:
    """Codes by edge; what was said first holds, and water that may be there is the graver doubt."""

    def __init__(self, edges: int) -> None:
        self.excluded = np.zeros(edges, np.int8)
        self.doubted = np.zeros(edges, np.int8)

    def exclude(self, rule: Rule, where: Mask) -> None:
        self.excluded[where & (self.excluded == 0)] = rule

    def doubt(self, rule: Rule, where: Mask) -> None:
        self.doubted[where & (self.excluded == 0)] = rule


def _ends(network: RoadNetwork, used: Mask) -> Mask:
    """``(edges,)`` where one can go on nowhere but back."""
    graph, reverse = network.graph, network.reverse
    onward = np.bincount(graph.tail[used & ~network.is_twin], minlength=graph.nodes)[graph.head]
    back = (reverse >= 0) & used[reverse]
    return np.asarray(used & (onward == back), np.bool_)


def _column(values: npt.ArrayLike, count: int, of: str) -> npt.NDArray[np.generic]:
    column = np.asarray(values)
    if column.shape != (count,):
        raise InputError(f"There are {count} {of}, and a column of shape {column.shape}.")
    return column


def _depths(network: RoadNetwork, depth_m: npt.ArrayLike | None) -> FloatArray | None:
    if depth_m is None:
        return None
    depth = _column(depth_m, len(network.stretches), "stretches").astype(np.float64)
    if np.any(depth < 0):
        raise InputError("A depth of water is negative.")
    return depth[network.stretch]


def _unused(profile: VehicleProfile) -> Mask:
    return np.array([highway not in profile.speeds_kph for highway in HIGHWAYS])


def _speeds(network: RoadNetwork, profile: VehicleProfile, narrow: Mask, flow: Mask) -> FloatArray:
    """Speed on each edge without water, km/h; NaN on classes that are not for the vehicle."""
    table = np.array([profile.speeds_kph.get(highway, np.nan) for highway in HIGHWAYS])
    speed: FloatArray = table[network.ways.highway[network.way]]
    if profile.drives:
        speed = np.minimum(speed, np.nan_to_num(network.ways.maxspeed_kph[network.way], nan=np.inf))
        speed = speed * profile.emergency_factor
        speed = np.where(narrow, np.minimum(speed, profile.narrow_speed_kph), speed)
        speed = np.where(flow, speed, speed * profile.against_flow_factor)
    return speed
