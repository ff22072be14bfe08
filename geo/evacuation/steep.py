"""Roads that are too steep: gone over as little as can be, where there is no way without them."""

from dataclasses import replace

import numpy as np

from geo.errors import InputError
from geo.routing.graph import UNREACHABLE, Mask
from geo.travel.conditions import Conditions

DEARER = 10.0
"""A metre on what is too steep counts as much as so many on anything else."""


def counting_dearer(now: Conditions, where: Mask, factor: float = DEARER) -> Conditions:
    """The conditions, without a metric, in which some stretches cost ``factor`` times what they take.

    A way's ``cost`` then says how it was chosen; how long it takes, its ``weights`` say, which are as they were.

    where:
        ``(stretches,)``.

    Raises
    ------
    InputError
        If the mask has another shape, or the factor is below 1.
    """
    network = now.topology.network
    if where.shape != (len(network.stretches),):
        raise InputError(f"A mask of {where.shape} is none of {len(network.stretches)} stretches.")
    if not factor >= 1:
        raise InputError(f"What is to be kept off does not get cheaper: {factor} is below 1.")
    onto = where[network.stretch[now.topology.turns.behind]] & (now.weights < UNREACHABLE)
    raised = np.minimum(np.rint(now.weights * np.where(onto, factor, 1.0)), UNREACHABLE - 1)
    return replace(now, weights=np.where(onto, raised, now.weights).astype(np.int32), metric=None)
