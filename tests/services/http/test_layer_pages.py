"""The pages of the data over HTTP: every layer has one, what it shows works, and search engines can read it."""

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from html import unescape
from io import StringIO
from xml.etree import ElementTree

import pyogrio
import pytest
import rasterio
from starlette.testclient import TestClient

from layers.catalogue import catalogue
from layers.model import Geometry, Visibility
from layers.translations import languages
from tests.services.http.conftest import SmallCity, client_of
from tests.services.http.serving import served

SERVED = ("emergency-sites", "elevation")
"""Features, and a grid."""


@pytest.fixture(scope="module")
def city(elevation: SmallCity) -> Iterator[TestClient]:
    with client_of(elevation) as client:
        yield client


def shown(page: str) -> list[str]:
    """The lines and addresses of the examples."""
    return [unescape(each) for each in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, flags=re.DOTALL)]


def test_the_size_of_a_file_is_said_once_it_was_sent_whole_by_every_worker_and_while_its_layer_stands(
    own_city: SmallCity,
) -> None:
    def said(client: TestClient) -> list[str]:
        page = client.get("/layers/emergency-sites?lang=en").text
        return re.findall(r'items\?f=csv" [^>]*>[^<]*</a> <span class="kind">text/csv( · [^<]*)?</span>', page)

    with client_of(own_city) as client:
        assert said(client) == [""]
        path = "/ogc/collections/emergency-sites/items"
        client.get(f"{path}?f=csv&limit=1").raise_for_status()  # not all of it
        assert said(client) == [""]
        size = len(client.get(f"{path}?f=csv").content)
        about = [f" · about {float(f'{size / 1000:.2g}'):g} kB"]
        assert said(client) == about
    with client_of(own_city) as another:  # after a restart
        assert said(another) == about
    own_city.execute("UPDATE core.emergency_sites SET remarks = 'new'")
    own_city.publish("emergency-sites")
    with client_of(own_city) as after:
        assert said(after) == [""]


def test_every_public_layer_has_a_page_and_no_other_has(city: TestClient) -> None:
    listing = city.get("/layers?lang=en").text
    for layer in catalogue().values():
        answer = city.get(f"/layers/{layer.id}?lang=en")
        if layer.visibility is not Visibility.PUBLIC:
            assert answer.status_code == 404
            assert f'"/layers/{layer.id}?' not in listing
            continue
        assert answer.status_code == 200, layer.id
        assert f'"/layers/{layer.id}?lang=en"' in listing
        assert layer.title.en in unescape(answer.text)
        for field in layer.fields:
            assert (f"<code>{field.name}</code>" in answer.text) == field.public, field.name
        if layer.id not in SERVED:
            assert "No data – unknown, not safe" in answer.text
            assert not shown(answer.text)
    missing = city.get("/layers/no-such-layer", headers={"Accept": "text/html", "Accept-Language": "ja"})
    assert (missing.status_code, "このレイヤーはありません" in missing.text) == (404, True)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_api_leads_to_the_pages(city: TestClient, language: str) -> None:
    for path, page in (("/ogc", "/layers"), *((f"/ogc/collections/{each}", f"/layers/{each}") for each in SERVED)):
        told = city.get(f"{path}?f=json&lang={language}").json()["links"]
        (link,) = [each for each in told if each["href"].partition("?")[0].endswith(page)]
        assert (link["rel"], link["type"]) == ("describedby", "text/html")
        seen = city.get(f"{path}?f=html&lang={language}").text
        assert f'<a href="{link["href"]}" rel="describedby">' in seen
        led = city.get(link["href"])
        assert led.status_code == 200
        assert led.headers["content-language"] == language
    seen = city.get(f"/ogc/collections?f=html&lang={language}").text
    assert f'<a href="http://127.0.0.1:8000/layers?lang={language}">' in seen  # from every page of the API
    assert f'<a href="/map?lang={language}">' in seen


@pytest.mark.parametrize("language", languages())
def test_a_page_speaks_its_language_and_says_what_it_is_made_of(city: TestClient, language: str) -> None:
    answer = city.get(f"/layers/emergency-sites?lang={language}")
    assert answer.headers["content-language"] == language
    for said in (
        "試験市",
        "2024-03-31",
        "creativecommons.org/licenses/by/4.0",
        "for_flood",
        "position_error_m",
        "f=gpkg",
        'href="/ogc/collections/',
    ):
        assert said in answer.text, said
    for tag in languages():
        assert f'hreflang="{tag}" href="http://127.0.0.1:8000/layers/emergency-sites?lang={tag}"' in answer.text


@pytest.mark.parametrize("layer", SERVED)
def test_every_address_that_a_page_shows_is_answered(city: TestClient, layer: str) -> None:
    page = city.get(f"/layers/{layer}?lang=ja").text
    addresses = {unescape(each) for each in re.findall(r'(?:href|src)="(/[^"#]*|http://127[^"#]*)"', page)}
    place = {"{z}": "14", "{y}": "6503", "{x}": "14350"}
    for code in shown(page):
        for found in re.findall(r"http://127[^'\"\s]*", code):
            addresses.add(re.sub(r"\{[zyx]\}", lambda each: place[each[0]], found))
    assert len(addresses) > 20
    for address in sorted(addresses):
        answer = city.get(address)
        assert answer.status_code in (200, 204), f"{address}: {answer.text[:300]}"


