"""Hoses from water to a fire; what the standard asks of the water is ``geo.water_supply.standard``."""

from math import ceil, isfinite

from geo.errors import InputError

HOSE_M = 20.0
"""Length of one hose, as fire services in Japan commonly use them."""


def hoses(length_m: float) -> int:
    """How many hoses of ``HOSE_M`` reach so far, 0 for no distance; slack is the caller's to add.

    Raises
    ------
    InputError
        If the length is negative or not finite.
    """
    if not (isfinite(length_m) and length_m >= 0):
        raise InputError(f"A length of {length_m} m is none.")
    return ceil(round(length_m / HOSE_M, 9))
