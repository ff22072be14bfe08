"""The people in a hazard's zones, out of the demand: where they are, and of whom it is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coverage.demand import Floats, Ints
from geo.crs import STORAGE, transform_geometries, transform_geometry, transform_xy
from geo.sheltering.standing import People, Standing, people_standing, standing
from layers.text import Text
from services.ogc.analysis.speaking import area_spoken_for
from services.ogc.errors import ParameterError
from services.ogc.processes._exposure.zones import HazardZones, asked_zones
from services.ogc.processes._hazard.at_place import hazard_layers
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning import cutting
from services.ogc.processes._planning.demand import MESH, DemandPoints

HOUSEHOLDS = "households"

INPUTS: Mapping[str, Input] = {
    "hazard": Input(
        title=Text("災害", "Hazard"),
        description=Text("避難する人を数える災害のレイヤー。", "Id of the hazard layer whose zones people leave."),
        schema={"type": "string", "enum": list(hazard_layers())},
    ),
    "scenario": cutting.INPUTS["scenario"],
    "minimum_rank": cutting.INPUTS["minimum_rank"],
}


@dataclass(frozen=True, eq=False)
class InZones:
    """The demand by where it stands.

    spoken_for:
        Where being in no zone means outside, in the city's plane; None: nowhere.
    lon, lat:
        Of each point of demand where its people in the zones are, in degrees.
    """

    zones: HazardZones
    spoken_for: BaseGeometry | None
    standing: Standing
    people: People
    lon: Floats
    lat: Floats

    @cached_property
    def rows(self) -> Ints:
        """The points that have people in the zones."""
        return np.flatnonzero(self.people.inside > 0)


def people_in_zones(points: DemandPoints, inputs: Values, context: Context) -> InZones:
    """The people of the demand by where they stand.

    Raises
    ------
    ParameterError
        If what is counted are no people, the scenario is not one of the hazard's, or the area cannot be used.
    UnanswerableError
        If the hazard is not loaded, or there is no boundary.
    """
    if points.weight == HOUSEHOLDS:
        raise ParameterError("weight", Text("人を数えるものにしてください。", "it has to count people."))
    zones, plane = asked_zones(inputs, context), context.city.plane_crs
    scenario = None if zones.scenario is None else str(zones.scenario.value)
    spoken = area_spoken_for(zones.layer, context.layers, context.city, scenario)
    spoken = None if spoken is None else transform_geometry(spoken, STORAGE, plane)

    def tick(done: float) -> None:
        context.check()
        context.report(15 + round(25 * done), Text("区域内の人を数えています。", "Counting the people in the zones."))

    where = standing(_grounds(points, zones.area, plane), zones.zones, spoken, tick)
    lon, lat = points.lon.copy(), points.lat.copy()
    x, y = where.xy[where.partly].T.copy()
    lon[where.partly], lat[where.partly] = transform_xy(x, y, plane, STORAGE)
    return InZones(zones, spoken, where, people_standing(points.demand, where), lon, lat)


def _grounds(points: DemandPoints, area: BaseGeometry, plane: int) -> list[BaseGeometry]:
    """What people live on: of a cell that lies at the coast or the border, the part within the area."""
    moved = transform_geometries(points.shapes, STORAGE, plane)
    if points.layer is None or points.layer.id != MESH:
        return moved
    shapely.prepare(area)
    found = []
    for each in moved:
        part = each if shapely.contains(area, each) else shapely.intersection(each, area)
        found.append(part if part.area else each)
    return found
