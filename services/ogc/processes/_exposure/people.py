"""People in the zones, by class and age band, from the census mesh: estimated, bounded, and released with care."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.crs import STORAGE, transform_geometries
from geo.exposure import bounds, people
from geo.privacy import Release, release, shown_count
from layers.model import Text
from services.ogc.analysis.ages import BANDS, COLUMNS, persons_by_band
from services.ogc.analysis.layers import Feature
from services.ogc.processes._exposure.zones import CLASS_SCHEMA, COUNT_SCHEMA, HazardZones
from services.ogc.processes._model import Context, Values, or_null

MESH = "population-mesh"
_METHOD = Text(
    "区域にかかるメッシュの人口を、そのうち区域内にある面積の割合で按分した推計。下限は区域に完全に含まれるメッシュ、上限は"
    "区域にかかるすべてのメッシュの人口（それぞれkの倍数に切り下げ・切り上げ）。人口は居住地によるもので、昼間の人数ではない。"
    "1からk未満の人数と、差し引きでそれがわかる人数は示さない（null）。",
    "Estimated: the population of each mesh cell times the share of its ground inside the areas. The lower bound is "
    "the population of cells wholly inside, the upper that of all cells reached (rounded down and up to multiples of "
    "k). People are counted where they live, not where they are by day. Counts from 1 to below k, and those that would "
    "give one away by subtraction, are withheld (null).",
)

_WITHHELD = or_null(COUNT_SCHEMA)
_COUNTS = {"type": "array", "items": _WITHHELD}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["method", "statistics", "bands", "rows", "totals", "bounds", "households", "cells", "suppression"],
    "properties": {
        "method": {"type": "string"},
        "statistics": {"type": "object", "required": ["layer", "table", "census_year", "cell_size_m"]},
        "bands": {"type": "array", "items": {"type": "object", "required": ["id", "title"]}},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["class", "counts", "total"],
                "properties": {"class": CLASS_SCHEMA, "counts": _COUNTS, "total": _WITHHELD},
            },
        },
        "totals": {
            "type": "object",
            "required": ["counts", "total"],
            "properties": {"counts": _COUNTS, "total": _WITHHELD},
        },
        "bounds": {
            "type": "object",
            "required": ["lower", "upper"],
            "properties": {"lower": COUNT_SCHEMA, "upper": COUNT_SCHEMA},
        },
        "households": _WITHHELD,
        "cells": {"type": "object", "required": ["reached", "without_figures"]},
        "suppression": {"type": "object", "required": ["k", "rounding", "withheld"]},
    },
}
"""Of the table of people in an output; null is a count that is withheld."""


def people_document(zones: HazardZones, inputs: Values, context: Context) -> dict[str, Any] | None:
    """The table of people by class and age band; None where no census mesh is loaded."""
    table = newest_table(context)
    if table is None:
        return None
    name, year, size_m = table
    cells = [
        each
        for each in context.layers.features(
            MESH, within=zones.area_degrees, equal={"statistics_table": name, "census_year": year}
        )
        if each.geometry is not None
    ]
    shapes = transform_geometries([each.geometry for each in cells], STORAGE, context.city.plane_crs)

    def tick(done: float) -> None:
        context.check()
        context.report(20 + round(50 * done), Text("人口を按分しています。", "Estimating the population."))

    shares = zones.zones.shares(shapes, tick)
    counted = _counts(cells)
    k, base = inputs["k"], inputs["rounding"]
    found = release(people(counted, shares), k=k, base=base)
    totals = np.nan_to_num(_column(cells, "population"))
    households = np.nan_to_num(_column(cells, "households"))
    between = bounds(totals, shares)
    return {
        "method": context.say(_METHOD),
        "statistics": {"layer": MESH, "table": name, "census_year": year, "cell_size_m": size_m},
        "bands": [{"id": key, "title": context.say(title)} for key, title in BANDS],
        "rows": [
            {"class": each.document(context), "counts": _row(found, index), "total": found.shown(index, -1)}
            for index, each in enumerate(zones.classes)
        ],
        "totals": {"counts": _row(found, -1), "total": found.shown(-1, -1)},
        "bounds": {"lower": int(between.lower // k * k), "upper": int(-(-between.upper // k) * k)},
        "households": shown_count(float((households * shares.sum(axis=1)).sum()), k=k, base=base),
        "cells": {
            "reached": int((shares.sum(axis=1) > 0).sum()),
            "without_figures": int((np.isnan(_column(cells, "population")) & (shares.sum(axis=1) > 0)).sum()),
        },
        "suppression": {"k": k, "rounding": base, "withheld": int(found.withheld.sum())},
    }


def newest_table(context: Context) -> tuple[str, int, int] | None:
    """The newest census, of that the finest cells: tables of several sizes count the same people."""
    every = context.layers.distinct(MESH, ["statistics_table", "census_year", "mesh_size_m"])
    known = [(str(name), int(year), int(size)) for name, year, size in every if name and year and size]
    return min(known, key=lambda each: (-each[1], each[2], each[0]), default=None)


def _column(cells: Sequence[Feature], name: str) -> npt.NDArray[np.float64]:
    return np.array([each.properties.get(name) for each in cells], dtype=np.float64)


def _counts(cells: Sequence[Feature]) -> npt.NDArray[np.float64]:
    return persons_by_band({name: _column(cells, name) for name in COLUMNS})[0]


def _row(found: Release, row: int) -> list[int | None]:
    return [found.shown(row, column) for column in range(len(BANDS))]
