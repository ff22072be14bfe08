"""hazard-at-point: every hazard at one place, with what is known, from whom, as of when, and what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from layers.model import Layer, Text
from services.ogc.errors import ParameterError
from services.ogc.processes import _place
from services.ogc.processes._hazard.at_place import hazard_layers, hazards_at
from services.ogc.processes._hazard.schema import SCHEMA as HAZARD_SCHEMA
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values


def run(inputs: Values, context: Context) -> Values:
    """The answer for every hazard asked about, in one look at the database."""
    context = context.speaking(inputs.get("language"))
    layers = _chosen(inputs.get("hazards"))
    place = _place.place_of(inputs, context)
    in_city, hazards, _ = hazards_at(place, layers, context)
    return {
        "answer": {
            "place": {**place.document(), "in_city": in_city},
            "hazards": hazards,
            "fictitious": place.fictitious or any(each["fictitious"] for each in hazards),
            "notes": [context.say(note) for note in _notes(place, hazards)],
        }
    }


def _chosen(ids: Sequence[str] | None) -> list[Layer]:
    known = hazard_layers()
    unknown = [each for each in ids or () if each not in known]
    if unknown:
        raise ParameterError("hazards", Text(f"「{unknown[0]}」はありません。", f"there is no {unknown[0]!r}."))
    return [known[each] for each in (dict.fromkeys(ids) if ids else known)]


def _notes(place: _place.Place, hazards: Sequence[Mapping[str, Any]]) -> list[Text]:
    found = []
    if place.error_m:
        ja = f"住所は町「{place.town}」の代表点に置いた。実際の位置はここから約{place.error_m:.0f}m以内とみられる。"
        en = f"The address was placed at the point of the town {place.town}; it lies within some {place.error_m:.0f} m."
        found.append(Text(ja, en))
        if any(len(each["possible_states"]) > 1 for each in hazards):
            found.append(
                Text(
                    "その範囲の中で結果が変わりうるものがある。示しているのは最も悪い場合である。",
                    "Within that, some of the answers may differ; what is shown is the worst case.",
                )
            )
    if place.fictitious or any(each["fictitious"] for each in hazards):
        found.append(
            Text(
                "架空データを含む。実際の判断には使わないこと。",
                "Some of the data is fictitious. Do not use it for real decisions.",
            )
        )
    return found


PROCESS = Process(
    id="hazard-at-point",
    version="1.0.0",
    title=Text("その場所の災害リスク", "Hazards at a place"),
    description=Text(
        "ある位置または住所について、すべての災害の想定区域の中か外か、不明かを答える。浸水深、区分、出典、データ時点と、"
        "とるべき行動を公的な表現で示す。区域の外も不明も、安全を意味しない。",
        "For a position or an address: whether it is inside or outside of the areas of every hazard, or unknown, with "
        "depth, class, source, date, and what to do in the official words. Neither outside nor unknown means safe.",
    ),
    keywords=("ハザードマップ", "浸水深", "土砂災害", "hazard", "flood depth"),
    inputs={
        **_place.INPUTS,
        "hazards": Input(
            title=Text("災害", "Hazards"),
            description=Text("知りたい災害のレイヤー。省略するとすべて。", "Ids of hazard layers; all where left out."),
            schema={
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {"type": "string", "enum": list(hazard_layers())},
            },
            required=False,
        ),
        "language": LANGUAGE,
    },
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text("場所と、災害ごとの答え。", "The place, and the answer for each hazard."),
            schema={
                "type": "object",
                "required": ["place", "hazards", "fictitious", "notes"],
                "properties": {
                    "place": _place.SCHEMA,
                    "hazards": {"type": "array", "items": HAZARD_SCHEMA},
                    "fictitious": {"type": "boolean"},
                    "notes": {"type": "array", "items": {"type": "string"}},
                },
            },
        )
    },
    run=run,
    exactly_one_of=tuple(_place.INPUTS),
    by_query=True,
    examples=({"location": [135.3415, 34.7376]},),
)
