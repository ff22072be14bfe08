"""Processes and jobs as clients see them: the standard's words, statuses and headers, and every bad input."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import openapi_spec_validator
import pytest
from starlette.testclient import TestClient

from services.database.cluster import EmbeddedCluster
from services.http.app import create_app
from services.ogc.errors import NO_SUCH_JOB, NO_SUCH_PROCESS, RESULT_NOT_READY
from services.ogc.face import Face
from services.ogc.jobs.worker import Pace, Worker
from services.ogc.processes import processes
from tests.conftest import DatabaseUnderTest, _database
from tests.services.http.ogc_schemas import (
    EXCEPTION,
    JOB_LIST,
    PROCESS,
    PROCESS_LIST,
    RESULTS,
    STATUS_INFO,
    require_valid,
)
from tests.services.ogc.processes.stored import found_town

HAZARD = "/ogc/processes/hazard-at-point/execution"
EXPOSURE = "/ogc/processes/exposure/execution"
HERE = {"inputs": {"location": [135.35, 34.72]}}
ASYNC = {"Prefer": "respond-async"}
CLASS = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"


@contextmanager
def client_of(database: DatabaseUnderTest, face: Face = Face.PUBLIC, **settings: Any) -> Iterator[TestClient]:
    app = create_app(database.settings.model_copy(update=settings), face)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def town(
    cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseUnderTest]:
    """The town of squares, published but for its tsunami areas."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        found_town(database, without="hazard-tsunami")
        yield database


@pytest.fixture(scope="module")
def public(town: DatabaseUnderTest) -> Iterator[TestClient]:
    with client_of(town) as client:
        yield client


@pytest.fixture(scope="module")
def internal(town: DatabaseUnderTest) -> Iterator[TestClient]:
    with client_of(town, Face.INTERNAL) as client:
        yield client


@pytest.fixture(scope="module")
def workers(town: DatabaseUnderTest) -> Iterator[None]:
    """A worker for each face."""
    stopping = threading.Event()
    every = [Worker(town.settings, face, pace=Pace(beat_s=0.1, idle_s=0.5)) for face in Face]
    threads = [threading.Thread(target=worker.run, args=(stopping,)) for worker in every]
    for thread in threads:
        thread.start()
    yield
    stopping.set()
    for worker, thread in zip(every, threads, strict=True):
        worker.ring()
        thread.join(30)


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


# --- descriptions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_descriptions_are_those_of_the_standard(public: TestClient, internal: TestClient, language: str) -> None:
    for client in (public, internal):
        every = client.get(f"/ogc/processes?lang={language}").json()
        require_valid(every, PROCESS_LIST)
        assert [each["id"] for each in every["processes"]] == list(processes())
        for each in every["processes"]:
            assert "inputs" not in each
            document = client.get(f"/ogc/processes/{each['id']}?lang={language}").json()
            require_valid(document, PROCESS)
            assert document["title"] == processes()[each["id"]].title.in_language(language)
            assert {value["valuePassing"][0] for value in document["inputs"].values()} == {"byValue"}
            execute = next(link for link in document["links"] if link["rel"].endswith("/execute"))
            path = execute["href"].removeprefix("http://127.0.0.1:8000")
            done = client.post(path, json=document["example"])
            assert done.status_code == 200, done.text


def test_the_list_can_be_shortened(public: TestClient) -> None:
    assert len(public.get("/ogc/processes?limit=1").json()["processes"]) == 1
    problem(public.get("/ogc/processes?limit=0"), 400)


def test_conformance_follows_from_what_each_face_offers(public: TestClient, internal: TestClient) -> None:
    of_public = public.get("/ogc/conformance").json()["conformsTo"]
    of_internal = internal.get("/ogc/conformance").json()["conformsTo"]
    both = {f"{CLASS}{name}" for name in ("core", "ogc-process-description", "json", "html", "dismiss")}
    assert both <= set(of_public)
    assert both <= set(of_internal)
    assert f"{CLASS}callback" not in of_internal
    assert (f"{CLASS}job-list" in of_public, f"{CLASS}job-list" in of_internal) == (False, True)
    # What pygeoapi says of the providers is there as before.
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in of_public


