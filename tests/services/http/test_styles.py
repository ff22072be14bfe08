"""Styles and legends over HTTP: valid, complete, and never silent about what is unknown."""

import itertools
import json
import re
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageColor
from starlette.testclient import TestClient

from layers.catalogue import catalogue
from layers.model import Geometry, Layer, Theme
from services.settings import ROOT
from tests.services.http.conftest import SmallCity, client_of

DRAWN = [layer for layer in catalogue().values() if layer.geometry not in (Geometry.NONE, Geometry.RASTER)]
HAZARDS = [layer for layer in DRAWN if layer.theme is Theme.HAZARD]
NAMESPACES = {
    "sld": "http://www.opengis.net/sld",
    "se": "http://www.opengis.net/se",
    "ogc": "http://www.opengis.net/ogc",
}
_VALIDATE = """
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
let text = "";
for await (const piece of process.stdin) text += piece;
for (const style of JSON.parse(text)) {
  for (const error of validateStyleMin(style)) console.log(style.name, error.message);
}
"""


def styles(layer: Layer) -> str:
    return f"/ogc/collections/{layer.id}/styles"


def test_every_style_is_valid_by_maplibres_own_specification(internal: TestClient) -> None:
    found = [internal.get("/ogc/styles/city").json()]
    for layer in DRAWN:
        listed = internal.get(styles(layer)).json()["styles"]
        found += [internal.get(f"{styles(layer)}/{style['id']}?f=mapbox").json() for style in listed]
    assert len(found) > len(DRAWN)
    done = subprocess.run(
        ["node", "--input-type=module", "-e", _VALIDATE],
        cwd=ROOT,
        input=json.dumps(found),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == ""


@pytest.mark.parametrize("layer", DRAWN, ids=lambda each: each.id)
def test_a_style_draws_every_class_in_its_colour(internal: TestClient, layer: Layer) -> None:
    answer = internal.get(f"{styles(layer)}/default")
    assert answer.headers["content-type"] == "application/vnd.mapbox.style+json"
    style = answer.json()
    assert set(style["sources"]) == {layer.id}
    assert all(each["source-layer"] == layer.id for each in style["layers"])
    text = json.dumps(style["layers"], ensure_ascii=False)
    for entry in layer.style.classes:
        assert entry.color in text
    assert layer.style.color in text
    assert all(each["minzoom"] >= layer.style.min_zoom for each in style["layers"])


def test_one_of_several_scenarios_is_shown_at_a_time(internal: TestClient) -> None:
    listed = internal.get("/ogc/collections/hazard-flood/styles").json()
    assert listed["default"] == "maximum"
    assert [each["id"] for each in listed["styles"]] == ["maximum", "planned", "duration", "collapse"]
    for name in ("maximum", "collapse"):
        for each in internal.get(f"/ogc/collections/hazard-flood/styles/{name}").json()["layers"]:
            assert f'"{name}"' in json.dumps(each["filter"])
    assert internal.get("/ogc/collections/hazard-flood/styles/nothing").status_code == 404


def test_patterns_of_a_style_are_in_the_sprite(internal: TestClient) -> None:
    style = internal.get("/ogc/collections/hazard-flood/styles/default").json()
    (pattern,) = [each for each in style["layers"] if each["id"].endswith(":pattern")]
    used = set(re.findall(r"pattern-\w+", json.dumps(pattern)))
    for scale in ("", "@2x"):
        index = internal.get(f"{style['sprite'].removeprefix('http://127.0.0.1:8001')}{scale}.json").json()
        picture = Image.open(BytesIO(internal.get(f"/ogc/styles/sprite{scale}.png").content))
        assert used <= index.keys()
        for each in index.values():
            assert each["x"] + each["width"] <= picture.width
            assert each["y"] + each["height"] <= picture.height


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("layer", DRAWN, ids=lambda each: each.id)
def test_sld_has_a_rule_for_each_class_and_one_for_the_rest(internal: TestClient, layer: Layer, version: str) -> None:
    answer = internal.get(f"{styles(layer)}/default?f=sld{version.replace('.', '')}")
    assert answer.headers["content-type"] == f"application/vnd.ogc.sld+xml;version={version}"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    assert root.get("version") == f"{version}.0"
    symbols = "sld" if version == "1.0" else "se"
    rules = root.findall(f".//{symbols}:Rule", NAMESPACES)
    assert len(rules) == len(layer.style.classes) + 1
    colours = [entry.color for entry in layer.style.classes] + [layer.style.color]
    for rule, colour in zip(rules, colours, strict=True):
        assert colour in ElementTree.tostring(rule, "unicode")
        assert [each.tag.rpartition("}")[2] for each in rule] == sorted(
            (each.tag.rpartition("}")[2] for each in rule), key=_rank
        )
    name = root.find(f"./sld:NamedLayer/{symbols}:Name", NAMESPACES)
    assert name is not None
    assert name.text == layer.id


_ORDER = ("Name", "Title", "Description", "Filter", "ElseFilter", "MinScaleDenominator", "MaxScaleDenominator")


def _rank(tag: str) -> int:
    """The order of a rule's parts that the schema asks for."""
    return _ORDER.index(tag) if tag in _ORDER else len(_ORDER)


def test_features_of_unknown_class_are_drawn_by_sld_too(internal: TestClient) -> None:
    root = ElementTree.fromstring(internal.get("/ogc/collections/hazard-flood/styles/maximum?f=sld10").content)  # noqa: S314
    last = root.findall(".//sld:Rule", NAMESPACES)[-1]
    assert last.find(".//ogc:PropertyIsNull/ogc:PropertyName", NAMESPACES) is not None
    without_choice = ElementTree.fromstring(  # noqa: S314
        internal.get("/ogc/collections/hazard-tsunami/styles/default?f=sld10").content
    )
    assert without_choice.findall(".//sld:Rule", NAMESPACES)[-1].find("sld:ElseFilter", NAMESPACES) is not None


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("layer", DRAWN, ids=lambda each: each.id)
def test_a_legend_names_every_class(internal: TestClient, layer: Layer, language: str) -> None:
    answer = internal.get(f"{styles(layer)}/default/legend?f=svg&lang={language}")
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    for entry in layer.style.classes:
        assert entry.title.in_language(language) in texts
    if layer.theme is Theme.HAZARD:
        assert (
            "データなし／不明（安全を意味しません）" if language == "ja" else "No data / unknown (does not mean safe)"
        ) in texts
    assert "http" not in answer.text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("layer", HAZARDS, ids=lambda each: each.id)
def test_neighbours_in_a_hazard_legend_differ_beside_their_colour(internal: TestClient, layer: Layer) -> None:
    text = internal.get(f"{styles(layer)}/default/legend?f=svg").text
    marks = re.findall(r"<g transform.*?</g>", text)[: len(layer.style.classes)]
    patterns = [(re.findall(r"url\(#(\w+)\)", mark) or ["plain"])[0] for mark in marks]
    assert all(a != b for a, b in itertools.pairwise(patterns))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_legend_as_a_picture_has_the_colours(internal: TestClient, language: str) -> None:
    layer = catalogue()["fire-stations"]
    answer = internal.get(f"{styles(layer)}/default/legend?lang={language}")
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(BytesIO(answer.content)).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(1_000_000) or []}
    for entry in layer.style.classes:
        assert ImageColor.getrgb(entry.color) in colours


