"""isochrone: what a vehicle reaches now within some times, as areas along roads and, where asked for, the roads."""

import itertools
from typing import Any

import numpy as np
import shapely

from geo.crs import STORAGE, transform_geometry, transform_xy
from geo.travel.conditions import Conditions
from geo.travel.finding import Stand, stands
from geo.travel.outlines import Outlines
from geo.travel.reach import CELL_M, Reach, areas, length_m, lines, reach
from layers.text import Text
from services.ogc.errors import UnanswerableError
from services.ogc.processes import _place
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._on_roads import avoiding
from services.ogc.processes._on_roads.provenance import (
    A_PLACE,
    FREE_FLOW,
    PROFILE,
    PROVENANCE,
    REACH_M,
    near,
    provenance,
)

MOST_ORIGINS = 100
MOST_LIMITS = 10
LONGEST_S = 3_600
_DIGITS = 6
"""Of degrees: a tenth of a metre, a hundredth of a cell."""

_OFF = Text(
    f"どの出発地からも{REACH_M:.0f}m以内に、この車両が通れる道路がない。",
    f"There is no road for this vehicle within {REACH_M:.0f} m of any of the origins.",
)
_WHAT = Text(
    f"面は、到達する道路とその両側を{CELL_M:.0f}mのます目で表す。道路から離れた場所へ行けることを意味しない。",
    f"Areas are the roads reached and their sides, in cells of {CELL_M:.0f} m; they do not say that a place off the "
    "road is reached.",
)


def run(inputs: Values, context: Context) -> Values:
    """One area for each limit, the shortest first."""
    context = context.speaking(inputs.get("language"))
    now, met = avoiding.applied(inputs, context.roads.conditions(inputs["profile"]), context)
    places = [_place.place_named("origins", each, context) for each in inputs["origins"]]
    origins: list[Stand] = [stand for place in places for snap in near(now, place) for stand in stands(now, snap)]
    if not origins:
        raise UnanswerableError(_OFF)
    limits = sorted(set(inputs["limits_s"]))
    within = reach(now, origins, limits[-1])
    return {
        "answer": {
            "type": "FeatureCollection",
            "features": [
                _feature(now, within.until(limit), limit, outlines, with_roads=inputs["roads"])
                for limit, outlines in zip(limits, areas(now, within, limits), strict=True)
            ],
            "origins": [place.document() for place in places],
            "met": met,
            **provenance(now, context, [_WHAT, FREE_FLOW], fictitious=any(place.fictitious for place in places)),
        }
    }


def _feature(now: Conditions, within: Reach, limit: float, outlines: Outlines, *, with_roads: bool) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": _area(now, outlines),
        "properties": {
            "limit_s": limit,
            "length_m": round(length_m(now, within), 1),
            "roads": _roads(now, within) if with_roads else None,
        },
    }


def _area(now: Conditions, outlines: Outlines) -> dict[str, Any]:
    x, y = outlines.points.T
    lon, lat = transform_xy(x, y, now.topology.network.plane, STORAGE)
    points = np.round(np.column_stack([lon, lat]), _DIGITS)
    rings = [points[first:behind] for first, behind in itertools.pairwise(outlines.first.tolist())]
    return {"type": "MultiPolygon", "coordinates": [[rings[each] for each in every] for every in outlines.polygons()]}


def _roads(now: Conditions, within: Reach) -> dict[str, Any]:
    degrees = transform_geometry(lines(now, within), now.topology.network.plane, STORAGE)
    found: dict[str, Any] = shapely.geometry.mapping(shapely.transform(degrees, lambda each: np.round(each, _DIGITS)))
    return found


PROCESS = Process(
    id="isochrone",
    version="1.0.0",
    title=Text("到達圏", "Isochrones"),
    description=Text(
        "1つまたは複数の場所から、その車両がいま、それぞれの時間のうちに到達する範囲。面は到達する道路に沿うもので、"
        "到達しない道路を含まない。",
        "What a vehicle reaches now from one or many places within each of some times. The areas lie along the roads "
        "that are reached and hold no road that is not.",
    ),
    keywords=("到達圏", "等時間", "isochrone", "service area"),
    inputs={
        "origins": Input(
            title=Text("出発地", "Origins"),
            description=A_PLACE,
            schema={"type": "array", "minItems": 1, "maxItems": MOST_ORIGINS, "items": dict(_place.EITHER)},
        ),
        "limits_s": Input(
            title=Text("時間", "Limits"),
            description=Text("秒。ちょうどその時間で着く所を含む。", "Seconds; inclusive."),
            schema={
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_LIMITS,
                "items": {"type": "number", "minimum": 0, "maximum": LONGEST_S},
                "default": [180, 300, 480],
            },
            required=False,
        ),
        "profile": PROFILE,
        "roads": Input(
            title=Text("道路", "Roads"),
            description=Text("到達する道路の線も返す。", "With the lines of the roads that are reached."),
            schema={"type": "boolean", "default": False},
            required=False,
        ),
        **avoiding.INPUTS,
        "language": LANGUAGE,
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text("GeoJSONのFeatureCollection。時間の短い順。", "GeoJSON, the shortest time first."),
            schema={
                "type": "object",
                "required": ["type", "features", "origins", "met", *PROVENANCE],
                "properties": {
                    "type": {"type": "string", "enum": ["FeatureCollection"]},
                    "features": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["type", "geometry", "properties"],
                            "properties": {
                                "type": {"type": "string", "enum": ["Feature"]},
                                "geometry": {"type": "object", "required": ["type", "coordinates"]},
                                "properties": {
                                    "type": "object",
                                    "required": ["limit_s", "length_m", "roads"],
                                    "properties": {
                                        "limit_s": {"type": "number"},
                                        "length_m": {"type": "number"},
                                        "roads": or_null({"type": "object"}),
                                    },
                                },
                            },
                        },
                    },
                    "origins": {"type": "array", "items": _place.SCHEMA},
                    "met": avoiding.MET,
                    **PROVENANCE,
                },
            },
        )
    },
    run=run,
    by_query=True,
    examples=({"origins": [[135.3415, 34.7376]], "limits_s": [180, 300]},),
)
