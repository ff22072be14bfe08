"""Processes run at once, and every bad request refused by its name."""

import json
import re
import socket
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.ogc.errors import NO_SUCH_JOB, NO_SUCH_PROCESS
from tests.services.http.ogc_schemas import RESULTS, require_valid
from tests.services.http.processes.asking import ASYNC, EXPOSURE, HAZARD, HERE, problem


def test_one_output_comes_as_it_is(public: TestClient) -> None:
    found = public.post(HAZARD, json=HERE)
    assert found.status_code == 200
    assert found.headers["content-type"] == "application/json"
    assert found.headers["cache-control"] == "no-store"
    assert "location" not in found.headers
    assert "preference-applied" not in found.headers
    states = {each["id"]: each["state"] for each in found.json()["hazards"]}
    assert states["hazard-flood"] == "inside"
    assert states["hazard-tsunami"] == "unknown"  # loaded, and not published


def test_each_face_answers_from_what_it_sees(internal: TestClient) -> None:
    inputs = {"inputs": {"location": [135.33, 34.71], "hazards": ["hazard-tsunami"]}}
    assert internal.post(HAZARD, json=inputs).json()["hazards"][0]["state"] == "inside"


def test_a_document_where_one_is_asked_for(public: TestClient) -> None:
    found = public.post(HAZARD, json={**HERE, "response": "document"}).json()
    require_valid(found, RESULTS)
    assert list(found) == ["answer"]
    assert found["answer"]["value"]["place"]["lon"] == 135.35


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("", 200),
        ("respond-sync", 200),
        ("wait=10", 200),
        ("return=minimal", 200),
        ("nonsense;;,", 200),
        ("respond-async", 201),
        ("Respond-Async, wait=10", 201),
        ("handling=lenient, respond-async; x=y", 201),
    ],
)
def test_preferences(public: TestClient, prefer: str, status: int) -> None:
    found = public.post(HAZARD, json=HERE, headers={"Prefer": prefer})
    assert found.status_code == status
    assert found.headers.get("preference-applied") == ("respond-async" if status == 201 else None)
    if status == 201:
        public.delete(found.headers["location"])


def test_the_language_is_that_of_the_asker(public: TestClient) -> None:
    def title(url: str = HAZARD, **headers: str) -> str:
        return str(public.post(url, json=HERE, headers=headers).json()["hazards"][0]["title"])

    assert title() == "洪水浸水想定区域"
    assert title(**{"Accept-Language": "en"}) == "Flood inundation areas"
    assert title(f"{HAZARD}?lang=en") == "Flood inundation areas"


# --- what is refused -------------------------------------------------------------------------------------------

BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "location"),
    ({"location": [135.35, 34.72], "address": "六湛寺町"}, "location"),
    ({"location": "135.35,34.72"}, "location"),
    ({"location": [135.35]}, "location"),
    ({"location": [135.35, "34.72"]}, "location"),
    ({"location": [34.72, 135.35]}, "location"),
    ({"location": [1e300, 0]}, "location"),
    ({"location": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}, "location"),
    ({"location": {"type": "Point", "coordinates": []}}, "location"),
    ({"location": {"lon": 135.35, "lat": 34.72}}, "location"),
    ({"address": ""}, "address"),
    ({"address": "あ" * 201}, "address"),
    ({"address": "東京都千代田区永田町1-7-1"}, "address"),
    ({"address": "'; DROP TABLE core.towns; --"}, "address"),
    ({"address": "<script>alert(1)</script>"}, "address"),
    ({"address": 5}, "address"),
    ({"location": [135.35, 34.72], "hazards": []}, "hazards"),
    ({"location": [135.35, 34.72], "hazards": ["hazard-flood", "../etc"]}, "hazards[1]"),
    ({"location": [135.35, 34.72], "hazards": "hazard-flood"}, "hazards"),
    ({"location": [135.35, 34.72], "language": "fr"}, "language"),
    ({"location": [135.35, 34.72], "depth": 3}, "depth"),
    ({"location": {"href": "http://169.254.169.254/latest/meta-data"}}, "location"),
    ({"location": {"value": [135.35, 34.72], "encoding": "base64"}}, "location"),
)


