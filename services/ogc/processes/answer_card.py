"""answer-card: what a citizen asks of one place: every hazard, what to do, and the nearest sites with the way there."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from layers import emergency_sites, evacuation_orders, road_closures, roads, site_status
from layers.catalogue import catalogue
from layers.text import Text
from layers.translations import languages
from services.database.waiting import require_thread
from services.ogc.errors import ParameterError
from services.ogc.processes import _place
from services.ogc.processes._card import closures, orders
from services.ogc.processes._card.nearest_sites import MOST, nearest_sites
from services.ogc.processes._card.nearest_sites import SCHEMA as SITES_SCHEMA
from services.ogc.processes._card.walker import Walker
from services.ogc.processes._evacuation.sites import HAZARDS
from services.ogc.processes._hazard.at_place import hazard_layers, hazards_at
from services.ogc.processes._hazard.schema import SCHEMA as HAZARD_SCHEMA
from services.ogc.processes._holding import as_of
from services.ogc.processes._model import Context, Input, Output, Process, Values, or_null
from services.ogc.processes._places.answer import CANDIDATE, candidate
from services.ogc.processes._places.searching import TEXTS, Named, Outcome, Search, search
from services.ogc.processes._sources import SCHEMA as SOURCE_SCHEMA
from services.ogc.processes._sources import source_document

_POSITION = Text("指定した位置", "The position given")
_FICTITIOUS = Text(
    "架空データを含む。実際の判断には使わないこと。",
    "Some of the data is fictitious. Do not use it for real decisions.",
)
_WALKING = Text(
    "歩く時間は1秒に1m（階段は0.5m）と坂による。建物の倒壊、夜間、混雑は考慮していない。",
    "Walking times are by 1 m a second (0.5 m on stairs) and by the slope. Collapsed buildings, night and crowds are "
    "not taken into account.",
)
_FIRST = Text("市の避難情報と現地の指示を優先すること。", "What the city and the people on the spot say comes first.")
_ELSEWHERE = Text(
    "この位置は市域の外（海を含む）にある。ここで分かるのは市内のことだけである。",
    "This position lies outside of the city (or in the sea); only what is inside of it is known here.",
)
_NO_BOUNDARY = Text(
    "市域の境界が読み込まれていないため、この位置が市内かどうか分からない。",
    "The boundary of the city is not loaded: whether this position lies in it is not known.",
)
_TOWN_POINT = Text(
    "住所は町「{town}」の代表点に置いた。実際の位置はここから約{error}m以内とみられる。",
    "The address was placed at the point of the town {town}; it lies within some {error} m.",
)
_WORST = Text(
    "その範囲の中で結果が変わりうるものがある。示しているのは最も悪い場合である。",
    "Within that, some of the answers may differ; what is shown is the worst case.",
)
_NO_ZONES = Text(
    "この災害の想定区域のデータはここにない。安全を意味しません。",
    "There is no data on the areas of this hazard here. This does not mean safe.",
)
_USED = tuple(each.LAYER.id for each in (emergency_sites, roads, evacuation_orders, site_status, road_closures))
WORDS = {
    "fictitious": _FICTITIOUS,
    "walking": _WALKING,
    "first": _FIRST,
    "elsewhere": _ELSEWHERE,
    "no_boundary": _NO_BOUNDARY,
}
"""What is noted beside an answer, for who says it without the server."""


def run(inputs: Values, context: Context) -> Values:
    """The answer for one place; where it is not one, what there is to choose from, or why there is nothing."""
    context = context.speaking(inputs.get("language"))
    query, location = inputs.get("query"), inputs.get("location")
    if query is None and location is None:
        raise ParameterError("query", Text("場所を指定してください。", "name a place."))
    if location is not None:
        place = _place.place_of({"location": location}, context)
        found = Search(Outcome.FOUND, (Named(query or context.say(_POSITION), _POSITION, None, place, None),), 1)
    else:
        require_thread()  # names are compared with every name there is
        found = search(str(query), context)
    answer = {
        "query": query,
        "outcome": str(found.outcome),
        "text": context.say(TEXTS[found.outcome]),
        "choices": [candidate(each, context) for each in found.places] if found.outcome is Outcome.CHOOSE else [],
        "total": found.total,
        "place": None,
        "orders": None if found.outcome is Outcome.FOUND else orders.orders_of_city(context),
        "closures": None,
        "hazards": [],
        "sources": [],
        "fictitious": False,
        "notes": [],
        "answered_at": as_of(context),
    }
    return {"answer": answer if found.outcome is not Outcome.FOUND else {**answer, **_at(found.places[0], context)}}


def _at(named: Named, context: Context) -> dict[str, Any]:
    place = named.place
    walker = Walker.at(place, context)  # first: what the closures are is what has to be waited for, where anything has
    layers = hazard_layers()
    in_city, documents, walker.inside = hazards_at(place, list(layers.values()), context)
    hazards = _with_sites(documents, walker, context, in_city=in_city)
    fictitious = place.fictitious or any(each["fictitious"] for each in documents)
    sources = context.layers.remember(f"sources in {context.language}", _USED, lambda: _sources(context))
    fictitious = fictitious or any(each["fictitious"] for each in sources)
    return {
        "place": {**candidate(named, context), "in_city": in_city},
        "orders": orders.orders_at(place, context),
        "closures": closures.closures_near(place, context),
        "hazards": hazards,
        "sources": sources,
        "fictitious": fictitious,
        "notes": _notes(named, hazards, context, in_city=in_city, fictitious=fictitious),
    }


def _sources(context: Context) -> list[Mapping[str, Any]]:
    """Of what is used for each place; the same list for as long as that is the same."""
    return [each for used in _USED if (each := source_document(catalogue()[used], context)) is not None]


def _with_sites(
    documents: Sequence[Mapping[str, Any]], walker: Walker, context: Context, *, in_city: bool | None
) -> list[dict[str, Any]]:
    """The hazards in their legal order, those without areas of their own among them, each with its sites."""
    by_type: dict[str, list[Mapping[str, Any]]] = {}
    for each in documents:
        by_type.setdefault(each["type"], []).append(each)
    found: list[dict[str, Any]] = []
    are_told = in_city is not False  # beyond the border other municipalities designate sites
    if are_told:
        walker.read_ahead(HAZARDS, MOST)
    for hazard in dict.fromkeys([*HAZARDS, *by_type]):
        designated = HAZARDS.get(hazard)
        sites = nearest_sites(hazard, walker) if designated and are_told else None
        known = by_type.get(hazard) or [_without_areas(hazard, HAZARDS[hazard], context.language)]
        title = designated and context.say(designated)
        found += [{**each, "name": title or each["title"], "sites": sites} for each in known]
    return found


@cache
def _without_areas(hazard: str, title: Text, language: str) -> Mapping[str, Any]:
    """Sites are designated for this hazard, and no layer holds its areas."""
    return {
        "id": hazard,
        "type": hazard,
        "title": title.in_language(language),
        "state": "unknown",
        "possible_states": ["unknown"],
        "statement": _NO_ZONES.in_language(language),
        "scenarios": [],
        "what_to_do": [],
        "source": None,
        "licence": [],
        "as_of": None,
        "fictitious": False,
        "datasets": [],
    }


def _notes(
    named: Named, hazards: Sequence[Mapping[str, Any]], context: Context, *, in_city: bool | None, fictitious: bool
) -> list[str]:
    place, found = named.place, []
    if in_city is False:
        found.append(context.say(_ELSEWHERE))
    if in_city is None:
        found.append(context.say(_NO_BOUNDARY))
    if place.error_m:
        said = context.say(_TOWN_POINT)
        found.append(said.format(town=place.town or named.title, error=f"{place.error_m:.0f}"))
        if any(len(each["possible_states"]) > 1 for each in hazards):
            found.append(context.say(_WORST))
    if any(each["sites"] and each["sites"]["nearest"] for each in hazards):
        found.append(context.say(_WALKING))
    found.append(context.say(_FIRST))
    if fictitious:
        found.append(context.say(_FICTITIOUS))
    return found


_HAZARD = {
    **HAZARD_SCHEMA,
    "required": [*HAZARD_SCHEMA["required"], "name", "sites"],
    "properties": {
        **HAZARD_SCHEMA["properties"],
        "name": {"type": "string"},
        "scenarios": {"type": "array"},
        "what_to_do": {"type": "array"},
        "sites": or_null(SITES_SCHEMA),
    },
}

PROCESS = Process(
    id="answer-card",
    version="1.0.0",
    title=Text("その場所の答え", "The answer for a place"),
    description=Text(
        "住所、町名、よみ、郵便番号、施設名、または位置について、発令中の避難情報、近くの通行止め、すべての災害の想定区域の中か外か不明か、とるべき行動、"
        "その災害に指定された近い避難先3か所と歩く道順を、出典とデータ時点とともに答える。候補がいくつかあるときは候補を返す。"
        "区域の外も不明も、安全を意味しない。",
        "For an address, a town or how it is read, a postal code, a name or a position: the evacuation orders that "
        "hold, closures near by, inside or outside of the areas of every hazard, or unknown, what to do, and the three "
        "nearest sites that are designated for it with the way there on foot and the closures that it keeps off, each "
        "with source and date. Where several places are meant they are offered to choose from. "
        "Neither outside nor unknown means safe.",
    ),
    keywords=("ハザードマップ", "避難", "住所", "郵便番号", "hazard", "evacuation", "address"),
    inputs={
        "query": Input(
            title=Text("場所", "Place"),
            description=Text(
                "住所、町名、よみ（かな）、郵便番号、施設名、または緯度と経度。位置とともに指定すると、その呼び名になる。",
                "An address, a town, its reading in kana, a postal code, a name, or latitude and longitude in digits. "
                "Together with a location it is what that is called.",
            ),
            schema={"type": "string", "minLength": 1, "maxLength": 200},
            required=False,
        ),
        "location": _place.INPUTS["location"],
        "language": Input(
            title=Text("言語", "Language"),
            description=Text("答えの言語（BCP 47）。", "Language of the answer (BCP 47)."),
            schema={"type": "string", "enum": list(languages())},
            required=False,
        ),
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text(
                "場所と、災害ごとの答えと避難先。", "The place, and for each hazard the answer and sites."
            ),
            schema={
                "type": "object",
                "required": [
                    *("query", "outcome", "text", "choices", "total", "place", "orders", "closures", "hazards"),
                    *("sources", "fictitious", "notes", "answered_at"),
                ],
                "properties": {
                    "query": or_null({"type": "string"}),
                    "outcome": {"type": "string", "enum": [str(each) for each in Outcome]},
                    "text": {"type": "string"},
                    "choices": {"type": "array", "items": CANDIDATE},
                    "total": {"type": "integer", "minimum": 0},
                    "place": or_null(CANDIDATE),
                    "orders": orders.SCHEMA,
                    "closures": or_null(closures.SCHEMA),
                    "hazards": {"type": "array", "items": _HAZARD},
                    "sources": {"type": "array", "items": SOURCE_SCHEMA},
                    "fictitious": {"type": "boolean"},
                    "notes": {"type": "array", "items": {"type": "string"}},
                    "answered_at": {"type": "string", "format": "date-time"},
                },
            },
        )
    },
    run=run,
    by_query=True,
    brief=True,
    examples=({"location": [135.3415, 34.7376]},),
)
