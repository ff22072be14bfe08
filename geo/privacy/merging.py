"""Cells of a mesh with few persons, merged with their neighbours (秘匿・合算, as the census does).

A cell of 1 to ``k`` - 1 persons is merged with its neighbour in a fixed order of pairs: with the one beside it, the two
with the two above or below, and so on in squares of double the size.  Where a cell goes follows from its place alone,
never from how many others have, and a merged cell may be empty: else the very choice would tell of small counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.errors import InputError
from geo.privacy.tables import DEFAULT_K, require_k

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Group:
    """Cells that are released as one count: their indices, ascending, and the count."""

    cells: tuple[int, ...]
    count: int

    def is_safe(self, k: int) -> bool:
        """Whether it may be released.  Of a merged one it is known that some part was small: it needs one more."""
        return self.count == 0 or self.count >= k + (len(self.cells) > 1)


def merged(places: Sequence[Place], counts: Sequence[int], *, k: int = DEFAULT_K) -> tuple[Group, ...] | None:
    """The groups in which counts of cells are released, in the order of their first cells; None: not even all as one.

    For every cell of a group of several there are other counts from which this very release would have come, with ``k``
    or more persons in this cell: nobody who knows the rule can tell that it is small, or what it is.  (The group was
    merged of two halves: give one person to the half without this cell, and all the others to this cell.)

    >>> merged([(0, 0), (1, 0), (6, 6), (7, 6)], [4, 30, 12, 0])
    (Group(cells=(0, 1), count=34), Group(cells=(2,), count=12), Group(cells=(3,), count=0))

    Parameters
    ----------
    places:
        Column and row of each cell, not negative, each once.
    counts:
        Persons in each, not negative.
    k:
        The least count of persons that is released, at least ``FLOOR_K``.

    Raises
    ------
    InputError
        If ``k`` is too small, or the cells cannot be what they are said to be.
    """
    require_k(k)
    if len(places) != len(counts) or len(set(places)) != len(places):
        raise InputError("Each cell has one place and one count.")
    if any(count < 0 for count in counts) or any(min(place) < 0 for place in places):
        raise InputError("Neither counts nor places of cells are negative.")
    parts: dict[Place, list[Group]] = {
        place: [Group((index,), int(count))] for index, (place, count) in enumerate(zip(places, counts, strict=True))
    }
    beside = True
    while not all(group.is_safe(k) for groups in parts.values() for group in groups):
        if len(parts) == 1:
            return None
        parts = _paired(parts, beside, k)
        beside = not beside
    return tuple(sorted((group for groups in parts.values() for group in groups), key=lambda group: group.cells))


def _paired(parts: Mapping[Place, list[Group]], beside: bool, k: int) -> dict[Place, list[Group]]:
    """Two by two, from west to east or from south to north; merged where one of the two had to be."""
    pairs: dict[Place, list[Group]] = {}
    for (column, row), groups in parts.items():
        pairs.setdefault((column // 2, row) if beside else (column, row // 2), []).extend(groups)
    return {
        place: groups if all(group.is_safe(k) for group in groups) else [_one(groups)]
        for place, groups in pairs.items()
    }


def _one(groups: Sequence[Group]) -> Group:
    return Group(tuple(sorted(cell for group in groups for cell in group.cells)), sum(group.count for group in groups))
