"""The cells of the index: those of the census, and such as only incidents are known of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from geo.demand_index import spread
from geo.mesh import mesh_bounds, mesh_children, mesh_level, mesh_polygon
from geo.privacy.mesh_release import MeshRelease
from services.ogc.processes._model import Context
from services.ogc.processes._planning.demand import DemandPoints, nearest_towns

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Ids, shapes (EPSG:6668), towns, and the figures of each cell: NaN where not known.

    incidents:
        None where none are given.  What was counted together is shared equally among its cells.
    beyond_census:
        So many of the cells, the last ones, are in no census: nobody lives there as far as that knows.
    """

    ids: tuple[str, ...]
    shapes: tuple[BaseGeometry, ...]
    towns: tuple[str | None, ...]
    people: Floats
    older: Floats
    incidents: Floats | None
    beyond_census: int


def cells_of(points: DemandPoints, older: str, release: MeshRelease | None, context: Context) -> Cells:
    """The cells of the census with their figures, and those of the release."""
    people = np.where(points.demand.known, points.demand.weights, np.nan)
    aged = np.array([_number(each.get(older)) for each in points.properties], np.float64)
    if release is None:
        return Cells(points.ids, points.shapes, points.towns, people, aged, None, 0)
    index_of = {
        str(code): number
        for number, each in enumerate(points.properties)
        for code in (each.get("mesh_codes") or [each["mesh_code"]])
    }
    levels = sorted({mesh_level(code) for code in index_of})
    counted = {
        code: count / len(group)
        for group, count in zip(release.groups, release.counts, strict=True)
        if count
        for code in group
    }
    parts = {code: _homes(code, index_of, levels) for code in counted}
    extra = [code for code in sorted(counted) if not parts[code]]
    number_of = {code: len(points) + number for number, code in enumerate(extra)}
    groups = [parts[code] or [number_of[code]] for code in counted]
    incidents = spread(groups, list(counted.values()), len(points) + len(extra))
    middles = [mesh_bounds(code) for code in extra]
    towns = nearest_towns(
        np.array([(each[0] + each[2]) / 2 for each in middles], np.float64),
        np.array([(each[1] + each[3]) / 2 for each in middles], np.float64),
        context,
        everywhere=True,
    )
    none = np.zeros(len(extra))
    return Cells(
        (*points.ids, *extra),
        (*points.shapes, *map(mesh_polygon, extra)),
        (*points.towns, *towns),
        np.concatenate([people, none]),
        np.concatenate([aged, none]),
        incidents,
        len(extra),
    )


def _homes(code: str, index_of: Mapping[str, int], levels: Sequence[int]) -> list[int]:
    """The cell of the census that a cell of the records is in, or those that it is made of, one for each part."""
    for length in range(len(code), 7, -1):
        if code[:length] in index_of:
            return [index_of[code[:length]]]
    finer = (level for level in levels if level > mesh_level(code))
    return [index_of[part] for level in finer for part in mesh_children(code, level) if part in index_of]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan
