"""The map page as HTML: complete, escaped, and usable without JavaScript."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from geo.errors import NotFoundError
from tests.web_map import small_city
from web_map.pages import CONTENT_SECURITY_POLICY, map_page
from web_map.view import MapUrls, map_view


class Parsed(HTMLParser):
    """The start tags of a page, and the text by the element it stands in directly."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, _tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        (self.scripts if self._in_script else self.texts).append(data)


def rendered(language: str = "ja", **changes: Any) -> Parsed:
    return Parsed(map_page({**small_city.view(), **changes}, language))


def test_every_layer_is_listed_with_its_source_date_and_state() -> None:
    page = rendered()
    listed = [attributes["data-layer"] for tag, attributes in page.tags if "data-layer" in attributes]
    assert sorted(map(str, listed)) == sorted(layer.id for layer in small_city.LAYERS)
    text = " ".join(" ".join(page.texts).split())
    assert "1,200 件" in text
    assert "2026-04-01" in text
    assert "2022-01-01 （一部は不明）" in text
    assert "国の<省>" in text
    assert "ODbL-9.9" in text
    assert text.count("データなし／不明（安全という意味ではありません）") >= 2
    assert "色がない＝安全、ではありません" in text


def test_a_table_without_places_has_no_switch() -> None:
    page = rendered()
    boxes = [attributes["value"] for tag, attributes in page.tags if attributes.get("name") == "layers"]
    assert "rain" not in boxes
    assert "sites" in boxes


def test_fictitious_data_is_announced_only_where_there_is_some() -> None:
    assert "架空データ" in " ".join(rendered().texts)
    honest = {**small_city.STATES, "sites": small_city.State()}
    view = map_view(small_city.LAYERS, honest, MapUrls(), small_city.City())
    assert "架空" not in " ".join(Parsed(map_page(view, "ja")).texts)


@pytest.mark.parametrize(
    "evil", ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onclick="x', "'"]
)
def test_a_name_cannot_become_markup(evil: str) -> None:
    view = small_city.view()
    layers: list[dict[str, Any]] = view["layers"]  # type: ignore[assignment]
    layers[0]["title"] = {"ja": evil, "en": evil}
    page = Parsed(map_page(view, "ja"))
    clean = rendered()
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in clean.tags]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    data = json.loads(page.scripts[-1])
    assert data["layers"][0]["title"] == evil
    assert "<" not in page.scripts[-1]


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    page = rendered()
    for tag, attributes in page.tags:
        assert "style" not in attributes
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/") or attributes["type"] == "application/json"
        assert tag != "style"
        for name in ("src", "href"):
            value = attributes.get(name) or ""
            assert tag == "a" or not value.startswith(("http:", "https:", "//"))
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "blob:" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(("language", "title", "word"), [("ja", "避難場所", "レイヤー一覧"), ("en", "Sites", "Layers")])
def test_the_page_speaks_its_language(language: str, title: str, word: str) -> None:
    page = rendered(language)
    assert ("html", {"lang": language}) in page.tags
    text = " ".join(page.texts)
    assert title in text
    assert word in text
    data = json.loads(page.scripts[-1])
    assert data["language"] == language
    assert data["layers"][0]["title"] == title


def test_internal_fields_do_not_reach_the_page() -> None:
    assert "secret" not in map_page(small_city.view(), "ja")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(NotFoundError, match="tlh"):
        map_page(small_city.view(), "tlh")


def test_ids_are_unique_and_labels_lead_somewhere() -> None:
    page = rendered()
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for name in ("aria-labelledby", "aria-controls"):
            if name in attributes:
                assert attributes[name] in ids
