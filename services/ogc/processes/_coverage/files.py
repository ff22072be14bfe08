"""The analysis as a layer and as a table."""

from collections.abc import Iterator, Mapping
from typing import Any

from geo.coverage.arrivals import NOBODY
from services.ogc.processes._coverage.analysis import Coverage
from services.ogc.processes._coverage.answer import town_document
from services.ogc.processes._planning import writing
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.facilities import Facilities

_TOWN_COLUMNS = (*("town", "total", "covered", "uncovered", "unreachable", "excluded", "share", "mean_s", "longest_s"),)


def layer(
    found: Coverage, facilities: Facilities, points: DemandPoints, classed: Classed, about: Mapping[str, Any]
) -> str:
    """Every point of demand with when it is reached, by whom, and what becomes of it where roads are cut."""
    return writing.layer("coverage", points.shapes, points.ids, _rows(found, facilities, points), about, classed)


def table(found: Coverage, points: DemandPoints) -> str:
    """Every town, the most uncovered first; then the sum, which is the demand that came in."""
    bands = [each.id for each in points.bands or ()]
    head = [*_TOWN_COLUMNS, *(f"uncovered_{each}" for each in bands)]
    rows = [town_document(each, points) for each in found.towns]
    first = found.covers[0]
    whole = [None, first.total, first.covered, first.uncovered, first.unreachable, first.excluded, first.share]
    by_band = [each.cover.uncovered for each in found.bands]
    return writing.table(
        head,
        [
            *([*(row[name] for name in _TOWN_COLUMNS), *(row["uncovered_by_age"] or {}).values()] for row in rows),
            ["合計 Total", *whole[1:], None, None, *by_band],
        ],
    )


def _rows(found: Coverage, facilities: Facilities, points: DemandPoints) -> Iterator[dict[str, Any]]:
    two, demand = found.two, points.demand
    columns = zip(
        points.towns,
        demand.weights.tolist(),
        demand.known.tolist(),
        demand.reasons,
        two.first_s.tolist(),
        two.first_by.tolist(),
        two.second_s.tolist(),
        found.number.tolist(),
        strict=True,
    )
    after = None if found.cutting is None else found.cutting.first_s
    names = [each.name for each in facilities.each]
    for row, (town, weight, known, reason, first, by, second, within) in enumerate(columns):
        about = {
            "town": town,
            "demand": weight if known else None,
            "excluded": reason,
            "covered": None if reason else first <= found.limit_s,
            "first_s": writing.finite(first),
            "first_by": None if by == NOBODY else names[by],
            "second_s": writing.finite(second),
            "second_covered": None if reason else second <= found.second_limit_s,
            "facilities_within": within,
        }
        if after is not None:
            then = float(after[row])
            about |= {"cut_first_s": writing.finite(then), "cut_covered": None if reason else then <= found.limit_s}
        yield about
