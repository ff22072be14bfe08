"""The staff's pages: signing in and out, sessions that end, what comes from elsewhere, and who is shown nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx import Response
from starlette.testclient import TestClient

from layers.catalogue import catalogue
from layers.model import Role
from services.database import accounts as store
from services.database.connect import connect
from services.http import accounts, sessions
from services.http.app import Face, create_app
from tests.services.http.conftest import SmallCity, account_of, client_of

PAGES = ("/responder", "/desk")
ITEM = "/ogc/collections/emergency-sites/items/s1"
FORM = {"content-type": "application/x-www-form-urlencoded"}
PATCH = {"content-type": "application/merge-patch+json"}


@pytest.fixture(scope="module")
def account(small_city: SmallCity) -> tuple[str, str]:
    return account_of(small_city, "tai", Role.EDITOR)


@pytest.fixture
def client(small_city: SmallCity) -> Iterator[TestClient]:
    """A process of its own: it remembers nobody."""
    with client_of(small_city, Face.INTERNAL) as client:
        client.follow_redirects = False
        yield client


def sign_in(client: TestClient, account: tuple[str, str], to: str = "/responder", **headers: str) -> Response:
    body = urlencode({"name": account[0], "secret": account[1]})
    given = FORM | {name.replace("_", "-"): value for name, value in headers.items()}
    answer: Response = client.post(f"/sign-in?next={to}", content=body, headers=given)
    return answer


def csrf(client: TestClient) -> str:
    return str(client.get("/session").json()["csrf"])


def patch(client: TestClient, **headers: str) -> int:
    """A patch that changes nothing, so that what is asked of it is only who may."""
    given = PATCH | {name.replace("_", "-"): value for name, value in headers.items()}
    return int(client.patch(ITEM, content=b"{}", headers=given).status_code)


# --- in and out ------------------------------------------------------------------------------------------------


def test_the_form_lets_in_and_leads_on(client: TestClient, account: tuple[str, str]) -> None:
    for page in PAGES:
        answer = client.get(page)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={page}")
    form = client.get("/sign-in?next=/desk&lang=en")
    assert 'action="/sign-in?next=/desk&amp;lang=en"' in form.text
    assert form.headers["cache-control"] == "no-store"
    answer = sign_in(client, account, "/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    for page in PAGES:
        assert client.get(page).status_code == 200
    found = client.get("/session").json()
    assert found == {"account": "tai", "display_name": "tai", "roles": ["editor"], "csrf": found["csrf"]}
    assert client.get("/sign-in?next=/desk").headers["location"] == "/desk"


def test_the_cookie_is_for_no_script_and_no_other_site(client: TestClient, account: tuple[str, str]) -> None:
    cookie = sign_in(client, account).headers["set-cookie"].lower()
    assert re.match(r"ngis-session=[\w-]{43}; httponly; max-age=90000; path=/; samesite=strict$", cookie)
    client.base_url = client.base_url.copy_with(scheme="https")
    cookie = sign_in(client, account).headers["set-cookie"].lower()
    assert cookie.startswith("__host-ngis-session=")
    assert "secure" in cookie.split("; ")


def test_every_sign_in_is_a_session_of_its_own(client: TestClient, account: tuple[str, str]) -> None:
    client.cookies.set("ngis-session", "given-by-somebody-else", domain="127.0.0.1", path="/")
    sign_in(client, account)
    first = client.cookies["ngis-session"]
    assert first != "given-by-somebody-else"
    sign_in(client, account)
    assert client.cookies["ngis-session"] != first
    client.cookies.set("ngis-session", first, domain="127.0.0.1", path="/")
    assert client.get("/session").status_code == 401


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/ogc", "/desk?x=\r\nSet-Cookie: a=b"])
def test_nobody_is_led_elsewhere(client: TestClient, account: tuple[str, str], wanted: str) -> None:
    answer = client.post(
        "/sign-in?" + urlencode({"next": wanted}),
        content=urlencode({"name": account[0], "secret": account[1]}),
        headers=FORM,
    )
    assert answer.headers["location"] == "/responder"


def test_a_wrong_secret_is_said_and_what_was_written_is_text(client: TestClient, account: tuple[str, str]) -> None:
    answer = sign_in(client, ('"><script>alert(1)</script>', "x"))
    assert answer.status_code == 401
    assert "名前またはシークレットが違います" in answer.text
    assert "<script>" not in answer.text
    assert "set-cookie" not in answer.headers
    assert sign_in(client, (account[0], account[1] + "x")).status_code == 401
    assert client.get("/session").status_code == 401


def test_too_many_wrong_secrets_are_refused_with_a_time_to_wait(
    client: TestClient, account: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(accounts.FAILURES_OF_ACCOUNT):
        client.app.state.service.accounts._by_account.failed(account[0])  # type: ignore[attr-defined]
    answer = sign_in(client, account)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {"content-type": "application/json"}, 415),
        (b"name=" + b"a" * 5_000, FORM, 413),
        (b"", FORM, 401),
        (b"name=a&name=b&secret=c", FORM, 401),
        (b"name=%ff%00&secret=%00", FORM, 401),
    ],
)
def test_what_is_no_form_is_refused(client: TestClient, content: bytes, headers: dict[str, str], status: int) -> None:
    assert client.post("/sign-in", content=content, headers=headers).status_code == status


def test_signing_out_ends_the_session_everywhere(
    client: TestClient, small_city: SmallCity, account: tuple[str, str]
) -> None:
    sign_in(client, account)
    token = client.cookies["ngis-session"]
    assert client.post("/sign-out", content="csrf=wrong", headers=FORM).status_code == 403
    assert client.get("/session").status_code == 200
    answer = client.post("/sign-out", content=urlencode({"csrf": csrf(client)}), headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    with client_of(small_city, Face.INTERNAL) as other:
        other.cookies.set("ngis-session", token, domain="127.0.0.1", path="/")
        assert other.get("/session").status_code == 401


# --- what a session may, and when it ends ------------------------------------------------------------------------


def test_a_session_changes_something_with_its_token_alone(client: TestClient, account: tuple[str, str]) -> None:
    assert patch(client) == 401
    sign_in(client, account)
    token = csrf(client)
    assert patch(client) == 403
    assert patch(client, x_csrf_token="") == 403
    assert patch(client, x_csrf_token=token[:-1] + ("0" if token[-1] != "0" else "1")) == 403
    assert patch(client, x_csrf_token=token) == 204
    assert patch(client, x_csrf_token=token, sec_fetch_site="cross-site") == 403
    assert patch(client, x_csrf_token=token, sec_fetch_site="same-site") == 403
    assert patch(client, x_csrf_token=token, origin="https://evil.example") == 403


def test_the_token_of_one_session_is_not_that_of_another(client: TestClient, account: tuple[str, str]) -> None:
    sign_in(client, account)
    before = csrf(client)
    sign_in(client, account)
    assert csrf(client) != before
    assert patch(client, x_csrf_token=before) == 403


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}])
def test_no_page_of_another_site_signs_anybody_in_or_out(
    client: TestClient, account: tuple[str, str], headers: dict[str, str]
) -> None:
    assert sign_in(client, account, **headers).status_code == 403
    sign_in(client, account)
    given = FORM | {name.replace("_", "-"): value for name, value in headers.items()}
    assert client.post("/sign-out", content=urlencode({"csrf": csrf(client)}), headers=given).status_code == 403


def test_a_role_is_still_needed(client: TestClient, small_city: SmallCity) -> None:
    sign_in(client, account_of(small_city, "shobo", Role.FIRE))
    assert patch(client, x_csrf_token=csrf(client)) == 403  # sites of evacuation are not of the fire service


def test_sessions_end_with_time_their_account_and_its_secret(
    client: TestClient, small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "REMEMBERED_S", 0.0)
    given = account_of(small_city, "kitei", Role.EDITOR)
    sign_in(client, given)
    assert client.get("/session").status_code == 200
    small_city.execute("UPDATE ngis.session SET expires_at = now() WHERE account = 'kitei'")
    assert client.get("/session").status_code == 401
    sign_in(client, given)
    with connect(small_city.database.urls.owner, autocommit=True) as connection:
        secret = store.reset(connection, "kitei")
    assert client.get("/session").status_code == 401
    sign_in(client, ("kitei", secret))
    assert client.get("/session").status_code == 200
    with connect(small_city.database.urls.owner, autocommit=True) as connection:
        store.disable(connection, "kitei")
    assert client.get("/session").status_code == 401


def test_no_token_is_in_the_database_and_the_public_reads_none(
    client: TestClient, small_city: SmallCity, account: tuple[str, str]
) -> None:
    sign_in(client, account)
    token = client.cookies["ngis-session"]
    with connect(small_city.database.urls.owner) as connection:
        rows = connection.execute("SELECT s::text FROM ngis.session AS s").fetchall()
    assert rows
    assert not [row for (row,) in rows if token in row or csrf(client) in row]


def test_a_session_that_is_known_goes_on_while_the_database_is_away(
    client: TestClient, account: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, account)
    monkeypatch.setattr(sessions, "REMEMBERED_S", 0.0)

    def away(*_: object) -> None:
        from geo.errors import StoreError

        raise StoreError("away")

    assert client.get("/session").status_code == 200  # looked up, and to be looked up again
    monkeypatch.setattr(sessions, "account_of_session", away)
    assert client.get("/session").status_code == 200
    assert client.get("/responder").status_code == 200
    client.cookies.set("ngis-session", "another", domain="127.0.0.1", path="/")
    assert client.get("/session").status_code == 503


# --- the pages -------------------------------------------------------------------------------------------------


def test_the_public_face_has_none_of_it(public: TestClient) -> None:
    for path in (*PAGES, "/sign-in", "/sign-out", "/session"):
        assert public.get(path, follow_redirects=False).status_code == 404
        assert public.post(path, content="", headers=FORM, follow_redirects=False).status_code in (404, 405)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_is_inline_and_nothing_from_elsewhere(
    client: TestClient, account: tuple[str, str], path: str, language: str
) -> None:
    sign_in(client, account)
    answer = client.get(f"{path}?lang={language}")
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not re.search(r"\son\w+=|\sstyle=|<style|(?:src|href)=\"(?:https?:)?//", answer.text)
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    assert all('type="application/json"' in each or ' src="/static/' in each for each in scripts)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text):
        assert client.get(address).status_code == 200, address


def test_the_pages_find_layers_by_what_they_are_for() -> None:
    """A city may call its layers as it likes: no module of these pages has the name of one."""
    from web_map.pages import STATIC_FOLDER

    modules = "\n".join(path.read_text(encoding="utf-8") for path in (STATIC_FOLDER / "staff").glob("*.mjs"))
    duties = {str(layer.duty) for layer in catalogue().values() if layer.duty is not None}
    names = set(catalogue()) - duties
    assert not [name for name in names if f"collections/{name}" in modules or f'"{name}"' in modules]
    assert "collections/${" in modules


def test_no_two_layers_have_one_duty() -> None:
    duties = [layer.duty for layer in catalogue().values() if layer.duty is not None]
    assert len(duties) == len(set(duties))


def test_the_desk_says_who_may_not_issue_orders(client: TestClient, small_city: SmallCity) -> None:
    for name, role, is_told in (("kyukyu", Role.FIRE, True), ("saigai", Role.DISASTER, False)):
        sign_in(client, account_of(small_city, name, role))
        told = "避難情報を発令する権限（災害対策）がありません" in client.get("/desk?lang=ja").text
        assert told is is_told
        client.cookies.clear()


def test_where_citizens_are_is_known(small_city: SmallCity) -> None:
    given = small_city.database.settings
    for changed, address in (
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8000"),  # noqa: S104
        ({"host": "::1", "tls_certificate": Path("a")}, "https://[::1]:8000"),
        ({"public_url": "https://bousai.city.example/"}, "https://bousai.city.example"),
    ):
        assert given.model_copy(update={"public_port": 8000, **changed}).public_address == address


def test_an_application_opens_without_a_database(small_city: SmallCity) -> None:
    assert create_app(small_city.database.settings, Face.INTERNAL) is not None


# --- from elsewhere ----------------------------------------------------------------------------------------------


@pytest.fixture
def vehicle(small_city: SmallCity) -> Iterator[TestClient]:
    """A client in a vehicle: through a proxy with TLS on this machine."""
    settings = small_city.database.settings.model_copy(update={"internal_url": "https://gis.city.example/"})
    app = create_app(settings, Face.INTERNAL)
    with TestClient(app, "https://gis.city.example", client=("127.0.0.1", 5), follow_redirects=False) as client:
        yield client


def test_from_elsewhere_even_reading_needs_an_account(vehicle: TestClient, account: tuple[str, str]) -> None:
    items = "/ogc/collections/emergency-sites/items?f=json"
    for path in (items, "/", "/map", "/events", "/metrics", "/readyz", "/ogc"):
        answer = vehicle.get(path)
        assert answer.status_code == 401, path
        assert "Basic" in answer.headers["www-authenticate"]
        script = vehicle.get(path, headers={"sec-fetch-dest": "empty"})
        assert "Basic" not in script.headers["www-authenticate"]
        assert vehicle.get(path, headers={"sec-fetch-dest": "document"}).headers["location"] == "/sign-in"
    assert vehicle.get("/healthz").status_code == 200
    assert vehicle.get(items, auth=account).status_code == 200
    assert vehicle.get(items).status_code == 401  # though the answer is kept now
    assert vehicle.get("/responder").headers["location"] == "/sign-in?next=/responder"
    assert sign_in(vehicle, account, origin="https://gis.city.example", sec_fetch_site="same-origin").status_code == 303
    assert vehicle.get(items).status_code == 200
    assert vehicle.get("/responder").status_code == 200
    assert patch(vehicle, x_csrf_token=csrf(vehicle), origin="https://gis.city.example") == 204


def test_on_this_machine_nothing_changes_and_no_other_name_is_answered(vehicle: TestClient) -> None:
    assert vehicle.get("/ogc?f=json", headers={"host": "127.0.0.1:8001"}).status_code == 200
    for host in ("evil.example", "gis.city.example.evil.example", "gis.city.example:444"):
        assert vehicle.get("/ogc?f=json", headers={"host": host}).status_code == 421


# --- what a device may keep --------------------------------------------------------------------------------------


def test_the_page_names_the_account_whose_alone_is_what_the_device_keeps(
    client: TestClient, account: tuple[str, str]
) -> None:
    sign_in(client, account)
    page = client.get("/responder")
    view = json.loads(re.findall(r'id="view">(.*?)</script>', page.text, re.DOTALL)[0])
    assert (view["account"], view["worker"]) == (account[0], "/staff-worker.js")
    assert "private" in page.headers["cache-control"]


def test_every_file_that_the_worker_keeps_is_there_and_none_is_missing(client: TestClient) -> None:
    script = client.get("/staff-worker.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "no-cache"
    known = json.loads(re.findall(r"^self\.NGIS = (.*);$", script.text, re.MULTILINE)[0])
    for address in known["shell"]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"], address
    names = {address.removeprefix(known["static"] + "/") for address in known["shell"]}
    assert {"staff/responder.mjs", "staff/staff_map.mjs", "layer_style.mjs", "staff/responder.css"} <= names
    assert "vendor/maplibre-gl/maplibre-gl-worker.mjs" in names
    assert not {name for name in names if name.startswith("offline/") or "desk" in name}


def test_the_public_face_has_no_such_worker(small_city: SmallCity) -> None:
    with client_of(small_city) as public:
        assert public.get("/staff-worker.js").status_code == 404
