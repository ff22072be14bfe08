"""The areas of a hazard that an exposure is asked for: one scenario, from a rank or a depth on, within an area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometries, transform_geometry
from geo.exposure import Zones
from layers.catalogue import catalogue
from layers.model import Code, Layer, Text
from services.ogc.analysis.city import DISTRICTS, city_area
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes._model import Context, Values

POLYGON: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["Polygon", "MultiPolygon"]},
        "coordinates": {"type": "array", "minItems": 1},
    },
}
CLASS_SCHEMA: Mapping[str, Any] = {"type": "object", "required": ["rank", "id", "title", "lower", "upper"]}
COUNT_SCHEMA: Mapping[str, Any] = {"type": "integer", "minimum": 0}
_MOST_VERTICES = 20_000


@dataclass(frozen=True, slots=True)
class HazardClass:
    """One row of a table: the areas of one rank; ``rank`` None for those whose class is not known."""

    rank: int | None
    code: Code | None

    def document(self, context: Context) -> dict[str, Any]:
        title = Text("区分不明", "class unknown") if self.code is None else self.code.title
        return {
            "rank": self.rank,
            "id": None if self.code is None else self.code.value,
            "title": context.say(title),
            "lower": None if self.code is None else self.code.lower,
            "upper": None if self.code is None else self.code.upper,
        }


@dataclass(frozen=True, slots=True)
class HazardZones:
    """The areas asked for, in the city's plane system.

    classes:
        The worst first; areas whose class is not known come first of all, since they may be the worst.
    area:
        To what everything is restricted, in the plane and in degrees.
    shapes:
        The areas as they are published, in degrees and beyond ``area`` too.
    """

    layer: Layer
    scenario: Code | None
    classes: tuple[HazardClass, ...]
    zones: Zones
    area: BaseGeometry
    area_degrees: BaseGeometry
    datasets: tuple[str, ...]
    shapes: tuple[BaseGeometry, ...]

    @property
    def title(self) -> Text:
        """Of the hazard, with its scenario."""
        title, code = self.layer.title, self.scenario
        return title if code is None else Text(f"{title.ja}（{code.title.ja}）", f"{title.en} ({code.title.en})")


def asked_zones(inputs: Values, context: Context) -> HazardZones:
    """The zones that the inputs ask for.

    Raises
    ------
    ParameterError
        If the scenario is not one of the hazard's, or the area cannot be used.
    UnanswerableError
        If the hazard is not loaded, or there is no boundary to restrict it to.
    """
    layer = catalogue()[inputs["hazard"]]
    if context.layers.state(layer.id) is None:
        raise UnanswerableError(
            Text(
                f"「{layer.title.ja}」のデータが読み込まれていません。区域がないことを意味しません。",
                f"“{layer.title.en}” is not loaded. This does not mean that there are no such areas.",
            )
        )
    scenario = scenario_of(layer, inputs.get("scenario"))
    area = asked_area(inputs.get("area"), context)
    field = None if layer.hazard is None else layer.hazard.scenario
    equal = {} if scenario is None or field is None else {field: scenario.value}
    found = [
        each
        for each in context.layers.features(layer.id, within=area, equal=equal)
        if each.geometry is not None and is_meant(each, inputs)
    ]
    context.check()
    plane = context.city.plane_crs
    plane_area = transform_geometry(area, STORAGE, plane)
    classes = _classes(layer, found)
    places = {each.rank: index for index, each in enumerate(classes)}
    areas = _clipped(transform_geometries([each.geometry for each in found], STORAGE, plane), plane_area)
    return HazardZones(
        layer=layer,
        scenario=scenario,
        classes=classes,
        zones=Zones(areas, [places[each.properties.get("rank")] for each in found]),
        area=plane_area,
        area_degrees=area,
        datasets=tuple(dict.fromkeys(str(each.properties.get("dataset")) for each in found)),
        shapes=tuple(each.geometry for each in found if each.geometry is not None),
    )


def scenario_of(layer: Layer, asked: str | None) -> Code | None:
    field = None if layer.hazard is None or layer.hazard.scenario is None else layer.by_name[layer.hazard.scenario]
    codes = () if field is None or field.codes is None else field.codes.codes
    if asked is None:
        return codes[0] if codes else None
    for code in codes:
        if code.value == asked:
            return code
    known = ", ".join(str(code.value) for code in codes)
    raise ParameterError(
        "scenario",
        Text(
            f"この災害の想定は次のとおりです: {known or 'なし'}",
            f"the scenarios of this hazard are: {known or 'none'}.",
        ),
    )


def is_meant(area: Feature, inputs: Values) -> bool:
    """Areas whose rank or depth is not known are meant too: they may be the worst."""
    rank, least = area.properties.get("rank"), inputs.get("minimum_rank")
    if least is not None and rank is not None and rank < least:
        return False
    depth = inputs.get("minimum_depth_m")
    upper = area.properties.get("depth_upper_m")
    return depth is None or upper is None or upper > depth


def _classes(layer: Layer, found: Sequence[Feature]) -> tuple[HazardClass, ...]:
    field = layer.by_name.get("hazard_class")
    codes = {} if field is None or field.codes is None else field.codes.by_value
    by_rank: dict[int | None, Code | None] = {}
    for each in found:
        by_rank.setdefault(each.properties.get("rank"), codes.get(each.properties.get("hazard_class") or ""))
    ranks = sorted(by_rank, key=lambda rank: (rank is not None, -(rank or 0)))
    return tuple(HazardClass(rank, by_rank[rank]) for rank in ranks)


def _clipped(areas: Sequence[BaseGeometry], limit: BaseGeometry) -> list[BaseGeometry]:
    shapely.prepare(limit)
    return [area if shapely.contains(limit, area) else shapely.intersection(area, limit) for area in areas]


def asked_area(asked: Any, context: Context) -> BaseGeometry:
    """The area in EPSG:6668: the one given, a district or those of a prefecture that are loaded, else the city."""
    if asked is None:
        city = city_area(context.layers, context.city)
        if city is None:
            raise UnanswerableError(
                Text(
                    "市域の境界が読み込まれていません。area を指定してください。",
                    "The boundary of the city is not loaded; give an area.",
                )
            )
        return city
    if isinstance(asked, str):
        for name in ("municipality_code", "name", "prefecture_name"):
            found = context.layers.features(DISTRICTS, equal={name: asked})
            if parts := [each.geometry for each in found if each.geometry is not None]:
                return shapely.union_all(parts)
        raise ParameterError("area", Text("この行政区域はありません。", "there is no such district."))
    return _polygon(asked)


def _polygon(asked: Mapping[str, Any]) -> BaseGeometry:
    problem: Text | None = None
    area: BaseGeometry = shapely.Polygon()
    try:
        area = shape(asked)
    except (ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        problem = Text(
            "GeoJSONのPolygonまたはMultiPolygonとして読めません。", "it is no GeoJSON Polygon or MultiPolygon."
        )
    if problem is None:
        west, south, east, north = area.bounds if not area.is_empty else (181.0,) * 4
        if shapely.get_num_coordinates(area) > _MOST_VERTICES:
            problem = Text(
                f"頂点が多すぎます（{_MOST_VERTICES:,}まで）。",
                f"it has too many vertices (at most {_MOST_VERTICES:,}).",
            )
        elif not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # NaN fails as well
            problem = Text("座標は経度、緯度の順の度で指定してください。", "give longitude, latitude in degrees.")
        elif not area.is_valid:
            why = shapely.is_valid_reason(area)
            problem = Text(f"図形が正しくありません（{why}）。", f"the shape is not valid ({why}).")
    if problem is not None:
        raise ParameterError("area", problem)
    return area
