"""Tables of counts with their totals.

A count from 1 to ``k`` - 1 is withheld (primary suppression).  Where totals are released too it could be had back by
subtraction, so further cells are withheld (complementary suppression), found as the cheapest cycles through rows and
columns (Cox, L. H., 1980, Suppression methodology and statistical disclosure control, JASA 75, 377-385).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.errors import InputError

DEFAULT_K: Final = 10
"""The least count that is released unless another is asked for."""
FLOOR_K: Final = 3
"""Nothing smaller may be asked for."""
_ROUNDING = 1e-9  # what sums of shares may lack of a whole number
_TOTAL_COST = 10  # a total says more than one of its parts: it is withheld last

Counts = npt.NDArray[np.int64]
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Release:
    """A table with its totals, as it may be released.

    Attributes
    ----------
    values:
        Shape (rows + 1, columns + 1): the cells, the totals of rows in the last column, those of columns in the last
        row, the whole in the corner.
    withheld:
        Same shape; True where the value must not be shown.
    """

    values: Counts
    withheld: npt.NDArray[np.bool_]

    def shown(self, row: int, column: int) -> int | None:
        """One value, None where it is withheld."""
        return None if self.withheld[row, column] else int(self.values[row, column])


def require_k(k: int) -> None:
    """Raises ``InputError`` where ``k`` is below ``FLOOR_K``."""
    if k < FLOOR_K:
        raise InputError(f"Counts of {k} may not be released; the least is {FLOOR_K}.")


def release(estimates: npt.ArrayLike, *, k: int = DEFAULT_K, base: int = 1) -> Release:
    """A two-way table of counts with its totals, rounded, and with what has to be withheld.

    What is released adds up: the whole is rounded to the nearest multiple of ``base``, rows and cells up or down so
    that they sum to it (largest remainders), and the totals of columns are sums.  Zeros are released, and nothing that
    is withheld is zero.

    For every withheld count of 1 to ``k`` - 1, in a cell or in a total, there is a table of whole numbers (multiples of
    ``base``) that agrees with all that is released, in which the withheld counts are positive and this one is ``k`` or
    more: nobody who knows the rule can tell that it is small, or what it is.

    >>> table = release([[4, 20], [30, 40]])
    >>> table.withheld.astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 0]]

    Parameters
    ----------
    estimates:
        Shape (rows, columns), not negative, finite.
    k:
        The least count released, at least ``FLOOR_K``.
    base:
        Multiple to round to, at least 1.

    Raises
    ------
    InputError
        If the table has another shape, a value is negative or not finite, or ``k`` or ``base`` is too small.
    """
    require_k(k)
    if base < 1:
        raise InputError(f"Counts cannot be rounded to multiples of {base}.")
    given = np.asarray(estimates, dtype=np.float64)
    if given.ndim != 2 or not np.isfinite(given).all() or (given < 0).any():
        raise InputError("A table of counts has two dimensions and no negative or missing value.")
    exact = given / base
    rows = _apportioned(exact.sum(axis=1), int(np.floor(exact.sum() + 0.5)))
    table = np.zeros((exact.shape[0] + 1, exact.shape[1] + 1), dtype=np.int64)
    for index, total in enumerate(rows.tolist()):
        table[index, :-1] = _apportioned(exact[index], total)
    table[-1, :-1] = table[:-1, :-1].sum(axis=0)
    table[:, -1] = table[:, :-1].sum(axis=1)
    withheld = _suppress(table, -(-k // base))
    return Release(table * base, withheld)


def shown_count(estimate: float, *, k: int = DEFAULT_K, base: int = 1) -> int | None:
    """A single count that no other is added to: rounded, or None where it is 1 to ``k`` - 1."""
    return release([[estimate]], k=k, base=base).shown(0, 0)


def _apportioned(exact: npt.NDArray[np.float64], total: int) -> Counts:
    """Whole numbers that add up to ``total``, each the next one below or above: up where the remainders are largest."""
    whole = np.floor(exact + _ROUNDING).astype(np.int64)
    up = np.argsort(whole - exact, kind="stable")[: max(0, total - int(whole.sum()))]
    whole[up] += 1
    return whole


def _suppress(table: Counts, least: int) -> npt.NDArray[np.bool_]:
    """Which cells of a table with totals to withhold so that each count of 1 to ``least`` - 1 could be ``least``."""
    withheld = (table > 0) & (table < least)
    small = sorted(zip(*map(np.ndarray.tolist, np.nonzero(withheld)), strict=True), key=lambda cell: int(table[cell]))
    for cell in small:
        # Withholding more never narrows what a reader must think possible: one pass is enough.
        for other in _cycle(table, withheld, cell, least - int(table[cell])):
            withheld[other] = True
    return withheld


def _cycle(table: Counts, withheld: npt.NDArray[np.bool_], cell: Cell, amount: int) -> Sequence[Cell]:
    """The cells that have to move with ``cell`` where that grows by ``amount``: the cheapest to withhold.

    With the totals of rows and columns taken as negative, every row and every column adds up to zero.  So a change is
    a cycle through rows and columns that adds to one cell and takes from the next.  An edge from a row to a column adds
    to the signed cell between them, one from a column to a row takes from it.  A cell that gets smaller must stay
    positive.  The cycle over the three totals always exists: they all grow.
    """
    rows, columns = table.shape
    start, goal = (rows + cell[1], cell[0]) if _sign(table, cell) > 0 else (cell[0], rows + cell[1])
    best: dict[int, float] = {start: 0.0}
    came_from: dict[int, tuple[int, Cell]] = {}
    queue: list[tuple[float, int]] = [(0.0, start)]
    while queue:
        cost, node = heappop(queue)
        if node == goal:
            break
        if cost > best[node]:
            continue
        is_row = node < rows
        for other in range(columns if is_row else rows):
            through = (node, other) if is_row else (other, node - rows)
            grows = _sign(table, through) > 0 if is_row else _sign(table, through) < 0
            value = int(table[through])
            if through == cell or value == 0 or not (grows or value - 1 >= amount):
                continue
            target = rows + other if is_row else other
            reached = cost + (0.0 if withheld[through] else _price(table, through))
            if reached < best.get(target, float("inf")):
                best[target] = reached
                came_from[target] = (node, through)
                heappush(queue, (reached, target))
    found: list[Cell] = []
    node = goal
    while node != start:
        node, through = came_from[node]
        found.append(through)
    return found


def _sign(table: Counts, cell: Cell) -> int:
    """-1 for the total of a row or a column, which is on the other side of its equation; 1 for the rest."""
    return -1 if (cell[0] == table.shape[0] - 1) != (cell[1] == table.shape[1] - 1) else 1


def _price(table: Counts, cell: Cell) -> float:
    is_total = cell[0] == table.shape[0] - 1 or cell[1] == table.shape[1] - 1
    return (1.0 + float(table[cell])) * (_TOTAL_COST if is_total else 1)
