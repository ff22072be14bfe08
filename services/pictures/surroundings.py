"""What is around a place: one hazard's areas, the sites designated for it with the ways there, roads and borders.

Which layers that are follows from their declarations: the hazard asked for, and of the others the lines and areas that
the map shows at first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import hypot

import shapely

from geo.crs import STORAGE, transform_geometry, transform_xy
from geo.travel.steps import shape_of
from layers import towns
from layers.catalogue import catalogue
from layers.maplibre import first_choice
from layers.model import Geometry, Layer, Theme, Visibility
from services.database.revisions import LayerState
from services.ogc.analysis.layers import Feature
from services.ogc.errors import UnanswerableError
from services.ogc.processes._card.nearest_sites import MOST, nearest_sites
from services.ogc.processes._card.walker import Walker
from services.ogc.processes._evacuation.answer import minutes
from services.ogc.processes._evacuation.answering import answered
from services.ogc.processes._evacuation.sites import HAZARDS
from services.ogc.processes._evacuation.ways import Flight
from services.ogc.processes._model import Context
from services.ogc.processes._place import Place

_LEAST_M, _MOST_M = 450.0, 3_000.0
_MARGIN = 1.18
_DRAWN = frozenset({Geometry.LINE, Geometry.MULTILINE, Geometry.MULTIPOLYGON})
_NEAR = 0.5  # metres of a pixel's tenth part: what is smaller is not seen


@dataclass(frozen=True, slots=True)
class Frame:
    """What is seen, in metres of the city's plane: a box of ``width`` to ``height`` around a middle."""

    east: float
    north: float
    half_width_m: float
    half_height_m: float

    @property
    def box(self) -> shapely.Polygon:
        return shapely.box(
            self.east - self.half_width_m,
            self.north - self.half_height_m,
            self.east + self.half_width_m,
            self.north + self.half_height_m,
        )


