"""Sources of water for fire fighting: what the standard asks of one, and the hoses to it."""

from math import ceil, isfinite

from geo.errors import InputError

HOSE_M = 20.0
"""Length of one hose, as fire services in Japan commonly use them."""
STANDARD_VOLUME_M3 = 40.0
STANDARD_MAIN_MM = 150.0
GRID_MAIN_MM = 75.0


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


def meets_standard(*, hydrant: bool, main_mm: float | None, volume_m3: float | None) -> bool | None:
    """Whether a source has the supply of 消防水利の基準 (昭和39年消防庁告示第7号) 第3条; None where it is not known.

    A hydrant needs a main of 150 mm; from 75 mm on it does where pipes form a grid or 1 m3 a minute is proven, which a
    diameter does not tell.  Standing water needs 40 m3; whether running water gives 1 m3 a minute is not known here.
    """
    if not hydrant:
        return None if volume_m3 is None else volume_m3 >= STANDARD_VOLUME_M3
    if main_mm is None or GRID_MAIN_MM <= main_mm < STANDARD_MAIN_MM:
        return None
    return main_mm >= STANDARD_MAIN_MM
