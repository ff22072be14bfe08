"""`ngis coverage` and the lines of the notebook: they say what the process says, and write its files."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from shapely.geometry import box, mapping

from services.cli import cli
from services.routing.watch import build_now
from tests.conftest import DatabaseUnderTest
from tests.services.ogc.processes.planning import points, rows_of

NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks" / "README.md"


@pytest.fixture(scope="module")
def environment(loaded_city: DatabaseUnderTest) -> dict[str, str]:
    build_now(loaded_city.settings)
    urls = loaded_city.urls
    return {
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
        "NGIS_VAR": str(loaded_city.settings.var),
    }


def run(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), env=environment)


def test_coverage_in_words_and_as_files(environment: dict[str, str], tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("report.html", "table.csv", "layer.geojson")}
    named = ["--report", files["report.html"], "--csv", files["table.csv"], "--geojson", files["layer.geojson"]]
    told = run(environment, "coverage", "--limit", "240", *map(str, named))
    assert told.exit_code == 0, told.output
    first, *towns = told.stdout.splitlines()
    assert re.match(r"消防署・消防施設8か所から4分以内に届くのは、人口総数[\d,]+のうち[\d,]+（\d+\.\d%）", first)
    rows = rows_of(files["table.csv"].read_bytes().decode())
    assert [each.split()[-1] for each in towns] == [each["town"] for each in rows[:20]]
    assert "架空" in told.stderr
    assert len(json.loads(files["layer.geojson"].read_text("utf-8"))["features"]) > 900
    assert first in files["report.html"].read_text("utf-8")


def test_own_files_are_read_and_what_is_wrong_is_said(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "people.geojson"
    path.write_text(json.dumps(points((0, {"weight": 3}), (300, {"weight": 4}))), "utf-8")
    where = ["--where", "kind=station", "--where", "kind=branch", "--lang", "en", "--straight-line", "36"]
    answer = json.loads(run(environment, "coverage", "--demand", str(path), *where, "--json").stdout)
    assert answer["limits"][0]["total"] == 7
    assert answer["vehicle"] is None
    table = tmp_path / "人口.csv"
    table.write_text("場所,経度,緯度,人数\n東,135.3415,34.7376,3\n西,135.3448,34.7376,4\n", "cp932")
    by_table = run(environment, "coverage", "--demand", str(table), "--weight", "人数", *where, "--json")
    assert json.loads(by_table.stdout)["limits"][0]["total"] == 7
    assert "there is no file 'nosuch.csv'" in run(environment, "coverage", "--demand", "nosuch.csv").stderr
    assert "there is no file 'nosuch.csv'" in run(environment, "demand", "--records", "nosuch.csv").stderr
    area = tmp_path / "area.geojson"
    west = {"type": "Feature", "properties": {}, "geometry": mapping(box(135.33, 34.73, 135.342, 34.75))}
    area.write_text(json.dumps({"type": "FeatureCollection", "features": [west]}), "utf-8")
    straight = ["coverage", "--demand", str(path), "--lang", "en", "--straight-line", "36"]
    within = json.loads(run(environment, *straight, "--area", str(area), "--json").stdout)
    assert (within["limits"][0]["total"], within["demand"]["beyond_the_area"]) == (3, {"points": 1, "demand": 4})
    sited = ["facility-location", "--facilities", "none", "--sites", "1", "--capacity", "2", "--straight-line", "36"]
    full = run(environment, *sited, "--demand", str(path), "--candidates", str(path))
    assert "定員内 28.5%" in full.stdout.splitlines()[1], "2 of 7 find room where all are near"
    assert "avoid: a straight line" in run(environment, *straight, "--avoid", str(area)).stderr
    assert "no column depth_m" in run(environment, *straight, "--flooded", str(area)).stderr
    wrong = run(environment, "coverage", "--where", "colour=red")
    assert wrong.exit_code == 1
    assert "no such property" in wrong.stderr
    assert run(environment, "coverage", "--where", "colour").exit_code == 2


@pytest.mark.parametrize("call", ["import coverage\n", "import facility_location\n", "import water_supply_coverage\n"])
def test_the_lines_of_the_notebook_do_what_they_say(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    blocks = re.findall(r"```python\n(.*?)```", NOTEBOOKS.read_text("utf-8"), re.S)
    (lines,) = (each for each in blocks if call in each)
    found: dict[str, object] = {}
    exec(lines, found)  # noqa: S102 - the project's own words
    assert found["found"]


def test_sites_in_words(environment: dict[str, str]) -> None:
    told = run(environment, "facility-location", "--candidates", "public-facilities", "--lang", "en", "--compare", "10")
    assert told.exit_code == 0, told.output
    first, nine, ten = told.stdout.splitlines()
    assert re.match(r"With 9 sites in place of today's 8, [\d,]+ \(\d+\.\d%\) of [\d,]+", first)
    assert (nine.split()[0], ten.split()[0]) == ("9", "10")
    assert "optimal 0.00%" in nine
    refused = run(environment, "facility-location", "--sites", "3")
    assert refused.exit_code == 1
    assert "8 are given" in refused.stderr


def test_shelters_in_words(environment: dict[str, str], tmp_path: Path) -> None:
    table = str(tmp_path / "towns.csv")
    asked = ["--m2", "2", "--area-where-unknown", "300"]
    told = run(environment, "shelter-capacity", "hazard-tsunami", *asked, "--csv", table)
    assert told.exit_code == 0, told.output
    first, *lines = told.stdout.splitlines()
    assert re.match(
        r"津波浸水想定の区域内の[\d,]+人のうち、歩いて30分以内の指定緊急避難場所（使えるのは[\d,]+か所", first
    )
    assert [each.split()[-1] for each in lines if each.split()[:2] == ["=", "0"]] == ["火山現象"]
    worst = rows_of(Path(table).read_bytes().decode())[0]
    assert lines[0].split()[-1] == worst["town"]
    assert float(worst["overflowed_at_2_m2"]) > 0
    assert run(environment, "shelter-capacity", "hazard-tsunami", "--straight-line", "4", "--keeps-out").exit_code == 1


def test_access_in_words(environment: dict[str, str], tmp_path: Path) -> None:
    table = str(tmp_path / "towns.csv")
    moments = ["--at", "mon 10:00", "--at", "sun 03:00"]
    told = run(environment, "accessibility", "--facilities", "aeds", "--lang", "en", *moments, "--csv", table)
    assert told.exit_code == 0, told.output
    first, monday, night, *towns = told.stdout.splitlines()
    assert re.match(r"At mon 10:00 the supply within 5 min \(walking; Defibrillators", first)
    assert float(monday.split()[3]) > float(night.split()[3]) > 0
    assert towns[0].split()[-1] == rows_of(Path(table).read_bytes().decode())[0]["town"]
    assert run(environment, "accessibility", "--at", "noon").exit_code == 1


def test_water_in_words(environment: dict[str, str], tmp_path: Path) -> None:
    table = tmp_path / "towns.csv"
    told = run(environment, "water-supply-coverage", "--without-hydrants", "--further", "2", "--csv", str(table))
    assert told.exit_code == 0, told.output
    first, *lines = told.stdout.splitlines()
    assert re.match(r"消防水利[\d,]+か所のうち基準を満たすと分かる[\d,]+か所から、消火栓なしで", first)
    assert len([each for each in lines if each.startswith("  + 135.")]) == 2
    assert lines[0].split()[-1] == rows_of(table.read_bytes().decode())[0]["town"]
