"""Every failure is a problem document in the asker's language, and tells nothing of the inside."""

import inspect
from http import HTTPStatus

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

import geo.errors
from geo.errors import GisError, InputError, NotFoundError, StoreError
from layers.model import Text
from services.http.problems import STATUSES, asked_language, problem_response, status_of
from services.ogc.errors import ParameterError, ResourceError, TooMuchError, UpstreamError

SECRET = 'SELECT secret FROM core.shelters WHERE password = "x" at 10.0.0.5:5432'


def answer(error: Exception, url: str = "/x", **headers: str) -> Response:
    path, _, query = url.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    return problem_response(Request(scope), error)


def test_every_kind_of_error_has_a_status() -> None:
    kinds = [kind for _, kind in inspect.getmembers(geo.errors, inspect.isclass) if issubclass(kind, GisError)]
    assert {kind for kind in kinds if kind is not GisError} <= set(STATUSES)
    assert status_of(ParameterError("x", Text("あ", "a"))) == HTTPStatus.BAD_REQUEST
    assert status_of(ResourceError(Text("あ", "a"))) == HTTPStatus.NOT_FOUND
    assert status_of(TooMuchError("x", Text("あ", "a"))) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("wrong"), 400),
        (NotFoundError("gone"), 404),
        (StoreError(SECRET), 503),
        (UpstreamError(400, "InvalidParameterValue", "bad"), 400),
        (UpstreamError(400, "x", "Invalid collection tiles"), 404),
        (UpstreamError(500, "NoApplicableCode", SECRET), 500),
        (RuntimeError(SECRET), 500),
        (psycopg.ProgrammingError(SECRET), 500),
    ],
)
def test_status_and_silence(error: Exception, status: int) -> None:
    response = answer(error)
    assert response.status_code == status
    assert response.media_type == "application/problem+json"
    text = bytes(response.body).decode()
    for word in ("SELECT", "password", "10.0.0.5", "Traceback"):
        assert word not in text
    assert ("retry-after" in response.headers) == (status == 503)
    assert ("incident" in text) == (status == 500)


def test_incident_is_logged_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    import json

    incident = json.loads(bytes(answer(RuntimeError(SECRET)).body))["incident"]
    assert any(incident in record.message and record.exc_info for record in caplog.records)


def test_language_of_the_asker() -> None:
    error = ParameterError("limit", Text("数ではありません。", "it is no number."))
    assert "数ではありません" in bytes(answer(error).body).decode()
    assert "it is no number" in bytes(answer(error, accept_language="fr, en;q=0.8, ja;q=0.3").body).decode()
    assert "数ではありません" in bytes(answer(error, "/x?lang=ja", accept_language="en").body).decode()


def test_malformed_language_header_is_harmless() -> None:
    request = Request({"type": "http", "query_string": b"", "headers": [(b"accept-language", b"en;q=x, ;;,, ja")]})
    assert asked_language(request) == "ja"


@pytest.fixture
def broken() -> TestClient:
    async def page(request: Request) -> Response:
        return problem_response(request, NotFoundError("<script>alert(1)</script>"))

    return TestClient(Starlette(routes=[Route("/", page)]))


def test_a_page_is_answered_with_a_page(broken: TestClient) -> None:
    found = broken.get("/", headers={"Accept": "text/html"})
    assert found.headers["content-type"].startswith("text/html")
    assert "<script>" not in found.text
    assert "404" in found.text
