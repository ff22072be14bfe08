"""Which edges go with the traffic of their way."""

import numpy as np

from geo.network.model import Int8Array, Oneway
from geo.routing.graph import Mask


def with_flow(oneway: Int8Array, along: Mask) -> Mask:
    """Of edges, with the ``Oneway`` of their ways, those in the direction of traffic.

    Nobody here knows which way traffic goes on a reversible lane now, so neither direction is; where it alternates
    within minutes, both are.
    """
    both = (oneway == Oneway.BOTH) | (oneway == Oneway.ALTERNATING)
    return np.asarray(both | ((oneway == Oneway.ALONG) & along) | ((oneway == Oneway.AGAINST) & ~along), np.bool_)