@pytest.mark.parametrize("layer", SERVED)
def test_every_line_that_a_page_shows_runs(elevation: SmallCity, layer: str) -> None:
    with served(elevation) as address, client_of(elevation) as client:
        page = client.get(f"/layers/{layer}?lang=en", headers={"Host": address.removeprefix("http://")}).text
        lines = [shlex.split(each) for each in shown(page) if not each.startswith("http")]
        programs = [words[0] for words in lines]
        assert {"curl", "python"} <= set(programs)
        for program, *words in lines:
            if program == "python":
                option, code = words
                assert option == "-c"
                said = StringIO()
                with redirect_stdout(said):
                    exec(code, {})  # noqa: S102 - our own; a process of its own takes seconds to import what this has
                assert said.getvalue().strip()
            elif program == "ogrinfo":  # as its library opens it: the program itself is on few machines
                _, source, name = words
                assert pyogrio.read_info(source, layer=name)["features"] > 0
            elif program == "gdalinfo":
                with rasterio.open(words[0]) as file:
                    assert file.width > 0
            else:
                assert program == "curl"  # its address is asked above


def test_search_engines_read_a_dataset(city: TestClient) -> None:
    page = city.get("/layers/emergency-sites?lang=en").text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found = json.loads(script)
    assert found["@type"] == "Dataset"
    assert found["url"] == "http://127.0.0.1:8000/layers/emergency-sites"
    assert 50 <= len(found["description"]) <= 5000
    assert [each.startswith("https://creativecommons.org/licenses/by/4.0/") for each in found["license"]] == [True]
    assert {each["encodingFormat"] for each in found["distribution"]} > {"text/csv", "application/geopackage+sqlite3"}
    assert re.search(r'<link rel="canonical" href="http://127.0.0.1:8000/layers/emergency-sites\?lang=en">', page)


def test_search_engines_are_told_what_there_is(city: TestClient, elevation: SmallCity) -> None:
    robots = city.get("/robots.txt").text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in robots
    assert "Disallow: /\n" not in robots
    tree = ElementTree.fromstring(city.get("/sitemap.xml").text)  # noqa: S314 - our own
    places = {each.text or "" for each in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    for path in ("/", "/map", "/layers", "/layers/elevation"):
        assert f"http://127.0.0.1:8000{path}?lang=pt" in places
    public = [each for each in catalogue().values() if each.visibility is Visibility.PUBLIC]
    assert len(places) == len(languages()) * (3 + len(public))


def test_the_staffs_face_is_not_for_search_engines_nor_for_frames(internal: TestClient) -> None:
    assert "Disallow: /\n" in internal.get("/robots.txt").text
    assert internal.get("/sitemap.xml").status_code == 404
    assert internal.get("/embed").status_code == 404


def test_only_the_embedded_map_may_be_framed(city: TestClient) -> None:
    framed = city.get("/embed?lang=en&layers=emergency-sites,elevation").headers
    assert "frame-ancestors *" in framed["content-security-policy"]
    assert "unsafe" not in framed["content-security-policy"]
    assert "default-src 'none'" in framed["content-security-policy"]
    assert "x-frame-options" not in framed
    for path in ("/", "/map", "/ogc", "/offline/"):
        headers = city.get(path).headers
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "SAMEORIGIN"
    page = city.get("/layers/elevation").headers
    assert "frame-src 'self'" in page["content-security-policy"]
    assert "frame-ancestors 'self'" in page["content-security-policy"]


def test_a_framed_map_says_whose_data_it_shows_and_what_it_cannot_show(city: TestClient) -> None:
    state = "lon=135.33&lat=34.74&zoom=12&layers=emergency-sites,hazard-flood,gone,%3Cb%3E&only=hazard-flood:planned"
    page = unescape(city.get(f"/embed?lang=en&{state}").text)
    assert "試験市" in page
    assert "2024-03-31" in page
    assert "Fictitious data" in page
    flood = catalogue()["hazard-flood"].title.en
    assert f"Cannot be shown now (unknown): {flood}, gone. This does not mean safe." in page
    full = "http://127.0.0.1:8000/map?lang=en#lon=135.33&lat=34.74&zoom=12&layers=emergency-sites,hazard-flood,gone"
    assert full in page
    assert "<b>" not in page
    shown_layers = {each["id"] for each in json.loads(re.findall(r'id="view">(.*?)</script>', page)[0])["layers"]}
    assert shown_layers == {"emergency-sites", "hazard-flood"}
    usual = {
        each.id
        for each in catalogue().values()
        if each.visibility is Visibility.PUBLIC and each.style.visible and each.geometry is not Geometry.NONE
    }
    page = city.get("/embed?lang=en").text
    assert {each["id"] for each in json.loads(re.findall(r'id="view">(.*?)</script>', page)[0])["layers"]} == usual


def test_pages_are_sent_in_the_coding_that_is_read(city: TestClient) -> None:
    for path in ("/map", "/layers", "/layers/emergency-sites", "/embed"):
        plain = city.get(path, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        coded = city.get(path, headers={"Accept-Encoding": "br"})
        assert coded.headers["content-encoding"] == "br"
        assert int(coded.headers["content-length"]) < len(plain.content) / 2