def test_metadata_and_lists_lead_to_everything(internal: TestClient) -> None:
    collection = internal.get("/ogc/collections/hazard-flood").json()
    (link,) = [each for each in collection["links"] if each["rel"].endswith("/styles")]
    listed = internal.get(link["href"]).json()
    addresses = [each["href"] for style in listed["styles"] for each in style["links"]]
    described = internal.get("/ogc/collections/hazard-flood/styles/planned/metadata").json()
    addresses += [sheet["link"]["href"] for sheet in described["stylesheets"]]
    addresses += [each["href"] for each in described["links"]]
    for address in dict.fromkeys(addresses):
        assert internal.get(address).status_code == 200, address


def test_fictitious_data_say_so_in_style_and_legend(public: TestClient) -> None:
    style = public.get("/ogc/collections/emergency-sites/styles/default?lang=ja").json()
    assert style["metadata"]["ngis:fictitious"] is True
    assert "架空データ" in style["name"]
    assert "架空データ" in public.get("/ogc/collections/emergency-sites/styles/default/legend?f=svg&lang=ja").text


def test_the_city_style_holds_what_the_face_serves(public: TestClient) -> None:
    style: dict[str, Any] = public.get("/ogc/styles/city").json()
    assert {each["source-layer"] for each in style["layers"]} == {"emergency-sites"}
    assert public.get("/ogc/styles/other").status_code == 404
    assert public.get("/ogc/collections/shelters/styles").status_code == 404


