"""Slopes of stretches out of heights along them, and how much slower somebody on foot goes there.

Heights are taken at places about 20 m apart.  What is shorter than that is too short for the cells of an elevation
model (5 m to 30 m) to tell its slope from their noise: there the slope is that of the ground over 20 m, in the
direction of the stretch and about its middle.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.classes import HIGHWAYS
from geo.network.model import RoadNetwork, Slopes
from geo.routing.graph import FloatArray, Int64Array, Mask

BASE_M = 20.0
"""No slope is taken over less."""
_LEVEL = 0.05
"""Going down by as much, people walk the fastest."""
_DECAY = 3.5
_MOST = 0.5
"""The steepest streets on earth are below 0.4: what is more is an error of the heights."""
_GAP_M = 1.0
_STEPS = HIGHWAYS.index("steps")


def slower(slope: npt.ArrayLike) -> FloatArray:
    """How many times as long somebody on foot takes at a slope (rise over length, negative: down) as on level ground.

    The hiking function ``v = 6 exp(-3.5 |s + 0.05|)`` km/h of Tobler (1993), Three presentations on geographical
    analysis and modeling, NCGIA Technical Report 93-1, against its value at 0; never below 1, so that going down gains
    nothing over the pace that was asked for, and as at 50 % beyond that.  1.42 at 10 % up, 1.19 at 15 % down.
    """
    bounded = np.clip(np.asarray(slope, np.float64), -_MOST, _MOST)
    return np.maximum(np.exp(_DECAY * (np.abs(bounded + _LEVEL) - _LEVEL)), 1.0)


@dataclass(frozen=True, eq=False)
class HeightPlaces:
    """Where heights are wanted: those of a stretch one behind the other.

    lon, lat:
        ``(places,)`` EPSG:6668, degrees.
    first:
        ``(stretches + 1,)`` where those of each stretch begin, two or more each.
    run_m:
        ``(stretches,)`` metres between two of them.
    telling:
        ``(stretches,)`` false where heights of the ground do not tell the slope: from a bridge to a bridge, in a
        tunnel, on a short loop.
    """

    lon: FloatArray
    lat: FloatArray
    first: Int64Array
    run_m: FloatArray
    telling: Mask


def height_places(network: RoadNetwork) -> HeightPlaces:
    """The places at which heights tell the slopes of a network.

    Of bridges and tunnels only the ends count, and only where these are ends of other roads, too.
    """
    stretches = network.stretches
    count = len(stretches)
    if not count:
        nothing = np.empty(0)
        return HeightPlaces(nothing, nothing, np.zeros(1, np.int64), nothing, np.zeros(0, np.bool_))
    x, y = transform_xy(stretches.point_lon, stretches.point_lat, STORAGE, network.plane)
    start, end = stretches.first_point[:-1], stretches.first_point[1:] - 1
    step = np.hypot(np.diff(x), np.diff(y))
    step[end[:-1]] = _GAP_M  # from one stretch to the next
    reached = np.concatenate([[0.0], np.cumsum(step)])
    length = reached[end] - reached[start]
    off_ground = network.ways.bridge[stretches.way] | network.ways.tunnel[stretches.way]
    is_short = length < BASE_M - 1e-3
    pieces = np.where(off_ground | is_short, 1, np.floor(length / BASE_M + 1e-6)).astype(np.int64)

    first = np.concatenate([[0], np.cumsum(pieces + 1)])
    owner = np.repeat(np.arange(count), pieces + 1)
    share = (np.arange(first[-1]) - first[owner]) / pieces[owner]
    at = np.clip(reached[start][owner] + share * length[owner], reached[start][owner], reached[end][owner])
    place_x, place_y = np.interp(at, reached, x), np.interp(at, reached, y)

    chord_x, chord_y = x[end] - x[start], y[end] - y[start]
    chord = np.hypot(chord_x, chord_y)
    middle = reached[start] + length / 2
    out = np.where(share < 0.5, -BASE_M / 2, BASE_M / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        east, north = (np.nan_to_num(each / chord, posinf=0.0, neginf=0.0) for each in (chord_x, chord_y))
    beside = is_short[owner]
    place_x = np.where(beside, np.interp(middle, reached, x)[owner] + out * east[owner], place_x)
    place_y = np.where(beside, np.interp(middle, reached, y)[owner] + out * north[owner], place_y)
    lon, lat = transform_xy(place_x, place_y, network.plane, STORAGE)
    telling = _on_the_ground(network, off_ground) & ((chord > 0) | ~is_short)
    return HeightPlaces(lon, lat, first, np.where(is_short, BASE_M, length / pieces), telling | (length == 0))


def _on_the_ground(network: RoadNetwork, off_ground: Mask) -> Mask:
    """``(stretches,)`` whether both ends are on the ground as far as one can tell."""
    graph, stretch = network.graph, network.stretch
    touched = np.zeros(graph.nodes, np.bool_)
    on = ~off_ground[stretch]
    touched[graph.tail[on]] = True
    touched[graph.head[on]] = True
    found = np.ones(len(network.stretches), np.bool_)
    found[stretch] = touched[graph.tail] & touched[graph.head]
    return found


def with_heights(network: RoadNetwork, places: HeightPlaces, height_m: npt.ArrayLike) -> RoadNetwork:
    """The network with its slopes, out of the heights at its ``height_places``; NaN is unknown.

    Where one height on a stretch is unknown, so are its slopes.

    Raises
    ------
    InputError
        If there are not as many heights as places.
    """
    height = np.asarray(height_m, np.float64)
    if height.shape != places.lon.shape:
        raise InputError(f"There are {len(places.lon)} places, and heights of shape {height.shape}.")
    count = len(network.stretches)
    if not count:
        return network
    first = places.first
    inner = np.ones(max(len(height) - 1, 0), np.bool_)
    inner[first[1:-1] - 1] = False  # from one stretch to the next
    pieces = np.diff(first) - 1
    owner = np.repeat(np.arange(count), pieces)
    slope = np.diff(height)[inner] / places.run_m[owner]
    slope[~places.telling[owner]] = np.nan
    length = network.stretches.length_m
    slope[(length == 0)[owner]] = 0.0
    metres = (length / pieces)[owner]
    is_stairs = network.ways.highway[network.stretches.way] == _STEPS
    begin = first[:-1] - np.arange(count)
    up, down = np.maximum(slope, 0.0), np.maximum(-slope, 0.0)

    def total(values: FloatArray) -> FloatArray:
        return np.add.reduceat(values, begin)

    def mean(values: FloatArray) -> FloatArray:  # of pieces that are as long as one another
        found = total(values) / pieces
        return np.where(is_stairs & ~np.isnan(found), 1.0, found)

    def steepest(values: FloatArray) -> FloatArray:
        found = np.maximum.reduceat(values, begin)
        return np.where(is_stairs & ~np.isnan(found), 0.0, found)

    slopes = Slopes(
        climb_m=total(up * metres),
        descent_m=total(down * metres),
        steepest_up=steepest(up),
        steepest_down=steepest(down),
        slower_along=mean(slower(slope)),
        slower_against=mean(slower(-slope)),
    )
    return replace(network, slopes=slopes)


def slower_by_edge(network: RoadNetwork) -> FloatArray:
    """``(edges,)`` how many times as long somebody on foot takes as on level ground; 1 where slopes are unknown."""
    slopes, stretch = network.slopes, network.stretch
    found = np.where(network.along, slopes.slower_along[stretch], slopes.slower_against[stretch])
    return np.nan_to_num(found, nan=1.0)
