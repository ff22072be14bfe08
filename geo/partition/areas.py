"""Places by area: squares of the standard grid (JIS X 0410), as large as their number of places allows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from geo.errors import InputError
from geo.mesh import mesh_codes
from geo.routing.graph import FloatArray, Int64Array


@dataclass(frozen=True, eq=False, slots=True)
class Area:
    """A square by its code (those of 40 and 20 km, which the standard does not have, by one of their own), and the
    places in it, ascending.
    """

    code: int
    places: Int64Array


def areas_of(lon: FloatArray, lat: FloatArray, most: int) -> list[Area]:
    """Squares that hold every place once: of 80 km, and where they have more than ``most`` places of 40, 20, 10, 5 or
    1 km.

    A square of 1 km is not cut, however many places it has: there would be more roads around it than in it.

    Raises
    ------
    InputError
        If a place is outside of what the grid covers, or ``most`` is below 1.
    """
    if most < 1:
        raise InputError("A part has one place at least.")
    if not len(lon):
        return []
    finest = mesh_codes(lon, lat, 3)
    return sorted(_cut(finest, np.arange(len(lon)), 0, most), key=lambda area: area.code)


def _cut(finest: Int64Array, places: Int64Array, size: int, most: int) -> Iterator[Area]:
    codes, which = np.unique(_SIZES[size](finest[places]), return_inverse=True)
    for number, code in enumerate(codes.tolist()):
        inside = places[which == number]
        if len(inside) > most and size + 1 < len(_SIZES):
            yield from _cut(finest, inside, size + 1, most)
        else:
            yield Area(code, inside)


def _several(size: int) -> Callable[[Int64Array], Int64Array]:
    """Squares of so many of the second level each way: a code longer than any of the standard."""

    def codes(finest: Int64Array) -> Int64Array:
        row, column = finest // 1_000 % 10, finest // 100 % 10
        return finest // 10_000 * 1_000_000 + size * 100_000 + row // size * 10 + column // size

    return codes


def _five_km(finest: Int64Array) -> Int64Array:
    """5倍地域メッシュ: quarters of the second level, numbered from the south-west."""
    row, column = finest // 10 % 10, finest % 10
    return finest // 100 * 10 + 1 + column // 5 + 2 * (row // 5)


_SIZES: tuple[Callable[[Int64Array], Int64Array], ...] = (
    lambda finest: finest // 10_000,
    _several(4),
    _several(2),
    lambda finest: finest // 100,
    _five_km,
    lambda finest: finest,
)
"""Of 80, 40, 20, 10, 5 and 1 km, out of the codes of the last: each lies in one of the size before."""
