"""Every notebook runs on the sample city, and its own assertions hold; one is run by Jupyter itself."""

import os
import re
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from services import notebooks
from services.http.app import create_app
from services.ogc.face import Face
from services.settings import ROOT, Settings
from tests.conftest import DatabaseUnderTest
from tests.waiting import until

OWN_DATA = 9
LABELS = ("**問い Question.**", "**データ Data.**", "**方法 Method.**", "**限界 Limits.**", "## 答え / Answer")


def environment(database: DatabaseUnderTest) -> dict[str, str]:
    """What a person would have set."""
    urls, settings = database.urls, database.settings
    return {
        "NGIS_VAR": str(settings.var),
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
        "NGIS_PUBLIC_PORT": str(settings.public_port),
        "NGIS_INTERNAL_PORT": str(settings.internal_port),
    }


@pytest.fixture(scope="module")
def sample(loaded_city: DatabaseUnderTest) -> Iterator[Settings]:
    """The sample city as a person has it, its public face answering."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(loaded_city).items():
            patch.setenv(name, value)
        settings = loaded_city.settings
        app = create_app(settings, Face.PUBLIC)
        server = uvicorn.Server(uvicorn.Config(app, port=settings.public_port, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until(lambda: server.started)
        yield settings
        server.should_exit = True
        thread.join(10)


def run(number: int) -> str:
    """The answer of a notebook, run as a script."""
    answer = runpy.run_path(str(notebooks.source(number)))["answer"]
    assert isinstance(answer, str)
    return answer


def is_one_sentence(answer: str) -> bool:
    return answer.endswith("。") and answer.count("。") == 1 and bool(re.search(r"\d", answer))


def test_the_notebooks_are_numbered_without_a_gap() -> None:
    assert list(notebooks.sources()) == list(range(1, 10))


@pytest.mark.parametrize("number", notebooks.sources())
def test_each_says_question_data_method_answer_and_limits(number: int) -> None:
    source = notebooks.source(number).read_text("utf-8")
    assert source.startswith(f"# %% [markdown]\n# # {number}. ")
    places = [source.index(label) for label in (*LABELS[:3], LABELS[4], LABELS[3])]
    assert places == sorted(places)
    assert "\nassert " in source[places[-1] :]


@pytest.mark.parametrize("number", [each for each in notebooks.sources() if each != OWN_DATA])
def test_it_runs_on_the_sample_city(number: int, sample: Settings) -> None:
    assert is_one_sentence(run(number))


def test_own_data_runs_on_a_database_of_its_own(database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(database).items():
        monkeypatch.setenv(name, value)
    assert is_one_sentence(run(OWN_DATA))


def test_own_data_refuses_the_sample_city(sample: Settings) -> None:
    with pytest.raises(AssertionError, match="sample city"):
        run(OWN_DATA)


def test_jupyter_runs_one_and_the_page_loads_nothing(sample: Settings, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "services.cli", "notebooks", "7", "--to", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "07_rain.html").read_text("utf-8")
    assert run(7) in page
    assert "<title>7. " in page
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert '"cell_type": "code"' in (tmp_path / "07_rain.ipynb").read_text("utf-8")
