"""Areas drawn in a request, to be kept out of or under water: how they are given, and what an answer says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.geometry import AREA, repair
from geo.routing.graph import Int32Array
from geo.travel.avoiding import Area, Avoiding, avoiding
from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.met import Roads
from layers.text import Text
from services.ogc.errors import ParameterError, TooMuchError
from services.ogc.processes._model import Context, Input, Values, or_null
from services.ogc.processes._place import Place

MOST_AREAS = 50
MOST_POSITIONS = 20_000
DEEPEST_M = 50.0

_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}
_POLYGON = {"type": "array", "minItems": 1, "items": {"type": "array", "items": _POSITION, "minItems": 4}}
_AREA: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"type": "string", "enum": ["Polygon", "MultiPolygon"]}, "coordinates": {"type": "array"}},
    "oneOf": [
        {"properties": {"type": {"enum": ["Polygon"]}, "coordinates": _POLYGON}},
        {"properties": {"type": {"enum": ["MultiPolygon"]}, "coordinates": {"type": "array", "items": _POLYGON}}},
    ],
}
INPUTS: Mapping[str, Input] = {
    "avoid": Input(
        title=Text("避ける範囲", "Areas to avoid"),
        description=Text(
            "GeoJSONのPolygonまたはMultiPolygonの配列（経度、緯度の順）。触れる道路を、橋も含めて通らない。"
            "自己交差は直して使い、そう示す。",
            "An array of GeoJSON Polygons or MultiPolygons (longitude, latitude). No road that touches one is used, "
            "bridges included. What crosses itself is mended, and the answer says so.",
        ),
        schema={"type": "array", "maxItems": MOST_AREAS, "items": dict(_AREA), "default": []},
        required=False,
    ),
    "flooded": Input(
        title=Text("浸水している範囲", "Flooded areas"),
        description=Text(
            "範囲（area: GeoJSONのPolygonまたはMultiPolygon）と水深（depth_m: m）の配列。触れる道路では、水深に応じて"
            "遅くなり、渡れない深さなら通らない。",
            "An array of an area (a GeoJSON Polygon or MultiPolygon) and a depth_m (metres) each. Roads that touch one "
            "are slower by the depth, and not used where it is too deep for the vehicle.",
        ),
        schema={
            "type": "array",
            "maxItems": MOST_AREAS,
            "items": {
                "type": "object",
                "required": ["area", "depth_m"],
                "properties": {
                    "area": dict(_AREA),
                    "depth_m": {"type": "number", "minimum": 0.01, "maximum": DEEPEST_M},
                },
            },
            "default": [],
        },
        required=False,
    ),
}
"""For every process on the road network."""


class Effect(StrEnum):
    """What an area does to an answer."""

    AVOIDED = "avoided"  # the way without it would go through it
    CROSSED = "crossed"  # the route goes through its water
    IN_THE_WAY = "in-the-way"  # it is why there is no route
    NOT_MET = "not-met"
    APPLIED = "applied"  # to answers that are no single route
    NO_ROAD = "touches-no-road"


MET: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["kind", "number", "depth_m", "effect", "holds", "roads_m", "mended", "text"],
        "properties": {
            "kind": {"type": "string", "enum": list(INPUTS)},
            "number": {"type": "integer", "minimum": 1},
            "depth_m": or_null({"type": "number"}),
            "effect": {"type": "string", "enum": [str(each) for each in Effect]},
            "holds": {"type": "array", "items": {"type": "string", "enum": ["origin", "destination"]}},
            "roads_m": {"type": "number", "minimum": 0},
            "mended": or_null({"type": "string"}),
            "text": {"type": "string"},
        },
    },
}
"""Of the areas of a request in an output: each by the input it came in and its number there.

