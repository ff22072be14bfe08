"""What a device says in one language: the answers for every hazard, sites, and the sentences of ways and notes."""

from collections.abc import Mapping, Sequence
from typing import Any

from layers.catalogue import catalogue
from layers.translations import gap
from layers.tsunami_arrival import ARRIVALS
from services.offline.hazards import Cases
from services.offline.openings import Openings
from services.offline.walking import OfferedSites
from services.ogc.processes import answer_card
from services.ogc.processes._card import nearest_sites
from services.ogc.processes._evacuation import answer as walks
from services.ogc.processes._evacuation import sites as site_words
from services.ogc.processes._evacuation.answer import REASONS, refusal_text
from services.ogc.processes._evacuation.sites import HAZARDS
from services.ogc.processes._model import Context
from services.ogc.processes._on_roads import route_words, slope
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._places import searching
from web_map.pages import localise
from web_map.texts import texts

_SPOKEN: Mapping[str, Mapping[str, Any]] = {
    "card": {**answer_card.WORDS, **nearest_sites.WORDS},
    "walk": walks.WORDS,
    "site": site_words.WORDS,
    "route": route_words.WORDS,
    "slope": slope.WORDS,
    "search": {str(outcome): text for outcome, text in searching.TEXTS.items()},
}
_PAGE = ("language.name", "card.", "level.", "page.", "client.", "offline.")
"""Which texts of the pages a device has."""


def words_of(
    language: str, every: Sequence[Cases], offered: OfferedSites, openings: Openings, context: Context
) -> dict[str, Any]:
    """The part of the bundle in a language; ``hazards``, where all answers are, is of the same shape in every one."""
    context = context.speaking(language)
    # Of which hazards the card tells and in what order, what it is called and where it is from, the card itself says.
    card = answer_card.PROCESS.run({"location": list(_somewhere(context)), "language": language}, context)["answer"]
    documents = {each.layer.id: each.documents(context) for each in every}
    return {
        "language": language,
        "city": localise({"ja": context.city.name_ja, "en": context.city.name_en}, language),
        "gap": gap(language),
        "kanji": route_words.reads_kanji(language),
        "page": {key: text for key, text in texts(language).items() if key.startswith(_PAGE)},
        "said": {
            f"{theme}.{key}": context.say(text) for theme, words in _SPOKEN.items() for key, text in words.items()
        },
        "roads": list(route_words.class_names(language)),
        "found": card["text"],
        "place": {**card["place"], "lon": None, "lat": None, "in_city": None},
        "sources": (sources := [each for each in card["sources"] if not _is_of_the_moment(each["layer"])]),
        "fictitious": any(each["fictitious"] for each in sources),
        "hazards": [_listed(each, documents) for each in card["hazards"]],
        "sites": [_site(each.document(context)) for each in offered.every],
        "openings": openings.documents(context),
        "refusals": _refusals(offered, context),
        "tsunami": _tsunami(context),
    }


def _is_of_the_moment(layer_id: str) -> bool:
    """Whether a layer says what holds now, of which a device without a network knows nothing."""
    return catalogue()[layer_id].holds is not None


def _somewhere(context: Context) -> tuple[float, float]:
    west, south, east, north = context.city.bbox
    return (west + east) / 2, (south + north) / 2


def _listed(hazard: Mapping[str, Any], documents: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A hazard of the card: its answers, or where no layer holds its areas the one that there is."""
    cases = documents.get(hazard["id"])
    document = None if cases is not None else {key: hazard[key] for key in hazard if key not in ("name", "sites")}
    return {
        "id": hazard["id"],
        "type": hazard["type"],
        "name": hazard["name"],
        "designated": hazard["type"] in HAZARDS,
        "cases": cases,
        "document": document,
    }


def _site(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is the same of a site for every hazard."""
    return {key: document[key] for key in ("id", "name", "address", "position", "remarks", "fictitious")}


def _refusals(offered: OfferedSites, context: Context) -> dict[str, dict[str, str]]:
    return {
        hazard: {
            reason: refusal_text(
                reason, context, hazard=context.say(HAZARDS[hazard]), unknown=sites.unknown, reach=REACH_M
            )
            for reason in REASONS
        }
        for hazard, sites in (offered.by_hazard or {}).items()
    }


def _tsunami(context: Context) -> dict[str, Any] | None:
    water = ARRIVALS.get(context.city.code)
    return None if water is None else {"seconds": water.seconds, "scenario": context.say(water.scenario)}
