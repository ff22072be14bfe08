"""Records of persons as counts on a mesh, as they may be released, and what a release says beside earlier ones."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np

from geo.errors import InfeasibleError, InputError
from geo.mesh import mesh_children, mesh_level, mesh_place
from geo.privacy.differencing import Reveal, Statement, exactly, newly_revealed, positive
from geo.privacy.merging import merged
from geo.privacy.tables import DEFAULT_K, release

OTHER = "*"
"""The label of all that has too few persons for a label of its own."""
MOST_LABELS = 20
MOST_UNKNOWNS = 400_000


@dataclass(frozen=True, slots=True)
class MeshRelease:
    """What is released of the persons of a period in some cells of a mesh, and nothing beside.

    first, last:
        Of the period, both inclusive.
    level:
        Of the mesh (``geo.mesh``).
    groups:
        Codes of the cells that are counted together, of all cells of the region.
    counts:
        Of each group in all; None where it is withheld.
    by, labels:
        What persons are told apart by, and its values; None and empty where by nothing.
    table:
        Of each group by label, then of all groups by label; None where it is withheld.
    total:
        Of all groups; None where it is withheld.
    """

    first: date
    last: date
    level: int
    k: int
    groups: tuple[tuple[str, ...], ...]
    counts: tuple[int | None, ...]
    by: str | None = None
    labels: tuple[str, ...] = ()
    table: tuple[tuple[int | None, ...], ...] = ()
    total: int | None = None

    def statements(self, atoms: "_Atoms") -> list[Statement]:
        """What a reader of this release knows."""
        every = [code for group in self.groups for code in group]
        found = []
        for group, count in zip(self.groups, self.counts, strict=True):
            unknowns = atoms.of(self, group)
            found.append(positive(unknowns) if count is None else exactly(unknowns, count))
        if self.total is not None and None in self.counts:  # else it is their sum
            found.append(exactly(atoms.of(self, every), self.total))
        for group, row in zip((*self.groups, tuple(every)), self.table, strict=False):
            for label, count in zip(self.labels, row, strict=True):
                unknowns = atoms.of(self, group, label)
                found.append(positive(unknowns) if count is None else exactly(unknowns, count))
        return found


def mesh_release(
    codes: Sequence[str],
    region: Iterable[str],
    period: tuple[date, date],
    *,
    k: int = DEFAULT_K,
    by: str | None = None,
    labels: Sequence[str] = (),
) -> MeshRelease | None:
    """The counts of persons by cell (and label), merged and withheld so that nobody stands out.

    Cells are merged as ``geo.privacy.merging`` has it; labels with fewer than ``k`` persons become ``OTHER``; what is
    still small of the table of groups by label is withheld, with as much again as is needed (``geo.privacy.tables``).

    Parameters
    ----------
    codes:
        The cell of each person.
    region:
        The cells that are counted, all of one level; those of ``codes`` are among them.
    labels:
        Of each person, where ``by`` says what.

    Returns
    -------
    None where even all cells together have too few persons.

    Raises
    ------
    InputError
        If ``k`` is too small, a person is in no cell of the region, or the period ends before it begins.
    """
    cells = sorted(set(region))
    if not cells or period[1] < period[0]:
        raise InputError("A release is of some cells and of a period that begins before it ends.")
    counted = Counter(codes)
    if not set(counted) <= set(cells):
        raise InputError("Somebody is in no cell of the region.")
    groups = merged([mesh_place(code) for code in cells], [counted[code] for code in cells], k=k)
    if groups is None:
        return None
    named = tuple(tuple(cells[index] for index in group.cells) for group in groups)
    plain = MeshRelease(
        *period, mesh_level(cells[0]), k, named, tuple(group.count for group in groups), total=len(codes)
    )
    if by is None or not codes:
        return plain
    own = _labels(labels, k)
    row_of = {code: row for row, group in enumerate(named) for code in group}
    column_of = {label: column for column, label in enumerate(own)}
    table = np.zeros((len(named), len(own)), np.int64)
    for code, label in zip(codes, labels, strict=True):
        table[row_of[code], column_of.get(label, len(own) - 1)] += 1
    found = release(table, k=k)
    rows = tuple(tuple(found.shown(row, column) for column in range(len(own))) for row in range(len(named) + 1))
    totals = tuple(found.shown(row, len(own)) for row in range(len(named)))
    return MeshRelease(*period, plain.level, k, named, totals, by, own, rows, found.shown(len(named), len(own)))


def revealed(new: MeshRelease, earlier: Sequence[MeshRelease]) -> tuple[Reveal, ...]:
    """What somebody learns of fewer persons than ``k`` who puts a release beside ``earlier`` ones of the same persons.

    ``k`` is the greatest of all of them: what was kept from the readers of one is not told by another.

    Raises
    ------
    InfeasibleError
        If the releases contradict one another, so that the persons are not the same, or there is too much to try out.
    """
    met = _met(new, earlier)
    level = max(each.level for each in (new, *met))
    if not met:
        return ()
    atoms = _Atoms((new, *met), level)
    known = [statement for each in met for statement in each.statements(atoms)]
    return newly_revealed(known, new.statements(atoms), max(each.k for each in (new, *met)))


def _met(new: MeshRelease, earlier: Sequence[MeshRelease]) -> list[MeshRelease]:
    """The releases that have persons in common with the new one, or with another of these."""
    level = max(each.level for each in (new, *earlier))
    others = [(each, _fine(each, level)) for each in earlier]
    found: list[MeshRelease] = []
    waiting = [(new, _fine(new, level))]
    while waiting:
        one, cells = waiting.pop()
        for other in others:
            if other[0] not in found and _overlap(one, other[0]) and not cells.isdisjoint(other[1]):
                found.append(other[0])
                waiting.append(other)
    return found


def _overlap(one: MeshRelease, other: MeshRelease) -> bool:
    return one.first <= other.last and other.first <= one.last


def _fine(release: MeshRelease, level: int) -> set[str]:
    return {part for group in release.groups for code in group for part in mesh_children(code, level)}


def _labels(labels: Sequence[str], k: int) -> tuple[str, ...]:
    """Those with ``k`` persons or more, in order, and ``OTHER`` for the rest, who are ``k`` or more or nobody."""
    numbers = Counter(labels)
    own = sorted(
        (each for each, count in numbers.items() if count >= k and each != OTHER), key=lambda e: (-numbers[e], e)
    )
    own = own[: MOST_LABELS - 1]
    rest = len(labels) - sum(numbers[each] for each in own)
    while 0 < rest < k and own:
        rest += numbers[own.pop()]
    return (*sorted(own), OTHER) if rest or not own else tuple(sorted(own))


class _Atoms:
    """The unknowns of several releases: persons by cell, part of time and labels, so fine that each is made of them."""

    def __init__(self, releases: Sequence[MeshRelease], level: int) -> None:
        self._level = level
        self._starts = sorted(
            {each.first.toordinal() for each in releases} | {each.last.toordinal() + 1 for each in releases}
        )
        self._labels: dict[str, list[str]] = {}
        for each in releases:
            if each.by is not None:
                kept = self._labels.setdefault(each.by, [OTHER])
                kept += [label for label in each.labels if label not in kept]
        cells = len(set().union(*(_fine(each, level) for each in releases)))
        size = cells * (len(self._starts) - 1)
        for labels in self._labels.values():
            size *= len(labels)
        if size > MOST_UNKNOWNS:
            raise InfeasibleError("There is too much to be tried out beside the earlier releases.")

    def of(self, release: MeshRelease, codes: Iterable[str], label: str | None = None) -> list[tuple[object, ...]]:
        """The persons of a release in some cells, with a label of it or with any."""
        cells = [part for code in codes for part in mesh_children(code, self._level)]
        first, after = release.first.toordinal(), release.last.toordinal() + 1
        times = [start for start in self._starts if first <= start < after]
        choices = [self._meant(release, label) if by == release.by else labels for by, labels in self._labels.items()]
        return list(product(cells, times, *choices))

    def _meant(self, release: MeshRelease, label: str | None) -> list[str]:
        """The labels of all releases that one of this release stands for."""
        assert release.by is not None  # noqa: S101 - only called of such
        every = self._labels[release.by]
        if label is None:
            return every
        if label != OTHER:
            return [label]
        return [each for each in every if each == OTHER or each not in release.labels]
