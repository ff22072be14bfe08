"""Positions of a vehicle matched to the roads it drives on: the likeliest way through all, not the nearest road.

A hidden Markov model after Newson and Krumm, "Hidden Markov map matching through noise and sparseness" (ACM SIGSPATIAL
GIS 2009).  Its states are places on edges near a position.  A position is as likely there as its distance is under a
Gaussian of the accuracy that its receiver tells; a way from one place to the next is the likelier, the less its length
differs from the straight distance of the positions, by an exponential law.  Viterbi's algorithm finds the likeliest
sequence; each position costs one look at the index of places and as many bounded searches as it has places.

Two things are ours.  A vehicle may be where it may not go, which a rule cannot forbid it: that is less likely, and not
impossible, but where it does not fit.  And the scale of the exponential is the noise of the two positions, since that
is what makes the lengths differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, isfinite
from typing import Self

import numpy as np

from geo.crs import STORAGE, transform_xy
from geo.errors import InputError
from geo.network.flow import with_flow
from geo.network.impedance import impedance
from geo.network.rules import Rule
from geo.network.vehicle import VehicleProfile
from geo.routing.graph import UNITS_PER_SECOND, FloatArray, Int32Array, whole_units
from geo.travel.topology import Topology
from geo.travel.traces import Fix, Match, MatchQuality, Place, Step

UNKNOWN_ACCURACY_M = 15.0
"""Of a receiver that does not tell its accuracy."""
COARSEST_M = 100.0
"""A position that is less accurate is matched to nothing."""
FARTHEST_M = 100.0
"""No position is moved farther, whatever its accuracy."""
MOST_STRETCHES = 6
"""So many stretches near a position are thought of."""
LONGEST_M = 3_000.0
"""Between two positions farther apart nothing is said of the way; one begins anew."""
_SIGMA_OF_ACCURACY = 1 / 1.51
"""An accuracy is the radius within which the position lies in 68 of 100 cases: 1.51 standard deviations of an axis."""
_ROAD_SIGMA_M = 4.0
"""Vehicles do not drive on the middle line, and that is not drawn exactly."""
_SIGMAS = 3.5
_HEADING_SIGMA_DEG = 45.0
_FORBIDDEN = 4.0
"""Less likely by this logarithm, for each position, where the vehicle may not drive."""
_AGAINST_FLOW = 1.0
"""The same where it drives against a one-way street and may."""
_DETOUR, _SLACK_M = 2.0, 150.0
_FASTEST_MPS = 70.0
_TURNING_BACK_M = 30.0
_IMPASSABLE = (Rule.CLASS_NOT_FOR_VEHICLE, Rule.STAIRS, Rule.BARRIER)


class Matcher:
    """Matches traces of one kind of vehicle; used by any number of threads at once."""

    def __init__(self, topology: Topology, profile: VehicleProfile) -> None:
        network, turns = topology.network, topology.turns
        rule = impedance(network, profile).rule
        self._topology = topology
        self._length_m = network.length_m
        self._drivable = ~np.isin(rule, _IMPASSABLE) & (self._length_m > 0)
        # What has no length, as a barrier that lets the vehicle pass, is passed and stood on by nobody.
        passed = ~np.isin(rule, _IMPASSABLE)
        lengths = whole_units(np.where(passed, self._length_m, np.inf))  # thousandths of a metre, as of a second
        back = network.reverse[turns.before] == turns.behind
        self._weights = turns.weights(lengths, whole_units(np.where(back, _TURNING_BACK_M, 0.0)))
        against = ~with_flow(network.ways.oneway[network.way], network.along) & profile.drives
        self._unlikely = np.where(rule > 0, _FORBIDDEN, np.where(against, _AGAINST_FLOW, 0.0))
        self._stretches = np.zeros(len(network.stretches), bool)
        self._stretches[network.stretch[self._drivable]] = True

    def match(self, trace: Sequence[Fix]) -> list[Match]:
        """What each position of a trace was matched to, all of them considered.

        Raises
        ------
        InputError
            If a position is not later than the one before it, is not on the earth, or a number is none.
        """
        matches = [_unmatched(self._sigma(fix)) for fix in trace]
        steps: list[tuple[int, Step]] = []
        for number, fix in enumerate(trace):
            if number and not fix.at_s > trace[number - 1].at_s:
                raise InputError(f"Position {number} is not later than the one before it.", fix="Sort them by time.")
            step = self.step(steps[-1][1] if steps else None, fix)
            if step is not None:
                steps.append((number, step))
        onward: FloatArray | None = None  # of the likeliest sequence that goes on from each place
        chosen = -1
        for place in range(len(steps) - 1, -1, -1):
            number, step = steps[place]
            after = steps[place + 1][1] if place + 1 < len(steps) else None
            if after is None or after.ways is None or onward is None:
                onward = np.zeros(len(step.places))
                chosen = int(np.argmax(step.scores))
            else:
                chosen = int(np.argmax(step.scores + after.ways[:, chosen]))
                onward = np.max(after.ways + (after.own + onward), axis=1)
            matches[number] = step.match_at(chosen, step.scores + onward)
        return matches

    def follow(self, before: Step | None, fix: Fix) -> tuple[Step | None, Match]:
        """What a trace goes on from, and what its last position was matched to as far as can be known by now.

        Errors as of ``match``.
        """
        step = self.step(before, fix)
        return (before, _unmatched(self._sigma(fix))) if step is None else (step, step.match())

    def step(self, before: Step | None, fix: Fix) -> Step | None:
        """What is known after one more position; None where it can be matched to nothing, and ``before`` stands.

        Errors as of ``match``.
        """
        sigma = self._sigma(fix)
        if sigma is None:
            return None
        if before is not None and not fix.at_s > before.at_s:
            raise InputError("A position is not later than the one before it.", fix="Sort them by time.")
        places, own = self._places(fix, sigma)
        if not places:
            return None
        x, y = (float(each) for each in transform_xy(fix.lon, fix.lat, STORAGE, self._topology.network.plane))
        alone = Step(fix.at_s, x, y, sigma, places, own, None, own)
        if before is None:
            return alone
        ways = self._ways(before, alone)
        scores = np.max(before.scores[:, None] + ways, axis=0) + own
        if not np.isfinite(scores).any():
            return alone
        # Only differences count, and a trace has no end.
        return replace(alone, ways=ways, scores=scores - scores.max())

    def _sigma(self, fix: Fix) -> float | None:
        """Metres along an axis; None where the position is too coarse."""
        given = (fix.at_s, fix.lon, fix.lat, fix.accuracy_m or 0.0, fix.heading_deg or 0.0)
        if not all(isfinite(each) for each in given) or (fix.accuracy_m or 0.0) < 0:
            raise InputError("A time, a coordinate, an accuracy or a heading of a position is none.")
        accuracy = UNKNOWN_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m
        return None if accuracy > COARSEST_M else hypot(accuracy * _SIGMA_OF_ACCURACY, _ROAD_SIGMA_M)

    def _places(self, fix: Fix, sigma: float) -> tuple[tuple[Place, ...], FloatArray]:
        topology = self._topology
        reach = min(_SIGMAS * sigma, FARTHEST_M)
        found: list[Place] = []
        own: list[float] = []
        for snap in topology.places.near(fix.lon, fix.lat, self._stretches, reach, MOST_STRETCHES):
            for edge in topology.edges_of(snap.stretch).tolist():
                if not self._drivable[edge]:
                    continue
                along = bool(topology.network.along[edge])
                share = snap.share if along else 1.0 - snap.share
                likely = -0.5 * (snap.distance_m / sigma) ** 2 - float(self._unlikely[edge])
                if fix.heading_deg is not None:
                    ahead = snap.bearing_deg if along else snap.bearing_deg + 180.0
                    off = abs((fix.heading_deg - ahead + 180.0) % 360.0 - 180.0)
                    likely -= 0.5 * (off / _HEADING_SIGMA_DEG) ** 2
                found.append(Place(edge, share, snap.distance_m, snap.lon, snap.lat))
                own.append(likely)
        return tuple(found), np.array(own)

    def _ways(self, before: Step, after: Step) -> FloatArray:
        """Logarithms of the ways from each place to each; minus infinity where there is none that could be driven."""
        straight = hypot(after.x - before.x, after.y - before.y)
        noise = hypot(before.sigma_m, after.sigma_m)
        found = np.full((len(before.places), len(after.places)), -np.inf)
        if straight > LONGEST_M:
            return found
        driven = _FASTEST_MPS * (after.at_s - before.at_s) + _SIGMAS * noise
        limit = min(_DETOUR * straight + _SLACK_M, driven)
        to = _Ends.of(after.places, self._length_m)
        for row, place in enumerate(before.places):
            lengths = self._lengths(place, to, limit, _SIGMAS * noise)
            found[row] = np.where(lengths <= limit, -np.abs(lengths - straight) / noise, -np.inf)
        return found

    def _lengths(self, place: Place, to: "_Ends", limit: float, back: float) -> FloatArray:
        """Metres of the way from a place to each; below zero where the vehicle seems to have rolled ``back`` so far."""
        own = float(self._length_m[place.edge])
        rest = own * (1.0 - place.share)
        reached = self._topology.searcher.within(
            self._weights, [place.edge], _units(limit + float(to.length_m.max())), _units(rest)
        )
        order = np.argsort(reached.nodes)
        at = np.minimum(np.searchsorted(reached.nodes[order], to.edges), len(order) - 1)
        is_reached = reached.nodes[order][at] == to.edges
        found = np.where(is_reached, reached.costs[order][at] / UNITS_PER_SECOND - to.rest_m, np.inf)
        same = to.edges == place.edge
        ahead = rest - to.rest_m
        found[same] = np.where(ahead >= -back, ahead, np.inf)[same]
        turned = to.edges == self._topology.network.reverse[place.edge]
        here = np.abs(rest - (to.length_m - to.rest_m)) + _TURNING_BACK_M
        found[turned] = np.minimum(found, here)[turned]
        return found


@dataclass(frozen=True, eq=False, slots=True)
class _Ends:
    """Columns of places: their edges, how long those are, and how much of each lies behind the place."""

    edges: Int32Array
    length_m: FloatArray
    rest_m: FloatArray

    @classmethod
    def of(cls, places: Sequence[Place], length_m: FloatArray) -> Self:
        edges = np.array([each.edge for each in places], np.int32)
        lengths = length_m[edges]
        return cls(edges, lengths, lengths * (1.0 - np.array([each.share for each in places])))


def _units(metres: float) -> int:
    return round(metres * UNITS_PER_SECOND)


def _unmatched(sigma: float | None) -> Match:
    return Match(MatchQuality.TOO_COARSE if sigma is None else MatchQuality.OFF_ROAD)
