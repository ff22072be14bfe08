"""Requests read and refused, and results handed over, by a process of a test."""

import json
from email import message_from_bytes
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from layers.text import Text
from services.ogc.errors import ContentError, MalformedContentError, RunError
from services.ogc.execution.inputs import from_texts, queried, query_description, query_schema, query_text
from services.ogc.execution.request import ExecuteRequest, request_schema
from services.ogc.execution.results import document, encoded, handed_over
from services.ogc.processes import processes
from services.ogc.processes._model import Input, Output, Process, or_null

SOME = Text("説明", "about it")


def declared(schema: dict[str, Any], *, required: bool = False) -> Input:
    return Input(title=SOME, description=SOME, schema=schema, required=required)


PROCESS = Process(
    id="mix",
    version="1.0.0",
    title=SOME,
    description=SOME,
    inputs={
        "word": declared({"type": "string", "minLength": 1, "maxLength": 5}, required=True),
        "count": declared({"type": "integer", "minimum": 1, "maximum": 9, "default": 3}),
        "share": declared({"type": "number"}),
        "is_so": declared({"type": "boolean"}),
        "kinds": declared({"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": ["a", "b"]}}),
        "shape": declared(
            {
                "oneOf": [
                    {"type": "array", "items": {"type": "number"}, "minItems": 2},
                    {"type": "object", "required": ["type"]},
                ]
            }
        ),
    },
    outputs={
        "table": Output(title=SOME, description=SOME, schema={"type": "string"}, media_type="text/csv"),
        "answer": Output(title=SOME, description=SOME, schema={"type": "object"}),
        "list": Output(title=SOME, description=SOME, schema={"type": "array"}),
        "picture": Output(title=SOME, description=SOME, schema={"type": "string"}, media_type="image/png"),
    },
    run=lambda inputs, _context: inputs,
)


def read(request: Any) -> ExecuteRequest:
    data = request if isinstance(request, bytes) else json.dumps(request).encode()
    return ExecuteRequest.read(PROCESS, data, "ja")


def problems(request: Any) -> dict[str, Text]:
    with pytest.raises(ContentError) as caught:
        read(request)
    return dict(caught.value.problems)


# --- requests --------------------------------------------------------------------------------------------------


def test_defaults_are_filled_in_and_what_was_not_given_is_absent() -> None:
    assert read({"inputs": {"word": "abc"}}).inputs == {"word": "abc", "count": 3}


@pytest.mark.parametrize(
    "value",
    [
        {"type": "Point"},
        {"value": {"type": "Point"}},
        {"value": {"type": "Point"}, "mediaType": "application/geo+json"},
    ],
)
def test_objects_as_they_are_or_qualified(value: Any) -> None:
    assert read({"inputs": {"word": "a", "shape": value}}).inputs["shape"] == {"type": "Point"}


