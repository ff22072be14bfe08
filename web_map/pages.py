"""The pages, rendered on the server from plain data; each is a whole document that reads without JavaScript."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup

from layers.model import Text, Theme
from web_map.card import CardAsked, CardCity, CardUrls, card_view
from web_map.drawing import environment_of, shared_environment
from web_map.ruby import with_ruby, without_ruby
from web_map.template_tree import Tree, trees
from web_map.texts import client_texts, languages, staff_client_texts, staff_languages, staff_texts, texts

_FOLDER = Path(__file__).parent

STATIC_FOLDER = _FOLDER / "static"
"""Served under ``urls.static``."""
MAPLIBRE_FOLDER = _FOLDER.parent / "node_modules" / "maplibre-gl" / "dist"
"""Served under ``urls.static`` + ``/vendor/maplibre-gl``: the installed npm package, never copied."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # data: for the icons inside MapLibre's own style sheet
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""What the pages need and no more: nothing inline, no eval, no blob, nothing from another origin."""

_GSI_TILES = "https://cyberjapandata.gsi.go.jp"


def with_gsi_tiles(policy: str) -> str:
    """The policy of a page on which GSI's maps may be chosen."""
    return policy.replace("connect-src 'self'", f"connect-src 'self' {_GSI_TILES}")


def map_page(view: Mapping[str, object], language: str, base: str = "") -> str:
    """The map page in ``language`` (one of ``web_map.texts.languages()``) as HTML.

    Parameters
    ----------
    view:
        As made by ``web_map.view.map_view``.
    language:
        Raises ``NotFoundError`` where there are no texts in it.
    base:
        Address of the server, without a final slash, for who reads the page elsewhere: search engines, other sites.
    """
    words = texts(language)
    local = localise(view, language)
    return (
        shared_environment()
        .get_template("map.html")
        .render(
            view=local,
            base=base,
            themes=by_theme(local),
            language=language,
            languages=[(tag, texts(tag)["language.name"]) for tag in languages()],
            t=lambda key, **values: without_ruby(fill(words[key], values)),
            number=lambda value: f"{value:,}",
            data=data_of(local, language),
        )
    )


def staff_page(name: str, view: Mapping[str, Any], language: str) -> str:
    """A page of the staff, by the name of its template, in ``language`` (one of ``staff_languages()``) as HTML.

    Parameters
    ----------
    view:
        As made by ``web_map.staff``.
    """
    words = staff_texts(language)
    local = localise(view, language)
    return (
        shared_environment()
        .get_template(f"{name}.html")
        .render(
            view=local,
            language=language,
            languages=[(tag, texts(tag)["language.name"]) for tag in staff_languages()],
            t=lambda key, **values: fill(words[key], values),
            data={"language": language, "texts": staff_client_texts(language), **_for_browser(local)}
            if "layers" in local
            else None,
        )
    )


def card_page(
    asked: CardAsked,
    answer: Mapping[str, Any] | None,
    city: CardCity,
    urls: CardUrls,
    language: str,
    *,
    fictitious: bool = False,
    orders: Mapping[str, Any] | None = None,
    live: Mapping[str, str] | None = None,
    problem: Sequence[str] = (),
    offline: object | None = None,
    around: object | None = None,
    sheet: object | None = None,
) -> str:
    """The answer page in ``language`` as HTML; it reads and works without JavaScript.

    Parameters
    ----------
    answer:
        The output of the process ``answer-card`` in this language; None where no place is asked for, or none can be
        answered.
    fictitious:
        Whether any of the data here is, though not used for this answer.
    orders:
        Where no place is asked for: the evacuation orders of the city, as the answer has those of a place; None where
        they are not known.
    live:
        How the page hears that something has changed: ``address`` of the stream, ``stamp`` and ``at`` (date-time) of
        what it shows; None where it does not.
    problem:
        Keys of texts that say why there is no answer.
    offline:
        What may be kept for when there is no network: ``worker`` and ``address``, paths, and ``size_mb`` in words; None
        where there is nothing.
    around:
        As made by ``web_map.around.around_view``; None where there is no map of the surroundings.
    sheet:
        For paper: ``address`` of this answer as a whole, and ``code``, where its QR code is.
    """
    card = None if answer is None else card_view(answer, urls, language)
    name = _bare_of(city.name, language)
    return (
        _card_environment(language, urls, city)
        .get_template("card.html")
        .render(
            asked=asked,
            languages=_named_languages(),
            asked_in=asked.address(urls),
            card=card,
            orders=orders if answer is None else answer["orders"],
            neighbours=_neighbours(asked, _named_neighbours(city, language)),
            fictitious=fictitious or (card is not None and card["fictitious"]),
            problem=[fill(texts(language)[key], {"city": name}) for key in problem],
            answered_at=None if card is None else _clock(card["answered_at"], city.time_zone),
            offline=offline,
            live=live,
            around=around,
            sheet=sheet,
        )
    )