``holds`` are ends of the route that lie in it, ``roads_m`` the length of the stretches of road that touch it, and
``mended`` what was wrong with its outline.
"""

_KINDS = {
    "avoid": Text("避ける範囲{number}", "area {number} to avoid"),
    "flooded": Text("浸水範囲{number}", "flooded area {number}"),
}
_EFFECTS = {
    Effect.AVOIDED: Text("通らない経路にした。", "kept out of; the way without it would go through it."),
    Effect.CROSSED: Text("水の中を通る。", "the route goes through its water."),
    Effect.IN_THE_WAY: Text("道をふさいでいる。", "it blocks the way."),
    Effect.NOT_MET: Text("経路に関わらない。", "it makes no difference to the route."),
    Effect.APPLIED: Text("考慮した。", "taken into account."),
    Effect.NO_ROAD: Text("触れる道路がない。", "it touches no road."),
}
_HOLDS = {
    "origin": Text(
        "出発地はこの中にあり、経路は最も近い外の道路から始まる。",
        " The origin lies in it; the route begins on the nearest road outside.",
    ),
    "destination": Text(
        "目的地はこの中にあり、経路は最も近い外の道路で終わる。",
        " The destination lies in it; the route ends on the nearest road outside.",
    ),
}
_MENDED = Text("形に誤りがあり、直して使った。", " Its outline was wrong, and was mended.")


@dataclass(frozen=True, slots=True)
class Given:
    """One area as it was given: the input, its number there from 1, and what was wrong with its outline."""

    kind: str
    number: int
    area: Area
    mended: str | None

    def holds(self, place: Place) -> bool:
        return bool(shapely.intersects_xy(self.area.drawing, place.lon, place.lat))

    def name(self, context: Context) -> str:
        return context.say(_KINDS[self.kind]).format(number=self.number)


@dataclass(frozen=True, eq=False)
class Avoided:
    """The areas of a request and what they make of the conditions."""

    given: tuple[Given, ...]
    found: Avoiding

    @classmethod
    def of(cls, inputs: Values, now: Conditions) -> Self | None:
        """None where no area is given.

        Raises
        ------
        ParameterError
            If a position is impossible, a ring is not closed, or an outline encloses nothing.
        TooMuchError
            If there are more than ``MOST_AREAS``, or they have more than ``MOST_POSITIONS`` positions.
        """
        drawn = [*inputs.get("avoid", ())], [*inputs.get("flooded", ())]
        if not any(drawn):
            return None
        given = [
            *(_given("avoid", number, each, None) for number, each in enumerate(drawn[0], 1)),
            *(_given("flooded", number, each["area"], each["depth_m"]) for number, each in enumerate(drawn[1], 1)),
        ]
        if (
            len(given) > MOST_AREAS
            or sum(shapely.get_num_coordinates(each.area.drawing) for each in given) > MOST_POSITIONS
        ):
            raise TooMuchError(
                given[-1].kind,
                Text(
                    f"範囲は合わせて{MOST_AREAS}まで、その点は{MOST_POSITIONS:,}までです。",
                    f"give at most {MOST_AREAS} areas with at most {MOST_POSITIONS:,} positions in all.",
                ),
            )
        return cls(tuple(given), avoiding(now, [each.area for each in given]))

    def again(self, now: Conditions) -> Roads:
        """The same areas on other conditions."""
        found = avoiding(now, self.found.areas)
        return Roads(found.on, found.raised)

    def refused(
        self,
        refusal: Mapping[str, Any],
        in_the_way: Int32Array,
        off: Place | None,
        context: Context,
        ends: Mapping[str, Place],
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A refusal with the areas named that are in the way, and a document for each area.

        Those are by the edges that are in the way; where a place is ``off`` the network, the areas that hold it.
        """
        stretches = self.found.on.topology.network.stretch[in_the_way]
        effects = [
            Effect.IN_THE_WAY if np.isin(touched, stretches).any() or (off and each.holds(off)) else Effect.NOT_MET
            for each, touched in zip(self.given, self.found.touched, strict=True)
        ]
        documents = self.documents(effects, context, ends)
        named = [each["text"] for each in documents if each["effect"] == Effect.IN_THE_WAY]
        between = "" if context.language == "ja" else " "
        return {**refusal, "text": between.join([refusal["text"], *named])}, documents

    def documents(self, effects: Sequence[Effect], context: Context, ends: Mapping[str, Place]) -> list[dict[str, Any]]:
        """One for each area, as ``MET`` has them; what touches no road says so, whatever its effect."""
        return [
            self._document(number, effect, [name for name, place in ends.items() if each.holds(place)], context)
            for number, (each, effect) in enumerate(zip(self.given, effects, strict=True))
        ]

    def _document(self, number: int, effect: Effect, holds: Sequence[str], context: Context) -> dict[str, Any]:
        given, touched, on = self.given[number], self.found.touched[number], self.found.on
        effect = effect if len(touched) else Effect.NO_ROAD
        colon = "：" if context.language == "ja" else ": "
        is_shut = len(touched) > 0 and not on.usable[touched].any()
        said = [
            _EFFECTS[effect],
            *(_HOLDS[name] for name in holds if is_shut),
            *([_MENDED] if given.mended else []),
        ]
        name = given.name(context)
        return {
            "kind": given.kind,
            "number": given.number,
            "depth_m": given.area.depth_m,
            "effect": str(effect),
            "holds": list(holds),
            "roads_m": round(float(on.topology.network.stretches.length_m[touched].sum()), 1),
            "mended": given.mended,
            "text": f"{name[0].upper()}{name[1:]}{colon}{''.join(map(context.say, said))}",
        }

    def effects_on(self, way: Way, plain: Way | None) -> list[Effect]:
        """What the areas do to a way; ``plain`` is the one that would be taken without them."""
        crossed = self.found.met_by(way)
        before = [False] * len(crossed) if plain is None else self.found.met_by(plain)
        return [
            Effect.CROSSED if through else Effect.AVOIDED if was else Effect.NOT_MET
            for through, was in zip(crossed, before, strict=True)
        ]