def test_whole_numbers_are_integers_however_they_are_written() -> None:
    found = read({"inputs": {"word": "a", "count": 4.0}}).inputs["count"]
    assert isinstance(found, int)


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        ({}, {"word"}),
        ({"word": ""}, {"word"}),
        ({"word": "abcdef"}, {"word"}),
        ({"word": 5}, {"word"}),
        ({"word": None}, {"word"}),
        ({"word": ["a"]}, {"word"}),
        ({"word": "a", "count": 0}, {"count"}),
        ({"word": "a", "count": 10}, {"count"}),
        ({"word": "a", "count": 1.5}, {"count"}),
        ({"word": "a", "count": "3"}, {"count"}),
        ({"word": "a", "count": True}, {"count"}),
        ({"word": "a", "share": "x"}, {"share"}),
        ({"word": "a", "is_so": 1}, {"is_so"}),
        ({"word": "a", "kinds": ["a", "c"]}, {"kinds[1]"}),
        ({"word": "a", "kinds": ["a", "a"]}, {"kinds"}),
        ({"word": "a", "shape": [1]}, {"shape"}),
        ({"word": "a", "shape": "POINT(1 2)"}, {"shape"}),
        ({"word": "a", "unknown": 1}, {"unknown"}),
        ({"unknown": 1, "count": 99, "kinds": "a"}, {"unknown", "count", "kinds", "word"}),
        ({"word": {"value": "a", "encoding": "base64"}}, {"word"}),
        ({"word": {"value": "a", "mediaType": "text/plain"}}, {"word"}),
        ([], {"inputs"}),
        ("x", {"inputs"}),
        (None, {"inputs"}),
    ],
)
def test_every_problem_of_the_inputs_is_told_by_its_name(inputs: Any, names: set[str]) -> None:
    found = problems({"inputs": inputs})
    assert set(found) == names
    assert all(text.ja and text.en for text in found.values())


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({"inputs": {"word": {"href": "http://127.0.0.1/"}}}, "word"),
        ({"inputs": {"word": "a", "shape": {"href": "file:///etc/passwd", "type": "x"}}}, "shape"),
        ({"inputs": {"word": "a", "kinds": [{"href": "http://[::1]/"}]}}, "kinds"),
        ({"inputs": {"word": {"value": "a", "href": "http://x/"}}}, "word"),
        ({"inputs": {"word": "a"}, "subscriber": {"successUri": "http://169.254.169.254/"}}, "subscriber"),
        ({"inputs": {"word": "a"}, "subscriber": None}, "subscriber"),
    ],
)
def test_addresses_to_fetch_from_or_to_report_to_are_refused_and_it_says_so(request_: Any, name: str) -> None:
    found = problems(request_)
    assert set(found) == {name}
    assert "取りに行きません" in found[name].ja
    assert "does not fetch" in found[name].en


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"1",
        b"null",
        b'{"inputs": {"word": NaN}}',
        b'{"inputs": {"share": Infinity}}',
        b'{"inputs": {"share": 1e999}}',
        b'{"inputs": {"share": ' + b"9" * 5000 + b"}}",
        b'{"inputs": {"word": "a\\u0000b"}}',
        b'{"inputs": {"a\\u0000b": 1}}',
        b'{"inputs": {"word": "\\ud800"}}',
        b'{"inputs": ' * 20_000,
        b'{"inputs": {"shape": ' + b"[" * 60_000 + b"]" * 60_000 + b"}}",
    ],
)
def test_content_that_is_no_request(data: bytes) -> None:
    with pytest.raises(MalformedContentError):
        read(data)


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"outputs": []}, "outputs"),
        ({"outputs": {"nothing": {}}}, "outputs.nothing"),
        ({"outputs": {"answer": {"transmissionMode": "reference"}}}, "outputs.answer"),
        ({"outputs": {"answer": "value"}}, "outputs.answer"),
        ({"outputs": {"answer": {"format": {"mediaType": "text/csv"}}}}, "outputs.answer"),
        ({"outputs": {"answer": {"format": "json"}}}, "outputs.answer"),
        ({"response": "xml"}, "response"),
        ({"response": 1}, "response"),
        ({"ouputs": {}}, "ouputs"),
        ({"x" * 500: 1}, "x" * 80),
    ],
)
def test_what_else_can_be_wrong_with_a_request(more: dict[str, Any], name: str) -> None:
    assert set(problems({"inputs": {"word": "a"}, **more})) == {name}


def test_outputs_asked_for() -> None:
    every = ("table", "answer", "list", "picture")
    given = {"inputs": {"word": "a"}}
    assert read(given).outputs == every
    assert read({**given, "outputs": {}}).outputs == every
    assert read({**given, "outputs": {"list": {}, "answer": {"transmissionMode": "value"}}}).outputs == (
        "answer",
        "list",
    )


def test_a_stored_request_is_the_same_again() -> None:
    request = read({"inputs": {"word": "言葉"}, "response": "document"})
    assert ExecuteRequest.restored("mix", json.loads(json.dumps(request.stored()))) == request


def test_the_schema_of_requests_accepts_the_examples_and_nothing_unknown() -> None:
    for process in processes().values():
        validator = Draft202012Validator(dict(request_schema(process)))
        for example in process.examples:
            validator.validate({"inputs": example})
            ExecuteRequest.read(process, json.dumps({"inputs": example}).encode(), "ja")
        assert not validator.is_valid({"inputs": {"nonsense": 1}})
    hazards = Draft202012Validator(dict(request_schema(processes()["hazard-at-point"])))
    both = {"location": [135.3, 34.7], "address": "六湛寺町"}
    assert not hazards.is_valid({"inputs": both})
    assert not hazards.is_valid({"inputs": {}})
    assert not hazards.is_valid({})


# --- query strings ---------------------------------------------------------------------------------------------


def test_inputs_as_query_parameters() -> None:
    given = {"word": "a", "count": "4", "share": "0.5", "is_so": "true", "kinds": "a, b", "shape": "135.3,34.7"}
    assert from_texts(PROCESS, given) == {
        "word": "a",
        "count": 4,
        "share": 0.5,
        "is_so": True,
        "kinds": ["a", "b"],
        "shape": [135.3, 34.7],
    }


def test_fields_left_empty_are_not_given() -> None:
    assert from_texts(PROCESS, {"word": "a", "count": "", "shape": ""}) == {"word": "a", "count": 3}