@lru_cache(maxsize=32)
def _card_environment(language: str, urls: CardUrls, city: CardCity) -> Environment:
    """Where cards are drawn: what is the same on all of them is told to the environment."""
    words, marked, bare = texts(language), _marked(language), _bare(language)

    def say(key: str, values: Mapping[str, object]) -> str:
        return fill(words[key], values)

    return environment_of(
        {
            "language": language,
            "urls": urls,
            "city": _bare_of(city.name, language),
            "contact_name": city.contact_name,
            "contact_url": city.contact_url,
            "time_zone": city.time_zone,
        },
        ("t", "p"),
        t=lambda key, **values: with_ruby(say(key, values)) if values else marked[key],
        p=lambda key, **values: without_ruby(say(key, values)) if values else bare[key],
        plain=without_ruby,
        clock=lambda moment: _clock(moment, city.time_zone),
        figure=lambda value: f"{value:g}",
        metres=lambda value: _tens(round(value / 10)),
    )


@lru_cache(maxsize=1_000)
def _tens(number: int) -> str:
    return f"{max(10, 10 * number):,}"


@cache
def _marked(language: str) -> Mapping[str, Markup]:
    """The texts of a language as they stand in a page, for those in which nothing is filled in."""
    return {key: with_ruby(text) for key, text in texts(language).items()}


@cache
def _bare(language: str) -> Mapping[str, str]:
    """The same without readings."""
    return {key: without_ruby(text) for key, text in texts(language).items()}


@cache
def _named_languages() -> Sequence[tuple[str, str]]:
    return [(tag, texts(tag)["language.name"]) for tag in languages()]


def offline_page(made_at: str) -> str:
    """The page of the offline bundle, which a script fills; without one, or where it fails, it says so in every
    language.
    """
    every = [(tag, texts(tag)) for tag in languages()]
    failures = ("missing", "broken", "format", "failed")
    return (
        shared_environment()
        .get_template("offline.html")
        .render(
            made_at=made_at,
            languages=[(tag, words["language.name"]) for tag, words in every],
            failures=[(key, [(tag, words[f"offline.{key}"]) for tag, words in every]) for key in failures],
            waiting=[(tag, words["offline.loading"]) for tag, words in every],
            without_script=[(tag, words["offline.without_script"]) for tag, words in every],
        )
    )


def template_trees(*names: str) -> dict[str, Tree]:
    """The templates for a page that draws them without the server."""
    return trees(shared_environment(), names)


def _neighbours(asked: CardAsked, every: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The neighbour that the question names, if any, and all of them."""
    named = [each for each in every if each["asked_as"] in asked.query or each["name"] in asked.query]
    return {"named": named[0] if named else None, "every": every}


@lru_cache(maxsize=32)
def _named_neighbours(city: CardCity, language: str) -> Sequence[Mapping[str, str]]:
    """Each with ``asked_as``, how an address begins there."""
    return [
        {"name": _bare_of(each.name, language), "asked_as": each.name.ja, "url": each.url} for each in city.neighbours
    ]


@lru_cache(maxsize=64)  # most of what a page tells holds as of the same moments as the page before
def _clock(moment: str, time_zone: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"


def localise(value: Any, language: str) -> Any:
    """``value`` with every pair ``{"ja": ..., "en": ...}`` in it replaced by the text of ``language``.

    Where it is not translated, as ``Text.in_language`` has it; without readings.
    """
    if isinstance(value, Mapping):
        if value.keys() == {"ja", "en"}:
            return _bare_of(Text(value["ja"], value["en"]), language)
        return {key: localise(item, language) for key, item in value.items()}
    if isinstance(value, list):
        return [localise(item, language) for item in value]
    return value


def _bare_of(text: Text, language: str) -> str:
    return without_ruby(text.in_language(language))


def data_of(view: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the ES modules of a map read from its page: a view in a language, and their texts in it."""
    spoken = {key: without_ruby(text) for key, text in client_texts(language).items()}
    return {"language": language, "texts": spoken, **_for_browser(view)}


def _for_browser(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the ES modules need; long texts that stand in the HTML already are left out."""
    layers = [{key: item for key, item in layer.items() if key != "description"} for layer in view["layers"]]
    return {**view, "layers": layers}


def by_theme(view: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Theme and its layers, in the order of the model; themes without a layer are left out."""
    groups = ((theme.value, [layer for layer in view["layers"] if layer["theme"] == theme.value]) for theme in Theme)
    return [(theme, members) for theme, members in groups if members]


def fill(text: str, values: Mapping[str, object]) -> str:
    """``{name}`` in a text replaced by its value; escaping is left to the template."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
