"""``/`` over HTTP: the answer page of the sample city, whatever is asked and whatever fails."""

import re
import sys
from collections.abc import Iterator
from html import unescape
from typing import Any
from unittest.mock import Mock

import pytest
from httpx import Response
from starlette.testclient import TestClient

from layers.translations import languages
from services.database.cluster import EmbeddedCluster
from services.http.app import Face, create_app
from services.routing.watch import build_now
from tests.conftest import DatabaseUnderTest
from tests.services.http.conftest import look_again

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CITY_HALL = "lon=135.3415&lat=34.7376"


@pytest.fixture(scope="module")
def client(loaded_city: DatabaseUnderTest) -> Iterator[TestClient]:
    build_now(loaded_city.settings)
    with TestClient(create_app(loaded_city.settings, Face.PUBLIC), raise_server_exceptions=False) as client:
        yield client


def text_of(answer: Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def heading(answer: Response) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    assert found is not None
    return unescape(re.sub(r"<span.*?</span>|<[^>]+>", "", found[1])).strip()


def test_the_page_says_what_the_processes_say(client: TestClient) -> None:
    page = client.get(f"/?{CITY_HALL}&lang=en")
    assert page.status_code == 200
    answer = client.get("/ogc/processes/answer-card/execution?location=135.3415,34.7376&language=en").json()
    assert len(answer["hazards"]) == 8
    text = text_of(page)
    for hazard in answer["hazards"]:
        assert hazard["name"] in text
        for entry in hazard["sites"]["nearest"]:
            assert entry["site"]["name"] in text
            assert entry["walk"]["steps"][0] in text
    alone = client.get(
        "/ogc/processes/evacuation-route/execution?origin=135.3415,34.7376&hazard=tsunami&language=en"
    ).json()
    (tsunami,) = (each for each in answer["hazards"] if each["type"] == "tsunami")
    assert [each["site"]["id"] for each in alone["routes"]] == [
        each["site"]["id"] for each in tsunami["sites"]["nearest"]
    ]
    for route, entry in zip(alone["routes"], tsunami["sites"]["nearest"], strict=True):
        assert entry["walk"]["travel_time_s"] == route["travel_time_s"]
        assert (
            "\n".join(
                [
                    *entry["walk"]["before"],
                    *(f"{number}. {step['text']}" for number, step in enumerate(route["steps"], 1)),
                    *entry["walk"]["behind"],
                ]
            )
            == route["text"]
        )


def test_what_everybody_is_told_beside(client: TestClient) -> None:
    page = client.get(f"/?{CITY_HALL}&lang=ja", headers={"Accept-Encoding": "br"})
    assert page.headers["content-encoding"] == "br"
    assert "Accept-Language" in page.headers["vary"]
    assert page.headers["content-language"] == "ja"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "架空データ" in text_of(page)
    assert int(page.headers["content-length"]) < 12_000


def test_who_asks_first_need_not_wait_for_the_city_to_be_read(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = client.app.state.service.settings  # type: ignore[attr-defined]
    waited = []
    for is_ready in (False, True):
        app = create_app(settings, Face.PUBLIC)
        with TestClient(app) as fresh:
            assert fresh.portal is not None
            if is_ready:
                fresh.portal.call(app.state.get_ready)
            do = Mock(side_effect=app.state.service.rows.do)
            monkeypatch.setattr(app.state.service.rows, "do", do)
            assert fresh.get(f"/?{CITY_HALL}&lang=ja").status_code == 200
            waited.append(do.call_count)
    assert waited[0] == 2  # for the closures, then for all the rest
    assert waited[1] <= 1  # for the closures, which are read anew all the time


def test_who_reads_zstd_gets_a_smaller_page_sooner(client: TestClient) -> None:
    with client.stream("GET", f"/?{CITY_HALL}&lang=ja", headers={"Accept-Encoding": "gzip, deflate, br, zstd"}) as page:
        assert page.headers["content-encoding"] == "zstd"
        coded = b"".join(page.iter_raw())
    assert zstd.decompress(coded).startswith(b"<!doctype html>")
    kept = client.get("/ogc/openapi", headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert kept.headers["content-encoding"] == "br"  # coded once, as small as can be


@pytest.mark.parametrize("language", languages())
def test_every_language_by_address_and_by_header(client: TestClient, language: str) -> None:
    asked = client.get(f"/?{CITY_HALL}&lang={language}")
    wished = client.get(f"/?{CITY_HALL}", headers={"Accept-Language": f"{language}, fr;q=0.5"})
    for page in (asked, wished):
        assert (page.status_code, page.headers["content-language"]) == (200, language)
        assert f'<html lang="{language}">' in page.text


def test_a_name_a_reading_and_a_code_lead_to_an_answer_or_a_choice(client: TestClient) -> None:
    towns = client.get("/ogc/collections/postal-codes/items?f=json&limit=200").json()["features"]
    chosen = towns[0]["properties"]
    for query in (chosen["town"], chosen["town_kana"], chosen["postal_code"]):
        page = client.get("/", params={"q": query, "lang": "ja"})
        assert page.status_code == 200
        assert chosen["town"] in text_of(page)
        link = re.search(r'<li><a href="(/\?q=[^"]+)">([^<]+)</a>', page.text)
        if link is not None:
            assert heading(client.get(unescape(link[1]))) == link[2]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("q=%3Cscript%3Ealert(1)%3C/script%3E", 200, "見つかりません"),
        (f"q={'x' * 10_000}", 400, "200文字以内"),
        ("q=%F0%9F%98%80", 200, "見つかりません"),
        ("q=%00%E2%80%AE", 200, "見つかりません"),
        ("q=%E8%8A%A6%E5%B1%8B%E5%B8%82%E5%A4%A7%E5%8E%9F%E7%94%BA", 200, "この市の住所ではありません"),
        ("q=999-9999", 200, "この郵便番号は"),
        ("q=%E8%A5%BF%E5%AE%AE%E5%B8%82", 200, "市の名前だけでは場所が決まりません"),
        ("lon=135.30&lat=34.60", 200, "市の外のことは"),  # in the sea
        ("lon=2.35&lat=48.85", 200, "市の外のことは"),
        ("lon=abc&lat=34", 400, "経度（lon）は"),
        ("lon=135.34", 400, "経度（lon）は"),
        ("lon=nan&lat=inf", 400, "経度（lon）は"),
        ("lon=135&lat=91", 400, "経度（lon）は"),
        ("q=&lang=ja", 200, "その場所の災害リスクと避難先を調べる"),
        ("q=%20%20", 200, "その場所の災害リスクと避難先を調べる"),
        ("nonsense=1", 200, "その場所の災害リスクと避難先を調べる"),
    ],
)
def test_bad_input_gets_a_clear_sentence(client: TestClient, query: str, status: int, said: str) -> None:
    page = client.get(f"/?{query}", headers={"Accept-Language": "ja"})
    assert page.status_code == status
    text = text_of(page)
    assert said in text
    assert "<script>alert" not in page.text
    assert "Traceback" not in text
    assert "：区域の外" not in text.replace("「区域の外」", "")
    assert "避難情報（警戒レベル）" in text or "市の外のことは" in said  # the orders hold whatever was asked


def test_a_layer_that_was_not_loaded_is_unknown(own_public: TestClient) -> None:
    page = own_public.get(f"/?{CITY_HALL}&lang=ja")
    assert page.status_code == 200
    text = text_of(page)
    assert "洪水 ： 不明" in text or "洪水：不明" in text.replace(" ", "")
    assert "データが読み込まれていません" in text
    assert "いまは歩く経路を計算できません" in text  # no roads: as the crow flies
    assert "直線で約" in text


def test_the_map_has_an_address_of_its_own(client: TestClient) -> None:
    page = client.get("/map?lang=en")
    assert page.status_code == 200
    assert 'href="/map?lang=ja"' in page.text
    assert "maplibre" not in client.get(f"/?{CITY_HALL}").text


def test_without_the_database_the_page_says_what_to_do(own_city: Any, cluster: EmbeddedCluster) -> None:
    name = own_city.database.name
    with TestClient(create_app(own_city.database.settings, Face.PUBLIC)) as client:
        assert client.get(f"/?{CITY_HALL}").status_code == 200
        with cluster._admin("postgres") as admin:
            admin.autocommit = True
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        look_again(client.app)
        try:
            for language, said in (("ja", "市の避難情報、テレビ、ラジオ"), ("en", "Follow the city's evacuation")):
                page = client.get(f"/?{CITY_HALL}&lang={language}")
                assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
                assert int(page.headers["retry-after"]) > 0
                assert page.headers["cache-control"] == "no-store"
                text = text_of(page)
                assert said in text
                assert name not in text
                assert 'name="q"' in page.text  # one can ask again
            assert client.get("/").status_code == 200  # nothing is asked
        finally:
            with cluster._admin("postgres") as admin:
                admin.autocommit = True
                admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        assert client.get(f"/?{CITY_HALL}").status_code == 200
