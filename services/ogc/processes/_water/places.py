"""The places that should have water near: buildings as given, or the ground of the census's cells in small squares."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.demand import Demand, demand_at
from geo.crs import STORAGE, transform_geometries, transform_xy
from geo.errors import InputError
from geo.mesh import mesh_bounds
from geo.water_supply.standard import NO_ZONE, radii_m
from geo.water_supply.straight import Geometries
from layers.text import Text
from services.ogc.errors import ParameterError
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning.demand import MESH, DemandPoints

SIDE = 8
"""Squares along a side of a cell of the mesh: a power of two, so that parts of whole people add up exactly."""


@dataclass(frozen=True, eq=False, slots=True)
class Places:
    """Places in the city's plane.

    point:
        Shape (places,): the point of demand each is of.
    demand:
        Of the places: that of the point in equal parts.
    xy:
        Shape (places, 2): a point of each.
    """

    shapes: Geometries
    point: npt.NDArray[np.int64]
    demand: Demand
    radii_m: npt.NDArray[np.float64]
    xy: npt.NDArray[np.float64]


def places_of(points: DemandPoints, inputs: Values, context: Context) -> Places:
    """The places of the demand, with the radius of each by zone and wind.

    Raises
    ------
    ParameterError
        If a zone is none of the law's, or ``built_up`` neither true nor false.
    """
    plane = context.city.plane_crs
    if points.layer is not None and points.layer.id == MESH:
        lon, lat, point = _squares(points)
        x, y = transform_xy(lon, lat, STORAGE, plane)
        shapes: Geometries = shapely.points(x, y)
        share = 1.0 / SIDE**2
    else:
        moved = transform_geometries(points.shapes, STORAGE, plane)
        shapes, point, share = np.array(moved, object), np.arange(len(points)), 1.0
        x, y = transform_xy(points.lon, points.lat, STORAGE, plane)
    demand = points.demand
    weights = np.where(demand.known, demand.weights * share, np.nan)[point]
    reasons = [demand.reasons[each] for each in point.tolist()]
    return Places(shapes, point, demand_at(weights, reasons), _radii(points, inputs)[point], np.column_stack([x, y]))


def _squares(
    points: DemandPoints,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Middles of the squares of each cell, those of the cell that the figures are of; what is merged into it is not."""
    steps = (np.arange(SIDE) + 0.5) / SIDE
    across, up = (each.ravel() for each in np.meshgrid(steps, steps))
    bounds = np.array([mesh_bounds(str(each["mesh_code"])) for each in points.properties], np.float64).reshape(-1, 4)
    west, south, east, north = bounds.T
    lon = (west[:, None] + (east - west)[:, None] * across).ravel()
    lat = (south[:, None] + (north - south)[:, None] * up).ravel()
    return lon, lat, np.repeat(np.arange(len(points)), SIDE**2)


def _radii(points: DemandPoints, inputs: Values) -> npt.NDArray[np.float64]:
    built_up = [
        _flag(each.get("built_up"), inputs.get("built_up"), name)
        for each, name in zip(points.properties, points.ids, strict=True)
    ]
    zones = [_zone(each.get("zone"), inputs.get("zone")) for each in points.properties]
    try:
        return radii_m(built_up, zones, inputs.get("wind_m_s"))
    except InputError as error:
        raise ParameterError(
            "zone", Text(f"用途地域の名称ではありません（{NO_ZONE}も使えます）。", f"{error}")
        ) from error


def _flag(own: object, given: bool | None, name: str) -> bool | None:
    if own is not None and not isinstance(own, bool):
        where = f"{name}: built_up"
        raise ParameterError("demand", Text(f"{where}はtrue、falseかnullです。", f"{where} is true, false or null."))
    return given if own is None else own


def _zone(own: object, given: str | None) -> str | None:
    return str(own) if own is not None else given
