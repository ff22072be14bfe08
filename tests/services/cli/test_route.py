"""`ngis route` and the same from a notebook: they say what the process says, and why there is no way."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geo.errors import NotFoundError
from services.cli import cli
from services.ogc.alone import ask
from services.ogc.errors import ContentError
from tests.conftest import DatabaseUnderTest

Run = Callable[..., Result]
FROM, TO = "135.3415,34.7376", "135.3618,34.7214"
NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks" / "README.md"


@pytest.fixture(scope="module")
def environment(loaded_city: DatabaseUnderTest) -> dict[str, str]:
    urls = loaded_city.urls
    return {
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
        "NGIS_VAR": str(loaded_city.settings.var),
    }


@pytest.fixture(scope="module")
def run(environment: dict[str, str]) -> Run:
    return lambda *arguments: CliRunner().invoke(cli, ["route", *arguments], env=environment)


def test_a_route_in_words_and_as_json(run: Run) -> None:
    told = run(FROM, TO)
    assert told.exit_code == 0, told.output
    assert re.match(r"\d+\.\d\d km, \d+\.\d min \(消防ポンプ自動車\)", told.stdout)
    assert "到着" in told.stdout
    assert "架空" in told.stderr
    document = json.loads(run(FROM, TO, "--json", "--lang", "en", "--profile", "walking").stdout)
    assert document["geometry"]["type"] == "LineString"
    assert document["answer"]["vehicle"]["id"] == "walking"
    assert document["alternatives"] == []


def test_where_there_is_no_way_it_says_why(run: Run) -> None:
    at_sea = run(FROM, "135.36,34.60")
    assert at_sea.exit_code == 1
    assert "道路がない" in at_sea.stderr
    assert run(FROM, TO, "--profile", "submarine").exit_code != 0


def test_the_lines_of_the_notebook_do_what_they_say(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (lines,) = (
        each for each in re.findall(r"```python\n(.*?)```", NOTEBOOKS.read_text("utf-8"), re.S) if "ask(" in each
    )
    found: dict[str, object] = {}
    exec(lines, found)  # noqa: S102 - the project's own words
    answer = found["answer"]
    assert isinstance(answer, dict)
    assert answer["routes"][0]["travel_time_s"] > 60
    assert answer["fictitious"] is True
    with pytest.raises(NotFoundError):
        ask("teleport")
    with pytest.raises(ContentError):
        ask("route", origin=[135.3415, 34.7376], destination="", profile="submarine")
