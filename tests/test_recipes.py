"""The recipes of CONTRIBUTING.md, carried out word for word in a copy of the project."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import DatabaseUnderTest

ROOT = Path(__file__).resolve().parent.parent
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(recipe: str) -> dict[str, str]:
    """The fenced blocks of one recipe: what stands after the language on the fence -> the text."""
    section = re.search(rf"^### {re.escape(recipe)}\n(.*?)(?=^##|\Z)", CONTRIBUTING, re.DOTALL | re.MULTILINE)
    assert section is not None, f"CONTRIBUTING.md has no recipe {recipe!r}"
    fences = re.findall(r"^```\w* ?([^\n]*)\n(.*?)^```$", section[1], re.DOTALL | re.MULTILINE)
    return dict(fences)


@dataclass(frozen=True)
class Workshop:
    """A copy of the project in which a recipe is tried, against a database of its own."""

    folder: Path
    environment: dict[str, str]

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, encoding="utf-8")

    def insert(self, path: str, after: str, text: str) -> None:
        """Put ``text`` behind the first line that reads ``after``; the recipe names that line."""
        lines = (self.folder / path).read_text(encoding="utf-8").splitlines(keepends=True)
        place = [line.rstrip("\n") for line in lines].index(after)
        self.write(path, "".join([*lines[: place + 1], text, *lines[place + 1 :]]))

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def follow(self, commands: str) -> None:
        """Run the commands of a ``sh`` block: ``ngis`` is the copy's, ``make test`` its tests without the set-up."""
        for line in commands.strip().splitlines():
            program, *words = line.split()
            if program == "ngis":
                self.run(sys.executable, "-m", "services.cli", *words)
            else:
                assert (program, words[0]) == ("make", "test")
                self.run(sys.executable, "-m", "pytest", "-q", words[1].removeprefix("TESTS="))

    def get(self, address: str) -> str:
        """What the copy's public face answers at this address."""
        return self.run(
            sys.executable,
            "-c",
            "import sys; from starlette.testclient import TestClient; from services.http.app import Face, create_app;"
            "from services.settings import Settings;"
            "client = TestClient(create_app(Settings(), Face.PUBLIC)); client.__enter__();"
            "sys.stdout.write(client.get(sys.argv[1]).text); client.__exit__(None, None, None)",
            address,
        )


@pytest.fixture
def workshop(tmp_path: Path, database: DatabaseUnderTest) -> Workshop:
    for name in ("geo", "layers", "services", "web_map", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "data").mkdir()
    for name in ("city.toml", "pyproject.toml", "package.json", "data/manifest.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    urls = database.urls
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("NGIS_")},
        "PYTHONPATH": str(tmp_path),
        "NGIS_VAR": str(tmp_path / "var"),
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
    }
    return Workshop(tmp_path, environment)


def test_add_a_layer(workshop: Workshop) -> None:
    recipe = blocks("Add a layer")
    workshop.write("layers/public_toilets.py", recipe["layers/public_toilets.py"])
    workshop.write("public_toilets.csv", recipe["public_toilets.csv"])
    workshop.follow(recipe[""])
    answer = json.loads(workshop.get("/ogc/collections/public-toilets/items?f=json"))
    assert [feature["properties"]["name"] for feature in answer["features"]] == [
        "夙川公園トイレ",
        "鳴尾浜臨海公園トイレ",
    ]
    assert "公衆トイレ" in workshop.get("/map?lang=ja")


def test_add_a_hazard_type(workshop: Workshop) -> None:
    recipe = blocks("Add a hazard type")
    workshop.insert("layers/hazard_types.py", recipe["after this line"].rstrip("\n"), recipe["layers/hazard_types.py"])
    workshop.write("tameike.geojson", recipe["tameike.geojson"])
    workshop.follow(recipe[""])
    assert "ため池" in workshop.get("/ogc/collections/hazard-reservoir?f=json&lang=ja")


def test_add_a_source(workshop: Workshop) -> None:
    recipe = blocks("Add a source")
    workshop.insert("layers/shelters.py", recipe["after this line"].rstrip("\n"), recipe["layers/shelters.py"])
    workshop.write("hinanjo.csv", recipe["hinanjo.csv"])
    workshop.follow(recipe[""])
    answer = json.loads(workshop.get("/ogc/collections/shelters/items?f=json"))
    assert [feature["properties"]["name"] for feature in answer["features"]] == ["浜脇小学校"]


def test_add_a_process(workshop: Workshop) -> None:
    source, recipe = blocks("Add a source"), blocks("Add a process")
    workshop.insert("layers/shelters.py", source["after this line"].rstrip("\n"), source["layers/shelters.py"])
    workshop.write("hinanjo.csv", source["hinanjo.csv"])
    workshop.follow(source[""])
    ((path, module),) = recipe.items()
    workshop.write(path, module)
    assert json.loads(workshop.get("/ogc/processes/nearest-shelters?f=json"))["version"] == "1.0.0"
    found = json.loads(workshop.get("/ogc/processes/nearest-shelters/execution?location=135.3393,34.7357"))
    assert found == [{"name": "浜脇小学校", "distance_m": 0}]


def test_add_a_language(workshop: Workshop) -> None:
    recipe = blocks("Add a language")
    copied = json.loads((workshop.folder / "layers/locales/pt.json").read_text(encoding="utf-8"))
    translated = {key: f"[th] {text}" for key, text in copied.items()}
    workshop.write("layers/locales/th.json", json.dumps(translated, ensure_ascii=False))
    workshop.follow(recipe[""])
    page = workshop.get("/?lang=th")
    assert 'lang="th"' in page
    assert "[th] " in page
    missing = ("page.source", "declared:津波")
    less = {key: text for key, text in translated.items() if key not in missing}
    workshop.write("layers/locales/th.json", json.dumps(less, ensure_ascii=False))
    with pytest.raises(AssertionError) as failed:
        workshop.follow(recipe[""])
    assert all(name.removeprefix("declared:") in str(failed.value) for name in missing)
