"""Jobs from request to results, limits, and faces that see nothing of each other."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from services.ogc.errors import NO_SUCH_JOB, RESULT_NOT_READY
from tests.conftest import DatabaseUnderTest
from tests.services.http.ogc_schemas import JOB_LIST, RESULTS, STATUS_INFO, require_valid
from tests.services.http.processes.asking import ASYNC, EXPOSURE, HAZARD, HERE, client_of, ended, problem


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