@pytest.mark.parametrize("path", ["/ogc/styles", "/ogc/collections/emergency-sites/styles"])
def test_style_pages_are_pages(public: TestClient, path: str) -> None:
    for language in ("ja", "en"):
        page = public.get(f"{path}?f=html&lang={language}")
        assert page.status_code == 200
        assert f'lang="{language}"' in page.text


def test_pictures_are_lettered_without_a_japanese_font(internal: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.ogc.styles import fonts, handlers

    def none() -> Path | None:
        return None

    monkeypatch.setattr(fonts, "japanese_font", none)
    monkeypatch.setattr(handlers, "japanese_font", none)
    fonts.font.cache_clear()
    try:
        answer = internal.get("/ogc/collections/hazard-tsunami/styles/default/legend?lang=ja")
        assert answer.status_code == 200
        assert Image.open(BytesIO(answer.content)).width > 200
    finally:
        fonts.font.cache_clear()


def test_a_grid_is_styled_by_its_values(elevation: SmallCity) -> None:
    layer = catalogue()["elevation"]
    with client_of(elevation) as client:
        collection = client.get("/ogc/collections/elevation").json()
        (link,) = [each for each in collection["links"] if each["rel"].endswith("/styles")]
        (listed,) = client.get(link["href"]).json()["styles"]
        for each in listed["links"]:
            assert client.get(each["href"]).status_code == 200, each
        style = client.get(f"{styles(layer)}/default?f=maplibre").json()
        (tiles,) = style["sources"]["elevation"]["tiles"]
        tile = client.get(tiles.format(z=12, y=1625, x=3587))
        assert tile.headers["content-type"] == "image/png"
        assert len(Image.open(BytesIO(tile.content)).convert("RGBA").getcolors(100_000) or []) > 100
        described = client.get(f"{styles(layer)}/default/metadata?f=json").json()
        assert client.get(described["layers"][0]["sampleData"]["href"]).status_code == 200
        for version in ("sld10", "sld11"):
            text = client.get(f"{styles(layer)}/default?f={version}").text
            found = [(float(value), colour) for value, colour in re.findall(_STOPS[version], text)]
            assert found == [*layer.style.ramp]
        legend = client.get(f"{styles(layer)}/default/legend?f=svg&lang=ja").text
        for height, colour in layer.style.ramp:
            assert f"{height:g} m" in legend
            assert colour in legend
        assert "データなし" in legend
    done = subprocess.run(
        ["node", "--input-type=module", "-e", _VALIDATE],
        cwd=ROOT, input=json.dumps([style]), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout == ""


_STOPS = {
    "sld10": r'(?s)<sld:ColorMapEntry (?=[^>]*quantity="([^"]+)")(?=[^>]*color="([^"]+)")',
    "sld11": r"(?s)<se:Data>([^<]+)</se:Data>\s*<se:Value>([^<]+)</se:Value>",
}
