"""Who has water, with hydrants and without: in a straight line or along roads, by area where there is a cluster."""

from collections.abc import Iterator
from dataclasses import fields
from functools import partial

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.demand import Bools, Floats, Ints
from geo.crs import STORAGE, transform_xy
from geo.partition.areas import areas_of
from geo.water_supply.along_roads import HoseRoads
from geo.water_supply.straight import Sources, WaterCover, as_array, cover_by, water_cover
from layers.text import Text
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._water.places import Places
from services.ogc.processes._water.sources import Water

_ON_FOOT = "walking"
MOST_PLACES = 50_000
"""Of one task of a cluster."""

type Both = tuple[WaterCover, WaterCover]
"""With hydrants, and without."""
type _Part = tuple[npt.NDArray[np.object_], npt.NDArray[np.float64]]


def in_straight_lines(points: DemandPoints, places: Places, water: Water, context: Context) -> Both:
    """By the nearest point of each place.

    Every part is told all sources: so the nearest of a place is known however far it is, and no border is in the way.
    """
    if context.cluster is None:
        return covers((as_array(places.shapes), places.radii_m), sources=water.sources)
    lon, lat = points.lon[places.point], points.lat[places.point]
    areas = [each.places for each in areas_of(lon, lat, MOST_PLACES)]
    shapes = as_array(places.shapes)
    parts: Iterator[_Part] = ((shapes[each], places.radii_m[each]) for each in areas)
    found: list[Both | None] = [None] * len(areas)
    each = partial(covers, sources=water.sources)
    for done, (number, part) in enumerate(context.cluster.each(each, parts, context.check), 1):
        found[number] = part
        context.report_share(done / len(areas), Text("距離を求めています。", "Measuring distances."))
    order = np.argsort(np.concatenate(areas))
    return _joined([each[0] for each in found if each], order), _joined([each[1] for each in found if each], order)


def covers(part: _Part, sources: Sources) -> Both:
    """Of some places with their radii."""
    shapes, radii_m = part
    return water_cover(shapes, radii_m, sources), water_cover(shapes, radii_m, sources, without_hydrants=True)


def along_roads(places: Places, water: Water, context: Context) -> tuple[Both, Bools, int]:
    """By the way of a hose from a point of each place; which places have no road near, and so no water; and how many
    sources have none.

    Raises
    ------
    UnanswerableError
        If there is no network.
    """
    now = context.roads.conditions(_ON_FOOT)
    roads, plane = HoseRoads.under(now), context.city.plane_crs
    wells = shapely.get_coordinates(as_array(water.sources.points))
    homes, sources = (
        now.topology.places.near_each(*transform_xy(xy[:, 0], xy[:, 1], plane, STORAGE), roads.usable, REACH_M)
        for xy in (places.xy, wells)
    )
    context.check()
    known: dict[bytes, tuple[Floats, Ints]] = {}

    def nearest(use: Bools) -> tuple[Floats, Ints]:
        key = use.tobytes()
        if key not in known:
            known[key] = roads.nearest_of(homes, sources, use)
        return known[key]

    both = (
        cover_by(nearest, len(places.radii_m), places.radii_m, water.sources, without_hydrants=without)
        for without in (False, True)
    )
    with_hydrants, without_hydrants = both
    return (with_hydrants, without_hydrants), homes.stretch < 0, int((sources.stretch < 0).sum())


def _joined(parts: list[WaterCover], order: npt.NDArray[np.int64]) -> WaterCover:
    columns = (np.concatenate([getattr(each, field.name) for each in parts])[order] for field in fields(WaterCover))
    return WaterCover(*columns)
