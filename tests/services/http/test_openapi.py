"""The API definition: valid, complete in itself, and true."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from starlette.testclient import TestClient

from services.ogc.openapi.downgrade import as_30
from services.routing.watch import build_now
from tests.services.http.conftest import SmallCity, client_of


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        found = [each for name, each in value.items() if name == "$ref"]
        return found + [each for child in value.values() for each in references(child)]
    if isinstance(value, list):
        return [each for child in value for each in references(child)]
    return []


def resolve(document: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        found: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.fixture(scope="module", params=["public", "internal"])
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    client: TestClient = request.getfixturevalue(request.param)
    answer = client.get("/ogc/openapi")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.1"
    found: dict[str, Any] = answer.json()
    return found


def test_no_reference_leads_outside_or_nowhere(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        assert reference.startswith("#/components/"), reference
        assert resolve(document, {"$ref": reference})


def test_it_nests_no_deeper_than_gdal_reads(document: dict[str, Any]) -> None:
    def depth(value: Any) -> int:
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return 1 + max(map(depth, children), default=0) if isinstance(value, dict | list) else 0

    assert depth(document) <= 32
    assert depth(as_30(document)) <= 32


def test_operations_are_named_once(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, _, operation in operations(document):
        assert operation["summary"]
        assert operation["responses"]
        declared = [resolve(document, each) for each in operation["parameters"]]
        in_path = {each["name"] for each in declared if each["in"] == "path"}
        assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path
        keys = [(each["in"], each["name"]) for each in declared]
        assert len(keys) == len(set(keys)), path


def test_it_is_a_valid_document(document: dict[str, Any]) -> None:
    assert not list(OpenAPIV31SpecValidator(document).iter_errors())
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_older_form_says_the_same(document: dict[str, Any]) -> None:
    old = as_30(document)
    assert old["openapi"] == "3.0.3"
    assert [each[:2] for each in operations(old)] == [each[:2] for each in operations(document)]
    text = json.dumps(old)
    for word in ('"const"', '["string", "null"]', '"type": "null"', '"examples"'):
        assert word not in text
    assert not list(OpenAPIV30SpecValidator(old).iter_errors())


def test_examples_run(loaded_city: Any) -> None:
    """Every GET of the document with its own examples is answered with one of the statuses it names."""
    build_now(loaded_city.settings)  # its network
    with client_of(SmallCity(loaded_city)) as client:
        document = client.get("/ogc/openapi").json()
        job = client.post(
            "/ogc/processes/exposure/execution",
            json={"inputs": {"hazard": "hazard-flood"}},
            headers={"Prefer": "respond-async"},
        ).json()["jobID"]
        asked = 0
        for path, method, operation in operations(document):
            if method != "get":
                continue
            parameters = [resolve(document, each) for each in operation["parameters"]]
            for each in parameters:
                if each["in"] == "path":
                    assert "example" in each, f"{path}: {each['name']} has no example"
                    example = job if each["name"] == "job" else str(each["example"])
                    path = path.replace(f"{{{each['name']}}}", quote(example, safe="/"))
            told = {each["name"]: _written(each) for each in parameters if _is_told(each)}
            required = {
                each["name"]: told[each["name"]] for each in parameters if each.get("required") and _is_told(each)
            }
            queries = [required, *(required | {name: value} for name, value in told.items())]
            if path.endswith("/execution"):
                queries = [told]  # inputs belong together
            is_empty = path in (f"/jobs/{job}/results", "/results/coverage-2026")  # nobody does the job, or kept that
            statuses = (404,) if is_empty else (200, 204)
            for query in queries:
                if path.endswith("/coverage") and not {"bbox", "subset"} & query.keys():
                    query = {"bbox": told["bbox"]} | query  # the whole may be too much at once
                answer = client.get(f"/ogc{path}", params=query)
                assert answer.status_code in statuses, (path, query, answer.text[:500])
                bare = answer.headers.get("content-type", "").split(";")[0]
                content = operation["responses"].get(str(answer.status_code), {}).get("content", {})
                assert not content or bare in content, (path, query, bare)
                asked += 1
        assert asked > 200


def _is_told(parameter: dict[str, Any]) -> bool:
    return parameter["in"] == "query" and "example" in parameter


def _written(parameter: dict[str, Any]) -> str:
    value = parameter["example"]
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
