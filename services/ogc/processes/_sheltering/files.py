"""The analysis as layers and as a table."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely

from geo.coverage.demand import Floats
from services.ogc.processes._planning import writing
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._sheltering.analysis import PARTS, PEOPLE, Sheltering, TownShelter
from services.ogc.processes._sheltering.people import InZones


def layer(found: Sheltering, points: DemandPoints, people: InZones, classed: Classed, about: Mapping[str, Any]) -> str:
    """Every point or cell of demand with its people in the zones, and what becomes of them."""
    return writing.layer("shelter-capacity", points.shapes, points.ids, _rows(found, points, people), about, classed)


def sites_layer(about: Mapping[str, Any]) -> str:
    """Every site, as the answer has them."""
    rows = about["sites"]
    shapes = [shapely.Point(each["lon"], each["lat"]) for each in rows]
    return writing.layer("shelter-capacity-sites", shapes, [each["id"] for each in rows], rows, about)


def table(found: Sheltering) -> str:
    """Every town, the most without a place first; then the sum, which is the demand that came in."""
    head = ["town", *PEOPLE]
    for each in found.standards:
        head += [f"{name}_at_{each.m2_per_person:g}_m2" for name in PARTS]
    return writing.table(head, [_row(each.town, each) for each in found.towns] + [_row("合計 Total", found.whole)])


def _row(name: str | None, town: TownShelter) -> list[Any]:
    parts = [each[part] for each in town.by_standard for part in PARTS]
    return [name, *(int(each) if each.is_integer() else each for each in (*town.people.values(), *parts))]


def spread(values: Floats, people: InZones, size: int, otherwise: float = 0.0) -> Floats:
    """What is known of the points with people in the zones, of all points."""
    every = np.full(size, otherwise)
    every[people.rows] = values
    return every


def _rows(found: Sheltering, points: DemandPoints, people: InZones) -> Iterator[dict[str, Any]]:
    size, demand, stand = len(points), points.demand, people.people
    parts = {name: spread(getattr(found.first.plan, name), people, size) for name in PARTS}
    nearest = spread(found.nearest_s, people, size, np.inf)
    for row in range(size):
        yield {
            "town": points.towns[row],
            "demand": demand.weights[row].item() if demand.known[row] else None,
            "excluded": demand.reasons[row],
            "in_zones": float(stand.inside[row]),
            "zone_unknown": float(stand.unknown[row]),
            "outside": float(stand.outside[row]),
            **{name: float(values[row]) for name, values in parts.items()},
            "nearest_s": writing.finite(round(float(nearest[row]), 1)),
        }
