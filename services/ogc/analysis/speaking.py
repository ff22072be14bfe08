"""Which datasets of a hazard speak for the city: only there is a place in none of their zones "outside"."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometry
from geo.mesh import mesh_bounds, mesh_code
from layers.hazard import Reach
from layers.model import Layer
from services.ogc.analysis.city import DISTRICTS, city_area
from services.ogc.analysis.layers import LayerReader
from services.settings import City

_CODES = {Reach.PREFECTURE: ("prefecture_code", 2), Reach.MUNICIPALITY: ("municipality_code", 5)}
_SHEET_LEVELS = {4: 1, 6: 2, 8: 3}  # digits of a JIS X 0410 code -> level
_BORDER_M = 25.0
"""Borders and zones are drawn at 1:25,000: a neighbour's zone that comes this far only may just touch the border."""


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

    def within(self, city: BaseGeometry) -> BaseGeometry:
        """The part of the city's area (EPSG:6668) that it speaks for."""
        return city if self.sheet is None else shapely.intersection(city, shapely.box(*mesh_bounds(self.sheet)))


def statements(layer: Layer, layers: LayerReader, city: City) -> tuple[Statement, ...]:
    """What the datasets of a hazard layer speak for, by the layer's declaration (``Hazard.speaks_for``)."""
    return layers.remember(
        f"statements {layer.id} {city.code}",
        [layer.id, DISTRICTS],
        lambda: _statements(layer, layers, city, city_area(layers, city)),
    )


def area_spoken_for(layer: Layer, layers: LayerReader, city: City, scenario: str | None) -> BaseGeometry | None:
    """Where a place in no zone of a scenario is outside, EPSG:6668; None where nothing speaks for the city."""
    spoken = [each for each in statements(layer, layers, city) if each.scenario == scenario]
    area = city_area(layers, city)
    return shapely.union_all([each.within(area) for each in spoken]) if spoken and area is not None else None


def _statements(layer: Layer, layers: LayerReader, city: City, area: BaseGeometry | None) -> tuple[Statement, ...]:
    hazard = layer.hazard
    if hazard is None or area is None:
        return ()
    in_sheets = {each.id for each in layer.formats if each.part_of_name is not None}
    code_field, digits = _CODES.get(hazard.speaks_for.reach, ("", 0))
    fields = ("dataset", "source_id", hazard.scenario or "", code_field, hazard.speaks_for.named_by or "")
    rows = layers.distinct(layer.id, fields)
    by_touch = any(source_id in in_sheets or code is None for _, source_id, _, code, _ in rows)
    within = _without_border(area, city.plane_crs)
    touching = layers.distinct(layer.id, fields, overlapping=within) if by_touch else frozenset()
    found: set[Statement] = set()
    for row in rows:
        dataset, source_id, scenario, code, name = row
        if source_id in in_sheets:
            sheet = str(dataset).rsplit("/", 1)[-1]
            if row in touching and sheet.isdigit() and len(sheet) in _SHEET_LEVELS:
                found.add(Statement(dataset, scenario, name, sheet))
        elif row in touching if code is None else str(code)[:digits] == city.code[:digits]:
            found.add(Statement(dataset, scenario, name))
    return tuple(sorted(found, key=lambda each: (each.dataset, each.scenario or "", each.sheet or "", each.name or "")))


def _without_border(area: BaseGeometry, plane_crs: int) -> BaseGeometry:
    inner = transform_geometry(area, STORAGE, plane_crs).buffer(-_BORDER_M)
    return area if inner.is_empty else transform_geometry(inner, plane_crs, STORAGE)