@pytest.mark.parametrize(("inputs", "name"), BAD)
def test_bad_inputs_are_told_by_name_in_both_languages(public: TestClient, inputs: dict[str, Any], name: str) -> None:
    for language in ("ja", "en"):
        found = public.post(f"{HAZARD}?lang={language}", json={"inputs": inputs})
        detail = problem(found, 400)["detail"]
        assert name in detail
        assert re.search("[ぁ-ん]", detail) if language == "ja" else re.search("[a-z]", detail)


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"inputs": {"location": [NaN, 1]}}', "application/json", 400),
        (b'{"inputs": {"address": "\\u0000"}}', "application/json", 400),
        (b'{"inputs": {"address": "\\ud800"}}', "application/json", 400),
        (b'{"inputs": ' + b"[" * 100_000, "application/json", 400),
        (json.dumps(HERE).encode(), "text/plain", 415),
        (json.dumps(HERE).encode(), "application/x-www-form-urlencoded", 415),
        (json.dumps(HERE).encode(), "", 400),
        (b'{"inputs": {"address": "' + b"a" * 1_100_000 + b'"}}', "application/json", 413),
    ],
)
def test_content_that_is_no_request(public: TestClient, content: bytes, media_type: str, status: int) -> None:
    problem(public.post(HAZARD, content=content, headers={"Content-Type": media_type}), status)


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/ogc/processes/nothing", 404, NO_SUCH_PROCESS),
        ("POST", "/ogc/processes/nothing/execution", 404, NO_SUCH_PROCESS),
        ("GET", "/ogc/jobs/nothing", 404, NO_SUCH_JOB),
        ("GET", "/ogc/jobs/00000000-0000-4000-8000-000000000000", 404, NO_SUCH_JOB),
        ("GET", "/ogc/jobs/nothing/results", 404, NO_SUCH_JOB),
        ("DELETE", "/ogc/jobs/nothing", 404, NO_SUCH_JOB),
        ("GET", "/ogc/jobs", 404, "about:blank"),
        ("GET", EXPOSURE, 405, "about:blank"),
        ("PUT", HAZARD, 405, "about:blank"),
        ("GET", f"{HAZARD}?location=1,2&x=1", 400, "about:blank"),
        ("GET", f"{HAZARD}?location=a", 400, "about:blank"),
        ("GET", f"{HAZARD}?f=xml", 400, "about:blank"),
        ("GET", HAZARD, 400, "about:blank"),
    ],
)
def test_what_there_is_not(public: TestClient, method: str, path: str, status: int, kind: str) -> None:
    assert problem(public.request(method, path), status)["type"] == kind


def test_nothing_is_fetched_from_addresses_that_are_given(public: TestClient) -> None:
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen()
        trap.settimeout(0.5)
        url = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        requests: tuple[dict[str, Any], ...] = (
            {"inputs": {"location": {"href": url}}},
            {"inputs": {"location": [{"href": url}]}},
            {**HERE, "subscriber": {"successUri": url, "inProgressUri": url, "failedUri": url}},
            {"inputs": {"hazard": "hazard-flood", "area": {"href": url, "type": "Polygon"}}},
            {"inputs": {"hazard": "hazard-flood", "area": {"collection": url}}},
        )
        for request in requests:
            path = EXPOSURE if "hazard" in request["inputs"] else HAZARD
            for headers in ({}, ASYNC):
                problem(public.post(path, json=request, headers=headers), 400)
        assert "fetch" in public.post(HAZARD, json=HERE | {"subscriber": {}}, headers={"Accept-Language": "en"}).text
        with pytest.raises(TimeoutError):
            trap.accept()


def test_what_cannot_be_answered_as_things_are(public: TestClient) -> None:
    detail = problem(public.post(EXPOSURE, json={"inputs": {"hazard": "hazard-tsunami"}}), 422)["detail"]
    assert "読み込まれていません" in detail
