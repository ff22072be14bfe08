"""The analysis as a layer and as a table."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from geo.water_supply.difficult_areas import Difficult
from geo.water_supply.straight import Supply
from services.ogc.processes._planning import writing
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._water.analysis import WaterSupply
from services.ogc.processes._water.answer import town_document
from services.ogc.processes._water.places import Places

_COLUMNS = ("town", "total", "covered", "unknown", "uncovered", "excluded", "share", "by_hydrants_only")


def layer(found: WaterSupply, points: DemandPoints, places: Places, classed: Classed, about: Mapping[str, Any]) -> str:
    """Every point or cell of demand, with which shares of its ground have water."""
    return writing.layer(
        "water-supply-coverage", points.shapes, points.ids, _rows(found, points, places), about, classed
    )


def table(found: WaterSupply) -> str:
    """Every town, the most without water for certain first."""
    rows = [town_document(each) for each in found.towns]
    return writing.table(_COLUMNS, [[row[name] for name in _COLUMNS] for row in rows])


def shares(codes: "np.ndarray[Any, Any]", code: int, places: Places, size: int) -> list[float]:
    """Of each point of demand the share of its places that have a code."""
    every = np.bincount(places.point, minlength=size)
    found: list[float] = (np.bincount(places.point[codes == code], minlength=size) / np.maximum(every, 1)).tolist()
    return found


def _rows(found: WaterSupply, points: DemandPoints, places: Places) -> Iterator[dict[str, Any]]:
    size = len(points)
    columns = {each.label: shares(found.asked.supply, each, places, size) for each in Supply}
    if found.difficult is not None:
        columns |= {f"difficult_{each.label}": shares(found.difficult.state, each, places, size) for each in Difficult}
    nearest = np.full(size, np.inf)
    np.minimum.at(nearest, places.point, found.asked.nearest_m)
    demand = points.demand
    for row in range(size):
        yield {
            "town": points.towns[row],
            "demand": demand.weights[row].item() if demand.known[row] else None,
            "excluded": demand.reasons[row],
            **{name: values[row] for name, values in columns.items()},
            "nearest_m": writing.finite(round(float(nearest[row]), 1)),
        }
