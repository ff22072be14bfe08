"""The words of the pages: every language complete, every key used, and the right language chosen."""

import re

import pytest

from geo.errors import NotFoundError
from layers.catalogue import catalogue
from layers.model import Theme, UpdateFrequency
from web_map.pages import STATIC_FOLDER
from web_map.texts import choose_language, client_texts, languages, texts


def test_every_language_has_the_same_keys_and_no_empty_text() -> None:
    assert {"ja", "en"} <= set(languages())
    for language in languages():
        assert texts(language).keys() == texts("ja").keys(), language
        assert all(text.strip() for text in texts(language).values())


def test_every_language_fills_the_same_places() -> None:
    for key, japanese in texts("ja").items():
        for language in languages():
            assert set(re.findall(r"\{\w+\}", texts(language)[key])) == set(re.findall(r"\{\w+\}", japanese)), key


def test_what_the_modules_say_is_there() -> None:
    modules = "".join(path.read_text(encoding="utf-8") for path in sorted(STATIC_FOLDER.glob("*.mjs")))
    said = set(re.findall(r'\bsay\(\s*"(\w+)"', modules))
    assert len(said) > 15
    assert {f"client.{key}" for key in said} <= client_texts("ja").keys()


def test_themes_frequencies_and_units_have_words() -> None:
    wanted = {f"theme.{theme}" for theme in Theme} | {f"frequency.{each}" for each in UpdateFrequency}
    wanted |= {
        f"unit.{field.unit}" for layer in catalogue().values() for field in layer.public_fields if field.unit != "1"
    } - {"unit.None"}
    assert wanted <= texts("ja").keys()


@pytest.mark.parametrize(
    ("asked", "header", "expected"),
    [
        (None, None, "ja"),
        ("en", "ja", "en"),
        ("EN-gb", None, "en"),
        ("tlh", "en;q=0.3, ja;q=0.2", "en"),
        (None, "fr, en;q=0.8, ja;q=0.9", "ja"),
        (None, "en-US,en;q=0.9,ja;q=0.8", "en"),
        (None, "en;q=0, fr", "ja"),
        (None, ";;q=x,en;q=nonsense,,", "ja"),
        ("../../etc", "<script>", "ja"),
    ],
)
def test_choice_of_language(asked: str | None, header: str | None, expected: str) -> None:
    assert choose_language(asked, header) == expected


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(NotFoundError):
        texts("../locales/ja")
