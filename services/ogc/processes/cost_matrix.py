"""cost-matrix: travel times, and where asked for lengths, between many places for a vehicle now."""

from typing import Any

import numpy as np

from geo.routing.graph import seconds_of
from geo.travel.conditions import Conditions, with_metric
from geo.travel.finding import Stand, fastest, stands
from geo.travel.matrix import travel_costs
from geo.travel.steps import length_m
from layers.text import Text
from services.ogc.errors import TooMuchError
from services.ogc.processes import _place
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._on_roads import avoiding
from services.ogc.processes._on_roads.provenance import A_PLACE, FREE_FLOW, PROFILE, PROVENANCE, near, provenance

MOST_PLACES = 5_000
MOST_PAIRS = 200_000
MOST_LENGTHS = 5_000
"""Pairs of which the length of the way is told: each is found by itself."""


def run(inputs: Values, context: Context) -> Values:
    """The matrices; what cannot be reached is null."""
    context = context.speaking(inputs.get("language"))
    _require_size(inputs)
    now, met = avoiding.applied(inputs, context.roads.conditions(inputs["profile"]), context)
    if met:
        now = with_metric(now)  # sooner than a search from each origin
    ends = {
        name: [_place.place_named(name, each, context) for each in inputs[name]] for name in ("origins", "destinations")
    }
    on_roads = {name: [_stands(now, place) for place in places] for name, places in ends.items()}
    costs = travel_costs(now, on_roads["origins"], on_roads["destinations"])
    lengths = _lengths(now, on_roads["origins"], on_roads["destinations"]) if inputs["lengths"] else None
    return {
        "answer": {
            "travel_times_s": _rows(seconds_of(costs).tolist()),
            "lengths_m": lengths,
            "met": met,
            **{name: [place.document() for place in places] for name, places in ends.items()},
            **provenance(
                now, context, [FREE_FLOW], fictitious=any(each.fictitious for every in ends.values() for each in every)
            ),
        }
    }


def _require_size(inputs: Values) -> None:
    pairs = len(inputs["origins"]) * len(inputs["destinations"])
    most = MOST_LENGTHS if inputs["lengths"] else MOST_PAIRS
    if pairs > most:
        raise TooMuchError(
            "destinations",
            Text(f"組み合わせは{most:,}までです。", f"ask for at most {most:,} pairs."),
        )


def _stands(now: Conditions, place: _place.Place) -> list[Stand]:
    return [stand for snap in near(now, place) for stand in stands(now, snap)]


def _rows(values: list[list[float]]) -> list[list[float | None]]:
    return [[None if np.isinf(value) else value for value in row] for row in values]


def _lengths(now: Conditions, origins: list[list[Stand]], destinations: list[list[Stand]]) -> list[list[float | None]]:
    found: list[list[float | None]] = []
    for origin in origins:
        ways = [fastest(now, origin, destination) for destination in destinations]
        found.append([None if way is None else round(length_m(now.topology.network, way), 1) for way in ways])
    return found


def _places(title: Text) -> Input:
    schema: dict[str, Any] = {"type": "array", "minItems": 1, "maxItems": MOST_PLACES, "items": dict(_place.EITHER)}
    return Input(title=title, description=A_PLACE, schema=schema)


_MATRIX = {"type": "array", "items": {"type": "array", "items": or_null({"type": "number", "minimum": 0})}}
PROCESS = Process(
    id="cost-matrix",
    version="1.0.0",
    title=Text("所要時間の行列", "Cost matrix"),
    description=Text(
        "多数の出発地から多数の目的地までの、その車両のいまの所要時間。到達できない組み合わせはnull。求めれば経路の長さも。",
        "Travel times of a vehicle now from many origins to many destinations; null where there is no way. Lengths of "
        "the ways where asked for.",
    ),
    keywords=("所要時間", "行列", "cost matrix", "travel time"),
    inputs={
        "origins": _places(Text("出発地", "Origins")),
        "destinations": _places(Text("目的地", "Destinations")),
        "profile": PROFILE,
        "lengths": Input(
            title=Text("長さ", "Lengths"),
            description=Text(
                f"経路の長さも求める（{MOST_LENGTHS:,}組まで）。",
                f"Lengths of the ways too (at most {MOST_LENGTHS:,} pairs).",
            ),
            schema={"type": "boolean", "default": False},
            required=False,
        ),
        **avoiding.INPUTS,
        "language": LANGUAGE,
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text("行は出発地、列は目的地。", "Rows are origins, columns are destinations."),
            schema={
                "type": "object",
                "required": ["travel_times_s", "lengths_m", "origins", "destinations", "met", *PROVENANCE],
                "properties": {
                    "travel_times_s": _MATRIX,
                    "lengths_m": or_null(_MATRIX),
                    "origins": {"type": "array", "items": _place.SCHEMA},
                    "destinations": {"type": "array", "items": _place.SCHEMA},
                    "met": avoiding.MET,
                    **PROVENANCE,
                },
            },
        )
    },
    run=run,
    examples=(
        {"origins": [[135.3415, 34.7376], [135.3545, 34.7262]], "destinations": [[135.3618, 34.7214]], "lengths": True},
    ),
)
