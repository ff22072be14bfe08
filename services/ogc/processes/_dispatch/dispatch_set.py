"""What is to be sent: a dispatch set as it is asked for, or the response plan of a kind of incident (出動計画)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.dispatch.choosing import MOST_PLACES
from geo.dispatch.units import Demand
from geo.errors import InputError
from geo.network.profiles import PROFILES
from layers import response_plans
from layers.fire_codes import INCIDENT_KINDS, STRIKE_LEVELS
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ParameterError
from services.ogc.processes._model import Context, Input, Values, or_null

PLANS = response_plans.LAYER.id
_FIRST, _SPECIAL = "first", "special"
_BY_RAISING = [str(code.value) for code in STRIKE_LEVELS.codes if code.value != _SPECIAL]
UNITS = [profile.id for profile in PROFILES.values() if profile.drives]
"""Profiles of what can be sent."""
_UNIT = "|".join(UNITS)
_TEXT = rf"({_UNIT})(\|({_UNIT}))*:[1-9][0-9]?(,({_UNIT})(\|({_UNIT}))*:[1-9][0-9]?)*"
_PROFILE = {"type": "string", "enum": UNITS}

INPUTS: Mapping[str, Input] = {
    "dispatch_set": Input(
        title=Text("出動させる隊", "Dispatch set"),
        description=Text(
            "車両の区分と台数。「pumper|tank:2,ladder:1」のように書く（|のあとは代わりに出動させてよい区分、望ましい順）。"
            "または unit、count、stand_ins を持つオブジェクトの配列。出動計画のかわりに指定する。",
            "Units and how many, as in pumper|tank:2,ladder:1 (after | what may stand in, the preferred first), or a "
            "list of objects with unit, count and stand_ins. In place of a response plan.",
        ),
        schema={
            "oneOf": [
                {"type": "string", "pattern": f"^{_TEXT}$", "maxLength": 500},
                {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 30,
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["unit"],
                        "properties": {
                            "unit": _PROFILE,
                            "count": {"type": "integer", "minimum": 1, "maximum": 50, "default": 1},
                            "stand_ins": {"type": "array", "uniqueItems": True, "items": _PROFILE},
                        },
                    },
                },
            ]
        },
        required=False,
    ),
    "kind": Input(
        title=INCIDENT_KINDS.title,
        description=Text(
            "出動計画で隊を選ぶ災害の種別。災害番号を指定したときは、省略するとその事案の種別。",
            "Kind of incident, whose response plan is followed; where left out, that of the incident that is named.",
        ),
        schema={"type": "string", "enum": list(INCIDENT_KINDS.by_value)},
        required=False,
    ),
    "strike_level": Input(
        title=STRIKE_LEVELS.title,
        description=Text(
            "出動区分。省略するとその事案の出動区分、それもなければ第1出動。",
            "Strike level; where left out, that of the incident that is named, else the first.",
        ),
        schema={"type": "string", "enum": list(STRIKE_LEVELS.by_value)},
        required=False,
    ),
    "with_lower_levels": Input(
        title=Text("下位の出動区分", "Lower levels"),
        description=Text(
            "下位の出動区分の台数も合わせて選ぶ（いきなり第2出動を命じるときなど）。",
            "With what the levels below send, as where a second strike is ordered from the beginning.",
        ),
        schema={"type": "boolean", "default": False},
        required=False,
    ),
}

PLAN: Mapping[str, Any] = {
    "type": "object",
    "required": ["source", "kind", "strike_levels", "demands"],
    "properties": {
        "source": {"type": "string", "enum": ["request", "response-plan"]},
        "kind": or_null({"type": "string"}),
        "strike_levels": {"type": "array", "items": {"type": "string"}},
        "demands": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["unit", "count", "stand_ins"],
                "properties": {
                    "unit": {"type": "string"},
                    "title": {"type": "string"},
                    "count": {"type": "integer", "minimum": 1},
                    "stand_ins": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}
"""Of what is to be sent, in an output."""


@dataclass(frozen=True, slots=True)
class DispatchSet:
    """Demands, and where they are from: the request (``kind`` None), or the plans of a kind at some levels."""

    demands: tuple[Demand, ...]
    kind: str | None = None
    strike_levels: tuple[str, ...] = ()

    def document(self, language: str) -> dict[str, Any]:
        return {
            "source": "request" if self.kind is None else "response-plan",
            "kind": self.kind,
            "strike_levels": list(self.strike_levels),
            "demands": [
                {
                    "unit": demand.capability,
                    "title": unit_title(demand.capability, language),
                    "count": demand.count,
                    "stand_ins": list(demand.stand_ins),
                }
                for demand in self.demands
            ],
        }


def unit_title(profile_id: str, language: str) -> str:
    """What a profile is called."""
    profile = PROFILES[profile_id]
    return profile.title_ja if language == "ja" else profile.title_en


def dispatch_set_of(inputs: Values, incident: Feature | None, context: Context) -> DispatchSet | Text | None:
    """What is to be sent, why that is not known, or None where nothing is asked for.

    Raises
    ------
    ParameterError
        If a set is given beside a kind or level, a level without a kind, or the set is contradictory or too large.
    """
    given = inputs.get("dispatch_set")
    kind, level = inputs.get("kind"), inputs.get("strike_level")
    if given is not None:
        if kind is not None or level is not None:
            raise ParameterError(
                "dispatch_set",
                Text(
                    "災害種別・出動区分とは同時に指定できません。", "give either a set, or a kind and a strike level."
                ),
            )
        return _asked_for(given)
    if incident is not None:
        kind = kind or incident.properties.get("kind")
        level = level or incident.properties.get("strike_level")
    if kind is None:
        if level is not None:
            raise ParameterError("kind", Text("災害種別も指定してください。", "give the kind of incident too."))
        return None
    return _planned(kind, level or _FIRST, context, with_lower=inputs["with_lower_levels"])


def _asked_for(given: Any) -> DispatchSet:
    parts = _parsed(given) if isinstance(given, str) else given
    try:
        demands = tuple(
            Demand(part["unit"], int(part.get("count", 1)), tuple(part.get("stand_ins", ()))) for part in parts
        )
    except InputError:
        raise ParameterError(
            "dispatch_set",
            Text("同じ区分が代わりの車両に繰り返されています。", "a stand-in is named twice, or is the unit itself."),
        ) from None
    if sum(demand.count for demand in demands) > MOST_PLACES:
        raise ParameterError(
            "dispatch_set", Text(f"合計{MOST_PLACES}台までです。", f"ask for at most {MOST_PLACES} units.")
        )
    return DispatchSet(demands)


def _parsed(text: str) -> list[dict[str, Any]]:
    found = []
    for part in text.split(","):
        units, _, count = part.partition(":")
        unit, *stand_ins = re.split(r"\|", units)
        found.append({"unit": unit, "count": int(count), "stand_ins": stand_ins})
    return found


def _planned(kind: str, level: str, context: Context, *, with_lower: bool) -> DispatchSet | Text:
    levels = [level]
    if with_lower and level in _BY_RAISING:
        levels = _BY_RAISING[: _BY_RAISING.index(level) + 1]
    rows = [
        row for each in levels for row in context.layers.features(PLANS, equal={"kind": kind, "strike_level": each})
    ]
    missing = [each for each in levels if not any(row.properties["strike_level"] == each for row in rows)]
    names = {"ja": _names(kind, missing, "ja"), "en": _names(kind, missing, "en")}
    if missing:
        return Text(
            f"出動計画がない（{names['ja']}）。隊（dispatch_set）を指定すること。",
            f"There is no response plan ({names['en']}). Give a dispatch_set.",
        )
    if (flaw := _flaw(rows)) is not None:
        return flaw
    if sum(row.properties["count"] for row in rows) > MOST_PLACES:
        return Text(
            f"出動計画の台数が多すぎる（{MOST_PLACES}台まで）。", f"The plan is for more than {MOST_PLACES} units."
        )
    return DispatchSet(_merged(rows), kind, tuple(levels))


def _names(kind: str, levels: Sequence[str], language: str) -> str:
    every = [INCIDENT_KINDS.by_value[kind].title, *(STRIKE_LEVELS.by_value[each].title for each in levels)]
    return ("、" if language == "ja" else ", ").join(each.in_language(language) for each in every)


def _flaw(rows: Sequence[Feature]) -> Text | None:
    """Why plans cannot be followed: a number of units is not known, or told twice."""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        about = row.properties
        where = (
            _names(about["kind"], [about["strike_level"]], "ja"),
            _names(about["kind"], [about["strike_level"]], "en"),
        )
        unit = unit_title(about["profile"], "ja"), unit_title(about["profile"], "en")
        if about.get("count") is None:
            return Text(
                f"出動計画（{where[0]}）の{unit[0]}の台数が分からない。",
                f"The response plan ({where[1]}) does not say how many of: {unit[1]}.",
            )
        if (about["strike_level"], about["profile"]) in seen:
            return Text(
                f"出動計画（{where[0]}）に{unit[0]}が2度ある。",
                f"The response plan ({where[1]}) names twice: {unit[1]}.",
            )
        seen.add((about["strike_level"], about["profile"]))
    return None


def _merged(rows: Sequence[Feature]) -> tuple[Demand, ...]:
    """Demands in the order of the profiles; those of several levels for the same with the same stand-ins are one."""
    counts: dict[tuple[str, tuple[str, ...]], int] = {}
    order = list(PROFILES)
    for row in sorted(rows, key=lambda each: order.index(each.properties["profile"])):
        unit = str(row.properties["profile"])
        stand_ins = tuple(name for name in dict.fromkeys(row.properties.get("stand_ins") or ()) if name != unit)
        counts[unit, stand_ins] = counts.get((unit, stand_ins), 0) + int(row.properties["count"])
    return tuple(Demand(unit, count, stand_ins) for (unit, stand_ins), count in counts.items())
