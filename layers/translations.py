"""What the declarations say, in further languages than the two they are written in.

One file per language, ``layers/locales/<BCP 47 tag>.json``: a flat object, key -> text.  A key of the pages is a name
(``page.title``); that of a text of the declarations is the Japanese text itself behind ``declared:``.  Place names,
names of facilities and of sources come from the data and are in none of them.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "locales"
DECLARED = "declared:"
DEFAULT_LANGUAGE = "ja"
WRITTEN_IN = ("ja", "en")
"""The languages that declarations are written in: their files have no ``declared:`` keys."""


@cache
def languages() -> tuple[str, ...]:
    """The BCP 47 tags there are texts in: the default first, then in alphabetical order."""
    found = sorted(path.stem for path in FOLDER.glob("*.json"))
    return tuple(sorted(found, key=lambda tag: (tag != DEFAULT_LANGUAGE, tag)))


@cache
def catalogue_of(language: str) -> Mapping[str, str]:
    """All texts in a language by key; empty where there is no such file."""
    if language not in languages():
        return MappingProxyType({})
    with (FOLDER / f"{language}.json").open(encoding="utf-8") as file:
        return MappingProxyType(json.load(file))


@cache
def declared(language: str) -> Mapping[str, str]:
    """The texts of the declarations in a language, by their Japanese."""
    return MappingProxyType(
        {key.removeprefix(DECLARED): text for key, text in catalogue_of(language).items() if key.startswith(DECLARED)}
    )


def is_unspaced(language: str) -> bool:
    """Whether no blank stands between two sentences or words of a list."""
    return language.split("-")[0] in ("ja", "zh")


def gap(language: str) -> str:
    """What stands between two sentences."""
    return "" if is_unspaced(language) else " "


def comma(language: str) -> str:
    """What stands between the members of a list."""
    return "、" if is_unspaced(language) else ", "