@pytest.mark.parametrize("form", ["json", "oas30"])
def test_the_api_definition_has_every_process(internal: TestClient, form: str) -> None:
    document = internal.get(f"/ogc/openapi?f={form}").json()
    openapi_spec_validator.validate(document)
    for process in processes().values():
        post = document["paths"][f"/processes/{process.id}/execution"]["post"]
        body = post["requestBody"]["content"]["application/json"]
        assert set(body["schema"]["properties"]["inputs"]["properties"]) == set(process.inputs)
        assert internal.post(f"/ogc/processes/{process.id}/execution", json=body["example"]).status_code == 200
        assert {"200", "201", "400", "413", "415", "422", "503"} <= set(post["responses"])
    assert "/processes/{process}/execution" not in document["paths"]


# --- at once ---------------------------------------------------------------------------------------------------


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
        (json.dumps(HERE).encode(), "", 415),
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


# --- jobs ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("workers")
def test_a_job_from_request_to_results(public: TestClient) -> None:
    found = public.post(HAZARD, json={**HERE, "response": "document"}, headers=ASYNC)
    assert found.status_code == 201
    require_valid(found.json(), STATUS_INFO)
    assert found.json()["status"] == "accepted"
    location = found.headers["location"]
    assert location == f"http://127.0.0.1:8000/ogc/jobs/{found.json()['jobID']}"
    status = ended(public, location)
    assert (status["status"], status["progress"]) == ("successful", 100)
    results = next(link["href"] for link in status["links"] if link["rel"].endswith("/results"))
    document = public.get(results).json()
    require_valid(document, RESULTS)
    at_once = public.post(HAZARD, json={**HERE, "response": "document"}).json()
    assert document == at_once
    dismissed = public.delete(location)
    assert (dismissed.status_code, dismissed.json()["status"]) == (200, "dismissed")
    require_valid(dismissed.json(), STATUS_INFO)
    assert problem(public.get(location), 404)["type"] == NO_SUCH_JOB
    assert problem(public.get(results), 404)["type"] == NO_SUCH_JOB


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(
    ("path", "inputs", "status", "told"),
    [
        (HAZARD, {"address": "京都市左京区1"}, 400, "address"),
        (EXPOSURE, {"hazard": "hazard-tsunami"}, 422, "読み込まれていません"),
        (EXPOSURE, {"hazard": "hazard-flood", "scenario": "planned", "area": "どこか"}, 400, "area"),
    ],
)
def test_a_failed_job_answers_with_its_reason(
    public: TestClient, path: str, inputs: dict[str, Any], status: int, told: str
) -> None:
    location = public.post(path, json={"inputs": inputs}, headers=ASYNC).headers["location"]
    found = ended(public, location)
    assert found["status"] == "failed"
    assert told in found["message"]
    reason = next(link["href"] for link in found["links"] if link["rel"].endswith("/exceptions"))
    assert told in problem(public.get(reason), status)["detail"]


def test_results_that_are_not_ready_and_jobs_that_were_dismissed(database: DatabaseUnderTest) -> None:
    with client_of(database) as client:  # without a worker
        location = client.post(HAZARD, json=HERE, headers=ASYNC).headers["location"]
        assert problem(client.get(f"{location}/results"), 404)["type"] == RESULT_NOT_READY
        assert client.get(location).json()["status"] == "accepted"
        assert client.delete(location).json()["status"] == "dismissed"
        assert client.get(location).json()["status"] == "dismissed"
        assert problem(client.get(f"{location}/results"), 404)["type"] == RESULT_NOT_READY
        assert client.delete(location).status_code == 200
        problem(client.get(location), 404)


def test_a_full_queue_says_when_to_come_back(database: DatabaseUnderTest) -> None:
    with client_of(database, job_queue=2) as client:
        for _ in range(2):
            assert client.post(HAZARD, json=HERE, headers=ASYNC).status_code == 201
        full = client.post(HAZARD, json=HERE, headers=ASYNC)
        problem(full, 503)
        assert int(full.headers["retry-after"]) > 0
        assert client.post(HAZARD, json=HERE).status_code == 200  # at once it can be answered still


@pytest.mark.usefixtures("workers")
def test_the_public_sees_no_internal_job_and_lists_none(public: TestClient, internal: TestClient) -> None:
    location = internal.post(HAZARD, json=HERE, headers=ASYNC).headers["location"]
    assert ended(internal, location)["status"] == "successful"
    for method, path in (("GET", location), ("GET", f"{location}/results"), ("DELETE", location)):
        assert problem(public.request(method, path), 404)["type"] == NO_SUCH_JOB
    problem(public.get("/ogc/jobs"), 404)
    mine = public.post(HAZARD, json=HERE, headers=ASYNC).headers["location"]
    assert internal.get(mine).status_code == 404


