"""Every address and every line of the guide to the API is answered, by the sample city."""

import re
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import click
import pytest
from paho.mqtt.client import topic_matches_sub
from starlette.testclient import TestClient

from services.cli import cli
from services.http.app import Face, create_app
from services.messaging.taking import TOPICS
from services.routing.watch import build_now
from services.settings import ROOT
from tests.conftest import DatabaseUnderTest

GUIDE = (ROOT / "services" / "ogc" / "README.md").read_text(encoding="utf-8")
SERVER = "http://127.0.0.1:8000"


def asked() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [_address(shlex.split(line)) for line in lines]


def _address(words: list[str]) -> str:
    assert words[0] == "curl"
    (address,) = [word for word in words if word.startswith(SERVER)]
    data = [words[number + 1] for number, word in enumerate(words) if word == "--data-urlencode"]
    return address + ("?" + urlencode(dict(each.split("=", 1) for each in data)) if data else "")


def named() -> list[str]:
    prose = re.sub(r"^```.*?^```", "", GUIDE, flags=re.DOTALL | re.MULTILINE)
    return re.findall(rf"{SERVER}[^\s`\")]*", prose)


ADDRESSES = sorted({*asked(), *named()})


@pytest.fixture(scope="module")
def city(loaded_city: DatabaseUnderTest) -> Iterator[TestClient]:
    build_now(loaded_city.settings)
    with TestClient(create_app(loaded_city.settings, Face.PUBLIC), base_url=SERVER) as client:
        yield client


def test_what_the_guide_types_is_complete() -> None:
    """Commands are parsed and not run; an address has no letters that HTTP does not."""
    blocks = re.findall(r"^```text\n(.*?)^```", GUIDE, flags=re.DOTALL | re.MULTILINE)
    typed = [shlex.split(line)[1:] for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    assert {words[0] for words in typed} == {"ngis", "curl", "mosquitto_pub"}
    for program, *words in typed:
        if program == "mosquitto_pub":
            assert any(topic_matches_sub(each, words[words.index("-t") + 1]) for each in TOPICS)
            continue
        if program == "curl":
            assert [word for word in words if word.startswith("http") and word.isascii()]
            continue
        command: click.Command | None = cli
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None
        command.make_context(command.name, words)  # a UsageError where something is missing


def test_the_guide_has_examples_of_every_theme() -> None:
    assert len(asked()) >= 15
    assert len(named()) >= 5


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_guide_asks_is_answered(city: TestClient, address: str) -> None:
    answer = city.get(address)
    assert answer.status_code == 200, answer.text[:500]
    if answer.headers["content-type"] == "application/geo+json":
        found: dict[str, Any] = answer.json()
        assert found["features"], "the example finds nothing"


RUN = {
    "hazard-at-point": "hazards",
    "route": "routes",
    "evacuation-route": "routes",
    "nearest-units": "stations",
    "nearest-water": "features",
}
"""Processes that the guide runs, and the member of their answers in which there has to be something."""


@pytest.mark.parametrize("process", RUN)
def test_what_the_guide_runs_finds_something(city: TestClient, process: str) -> None:
    """It is asked by GET; an answer says where it is from, and that the sample city is made up."""
    runs = [each for each in asked() if f"/processes/{process}/execution?" in each]
    assert runs, "the guide does not run it"
    for address in runs:
        answer = city.get(address).json()
        answer = answer.get("answer", answer)
        assert answer[RUN[process]], answer.keys()
        assert answer["fictitious"]
        assert answer["notes"]
        page = city.get(f"{address}&f=html")
        assert page.status_code == 200
        assert "<form" in page.text
