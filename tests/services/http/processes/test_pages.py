"""Pages of processes and jobs, for people without scripts."""

import re

import pytest
from starlette.testclient import TestClient

from tests.conftest import DatabaseUnderTest
from tests.services.http.processes.asking import ASYNC, EXPOSURE, HAZARD, HERE, client_of, ended


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
