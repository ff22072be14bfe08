"""Roads in the zones of a hazard: who is outside never enters one, and who starts inside may go on until out."""

from dataclasses import replace

import numpy as np

from geo.errors import InputError
from geo.routing.graph import UNITS_PER_SECOND, UNREACHABLE, Mask
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.steps import metres_on


def never_entering(now: Conditions, in_zone: Mask, *, from_inside: bool) -> Conditions:
    """The conditions, without a metric, in which nobody turns from a stretch outside of the zones onto one inside.

    in_zone:
        ``(stretches,)``: those that touch a zone; as a whole, for the water does not end at its line.
    from_inside:
        Whether one sets out inside: then one may go on inside, as far as one likes, but not back in once one is out.
        Else no turn leads onto a stretch inside, from one inside either.

    Raises
    ------
    InputError
        If the mask has another shape.
    """
    network, turns = now.topology.network, now.topology.turns
    if in_zone.shape != (len(network.stretches),):
        raise InputError(f"A mask of {in_zone.shape} is none of {len(network.stretches)} stretches.")
    inside = in_zone[network.stretch]
    entering = inside[turns.behind]
    if from_inside:
        entering = entering & ~inside[turns.before]
    return replace(now, weights=np.where(entering, UNREACHABLE, now.weights).astype(np.int32), metric=None)


def metres_inside(now: Conditions, way: Way, in_zone: Mask) -> float:
    """Metres of a way on stretches in the zones."""
    return metres_on(now.topology.network, way, in_zone)


def seconds_on_foot(now: Conditions, cost: int, off_road_m: float, pace_mps: float) -> float:
    """How long a way takes at a pace on level ground; what is slower than that (stairs) is slower in proportion.

    cost:
        Of the way in the conditions, in their milliseconds.
    off_road_m:
        From the place to the road and from the road to the site, as the crow flies.

    Raises
    ------
    InputError
        If the pace is not above 0.
    """
    if not pace_mps > 0:
        raise InputError(f"At a pace of {pace_mps} m/s nobody arrives.")
    return cost / UNITS_PER_SECOND * usual_pace_mps(now) / pace_mps + off_road_m / pace_mps


def usual_pace_mps(now: Conditions) -> float:
    """The pace on level ground of the profile itself."""
    return now.profile.fastest_kph / 3.6
