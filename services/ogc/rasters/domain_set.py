"""Domain set and range type of a coverage (CIS 1.1 JSON, OGC 09-146r8), as drafts of OGC API Coverages had pages for.

GDAL's OGCAPI driver learns from them how many bands there are and how large the grid is.
"""

from typing import Any

from geo.crs import is_geographic
from services.ogc.rasters.asked_grid import AskedGrid
from services.ogc.rasters.cells import Band

_FLOAT = "ogcType:float32"


def domain_set(asked: AskedGrid) -> dict[str, Any]:
    """A general grid; bounds are those of the cells' areas, axes in the order of the system."""
    grid, system = asked.grid, asked.system
    unit = "deg" if is_geographic(system.crs) else "m"
    left, bottom, right, top = grid.bounds
    size_x, size_y = grid.resolution
    x = _axis(system.x_names[0], left, right, size_x, unit)
    y = _axis(system.y_names[0], bottom, top, size_y, unit)
    columns = {"type": "IndexAxis", "axisLabel": "i", "lowerBound": 0, "upperBound": grid.width - 1}
    rows = {"type": "IndexAxis", "axisLabel": "j", "lowerBound": 0, "upperBound": grid.height - 1}
    return {
        "type": "DomainSet",
        "generalGrid": {
            "type": "GeneralGridCoverage",
            "srsName": system.uri,
            "axisLabels": list(system.axes),
            "axis": list(system.ordered(x, y)),
            "gridLimits": {
                "type": "GridLimits",
                "srsName": "http://www.opengis.net/def/crs/OGC/0/Index2D",
                "axisLabels": list(system.ordered("i", "j")),
                "axis": list(system.ordered(columns, rows)),
            },
        },
    }


def _axis(label: str, low: float, high: float, size: float, unit: str) -> dict[str, Any]:
    return {
        "type": "RegularAxis",
        "axisLabel": label,
        "lowerBound": low,
        "upperBound": high,
        "resolution": size,
        "uomLabel": unit,
    }


def range_type(bands: tuple[Band, ...], language: str) -> dict[str, Any]:
    """A data record (SWE Common) of the bands."""
    return {"type": "DataRecord", "field": [_field(band, language) for band in bands]}


def _field(band: Band, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "Category" if band.categories else "Quantity",
        "id": band.name,
        "name": band.name,
        "label": band.title.in_language(language),
        "description": band.description.in_language(language),
        "definition": _FLOAT,
        "encodingInfo": {"dataType": f"http://www.opengis.net/def/dataType/OGC/0/{_FLOAT.partition(':')[2]}"},
    }
    if band.unit:
        found["uom"] = {"type": "UnitReference", "code": band.unit}
    if band.categories:
        found["codeSpace"] = {
            str(each.number): {"code": each.code, "title": each.title.in_language(language)} for each in band.categories
        }
    return found
