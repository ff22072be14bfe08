"""Places by area: squares of the standard grid (JIS X 0410), as large as their number of places allows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.errors import InputError
from geo.mesh import mesh_codes
from geo.routing.graph import FloatArray, Int64Array

FINEST: Final = 3
"""The third level, of 1 km: smaller squares would have more roads around them than in them."""


@dataclass(frozen=True, eq=False, slots=True)
class Area:
    """A square by its code, and the places in it, ascending."""

    code: int
    places: Int64Array


def areas_of(lon: FloatArray, lat: FloatArray, most: int) -> list[Area]:
    """Squares that hold every place once: of 80 km, and where they have more than ``most`` places of 10 or 1 km.

    A square of 1 km is not cut, however many places it has.

    Raises
    ------
    InputError
        If a place is outside of what the grid covers, or ``most`` is below 1.
    """
    if most < 1:
        raise InputError("A part has one place at least.")
    if not len(lon):
        return []
    return sorted(_cut(lon, lat, np.arange(len(lon)), 1, most), key=lambda area: area.code)


def _cut(lon: FloatArray, lat: FloatArray, places: Int64Array, level: int, most: int) -> Iterator[Area]:
    codes, which = np.unique(mesh_codes(lon[places], lat[places], level), return_inverse=True)
    for number, code in enumerate(codes.tolist()):
        inside = places[which == number]
        if len(inside) > most and level < FINEST:
            yield from _cut(lon, lat, inside, level + 1, most)
        else:
            yield Area(code, inside)