@pytest.mark.usefixtures("workers")
def test_the_list_of_jobs(internal: TestClient) -> None:
    locations = [internal.post(HAZARD, json=HERE, headers=ASYNC).headers["location"] for _ in range(3)]
    for location in locations:
        ended(internal, location)
    first = internal.get("/ogc/jobs?limit=2&processID=hazard-at-point&status=successful").json()
    require_valid(first, JOB_LIST)
    assert first["numberReturned"] == 2
    assert first["jobs"][0]["jobID"] == locations[-1].rpartition("/")[2]
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    second = internal.get(following).json()
    assert not {each["jobID"] for each in first["jobs"]} & {each["jobID"] for each in second["jobs"]}
    assert internal.get("/ogc/jobs?processID=exposure,hazard-at-point&type=process&minDuration=0").json()["jobs"]
    assert internal.get("/ogc/jobs?datetime=2100-01-01T00:00:00Z/..").json()["numberMatched"] == 0
    assert internal.get("/ogc/jobs?maxDuration=0&status=failed,dismissed").json()["jobs"] == []
    for bad in (
        "status=done",
        "processID=x",
        "type=wps",
        "limit=0",
        "limit=x",
        "offset=-1",
        "minDuration=a",
        "datetime=x",
    ):
        problem(internal.get(f"/ogc/jobs?{bad}"), 400)
    assert any(link["rel"].endswith("/job-list") for link in internal.get("/ogc/").json()["links"])


# --- pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_person_without_scripts_asks_by_a_form(public: TestClient, language: str) -> None:
    page = public.get(f"/ogc/processes/hazard-at-point?f=html&lang={language}").text
    action = re.search(r'<form method="get" action="([^"]+)"', page)
    assert action is not None
    fields = {"f": "html", "lang": language, "location": "135.355, 34.72", "address": "", "hazards": ""}
    assert set(re.findall(r'name="(\w+)"', page)) - {"viewport"} == set(fields)
    answer = public.get(action[1].removeprefix("http://127.0.0.1:8000"), params=fields)
    assert answer.status_code == 200
    assert ("立退き避難" if language == "ja" else "Evacuate to a safe place") in answer.text
    assert ("家屋倒壊" if language == "ja" else "House collapse") in answer.text
    assert 'value="135.355, 34.72"' in answer.text  # the question stays in the form


def test_what_a_person_types_is_shown_as_text(public: TestClient) -> None:
    typed = '"><script>alert(1)</script>'
    refused = public.get(HAZARD, params={"f": "html", "address": typed})
    assert refused.status_code == 400
    assert "<script>" not in refused.text
    empty = public.get(f"{HAZARD}?f=html")
    assert empty.status_code == 200
    assert "<form" in empty.text


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_of_the_theme(internal: TestClient, language: str) -> None:
    location = internal.post(EXPOSURE, json={"inputs": {"hazard": "hazard-flood"}}, headers=ASYNC).headers["location"]
    ended(internal, location)
    path = location.removeprefix("http://127.0.0.1:8000")
    for page in ("/ogc/processes", "/ogc/processes/exposure", "/ogc/jobs", path, f"{path}/results", "/ogc/conformance"):
        found = internal.get(f"{page}?f=html&lang={language}")
        assert found.status_code == 200, (page, found.text)
        assert f'<html lang="{language}">' in found.text
        # Nothing is loaded from elsewhere, and no key of our words is left untranslated.
        assert not re.search(r'(?:src|href)="https?://(?!127\.0\.0\.1)[^"]*"[^>]*rel="stylesheet"', found.text)
        assert not re.search(r">\s*(?:status|state) \w+", found.text)
        if language == "ja":
            assert not re.search(r"<(?:dt|th|h1|h2)[^>]*>\s*[A-Z][a-z ]+\s*<", found.text), page


def test_a_page_of_a_job_that_waits_looks_again_by_itself(database: DatabaseUnderTest) -> None:
    with client_of(database) as client:
        location = client.post(HAZARD, json=HERE, headers=ASYNC).headers["location"]
        assert 'http-equiv="refresh"' in client.get(f"{location}?f=html").text
        client.delete(location)
        assert 'http-equiv="refresh"' not in client.get(f"{location}?f=html").text