@dataclass(frozen=True, slots=True)
class Reached:
    """A site and the way to it; ``way`` is empty where none is known, and ``minutes`` is None then."""

    name: str
    at: tuple[float, float]
    way: tuple[tuple[float, float], ...]
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All in metres of the city's plane.

    hazard:
        The layer asked for, and its areas of the scenario that is shown first.
    is_known:
        Whether there is data of it at all.
    ground:
        Layers with their features from the ground up.
    names:
        Names of towns with their points.
    """

    frame: Frame
    here: tuple[float, float]
    error_m: float
    hazard: Layer
    areas: tuple[Feature, ...]
    is_known: bool
    ground: tuple[tuple[Layer, tuple[Feature, ...]], ...]
    names: tuple[tuple[str, float, float], ...]
    sites: tuple[Reached, ...]
    states: Mapping[str, LayerState]


@cache
def ground_layers() -> tuple[Layer, ...]:
    """The lines and areas that everybody's map shows at first, but for hazards: areas first.

    Without what holds for a time: tiles and pictures have no clock, and an order that was lifted would look like one.
    """
    found = [
        layer
        for layer in catalogue().values()
        if layer.style.visible
        and layer.geometry in _DRAWN
        and layer.theme is not Theme.HAZARD
        and layer.holds is None
        and layer.visibility is Visibility.PUBLIC
    ]
    return tuple(sorted(found, key=lambda layer: layer.geometry is not Geometry.MULTIPOLYGON))


def surroundings(place: Place, hazard: Layer, shape: float, context: Context) -> Surroundings:
    """What is around a place, for a picture that is ``shape`` times as wide as high."""
    plane = context.city.plane_crs
    here = transform_xy(place.lon, place.lat, STORAGE, plane)
    sites = tuple(_reached(place, hazard, context))
    frame = _frame(here, [point for site in sites for point in (site.at, *site.way)], shape)
    asked = transform_geometry(frame.box.buffer(frame.half_width_m * 0.05), plane, STORAGE)
    ground = ground_layers()
    met = context.layers.meeting([hazard.id, towns.LAYER.id, *(each.id for each in ground)], asked, clipped=True)
    states = {each.id: context.layers.state(each.id) for each in (hazard, *ground)}
    return Surroundings(
        frame=frame,
        here=here,
        error_m=place.error_m,
        hazard=hazard,
        areas=tuple(_shown(hazard, met[hazard.id], frame, plane)),
        is_known=states[hazard.id] is not None,
        ground=tuple((each, tuple(_in_plane(met[each.id], frame, plane))) for each in ground),
        names=tuple(_named(met[towns.LAYER.id], plane)),
        sites=sites,
        states={layer_id: state for layer_id, state in states.items() if state is not None},
    )


def _shown(hazard: Layer, areas: Sequence[Feature], frame: Frame, plane: int) -> Iterator[Feature]:
    choice = first_choice(hazard)
    field = hazard.style.one_of
    chosen = [each for each in areas if field is None or str(each.properties.get(field)) == choice]
    yield from _in_plane(chosen, frame, plane)


def _in_plane(features: Sequence[Feature], frame: Frame, plane: int) -> Iterator[Feature]:
    """The features in metres, without what is too small to be seen."""
    seen = frame.half_width_m / 500 * _NEAR
    for each in features:
        if each.geometry is not None and not each.geometry.is_empty:
            geometry = shapely.simplify(transform_geometry(each.geometry, STORAGE, plane), seen)
            if not geometry.is_empty:
                yield Feature(each.id, each.properties, geometry)


def _named(found: Sequence[Feature], plane: int) -> Iterator[tuple[str, float, float]]:
    for each in found:
        if isinstance(each.geometry, shapely.Point) and not each.geometry.is_empty:
            yield str(each.properties.get("name")), *transform_xy(each.geometry.x, each.geometry.y, STORAGE, plane)


def _frame(here: tuple[float, float], others: Sequence[tuple[float, float]], shape: float) -> Frame:
    """Around all of them, but never so large that the place's own neighbourhood is not seen."""
    near = [each for each in others if hypot(each[0] - here[0], each[1] - here[1]) <= _MOST_M]
    xs, ys = zip(here, *near, strict=True)
    half = _MARGIN * max((max(xs) - min(xs)) / 2, (max(ys) - min(ys)) / 2 * shape, _LEAST_M)
    return Frame((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, half, half / shape)


def _reached(place: Place, hazard: Layer, context: Context) -> Iterator[Reached]:
    """The sites as the card tells of them; where no ways are found, those that are near, without."""
    kind = hazard.hazard.type if hazard.hazard is not None else ""
    if kind not in HAZARDS:
        return
    plane = context.city.plane_crs
    walker = Walker.at(place, context)
    flights: dict[str, Flight] = {}
    if walker.roads is not None:
        for each in _flights(kind, walker, context):
            flights.setdefault(each.site.id, each)
    for each in flights.values():
        assert walker.roads is not None  # noqa: S101 - or there were no ways
        way = shape_of(walker.roads.topology.network, each.way)
        moved = shapely.get_coordinates(
            transform_geometry(shapely.LineString(way if len(way) > 1 else [*way, *way]), STORAGE, plane)
        )
        at = transform_xy(each.site.lon, each.site.lat, STORAGE, plane)
        yield Reached(each.site.name, at, tuple((float(x), float(y)) for x, y in moved), minutes(each.seconds))
    if not flights:
        for entry in nearest_sites(kind, replace(walker, roads=None))["nearest"]:
            lon, lat = entry["site"]["position"]
            yield Reached(entry["site"]["name"], transform_xy(lon, lat, STORAGE, plane), (), None)


def _flights(kind: str, walker: Walker, context: Context) -> Sequence[Flight]:
    try:
        sites = walker.sites(kind)
    except UnanswerableError:
        return ()
    return answered(walker.walk(kind), sites, MOST, kind, context, briefly=True).flights
