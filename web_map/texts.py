"""The words of the pages: one JSON file per language in ``layers/locales``, and the choice among them.

A file is a flat object, key -> text.  Adding a language is adding a file: it is then offered on every page.
Keys that begin with ``client.``, ``position_quality.`` or ``unit.`` are also handed to the browser.
"""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from geo.errors import NotFoundError
from layers.translations import DECLARED, DEFAULT_LANGUAGE, FOLDER, catalogue_of, languages

__all__ = [
    "DEFAULT_LANGUAGE",
    "choose_language",
    "choose_staff_language",
    "client_texts",
    "languages",
    "staff_client_texts",
    "staff_languages",
    "staff_texts",
    "texts",
]

STAFF = FOLDER / "staff"
CLIENT_PREFIXES = ("client.", "position_quality.", "unit.")


@cache
def texts(language: str) -> Mapping[str, str]:
    """All texts of the pages in ``language``, by key; raises ``NotFoundError`` where there is no such file."""
    if language not in languages():
        raise NotFoundError(f"There are no texts in {language!r}.", fix=f"Choose one of: {', '.join(languages())}.")
    every = catalogue_of(language)
    return MappingProxyType({key: text for key, text in every.items() if not key.startswith(DECLARED)})


def client_texts(language: str) -> dict[str, str]:
    """The part of the texts that the ES modules use."""
    return {key: text for key, text in texts(language).items() if key.startswith(CLIENT_PREFIXES)}


@cache
def staff_languages() -> tuple[str, ...]:
    """The languages of the staff's pages, the default first: a folder of their own, as citizens' pages have more."""
    found = sorted(path.stem for path in STAFF.glob("*.json"))
    return tuple(sorted(found, key=lambda tag: (tag != DEFAULT_LANGUAGE, tag)))


@cache
def staff_texts(language: str) -> Mapping[str, str]:
    """All texts of the staff's pages by key; ``NotFoundError`` where there are none in this language."""
    if language not in staff_languages():
        raise NotFoundError(f"There are no texts in {language!r}.", fix=f"Choose of: {', '.join(staff_languages())}.")
    return MappingProxyType(json.loads((STAFF / f"{language}.json").read_text(encoding="utf-8")))


def staff_client_texts(language: str) -> dict[str, str]:
    """The texts that the ES modules of the staff's pages use, with those of the map."""
    own = {key: text for key, text in staff_texts(language).items() if key.startswith(CLIENT_PREFIXES)}
    return {**client_texts(language), **own}


def choose_staff_language(asked: str | None, accept_language: str | None) -> str:
    """The language of a page of the staff, chosen as on every page; English where that is not one of theirs."""
    found = choose_language(asked, accept_language)
    if found in staff_languages():
        return found
    return DEFAULT_LANGUAGE if found.split("-")[0] == DEFAULT_LANGUAGE else "en"


@lru_cache(maxsize=1_000)
def choose_language(asked: str | None, accept_language: str | None) -> str:
    """The language to answer in.

    Parameters
    ----------
    asked:
        What the address says (``?lang=``); wins where there are texts in it.  ``en-GB`` finds ``en``.
    accept_language:
        The request's ``Accept-Language`` header (RFC 9110, 12.5.4); the available language of the highest
        weight is taken.  Where nothing fits, Japanese.
    """
    if asked and (found := _available(asked)):
        return found
    wishes: list[tuple[float, int, str]] = []
    for order, part in enumerate((accept_language or "").split(",")):
        tag, _, parameters = part.strip().partition(";")
        try:
            weight = float(parameters.replace(" ", "").removeprefix("q=")) if parameters else 1.0
        except ValueError:
            continue
        if tag and 0 < weight <= 1:
            wishes.append((-weight, order, tag))
    for _, _, tag in sorted(wishes):
        if found := _available(tag):
            return found
    return DEFAULT_LANGUAGE


_ALIASES = {
    **dict.fromkeys(("zh-tw", "zh-hk", "zh-mo"), "zh-hant"),
    **dict.fromkeys(("zh", "zh-cn", "zh-sg"), "zh-hans"),
}
"""Tags by which browsers ask for a script of Chinese."""


def _available(tag: str) -> str | None:
    by_lower = {language.lower(): language for language in languages()}
    parts = tag.strip().lower().split("-")
    for length in range(len(parts), 0, -1):
        wanted = "-".join(parts[:length])
        if (found := by_lower.get(wanted) or by_lower.get(_ALIASES.get(wanted, ""))) is not None:
            return found
    return None
