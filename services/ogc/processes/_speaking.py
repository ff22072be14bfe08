"""Which datasets of a hazard speak for the city: only there is a place in none of their zones "outside"."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo.mesh import mesh_code
from layers.hazard import Reach
from layers.model import Layer
from services.ogc.processes._model import Context
from services.ogc.processes._place import DISTRICTS, city_area

_CODES = {Reach.PREFECTURE: ("prefecture_code", 2), Reach.MUNICIPALITY: ("municipality_code", 5)}
_SHEET_LEVELS = {4: 1, 6: 2, 8: 3}  # digits of a JIS X 0410 code -> level


@dataclass(frozen=True, slots=True)
class Statement:
    """A dataset speaks for the city in one scenario; of a sheet, only within that cell (JIS X 0410).

    ``name`` is that of what it is about, such as a river.
    """

    dataset: str
    scenario: str | None
    name: str | None = None
    sheet: str | None = None

    def covers(self, corners: Sequence[tuple[float, float]]) -> bool:
        """Whether it speaks for all of these positions in the city (longitude, latitude)."""
        if self.sheet is None:
            return True
        level = _SHEET_LEVELS[len(self.sheet)]
        return all(mesh_code(lon, lat, level) == self.sheet for lon, lat in corners)


def statements(layer: Layer, context: Context) -> tuple[Statement, ...]:
    """What the datasets of a hazard layer speak for, by the layer's declaration (``Hazard.speaks_for``)."""
    return context.layers.remember(
        f"statements {layer.id} {context.city.code}",
        [layer.id, DISTRICTS],
        lambda: _statements(layer, context, city_area(context)),
    )


def _statements(layer: Layer, context: Context, city: BaseGeometry | None) -> tuple[Statement, ...]:
    hazard = layer.hazard
    if hazard is None or city is None:
        return ()
    in_sheets = {each.id for each in layer.formats if each.part_of_name is not None}
    code_field, digits = _CODES.get(hazard.speaks_for.reach, ("", 0))
    fields = ("dataset", "source_id", hazard.scenario or "", code_field, hazard.speaks_for.named_by or "")
    rows = context.layers.distinct(layer.id, fields)
    by_touch = any(source_id in in_sheets or code is None for _, source_id, _, code, _ in rows)
    touching = context.layers.distinct(layer.id, fields, overlapping=city) if by_touch else frozenset()
    found: set[Statement] = set()
    for row in rows:
        dataset, source_id, scenario, code, name = row
        if source_id in in_sheets:
            sheet = str(dataset).rsplit("/", 1)[-1]
            if row in touching and sheet.isdigit() and len(sheet) in _SHEET_LEVELS:
                found.add(Statement(dataset, scenario, name, sheet))
        elif row in touching if code is None else str(code)[:digits] == context.city.code[:digits]:
            found.add(Statement(dataset, scenario, name))
    return tuple(sorted(found, key=lambda each: (each.dataset, each.scenario or "", each.sheet or "", each.name or "")))