def applied(inputs: Values, now: Conditions, context: Context) -> tuple[Conditions, list[dict[str, Any]]]:
    """The conditions with the areas of a request, without a metric, and what is said of those; raises as there."""
    avoided = Avoided.of(inputs, now)
    if avoided is None:
        return now, []
    return avoided.found.settled, avoided.documents([Effect.APPLIED] * len(avoided.given), context, {})


def _given(kind: str, number: int, geojson: Mapping[str, Any], depth_m: float | None) -> Given:
    where = f"{kind}[{number - 1}]"
    shape = _shape(geojson, where)
    mended = repair(shape, AREA)
    if mended.geometry.is_empty or not mended.geometry.area:
        raise ParameterError(where, Text("面積がありません。", "it encloses nothing."))
    return Given(kind, number, Area(mended.geometry, depth_m), "; ".join(mended.reasons) or None)


def _shape(geojson: Mapping[str, Any], where: str) -> BaseGeometry:
    if geojson["type"] == "Polygon":
        return _polygon(geojson["coordinates"], where)
    return shapely.MultiPolygon([_polygon(each, where) for each in geojson["coordinates"]])


def _polygon(coordinates: Sequence[Any], where: str) -> shapely.Polygon:
    shell, *holes = (np.array([position[:2] for position in ring], np.float64) for ring in coordinates)
    for ring in (shell, *holes):
        if not (np.isfinite(ring).all() and (np.abs(ring) <= (180.0, 90.0)).all()):
            raise ParameterError(
                where, Text("経度、緯度の順に度で指定してください。", "give longitude, then latitude, in degrees.")
            )
        if not np.array_equal(ring[0], ring[-1]):
            raise ParameterError(
                where, Text("環が閉じていません。", "a ring does not end at the position where it begins.")
            )
    return shapely.Polygon(shell, holes)
