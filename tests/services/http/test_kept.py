"""Validators, content codings and kept answers over HTTP."""

import gzip
import itertools
from collections.abc import Iterator
from typing import Any

import brotli
import pytest
from starlette.testclient import TestClient

from services.http.app import create_app
from services.ogc.face import Face
from tests.services.http.conftest import SmallCity, client_of, look_again

ITEMS = "/ogc/collections/emergency-sites/items"
PATHS = [
    f"{ITEMS}?limit=2",
    f"{ITEMS}/s1",
    f"{ITEMS}?f=html",
    "/ogc/collections",
    "/ogc/conformance",
    "/ogc/openapi",
    "/ogc/collections/emergency-sites/queryables",
    "/ogc/collections/emergency-sites/tiles/WebMercatorQuad/12/1625/3587",
]


class Queries:
    """Counts what is borrowed of the pool."""

    def __init__(self, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        pool = app.state.service.pool
        real = pool.connection

        def counted() -> Any:
            self.count += 1
            return real()

        monkeypatch.setattr(pool, "connection", counted)


@pytest.fixture
def counted(small_city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TestClient, Queries]]:
    app = create_app(small_city.database.settings, Face.PUBLIC)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client, Queries(app, monkeypatch)


@pytest.mark.parametrize("path", PATHS)
def test_known_answers_are_not_sent_again_and_cost_no_query(counted: tuple[TestClient, Queries], path: str) -> None:
    client, queries = counted
    first = client.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')  # strong
    assert first.headers["cache-control"] == "public, no-cache"
    before = queries.count
    for _ in range(3):  # before and after it is known in these very words
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "content-length" not in again.headers
    assert client.get(path).content == first.content
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == first.status_code
    assert queries.count == before


def test_a_tag_is_known_before_the_answer_is(small_city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker made the tag: this one says 304 without asking the database."""
    with client_of(small_city) as one:
        tag = one.get(f"{ITEMS}?limit=3").headers["etag"]
    app = create_app(small_city.database.settings, Face.PUBLIC)
    with TestClient(app, base_url="http://127.0.0.1:8000") as other:
        other.get("/ogc/conformance")
        queries = Queries(app, monkeypatch)
        assert other.get(f"{ITEMS}?limit=3", headers={"If-None-Match": tag}).status_code == 304
        assert queries.count == 0


def test_different_questions_have_different_tags(public: TestClient) -> None:
    headers = [{}, {"Accept-Language": "en"}, {"Accept": "text/html"}, {"Host": "localhost:8000"}]
    paths = [ITEMS, f"{ITEMS}?limit=1", f"{ITEMS}?f=html", f"{ITEMS}?f=jsonfg", f"{ITEMS}?lang=en", "/ogc/collections"]
    found: dict[str, bytes] = {}
    for path, header in itertools.product(paths, headers):
        answer = public.get(path, headers=header)
        tag = answer.headers["etag"]
        assert found.setdefault(tag, answer.content) == answer.content


def test_a_publication_makes_another_answer(own_city: SmallCity) -> None:
    with client_of(own_city) as client:
        first = client.get(f"{ITEMS}/s1")
        own_city.execute("UPDATE core.emergency_sites SET name = '新しい名前' WHERE id = 's1'")
        own_city.publish("emergency-sites")
        look_again(client.app)
        second = client.get(f"{ITEMS}/s1", headers={"If-None-Match": first.headers["etag"]})
        assert second.status_code == 200
        assert second.json()["properties"]["name"] == "新しい名前"


@pytest.mark.parametrize(
    ("accepted", "coding", "decode"),
    [
        ("br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("*", "br", brotli.decompress),
        ("identity", None, bytes),
        ("br;q=0, gzip;q=0", None, bytes),
        ("deflate", None, bytes),
    ],
)
def test_content_codings(public: TestClient, accepted: str, coding: str | None, decode: Any) -> None:
    plain = public.get("/ogc/openapi", headers={"Accept-Encoding": "identity"})
    for _ in range(2):
        with public.stream("GET", "/ogc/openapi", headers={"Accept-Encoding": accepted}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == coding
        assert int(answer.headers["content-length"]) == len(raw)
        assert decode(raw) == plain.content
        assert "Accept-Encoding" in answer.headers["vary"]
        # Strong tags differ where the bytes do, and each is known by its own.
        assert (answer.headers["etag"] == plain.headers["etag"]) == (coding is None)
        known = public.get(
            "/ogc/openapi", headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["etag"]}
        )
        assert known.status_code == 304


def test_small_answers_and_pictures_are_not_coded(public: TestClient) -> None:
    answer = public.get(f"{ITEMS}?resulttype=hits&for_flood=true", headers={"Accept-Encoding": "br"})
    assert len(answer.content) > 0
    if len(answer.content) < 1_000:
        assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_content(public: TestClient, path: str) -> None:
    for _ in range(2):
        head, full = public.head(path), public.get(path)
        assert (head.status_code, head.content) == (full.status_code, b"")
        assert head.headers["etag"] == full.headers["etag"]
        assert head.headers.get("content-length") == full.headers.get("content-length")


def test_the_internal_face_lets_no_one_else_keep(internal: TestClient) -> None:
    assert internal.get(ITEMS).headers["cache-control"] == "private, no-cache"