@pytest.mark.parametrize(
    "given",
    [
        {"count": "x"},
        {"share": "1,2"},
        {"share": "inf"},
        {"is_so": "yes"},
        {"shape": "1;2"},
        {"shape": "1"},
        {"word": ""},
    ],
)
def test_query_parameters_that_are_no_inputs(given: dict[str, str]) -> None:
    with pytest.raises(ContentError):
        from_texts(PROCESS, {"word": "a"} | given)


# --- results ---------------------------------------------------------------------------------------------------

VALUES = {"table": "a,b\r\n", "answer": {"言葉": "<&>"}, "list": [1, None], "picture": b"\x89PNG\xff"}


def test_one_output_comes_as_it_is() -> None:
    one = encoded(PROCESS, VALUES, ["answer"])
    for response in (None, "raw"):
        found = handed_over(one, response, "application/json")
        assert (found.media_type, found.content) == ("application/json", '{"言葉":"<&>"}'.encode())
    assert handed_over(encoded(PROCESS, VALUES, ["table"]), None, "").media_type == "text/csv"


def test_a_document_names_its_values_as_the_standard_says() -> None:
    """inlineOrRefData.yaml: values that are objects, and what is not JSON, are qualified."""
    found = json.loads(document(encoded(PROCESS, VALUES, list(PROCESS.outputs))))
    assert found == {
        "table": {"value": "a,b\r\n", "mediaType": "text/csv"},
        "answer": {"value": {"言葉": "<&>"}, "mediaType": "application/json"},
        "list": [1, None],
        "picture": {"value": "iVBOR/8=", "encoding": "base64", "mediaType": "image/png"},
    }


def test_several_outputs_come_as_a_document_or_as_parts() -> None:
    every = encoded(PROCESS, VALUES, list(PROCESS.outputs))
    assert handed_over(every, None, "*/*").media_type == "application/json"
    assert handed_over(every, "document", "multipart/related").media_type == "application/json"
    for found in (handed_over(every, "raw", "*/*"), handed_over(every, None, "multipart/related")):
        message = message_from_bytes(f"Content-Type: {found.media_type}\r\n\r\n".encode() + found.content)
        parts = [part for part in message.walk() if not part.is_multipart()]
        assert [part["Content-ID"] for part in parts] == ["<table>", "<answer>", "<list>", "<picture>"]
        assert [part.get_content_type() for part in parts] == [
            "text/csv",
            "application/json",
            "application/json",
            "image/png",
        ]


def test_a_process_that_breaks_its_word() -> None:
    with pytest.raises(RunError):
        encoded(PROCESS, {"answer": {}}, ["answer", "table"])


def test_a_value_that_may_be_null() -> None:
    validator = Draft202012Validator(dict(or_null({"type": "number"})))
    assert [validator.is_valid(value) for value in (1, None, "x")] == [True, True, False]


def test_a_place_in_a_query_is_a_position_or_an_address() -> None:
    route = processes()["route"]
    given = {"origin": "135.3415, 34.7376", "destination": "六湛寺町10-3", "profile": "walking"}
    found = from_texts(route, given)
    assert found["origin"] == [135.3415, 34.7376]
    assert found["destination"] == "六湛寺町10-3"
    assert found["avoid"] == []
    assert from_texts(route, {**given, "origin": "nan,34"})["origin"] == "nan,34", "an address, which no city has"
    for wrong in ("135.3415", "1,2,3", ""):
        with pytest.raises(ContentError, match="origin"):
            from_texts(route, {**given, "origin": wrong})


def test_several_places_in_a_query_stand_between_semicolons() -> None:
    isochrone = processes()["isochrone"]
    found = from_texts(isochrone, {"origins": "135.3415,34.7376; 六湛寺町10-3;135.36,34.72", "limits_s": "60,120.5"})
    assert found["origins"] == [[135.3415, 34.7376], "六湛寺町10-3", [135.36, 34.72]]
    assert found["limits_s"] == [60, 120.5]
    for wrong in ("135.3415,34.7376;", ";", "1,2,3", ";".join(["135.3,34.7"] * 101)):
        with pytest.raises(ContentError, match="origins"):
            from_texts(isochrone, {"origins": wrong})
    origins = isochrone.inputs["origins"]
    assert query_schema(origins)["type"] == "string"
    assert query_text(origins, [[135.3, 34.7], "六湛寺町"]) == "135.3,34.7;六湛寺町"
    assert "semicolons" in query_description(origins).en
    assert query_text(isochrone.inputs["limits_s"], [60]) == [60]


def test_lists_of_objects_are_not_asked_by_query() -> None:
    route = processes()["route"]
    assert set(route.inputs) - set(queried(route)) == {"avoid", "flooded"}
    assert set(queried(PROCESS)) == set(PROCESS.inputs)
