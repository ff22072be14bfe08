"""消防水利の基準 (昭和39年消防庁告示第7号, as amended by 令和5年告示第19号): which source counts, and how far it does.

What is not known is None, and what follows from it too.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from geo.coverage.demand import Floats
from geo.errors import InputError

STANDARD_VOLUME_M3: Final = 40.0
STANDARD_FLOW_M3_MIN: Final = 1.0
"""To be given for 40 minutes without a break."""
STANDARD_MAIN_MM: Final = 150.0
GRID_MAIN_MM: Final = 75.0
GRID_SIDE_M: Final = 180.0
AMPLE: Final = 10
"""So many times the standard lets a source stand alone (第5条)."""
AMPLE_PUMPS: Final = 5
AMPLE_RADIUS_M: Final = 140.0
OUTSIDE_RADIUS_M: Final = 140.0
WINDY_M_S: Final = 4.0

DENSE_ZONES: Final = frozenset({"近隣商業地域", "商業地域", "工業地域", "工業専用地域"})
"""Zones of the first row of the table (別表)."""
OTHER_ZONES: Final = frozenset(
    {
        "第一種低層住居専用地域",
        "第二種低層住居専用地域",
        "第一種中高層住居専用地域",
        "第二種中高層住居専用地域",
        "第一種住居地域",
        "第二種住居地域",
        "準住居地域",
        "田園住居地域",
        "準工業地域",
    }
)
"""The rest of the zones of 都市計画法第8条第1項第1号."""
NO_ZONE: Final = "用途地域の指定なし"


def meets_standard(
    *,
    hydrant: bool,
    main_mm: float | None,
    volume_m3: float | None,
    flow_m3_min: float | None = None,
    grid_side_m: float | None = None,
) -> bool | None:
    """Whether a source has the supply of 第3条第1項-第3項; None where it is not known.

    A hydrant needs a main of 150 mm; from 75 mm on it does where the pipes form a grid of sides of 180 m at most, or
    where 1 m3 a minute is proven.  Standing water needs 40 m3, running water 1 m3 a minute for 40 minutes.  The
    coupling of hydrants, and whether a pump gets to the water (第6条), are not looked at.

    Parameters
    ----------
    flow_m3_min:
        Proven by calculation and measurement to be given for 40 minutes.
    grid_side_m:
        Side of the grid of pipes that the hydrant is on; infinite where the pipe is in none.
    """
    flows = None if flow_m3_min is None else flow_m3_min >= STANDARD_FLOW_M3_MIN
    if not hydrant:
        return _either(None if volume_m3 is None else volume_m3 >= STANDARD_VOLUME_M3, flows)
    if flows is False or (main_mm is not None and main_mm < GRID_MAIN_MM):
        return False
    if main_mm is None:
        return None
    if main_mm >= STANDARD_MAIN_MM or flows:
        return True
    # Of thinner pipes in no such grid a proof of the flow is still possible.
    return True if grid_side_m is not None and grid_side_m <= GRID_SIDE_M else None


def is_ample(*, volume_m3: float | None, flow_m3_min: float | None, pumps: int | None) -> bool | None:
    """Whether a source has ten times the standard and room for five pumps at once (第5条); None where not known.

    Within 140 m of where water is drawn from such a source there need be no other.
    """
    volume = None if volume_m3 is None else volume_m3 >= AMPLE * STANDARD_VOLUME_M3
    flow = None if flow_m3_min is None else flow_m3_min >= AMPLE * STANDARD_FLOW_M3_MIN
    enough = _either(volume, flow)
    room = None if pumps is None else pumps >= AMPLE_PUMPS
    if enough is False or room is False:
        return False
    return None if enough is None or room is None else True


def radius_m(*, built_up: bool | None, zone: str | None, wind_m_s: float | None) -> float:
    """How far a building may be from a source (第4条第1項, 第2項, 別表): 80, 100, 120 or 140 m.

    What is not known is taken as what asks for the least distance, so that nothing is covered by not knowing.

    Parameters
    ----------
    built_up:
        Whether the place is in a 市街地 or 準市街地 of 消防力の整備指針第2条.  Outside zone and wind do not matter.
    zone:
        用途地域 by its name in law, ``NO_ZONE`` where there is none.
    wind_m_s:
        Mean speed of the wind over the year; windy is 4 m/s and over.

    Raises
    ------
    InputError
        If the zone is none of those, or the speed is negative or not finite.
    """
    if zone is not None and zone not in DENSE_ZONES | OTHER_ZONES | {NO_ZONE}:
        raise InputError(f"{zone} is no 用途地域.", fix=f"Give its full name, or {NO_ZONE}.")
    if wind_m_s is not None and not 0 <= wind_m_s < np.inf:
        raise InputError(f"A mean wind of {wind_m_s} m/s is none.")
    if built_up is False:
        return OUTSIDE_RADIUS_M
    windy = wind_m_s is None or wind_m_s >= WINDY_M_S
    if zone is None or zone in DENSE_ZONES:
        return 80.0 if windy else 100.0
    return 100.0 if windy else 120.0


def radii_m(built_up: Sequence[bool | None], zones: Sequence[str | None], wind_m_s: float | None) -> Floats:
    """``radius_m`` of many places under one wind.

    Raises
    ------
    InputError
        As ``radius_m``; or if there are not as many zones as places.
    """
    if len(built_up) != len(zones):
        raise InputError(f"{len(zones)} zones are given for {len(built_up)} places.")
    places = list(zip(built_up, zones, strict=True))
    radii = {place: radius_m(built_up=place[0], zone=place[1], wind_m_s=wind_m_s) for place in set(places)}
    return np.array([radii[place] for place in places], dtype=np.float64)


def _either(one: bool | None, other: bool | None) -> bool | None:
    """Whether one of two holds, as far as is known.

    A source is described by what it is: where only one of the two is given, the other is not waited for.
    """
    if one is None or other is None:
        return other if one is None else one
    return one or other
