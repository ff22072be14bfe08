"""The analysis as a layer and as a table."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.ogc.processes._accessibility.analysis import PARTS, Access, AtMoment
from services.ogc.processes._accessibility.answer import per_1000, town_document
from services.ogc.processes._planning import writing
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints

_COLUMNS = ("town", *PARTS, "per_1000", "least_per_1000")


def layer(found: Access, points: DemandPoints, classed: Classed, about: Mapping[str, Any]) -> str:
    """Every point or cell of demand with its index, at every moment."""
    return writing.layer("accessibility", points.shapes, points.ids, _rows(found, points), about, classed)


def table(found: Access) -> str:
    """Every town, those whose people have least first; then all together."""
    others = found.moments[1:]
    head = [*_COLUMNS, *(_column(each) for each in others)]
    rows = [
        [*(row[name] for name in _COLUMNS), *(each["per_1000"] for each in row["per_1000_by_moment"][1:])]
        for row in (town_document(each, found) for each in found.towns)
    ]
    first = found.first
    whole = [
        "合計 Total",
        *first.people.values(),
        per_1000(first.mean),
        None,
        *(per_1000(each.mean) for each in others),
    ]
    return writing.table(head, [*rows, whole])


def _column(each: AtMoment) -> str:
    """A name that any program takes."""
    return f"per_1000_at_{each.moment}".replace(" ", "_").replace(":", "")


def _rows(found: Access, points: DemandPoints) -> Iterator[dict[str, Any]]:
    demand, first = points.demand, found.first
    for row in range(len(points)):
        about = {
            "town": points.towns[row],
            "demand": demand.weights[row].item() if demand.known[row] else None,
            "excluded": demand.reasons[row],
            "per_1000": per_1000(float(first.found.index[row])),
            "state": "reached" if first.reached[row] else "perhaps" if first.perhaps[row] else "unreached",
            "nearest_s": writing.finite(round(float(found.nearest_s[row]), 1)),
        }
        about |= {_column(each): per_1000(float(each.found.index[row])) for each in found.moments[1:]}
        yield about
