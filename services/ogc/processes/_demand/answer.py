"""The answer as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geo.privacy.mesh_release import MeshRelease
from layers.text import Text
from services.ogc.analysis.releases import Entry
from services.ogc.processes._demand.cells import Cells
from services.ogc.processes._demand.index import Index, Town
from services.ogc.processes._demand.records import Records
from services.ogc.processes._demand.releasing import SIZES
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._planning import documents
from services.ogc.processes._planning.basis import BASIS
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.words import amount, per_cent

MOST_TOWNS = 20
_WITHHELD = or_null(documents.COUNT)
LEFT_OUT = ("without_place", "without_date", "other_period", "other_area")
RELEASE = {
    "number": documents.COUNT,
    "released_at": or_null({"type": "string", "format": "date-time"}),
    "subject": documents.TEXT,
    "purpose": documents.TEXT,
    "approved_by": documents.TEXT,
    "period": {"type": "array", "items": {"type": "string", "format": "date"}},
    "k": documents.COUNT,
    "mesh_size_m": documents.COUNT,
    "cells": documents.COUNT,
    "groups": documents.COUNT,
    "merged_cells": documents.COUNT,
    "total": _WITHHELD,
    "by": documents.NAME,
    "labels": {"type": "array", "items": documents.TEXT},
    "totals_by_label": {"type": "array", "items": _WITHHELD},
    "withheld": documents.COUNT,
    "code": documents.TEXT,
}
"""Members of what is said of a release; null is a count that is withheld."""
DEMAND = {name: schema for name, schema in documents.DEMAND["properties"].items() if name != "off_the_network"}
SCHEMA: Mapping[str, Any] = documents.object_of(
    {
        "headline": documents.TEXT,
        "demand": documents.object_of(DEMAND),
        "normalisation": documents.TEXT,
        "components": documents.array_of(
            {
                "id": documents.TEXT,
                "title": documents.TEXT,
                "weight": documents.AMOUNT,
                "share_of_weights": {"type": "number", "minimum": 0, "maximum": 1},
                "total": documents.AMOUNT,
                "mean": or_null(documents.AMOUNT),
                "maximum": or_null(documents.AMOUNT),
                "cells_without_figure": documents.COUNT,
            }
        ),
        "cells": documents.COUNT,
        "cells_without_index": documents.COUNT,
        "cells_beyond_census": documents.COUNT,
        "towns": documents.array_of(
            {
                "town": documents.NAME,
                "cells": documents.COUNT,
                "without_index": documents.COUNT,
                "figures": {"type": "object"},
                "mean_index": or_null(documents.AMOUNT),
                "share": documents.SHARE,
            }
        ),
        "towns_in_all": documents.COUNT,
        "release": or_null(documents.object_of(RELEASE)),
        "left_out": or_null(documents.object_of(dict.fromkeys(LEFT_OUT, _WITHHELD))),
        **BASIS,
    }
)


def answer(
    index: Index,
    cells: Cells,
    points: DemandPoints,
    towns: Sequence[Town],
    entry: Entry | None,
    records: Records | None,
    basis: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The document; towns with most of the index first."""
    weights = sum(each.weight for each in index.components)
    return {
        "headline": context.say(_headline(index, towns, entry)),
        "demand": documents.about_demand(points, context),
        "normalisation": str(index.how),
        "components": [
            {
                "id": each.id,
                "title": context.say(each.title),
                "weight": each.weight,
                "share_of_weights": each.weight / weights,
                "total": float(np.nansum(each.values)),
                "mean": _figure(np.nanmean, each.values),
                "maximum": _figure(np.nanmax, each.values),
                "cells_without_figure": int(np.isnan(each.values).sum()),
            }
            for each in index.components
        ],
        "cells": len(cells.ids),
        "cells_without_index": int(np.isnan(index.values).sum()),
        "cells_beyond_census": cells.beyond_census,
        "towns": [town_document(each) for each in towns[:MOST_TOWNS]],
        "towns_in_all": len(towns),
        "release": None if entry is None else release_document(entry),
        "left_out": None if entry is None or records is None else _left_out(records, entry.release.k),
        **basis,
    }


def town_document(town: Town) -> dict[str, Any]:
    """One row of the table of towns."""
    return {
        "town": town.name,
        "cells": town.cells,
        "without_index": town.unknown,
        "figures": {name: round(value, 1) for name, value in town.figures.items()},
        "mean_index": town.mean,
        "share": None if town.share is None else min(town.share, 1.0),
    }


def release_document(entry: Entry) -> dict[str, Any]:
    """What the log says of a release, but for the counts of its cells."""
    release = entry.release
    return {
        "number": entry.number,
        "released_at": None if entry.released_at is None else entry.released_at.isoformat(timespec="seconds"),
        "subject": entry.subject,
        "purpose": entry.purpose,
        "approved_by": entry.approved_by,
        "period": [release.first.isoformat(), release.last.isoformat()],
        "k": release.k,
        "mesh_size_m": SIZES[release.level],
        "cells": sum(map(len, release.groups)),
        "groups": len(release.groups),
        "merged_cells": sum(len(group) for group in release.groups if len(group) > 1),
        "total": release.total,
        "by": release.by,
        "labels": list(release.labels),
        "totals_by_label": list(release.table[-1]) if release.table else [],
        "withheld": withheld(release),
        "code": entry.code,
    }


def withheld(release: MeshRelease) -> int:
    """How many counts of it are not shown."""
    return sum(each is None for row in (release.counts, *release.table) for each in row)


def _left_out(records: Records, k: int) -> dict[str, int | None]:
    counts: dict[str, int] = {name: getattr(records, name) for name in LEFT_OUT}
    return {name: None if 0 < count < k else count for name, count in counts.items()}


def _figure(of: Any, values: Any) -> float | None:
    return None if np.isnan(values).all() else float(of(values))


def _headline(index: Index, towns: Sequence[Town], entry: Entry | None) -> Text:
    known = int((~np.isnan(index.values)).sum())
    names_ja = "・".join(each.title.ja for each in index.components if each.weight)
    names_en = ", ".join(each.title.en for each in index.components if each.weight)
    first = [each for each in towns if each.name is not None and each.share][:3]
    most_ja = "、".join(f"{each.name}（{per_cent(each.share)}）" for each in first)
    most_en = ", ".join(f"{each.name} ({per_cent(each.share)})" for each in first)
    told_ja = told_en = ""
    if entry is not None:
        total = entry.release.total
        told_ja = f"記録「{entry.subject}」{'' if total is None else amount(total) + '件'}は公開{entry.number}による。"
        number = "" if total is None else f"{amount(total)} "
        told_en = f" The records, {number}{entry.subject}, are those of release {entry.number}."
    unknown = len(index.values) - known
    left_ja = f"（ほか{unknown:,}区画は、値のない成分があり分からない）" if unknown else ""
    left_en = f", and not of {unknown:,} that lack a figure" if unknown else ""
    where_ja, where_en = (f"指数の多い町は{most_ja}。", f"; most of it is in {most_en}") if most_en else ("", "")
    return Text(
        f"{names_ja}による需要指数を{known:,}区画に求めた{left_ja}。{where_ja}{told_ja}",
        f"The index of demand by {names_en} is known of {known:,} cells{left_en}{where_en}.{told_en}",
    )
