"""A process is one file: put into the folder it is listed, described, run and in the API definition."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import InputError
from layers.text import Text
from services.ogc.processes import processes
from services.ogc.processes._model import Input, Mode, Output, Process
from services.settings import ROOT
from tests.conftest import DatabaseUnderTest

ECHO = '''
"""echo: says what it is told."""

from layers.model import Text
from services.ogc.processes._model import Input, Output, Process

PROCESS = Process(
    id="echo",
    version="1.0.0",
    title=Text("こだま", "Echo"),
    description=Text("言われたことを返す。", "Says what it is told."),
    inputs={"word": Input(title=Text("言葉", "Word"), description=Text("何か。", "Any."), schema={"type": "string"})},
    outputs={"said": Output(title=Text("返事", "Said"), description=Text("同じ。", "It."), schema={"type": "string"})},
    run=lambda inputs, context: {"said": inputs["word"]},
    by_query=True,
    examples=({"word": "やっほー"},),
)
'''
_ASK = """
import json, sys
import services.ogc.processes
services.ogc.processes.__path__.append(sys.argv[1])
from starlette.testclient import TestClient
from services.http.app import Face, create_app
from services.settings import Settings
with TestClient(create_app(Settings(_env_file=None), Face.INTERNAL), base_url="http://127.0.0.1:8001") as client:
    path = "/ogc/processes/echo/execution"
    print(json.dumps({
        "listed": [each["id"] for each in client.get("/ogc/processes").json()["processes"]],
        "title": client.get("/ogc/processes/echo").json()["title"],
        "said": client.post(path, json={"inputs": {"word": "やっほー"}}).json(),
        "by_query": client.get(path, params={"word": "おーい"}).json(),
        "page": "こだま" in client.get("/ogc/processes/echo?f=html").text,
        "defined": sorted(client.get("/ogc/openapi").json()["paths"][path.removeprefix("/ogc")]),
        "accepted": client.post(path, json={"inputs": {"word": "a"}}, headers={"Prefer": "respond-async"}).status_code,
    }))
"""


def test_a_file_is_a_process(database: DatabaseUnderTest, tmp_path: Path) -> None:
    (tmp_path / "echo.py").write_text(ECHO, encoding="utf-8")
    (tmp_path / "_helper.py").write_text("raise RuntimeError", encoding="utf-8")
    urls = database.urls
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ASK, str(tmp_path)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("NGIS_")}
        | {
            "PYTHONPATH": str(ROOT),
            "NGIS_VAR": str(database.settings.var),
            "NGIS_DATABASE_URL": urls.owner,
            "NGIS_DATABASE_INGEST_URL": urls.ingest,
            "NGIS_DATABASE_INTERNAL_URL": urls.internal,
            "NGIS_DATABASE_PUBLIC_URL": urls.public,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "listed": sorted(["echo", *processes()]),
        "title": "こだま",
        "said": "やっほー",
        "by_query": "おーい",
        "page": True,
        "defined": ["get", "post"],
        "accepted": 201,
    }


@pytest.mark.parametrize(("content", "told"), [(ECHO, "more than once"), ('"""nothing"""', "declares no process")])
def test_files_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, told: str) -> None:
    import services.ogc.processes as package

    for name in ("twice_a.py", "twice_b.py"):
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    try:
        with pytest.raises(InputError, match=told):
            processes.__wrapped__()
    finally:
        for name in ("twice_a", "twice_b"):
            sys.modules.pop(f"{package.__name__}.{name}", None)


ANY = Text("あ", "a")
OUT = {"said": Output(title=ANY, description=ANY, schema={})}


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "Not Kebab"},
        {"outputs": {}},
        {"modes": ()},
        {"modes": (Mode.ASYNC,), "by_query": True},
        {"inputs": {"Camel": Input(title=ANY, description=ANY, schema={})}},
    ],
)
def test_declarations_that_are_inconsistent(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"id": "p", "inputs": {}, "outputs": OUT, "run": lambda inputs, _: inputs}
    with pytest.raises(InputError):
        Process(version="1", title=ANY, description=ANY, **{**right, **wrong})  # type: ignore[arg-type]
