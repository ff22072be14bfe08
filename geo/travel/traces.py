"""Traces of vehicles, position by position, and what each position was matched to; ``matching`` does that."""

from dataclasses import dataclass
from enum import StrEnum
from math import log

import numpy as np

from geo.routing.graph import FloatArray

CERTAIN = log(10.0)
"""A place is certain where it is ten times as likely as any other."""

_APART_M = 10.0
"""Places that are nearer to each other count as one when it is asked how certain a place is."""


class MatchQuality(StrEnum):
    """What is known of where a vehicle is on the roads.

    matched: there.  ambiguous: there, or elsewhere nearly as likely.  off-road: on no road that is known.  too-coarse:
    the position is not accurate enough to say.
    """

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    OFF_ROAD = "off-road"
    TOO_COARSE = "too-coarse"


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as it was reported.

    at_s:
        Seconds, since whenever.
    lon, lat:
        EPSG:6668, degrees.
    accuracy_m:
        Radius of 68 %; None: the receiver does not say.
    heading_deg:
        Of a vehicle that moves, clockwise from north.
    """

    at_s: float
    lon: float
    lat: float
    accuracy_m: float | None = None
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the roads: how much of the edge lies behind it (0 to 1), and how far off the position was reported."""

    edge: int
    share: float
    distance_m: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Match:
    """What a position was matched to.

    place:
        None where ``quality`` is off-road or too-coarse.
    begins:
        Whether the trace begins anew here, because no way leads here from the matched position before it.
    lead:
        The logarithm of how many times likelier this place is than any that is more than 10 m away; NaN without place.
    """

    quality: MatchQuality
    place: Place | None = None
    begins: bool = False
    lead: float = float("nan")


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """What is known after a position; all a trace needs to go on from there.

    places, x, y, sigma_m:
        Places thought of, and the position in the plane with its standard deviation.
    own, ways, scores:
        Logarithms: ``own`` of the position at each place, ``ways`` of shape ``(before, places)`` from each place of the
        step before (None: the trace begins anew), ``scores`` of the likeliest sequence that ends at each.
    """

    at_s: float
    x: float
    y: float
    sigma_m: float
    places: tuple[Place, ...]
    own: FloatArray
    ways: FloatArray | None
    scores: FloatArray

    def match(self) -> Match:
        """Where the vehicle is as far as can be known by now."""
        return self.match_at(int(np.argmax(self.scores)), self.scores)

    def match_at(self, chosen: int, scores: FloatArray) -> Match:
        """That it is at one of the places; ``scores``: of the likeliest sequence through each."""
        lon = np.array([each.lon for each in self.places])
        lat = np.array([each.lat for each in self.places])
        place = self.places[chosen]
        metres = 111_320.0  # of a degree; a tenth of one per cent does not matter here
        apart = np.hypot((lon - place.lon) * np.cos(np.radians(place.lat)), lat - place.lat) * metres > _APART_M
        lead = float(scores[chosen] - scores[apart].max()) if apart.any() else float("inf")
        quality = MatchQuality.MATCHED if lead >= CERTAIN else MatchQuality.AMBIGUOUS
        return Match(quality, place, self.ways is None, lead)
