"""The application as a whole: headers, hosts, health, figures, and a database that goes and comes back."""

import re
import time
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from services.database.cluster import EmbeddedCluster
from services.http.app import Face, create_app
from tests.conftest import settings_for
from tests.services.http.conftest import look_again

ITEMS = "/ogc/collections/emergency-sites/items"


def test_security_headers_are_on_every_answer(public: TestClient) -> None:
    for path in ("/", "/ogc", ITEMS, "/healthz", "/nowhere", f"{ITEMS}?limit=x"):
        headers = public.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "worker-src 'self'" in policy
        assert "frame-ancestors" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "x-powered-by" not in headers


def test_only_open_data_is_for_other_origins(public: TestClient, internal: TestClient) -> None:
    assert public.get(ITEMS).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in public.get("/").headers
    assert "access-control-allow-origin" not in internal.get(ITEMS).headers


@pytest.mark.parametrize("host", ["evil.example", "10.1.2.3:8001", "127.0.0.1.evil.example", "localhost.evil.example"])
def test_internal_face_answers_to_this_machine_only(internal: TestClient, host: str) -> None:
    refused = internal.get("/ogc/collections", headers={"Host": host})
    assert refused.status_code == 421
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8001", "[::1]:8001", "127.0.0.9:1"])
def test_internal_face_answers_on_the_loopback(internal: TestClient, host: str) -> None:
    assert internal.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_host_that_is_none_is_refused(public: TestClient) -> None:
    assert public.get("/ogc", headers={"Host": 'x"><script>'}).status_code == 400


def test_only_reading(public: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = public.request(method, ITEMS)
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/problem+json"
    assert public.head(ITEMS).status_code == 200


def test_health(public: TestClient) -> None:
    assert public.get("/healthz").json() == {"status": "alive"}
    found = public.get("/readyz")
    assert found.status_code == 200
    assert found.json() == {"ready": True, "face": "public", "database": True, "migrations": True, "layers": 1}


def test_metrics(public: TestClient) -> None:
    public.get(ITEMS)
    text = public.get("/metrics").text
    assert re.search(r'ngis_requests_total\{.*route="/ogc/collections/\{collection\}/items",status="200"\} [1-9]', text)
    assert re.search(r'ngis_request_seconds_bucket\{.*le="\+Inf"\} [1-9]', text)
    assert 'figure="pool_size"' in text
    assert "s1" not in re.findall(r'route="([^"]*)"', text)


def test_static_files_are_kept_for_good(public: TestClient) -> None:
    page = public.get("/").text
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', page)
    assert scripts
    for address in scripts:
        answer = public.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith("text/javascript")
    assert public.get("/static/%2e%2e/pages.py").status_code == 404
    plain = public.get(scripts[0], headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for coding in ("br", "gzip"):
        coded = public.get(scripts[0], headers={"Accept-Encoding": coding})
        assert (coded.headers["content-encoding"], coded.content) == (coding, plain.content)
        assert coded.headers["content-type"].startswith("text/javascript")
        assert "immutable" in coded.headers["cache-control"]


def test_public_url_is_the_address_of_all_links(small_city: Any) -> None:
    settings = small_city.database.settings.model_copy(update={"public_url": "https://gis.example.jp/"})
    with TestClient(create_app(settings, Face.PUBLIC)) as client:
        links = client.get("/ogc").json()["links"][1:]
    assert all(
        link["href"].startswith(("https://gis.example.jp/ogc", "https://gis.example.jp/layers?")) for link in links
    )


def test_migrations_missing_is_not_ready(empty_database: Any) -> None:
    with TestClient(create_app(empty_database.settings, Face.PUBLIC)) as client:
        found = client.get("/readyz")
        assert found.status_code == 503
        assert found.json()["migrations"] is False
        assert client.get("/healthz").status_code == 200
        assert client.get(ITEMS).status_code == 503


def test_database_away_and_back(own_city: Any, cluster: EmbeddedCluster) -> None:
    """Connections cut and the database closed to everybody, then open again: 503, and at once 200."""
    name = own_city.database.name
    with TestClient(create_app(own_city.database.settings, Face.PUBLIC)) as client:
        kept = client.get(ITEMS)
        assert kept.status_code == 200
        with psycopg.connect(cluster.url("ngis_owner", name), autocommit=True) as owner:
            owner.execute("SELECT 1")
        with cluster._admin("postgres") as admin:
            admin.autocommit = True
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        look_again(client.app)
        try:
            for _ in range(3):
                away = client.get(f"{ITEMS}?limit=1")
                assert away.status_code == 503
                assert int(away.headers["retry-after"]) > 0
                assert away.headers["content-type"] == "application/problem+json"
                assert name not in away.text
            stale = client.get(ITEMS)  # what is kept is answered still, and marked
            assert (stale.status_code, stale.content) == (200, kept.content)
            assert "database-away" in stale.headers["cache-status"]
            assert stale.headers["warning"].startswith('111 ngis "Revalidation Failed" "')
            assert stale.headers["last-modified"] in stale.headers["warning"]
            assert client.get("/").status_code == 200  # with what is known; the tiles will say what is not
            assert client.get("/healthz").status_code == 200
            assert client.get("/ogc/conformance").status_code == 200  # needs no rows
            assert client.get("/readyz").status_code == 503
        finally:
            with cluster._admin("postgres") as admin:
                admin.autocommit = True
                admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        assert client.get(f"{ITEMS}?limit=1").status_code == 200
        assert client.get("/readyz").status_code == 200
        assert "warning" not in client.get(ITEMS).headers


def test_a_worker_knows_what_is_served_before_it_is_asked(own_city: Any) -> None:
    app = create_app(own_city.database.settings, Face.PUBLIC)
    with TestClient(app):
        deadline = time.monotonic() + 10
        while app.state.service.watch.last_known() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.parametrize("form", ["json", "html"])  # asked in the event loop, and in threads
def test_connections_cut_are_replaced_unnoticed(own_city: Any, cluster: EmbeddedCluster, form: str) -> None:
    with TestClient(create_app(own_city.database.settings, Face.PUBLIC)) as client:
        assert client.get(f"{ITEMS}?f={form}").status_code == 200
        with cluster._admin("postgres") as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (own_city.database.name,)
            )
        assert client.get(f"{ITEMS}?f={form}&limit=1").status_code == 200


def test_public_role_is_what_keeps_the_faces_apart(small_city: Any) -> None:
    """Even with the internal face's code, the public role reads nothing of core."""
    urls = small_city.database.urls
    settings = settings_for(urls, small_city.database.settings.var).model_copy(
        update={"database_internal_url": SecretStr(urls.public)}
    )
    with TestClient(create_app(settings, Face.INTERNAL), base_url="http://127.0.0.1") as client:
        answer = client.get("/ogc/collections/shelters/items")
    assert answer.status_code == 503
    assert "未公開" not in answer.text
