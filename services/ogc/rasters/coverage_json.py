"""Coverages as CoverageJSON (OGC 21-069r2): axes in the order of the reference system, null where there is no value."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from geo.crs import is_geographic
from layers.model import Text
from services.ogc.rasters.asked_grid import AskedGrid
from services.ogc.rasters.cells import Band, Cells, FloatGrid
from services.ogc.rights import as_of, attribution, rights_of

_DIGITS = 3  # a millimetre


def coverage_json(cells: Cells, asked: AskedGrid) -> dict[str, Any]:
    """The document; ``domain``, ``parameters`` and ``ranges`` as the standard has them, the rest is ours."""
    source = cells.source
    read = cells.open(asked.grid, asked.bands)
    values = read(asked.grid)
    return {
        "type": "Coverage",
        "domain": domain(asked),
        "parameters": {band.name: _parameter(band) for band in asked.bands},
        "ranges": {band.name: _range(band, found) for band, found in zip(asked.bands, values, strict=True)},
        "ngis:collection": source.layer.id,
        "ngis:attribution": _both(attribution(source, "ja"), attribution(source, "en")),
        "ngis:license": [licence.id for licence in rights_of(source)],
        "ngis:asOf": as_of(source, "en"),
        "ngis:fictitious": source.state.fictitious,
    }


def domain(asked: AskedGrid) -> dict[str, Any]:
    """The axes by the middle of their cells, y from north to south."""
    grid, system = asked.grid, asked.system
    x, y = grid.centres()
    return {
        "type": "Domain",
        "domainType": "Grid",
        "axes": {"x": _axis(x), "y": _axis(y)},
        "referencing": [
            {
                "coordinates": list(system.ordered("x", "y")),
                "system": {
                    "type": "GeographicCRS" if is_geographic(system.crs) else "ProjectedCRS",
                    "id": system.uri,
                },
            }
        ],
    }


def _axis(middles: Any) -> dict[str, Any]:
    if len(middles) == 1:
        return {"values": [float(middles[0])]}
    return {"start": float(middles[0]), "stop": float(middles[-1]), "num": len(middles)}


def _parameter(band: Band) -> dict[str, Any]:
    observed: dict[str, Any] = {"label": _text(band.title)}
    found: dict[str, Any] = {
        "type": "Parameter",
        "description": _text(band.description),
        "observedProperty": observed,
    }
    if band.categories:
        observed["categories"] = [{"id": each.code, "label": _text(each.title)} for each in band.categories]
        found["categoryEncoding"] = {each.code: each.number for each in band.categories}
    elif band.unit:
        found["unit"] = {
            "label": _both("メートル", "metre") if band.unit == "m" else _both(band.unit, band.unit),
            "symbol": {"value": band.unit, "type": "http://www.opengis.net/def/uom/UCUM/"},
        }
    return found


def _range(band: Band, values: FloatGrid) -> dict[str, Any]:
    cells = values.filled(np.nan).astype(np.float64)
    # JSON has no infinity: an upper bound without limit is null beside a lower bound.
    missing = ~np.isfinite(cells)
    known = np.where(missing, 0.0, cells).ravel()
    plain: list[Any] = known.astype(np.int64).tolist() if band.categories else np.round(known, _DIGITS).tolist()
    for index in np.flatnonzero(missing).tolist():
        plain[index] = None
    return {
        "type": "NdArray",
        "dataType": "integer" if band.categories else "float",
        "axisNames": ["y", "x"],
        "shape": list(values.shape),
        "values": plain,
    }


def _text(text: Text) -> Mapping[str, str]:
    return _both(text.ja, text.en)


def _both(ja: str, en: str) -> Mapping[str, str]:
    return {"ja": ja, "en": en}
