"""The sources of water of an analysis, as the standard (消防水利の基準) sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from geo.crs import STORAGE, transform_geometries
from geo.water_supply.standard import is_ample, meets_standard
from geo.water_supply.straight import Sources
from layers import fire_water_sources
from layers.model import Layer
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning.given import collection, features_of, number_of

LAYER = fire_water_sources.LAYER
MOST = 100_000
_HYDRANTS = frozenset({"hydrant", "private-hydrant"})
_NOT_USABLE = frozenset({"in-use", "out-of-service"})
_KINDS = {str(code.value) for code in fire_water_sources.KINDS.codes}

INPUT = Input(
    title=Text("消防水利", "Sources of water"),
    description=Text(
        f"レイヤー{LAYER.id}、またはGeoJSONのFeatureCollection。後者は属性kind（{LAYER.id}と同じ）、"
        "main_diameter_mm、capacity_m3、"
        "flow_m3_min、grid_side_m、pumps、conditionを読む。ない属性は不明とする。",
        f"The layer {LAYER.id}, or a GeoJSON FeatureCollection, of which the properties kind (as of {LAYER.id}), "
        "main_diameter_mm, capacity_m3, flow_m3_min, grid_side_m, pumps and condition are read; what is absent is "
        "unknown.",
    ),
    schema={"oneOf": [{"type": "string", "enum": [LAYER.id]}, collection(MOST)], "default": LAYER.id},
    required=False,
)


@dataclass(frozen=True, eq=False, slots=True)
class Water:
    """Sources in the city's plane, and how many are what.

    layer:
        They are of; None where they were given.
    """

    sources: Sources
    layer: Layer | None
    without_position: int
    hydrants: int
    meeting: int
    unknown: int
    failing: int

    def __len__(self) -> int:
        return len(self.sources.points)


def asked_water(inputs: Values, context: Context) -> Water:
    """The sources of the inputs.

    Raises
    ------
    ParameterError
        If none are given, a kind is unknown, or a number is negative.
    UnanswerableError
        If the layer is not loaded, or empty.
    """
    given = inputs["sources"]
    layer: Layer | None = LAYER if isinstance(given, str) else None
    every = list(context.layers.features(LAYER.id)) if layer is not None else features_of("sources", given)
    placed = [each for each in every if each.geometry is not None]
    if not placed:
        raise UnanswerableError(
            Text(
                "消防水利が読み込まれていない。ないことを意味しない。",
                "No fire water sources are loaded. This does not mean that there are none.",
            )
        )
    points = [
        each.geometry if each.geometry.geom_type == "Point" else shapely.point_on_surface(each.geometry)
        for each in placed
        if each.geometry is not None
    ]
    meets = [_meets(each, number) for number, each in enumerate(placed)]
    return Water(
        sources=Sources(
            transform_geometries(points, STORAGE, context.city.plane_crs),
            meets,
            [_ample(each.properties, number) for number, each in enumerate(placed)],
            [each.properties.get("kind") in _HYDRANTS for each in placed],
        ),
        layer=layer,
        without_position=len(every) - len(placed),
        hydrants=sum(each.properties.get("kind") in _HYDRANTS for each in placed),
        meeting=meets.count(True),
        unknown=meets.count(None),
        failing=meets.count(False),
    )


def _meets(source: Feature, number: int) -> bool | None:
    """Whether it has the supply of the standard and can be used; what is not known of its use is taken as usable."""
    about = source.properties
    kind = about.get("kind")
    if kind not in _KINDS:
        raise ParameterError(
            f"sources.features[{number}]", Text(f"種別「{kind}」はありません。", f"there is no kind {kind!r}.")
        )
    if about.get("condition") in _NOT_USABLE:
        return False
    return meets_standard(
        hydrant=kind in _HYDRANTS,
        main_mm=_number(about, "main_diameter_mm", number),
        volume_m3=_number(about, "capacity_m3", number),
        flow_m3_min=_number(about, "flow_m3_min", number),
        grid_side_m=_number(about, "grid_side_m", number),
    )


def _ample(about: Mapping[str, Any], number: int) -> bool | None:
    pumps = _number(about, "pumps", number)
    return is_ample(
        volume_m3=_number(about, "capacity_m3", number),
        flow_m3_min=_number(about, "flow_m3_min", number),
        pumps=None if pumps is None else int(pumps),
    )


def _number(about: Mapping[str, Any], name: str, number: int) -> float | None:
    return number_of("sources", f"features[{number}].properties.{name}", about.get(name))
