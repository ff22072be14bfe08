"""Who may change features: accounts over HTTP, their roles, wrong secrets, other sites, and what is remembered."""

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from layers.catalogue import catalogue
from layers.model import Role
from services.database import accounts as store
from services.database.connect import connect
from services.http import accounts
from services.http.app import Face, create_app
from services.http.attempts import WINDOW_S, Attempts
from tests.services.http.conftest import Desk, SmallCity, account_of, client_of

ITEM = "/ogc/collections/emergency-sites/items/s1"
PATCH = {"content-type": "application/merge-patch+json"}


@pytest.fixture(scope="module")
def secret(small_city: SmallCity) -> str:
    return account_of(small_city)[1]


@pytest.fixture
def client(small_city: SmallCity) -> Iterator[TestClient]:
    """A process of its own: it remembers nobody."""
    with client_of(small_city, Face.INTERNAL) as client:
        yield client


def patch(client: TestClient, authorization: str | None, **headers: str) -> Any:
    """A patch that changes nothing, so that what is asked of it is only who may."""
    given = {**PATCH, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if authorization is not None:
        given["authorization"] = authorization
    return client.patch(ITEM, content=b"{}", headers=given)


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


# --- who is let in ---------------------------------------------------------------------------------------------


def test_basic_and_bearer_let_in(client: TestClient, secret: str) -> None:
    for authorization in (
        basic("yamada", secret),
        basic("yamada", secret).replace("Basic", "bAsIc"),
        f"Bearer yamada.{secret}",
        f"bearer   yamada.{secret}",
    ):
        assert patch(client, authorization).status_code == 204, authorization


def test_nobody_else_is(client: TestClient, secret: str) -> None:
    no_credentials = (None, "", "Basic", "Basic !!!", "Basic " + "A" * 5_000, f"Digest yamada.{secret}", "Basic 44Gv")
    wrong = (
        basic("yamada", secret + "x"),
        basic("Yamada", secret),
        basic("nobody", secret),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        f"Bearer {secret}",
        f"Bearer yamada.{secret}.",
        f"Bearer yamada:{secret}",
        basic("yamada' OR '1'='1", "x"),
    )
    for authorization in (*no_credentials, *wrong):
        answer = patch(client, authorization)
        assert answer.status_code == 401, authorization
        assert answer.headers["www-authenticate"] == 'Basic realm="ngis", charset="UTF-8", Bearer realm="ngis"'
        assert answer.headers["content-type"] == "application/problem+json"


def test_reading_needs_no_account(client: TestClient) -> None:
    assert client.get(ITEM).status_code == 200
    assert client.get(ITEM, headers={"Authorization": "Basic wrong"}).status_code == 200
    assert client.get("/ogc/collections/emergency-sites/history").status_code == 200


def test_a_layer_lets_its_own_roles_in(own_city: SmallCity) -> None:
    who = {role: account_of(own_city, str(role), role) for role in Role}
    with client_of(own_city, Face.INTERNAL) as client:
        for layer in catalogue().values():
            if not layer.editable_by:
                continue
            for role, auth in who.items():
                answer = client.delete(f"/ogc/collections/{layer.id}/items/nothing", auth=auth)
                assert answer.status_code == (404 if role in layer.editable_by else 403), (layer.id, role)
        answer = client.delete("/ogc/collections/fire-stations/items/x?lang=en", auth=who[Role.DISASTER])
        assert answer.json()["detail"] == "One of these roles is needed: Data editing, Fire service, Administration."
        undo = client.post("/ogc/collections/fire-stations/history/1/undo", auth=who[Role.DISASTER])
        assert undo.status_code == 403


def test_an_edit_is_written_down_under_the_account(desk: Desk) -> None:
    other = account_of(desk.city, "sato", Role.DISASTER)
    body = {"properties": {"elevation_m": 8}}
    assert desk.send("PATCH", "emergency-sites/items/s1", body, auth=other).status_code == 204
    (edit,) = desk.read("emergency-sites/history")["edits"]
    assert edit["editedBy"] == "sato"


# --- what is remembered ----------------------------------------------------------------------------------------


def test_a_right_secret_is_compared_once_a_minute(
    client: TestClient, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def counting(connection: Any, name: str, given: str) -> Any:
        compared.append(name)
        return store.verify(connection, name, given)

    monkeypatch.setattr(accounts, "verify", counting)
    for _ in range(3):
        assert patch(client, basic("yamada", secret)).status_code == 204
    assert patch(client, f"Bearer yamada.{secret}").status_code == 204
    assert compared == ["yamada"]
    for _ in range(2):
        assert patch(client, basic("yamada", "wrong")).status_code == 401
    assert compared == ["yamada"] * 3  # wrong ones are not remembered
    monkeypatch.setattr(accounts, "REMEMBERED_S", 0.0)
    other_secret_now_old = patch(client, basic("yamada", secret))
    assert other_secret_now_old.status_code == 204


def test_a_disabled_account_is_out_after_a_minute(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "REMEMBERED_S", 0.0)
    assert desk.send("PATCH", "emergency-sites/items/s1", {}).status_code == 204
    with connect(desk.city.database.urls.owner, autocommit=True) as connection:
        store.disable(connection, "yamada")
    assert desk.send("PATCH", "emergency-sites/items/s1", {}).status_code == 401


# --- wrong secrets ---------------------------------------------------------------------------------------------


def test_too_many_wrong_secrets(own_city: SmallCity) -> None:
    name, secret = account_of(own_city)
    other, other_secret = account_of(own_city, "sato")
    with client_of(own_city, Face.INTERNAL) as client:
        assert patch(client, basic(name, secret)).status_code == 204
        statuses = [patch(client, basic(name, f"wrong-{n}")).status_code for n in range(accounts.FAILURES_OF_ACCOUNT)]
        assert set(statuses) == {401}
        refused = patch(client, basic(name, "another"))
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= WINDOW_S
        assert patch(client, basic(name, secret)).status_code == 204  # it is remembered
        assert patch(client, basic(other, other_secret)).status_code == 204
        for number in range(accounts.FAILURES_OF_ADDRESS - accounts.FAILURES_OF_ACCOUNT):
            assert patch(client, basic(f"guess-{number}", "x")).status_code == 401
        assert patch(client, basic("guess-again", "x")).status_code == 429  # the address
    with client_of(own_city, Face.INTERNAL) as client:  # another process counts anew
        assert patch(client, basic(name, secret)).status_code == 204


def test_attempts_are_counted_for_a_minute() -> None:
    now = 1000.0
    attempts = Attempts(3, lambda: now)
    for _ in range(3):
        assert attempts.wait_s("a") == 0
        attempts.failed("a")
        now += 10
    assert attempts.wait_s("a") == WINDOW_S - 30
    assert attempts.wait_s("b") == 0
    now += WINDOW_S - 30
    assert attempts.wait_s("a") == 0
    for number in range(20_000):
        attempts.failed(number)
    assert len(attempts._failures) <= 10_000


def test_no_secret_is_in_a_log(client: TestClient, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        patch(client, basic("yamada", secret))
        patch(client, f"Bearer yamada.{secret}")
        patch(client, basic("yamada", "a-wrong-secret"))
        client.patch(f"{ITEM}?note=x", content=b"[", headers={**PATCH, "authorization": basic("yamada", secret)})
    for text in (secret, "a-wrong-secret", basic("yamada", secret).partition(" ")[2]):
        assert text not in caplog.text


# --- where from ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://example.org"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "https://127.0.0.1:8001"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": "http://127.0.0.1:8001"},
    ],
)
def test_pages_of_other_sites_change_nothing(client: TestClient, secret: str, headers: dict[str, str]) -> None:
    for authorization in (basic("yamada", secret), None):
        answer = patch(client, authorization, **headers)
        assert answer.status_code == 403
        assert "サイト" in answer.json()["detail"]
    undo = client.post(
        "/ogc/collections/emergency-sites/history/1/undo",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    assert undo.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:8001"},
        {"sec_fetch_site": "same-origin", "origin": "http://127.0.0.1:8001"},
        {"sec_fetch_site": "none"},
    ],
)
def test_our_own_pages_do(client: TestClient, secret: str, headers: dict[str, str]) -> None:
    assert patch(client, basic("yamada", secret), **headers).status_code == 204


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 204), ("::1", 204), ("192.0.2.7", 403), ("testclient", 403)]
)
def test_secrets_travel_in_the_clear_only_within_the_machine(
    small_city: SmallCity, secret: str, address: str, status: int
) -> None:
    app = create_app(small_city.database.settings, Face.INTERNAL)
    for scheme, expected in (("http", status), ("https", 204)):
        with TestClient(app, base_url=f"{scheme}://127.0.0.1:8001", client=(address, 50_000)) as client:
            assert patch(client, basic("yamada", secret)).status_code == expected


def test_the_database_away_is_no_wrong_secret(desk: Desk) -> None:
    pool = desk.client.app.state.service.pool  # type: ignore[attr-defined]
    pool.close()
    answer = desk.send("PATCH", "emergency-sites/items/s1", {})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert json.loads(answer.text)["detail"].startswith("データベース")
