"""Processes as they are told of: by the words of the standard, and in the API definition."""

import openapi_spec_validator
import pytest
from httpx import Response
from starlette.testclient import TestClient

from services.ogc.analysis.roads import NO_ROADS_LOADED
from services.ogc.processes import processes
from tests.services.http.ogc_schemas import PROCESS, PROCESS_LIST, require_valid
from tests.services.http.processes.asking import problem

CLASS = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"


ON_ROADS = {
    "accessibility",
    "cost-matrix",
    "coverage",
    "evacuation-route",
    "facility-location",
    "isochrone",
    "nearest-units",
    "nearest-water",
    "route",
    "shelter-capacity",
}
"""Their examples run on the sample city (tests/services/ogc/processes): the small one has no roads, and they say so."""


WITHOUT = {"water-supply-coverage": "No fire water sources are loaded", "demand": "“Population mesh” is not loaded"}
"""What else the small city has not, by the process that asks for it."""


def require_answered(answer: Response, process_id: str) -> None:
    """An example is answered, but for one that needs what is not there."""
    if process_id in ON_ROADS:
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"] == NO_ROADS_LOADED.en
    elif process_id in WITHOUT:
        assert answer.status_code == 422, answer.text
        assert WITHOUT[process_id] in answer.json()["detail"]
    else:
        assert answer.status_code == 200, answer.text


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
            require_answered(client.post(f"{path}?lang=en", json=document["example"]), each["id"])


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
        path = f"/ogc/processes/{process.id}/execution?lang=en"
        require_answered(internal.post(path, json=body["example"]), process.id)
        assert {"200", "201", "400", "413", "415", "422", "503"} <= set(post["responses"])
        made = internal.post(
            f"/ogc/processes/{process.id}/execution", json=body["example"], headers={"Prefer": "respond-async"}
        )
        assert made.status_code == 201
        assert {"Location"} == set(post["responses"]["201"]["headers"])
        told = post["responses"]["201"]["content"]["application/json"]["schema"]
        assert set(made.json()) <= set(told["properties"])
        assert set(told["required"]) <= set(made.json())
        assert internal.delete(f"/ogc/jobs/{made.json()['jobID']}").status_code == 200
    assert "/processes/{process}/execution" not in document["paths"]
