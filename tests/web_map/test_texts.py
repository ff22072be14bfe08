"""The words of the pages: every language complete, every key that is asked for there, and the right language chosen."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from geo.errors import NotFoundError
from layers.catalogue import catalogue
from layers.model import Theme, UpdateFrequency
from layers.translations import WRITTEN_IN, declared
from tests.web_map.said import texts_said
from web_map.pages import STATIC_FOLDER
from web_map.ruby import with_ruby, without_ruby
from web_map.texts import (
    choose_language,
    choose_staff_language,
    client_texts,
    languages,
    staff_client_texts,
    staff_languages,
    staff_texts,
    texts,
)


def test_every_language_has_the_same_keys_and_no_empty_text() -> None:
    assert {"ja", "en", "ja-x-yasashii", "zh-Hans", "zh-Hant", "ko", "vi", "pt"} <= set(languages())
    for language in languages():
        assert texts(language).keys() == texts("ja").keys(), language
        assert all(text.strip() for text in texts(language).values()), language


def test_every_language_fills_the_same_places() -> None:
    for language in languages():
        for key, japanese in texts("ja").items():
            assert places(texts(language)[key]) == places(japanese), (language, key)
        for japanese, text in declared(language).items():
            assert places(text) == places(japanese), (language, japanese)


def places(text: str) -> list[str]:
    """What is filled in, with its format."""
    return sorted(re.findall(r"\{[^}]+\}", text))


@pytest.mark.parametrize("language", [each for each in languages() if each not in WRITTEN_IN])
def test_every_text_that_an_answer_says_is_translated(language: str) -> None:
    said = texts_said()
    assert len(said) > 150
    wanted, there = {text.ja for text in said}, declared(language)
    assert wanted - there.keys() == set(), f"{language}: not translated"
    assert there.keys() - wanted == set(), f"{language}: translated, and no longer said"
    # English is what is read where nothing is translated: a text that is the same was forgotten.
    forgotten = {text.ja for text in said if there[text.ja] == text.en and text.en.lower() not in _SAME_EVERYWHERE}
    assert forgotten == set(), f"{language}: still in English"


_SAME_EVERYWHERE = frozenset({"tsunami"})


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "ko", "vi", "pt"])
def test_no_text_of_the_pages_was_left_in_english(language: str) -> None:
    english = texts("en")
    words = {key for key, text in english.items() if len(text.split()) > 2 and "OGC" not in text}
    same = {key for key in words if texts(language)[key] == english[key]}
    assert same <= {"client.place"}  # in Portuguese as in English


def test_official_words_stand_beside_their_translation() -> None:
    """What sirens and screens say is Japanese: 避難指示 is to be recognised, in whichever language one reads."""
    for language in languages():
        names = without_ruby(
            texts(language)["level.5.name"] + texts(language)["level.4.name"] + texts(language)["level.3.name"]
        )
        for official in ("緊急安全確保", "避難指示", "高齢者等避難"):
            assert official in names, language


def test_readings_are_drawn_over_their_words_and_nothing_is_markup() -> None:
    drawn = str(with_ruby("避難《ひなん》<b>所《じょ》、1階《かい》と｜ため池《いけ》"))
    assert drawn == (
        "<ruby>避難<rp>(</rp><rt>ひなん</rt><rp>)</rp></ruby>&lt;b&gt;"
        "<ruby>所<rp>(</rp><rt>じょ</rt><rp>)</rp></ruby>、"
        "1<ruby>階<rp>(</rp><rt>かい</rt><rp>)</rp></ruby>と"
        "<ruby>ため池<rp>(</rp><rt>いけ</rt><rp>)</rp></ruby>"
    )
    assert without_ruby("避難《ひなん》の｜ため池《いけ》") == "避難のため池"


def test_every_word_with_chinese_characters_has_its_reading_on_the_answer_page() -> None:
    easy = {key: text for key, text in texts("ja-x-yasashii").items() if key.startswith(_ANSWER_PAGE)}
    easy |= dict(declared("ja-x-yasashii"))
    bare = {key: text for key, text in easy.items() if key not in _AS_LABEL and _KANJI.search(_READ.sub("", text))}
    assert bare == {}


_READ = re.compile(r"(?:｜[^《]+|[\u3400-\u9fff々ヶ]+)《[^》]+》")
_KANJI = re.compile(r"[\u3400-\u9fff]")
_ANSWER_PAGE = ("card.", "level.", "around.", "sheet.", "speak.")
_AS_LABEL = frozenset(
    {"card.description", "card.locating", "card.locate_failed", "card.notes", "card.clock", "around.picture_alt"}
    | {"around.map_title", "around.gesture_keys", "around.gesture_touch", "speak.listening", "speak.failed"}
)
"""Said where no ruby can be drawn."""


def test_what_the_modules_say_is_there() -> None:
    said = said_by(sorted(STATIC_FOLDER.glob("*.mjs")))
    assert len(said) > 15
    assert {f"client.{key}" for key in said} <= client_texts("ja").keys()


def test_the_staff_have_every_text_in_each_of_their_languages() -> None:
    assert staff_languages() == ("ja", "en")
    japanese, english = staff_texts("ja"), staff_texts("en")
    assert japanese.keys() == english.keys()
    for key, text in japanese.items():
        assert sorted(places(text)) == sorted(places(english[key])), key
        assert text.strip(), key
        assert english[key].strip(), key
    folder = STATIC_FOLDER / "staff"
    said = said_by(sorted(folder.glob("*.mjs")))
    assert len(said) > 60
    assert {f"client.{key}" for key in said} <= staff_client_texts("ja").keys()
    # What no module and no template names is said nowhere.
    sources = [*folder.glob("*.mjs"), *(STATIC_FOLDER.parent / "templates").glob("*.html")]
    everything = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert [key for key in japanese if f'"{key.removeprefix("client.")}"' not in everything] == []


def test_every_text_of_the_pages_is_said_somewhere() -> None:
    """By its key, or by one put together of parts; the words of units and of the map library are handed on whole."""
    pages = STATIC_FOLDER.parent
    folders = (pages, pages.parent / "services")
    paths = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".html", ".mjs"}]
    source = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    named = set(re.findall(r"""["']([\w.-]+)["']""", source))
    joined = set(re.findall(r'"([a-z_.]+\.)" ~ [\w.]+(?: ~ "([\w.]+)")?', source))  # in templates
    joined |= set(re.findall(r'"([a-z_.]+\.)" ~ \w+ ~ "(_[a-z]+)"', source))
    joined |= set(re.findall(r'(?:\bf"|`)([a-z_.]+\.)\$?\{[^{}]+\}([\w.]*)["`]', source))
    joined -= {("client.", "")}  # whatever a module says; what that is it names
    said = [re.compile(re.escape(head) + "[^.]+" + re.escape(tail)) for head, tail in joined]
    assert [
        key
        for key in texts("ja")
        if not {key, key.removeprefix("client.")} & named
        and not key.startswith("client.maplibre.")
        and not any(each.fullmatch(key) for each in said)
    ] == []


def said_by(modules: Sequence[Path]) -> set[str]:
    """The keys that modules name where they say something."""
    return set(re.findall(r'\bsay\(\s*"(\w+)"', "".join(path.read_text(encoding="utf-8") for path in modules)))


@pytest.mark.parametrize(
    ("asked", "header", "expected"),
    [(None, None, "ja"), ("ja-x-yasashii", None, "ja"), ("pt", None, "en"), (None, "vi", "en"), ("en", "ja", "en")],
)
def test_choice_of_language_of_the_staff(asked: str | None, header: str | None, expected: str) -> None:
    assert choose_staff_language(asked, header) == expected


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
        (None, "zh-TW,zh;q=0.9", "zh-Hant"),
        (None, "zh-HK", "zh-Hant"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-hant-tw", None, "zh-Hant"),
        (None, "pt-BR,pt;q=0.9", "pt"),
        (None, "ja-JP,ja;q=0.9", "ja"),
        ("ja-x-yasashii", "en", "ja-x-yasashii"),
    ],
)
def test_choice_of_language(asked: str | None, header: str | None, expected: str) -> None:
    assert choose_language(asked, header) == expected


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(NotFoundError):
        texts("../locales/ja")
