"""What tests of processes over HTTP share: clients, questions, and what every answer must be."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.testclient import TestClient

from services.http.app import create_app
from services.ogc.face import Face
from tests.conftest import DatabaseUnderTest
from tests.services.http.ogc_schemas import EXCEPTION, STATUS_INFO, require_valid

HAZARD = "/ogc/processes/hazard-at-point/execution"
EXPOSURE = "/ogc/processes/exposure/execution"
HERE = {"inputs": {"location": [135.35, 34.72]}}
ASYNC = {"Prefer": "respond-async"}


@contextmanager
def client_of(database: DatabaseUnderTest, face: Face = Face.PUBLIC, **settings: Any) -> Iterator[TestClient]:
    app = create_app(database.settings.model_copy(update=settings), face)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


def ended(client: TestClient, location: str) -> dict[str, Any]:
    until = time.monotonic() + 40
    while True:
        found = client.get(location)
        assert found.status_code == 200, found.text
        document: dict[str, Any] = found.json()
        require_valid(document, STATUS_INFO)
        if document["status"] not in ("accepted", "running"):
            return document
        assert time.monotonic() < until
        time.sleep(0.05)


def problem(found: httpx.Response, status: int) -> dict[str, Any]:
    assert found.status_code == status, found.text
    assert found.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = found.json()
    require_valid(document, EXCEPTION)
    return document
