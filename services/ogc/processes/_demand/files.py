"""The index as a layer and a table, and the released counts as files of their own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from geo.mesh import mesh_polygon
from geo.privacy.mesh_release import MeshRelease
from services.ogc.processes._demand.cells import Cells
from services.ogc.processes._demand.index import Index, Town
from services.ogc.processes._planning import writing
from services.ogc.processes._planning.classes import Classed

_AS_IT_IS, _DESTINATION, _WITHHELD = 0, 1, 2
"""HTKSYORI of the census: as it is, what others were added to, added to another."""


def layer(index: Index, cells: Cells, classed: Classed, about: Mapping[str, Any]) -> str:
    """Every cell with its figures, its index, and that again as the weight of demand for other analyses."""
    return writing.layer("demand", cells.shapes, cells.ids, _rows(index, cells), about, classed)


def _rows(index: Index, cells: Cells) -> Iterator[dict[str, Any]]:
    for number, town in enumerate(cells.towns):
        value = _rounded(index.values[number])
        yield {
            "town": town,
            **{each.id: _rounded(each.values[number], 2) for each in index.components},
            **{f"{each.id}_normalised": _rounded(each.normalised[number]) for each in index.components},
            "index": value,
            "index_class": int(index.fifths[number]) or None,
            "weight": value,
        }


def table(index: Index, towns: Sequence[Town]) -> str:
    """All towns, those with most of the index first."""
    names = [each.id for each in index.components]
    return writing.table(
        ("town", "cells", "without_index", *names, "mean_index", "share"),
        [
            [
                *(each.name, each.cells, each.unknown),
                *(round(each.figures[name], 1) for name in names),
                *(None if value is None else round(value, 6) for value in (each.mean, each.share)),
            ]
            for each in towns
        ],
    )


def released_layer(release: MeshRelease | None, about: Mapping[str, Any]) -> str:
    """Every group of cells that was counted together, as one feature."""
    groups = () if release is None else release.groups
    shapes = [shapely.union_all([mesh_polygon(code) for code in group]) for group in groups]
    rows = [] if release is None else [_released_row(release, row) for row in range(len(groups))]
    return writing.layer("demand-released", shapes, [group[0] for group in groups], rows, about)


def _released_row(release: MeshRelease, row: int) -> dict[str, Any]:
    own = {} if not release.table else dict(zip(release.labels, release.table[row], strict=True))
    return {
        "mesh_code": release.groups[row][0],
        "mesh_codes": list(release.groups[row]),
        "count": release.counts[row],
        **{f"count_{label}": value for label, value in own.items()},
    }


def released_table(release: MeshRelease | None) -> str:
    """The counts in the form of the census's mesh tables; a count that is withheld is ``X``, one added elsewhere ``*``.

    The destination is the first cell of a group, whatever the counts.
    """
    labels = () if release is None else release.labels
    rows: list[list[Any]] = []
    for row, group in enumerate(() if release is None else release.groups):
        assert release is not None  # noqa: S101 - there is a group of it
        own = [release.counts[row], *(release.table[row] if release.table else ())]
        figures = ["X" if each is None else each for each in own]
        several = len(group) > 1
        rows.append([group[0], _DESTINATION if several else _AS_IT_IS, None, ";".join(group[1:]) or None, *figures])
        rows += [[code, _WITHHELD, group[0], None, *("*" for _ in own)] for code in group[1:]]
    rows.sort(key=lambda each: str(each[0]))
    return writing.table(("KEY_CODE", "HTKSYORI", "HTKSAKI", "GASSAN", "count", *labels), rows)


def _rounded(value: float, digits: int = 4) -> float | None:
    return None if np.isnan(value) else round(float(value), digits)
