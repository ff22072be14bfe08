"""The calibration file: read strictly, named by answers, and no answer is by the figures of another."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from geo.errors import InputError, SourceError
from geo.network.calibration import Observation, calibrate
from geo.network.figures import SHIPPED
from geo.travel.topology import topology_of
from services.cli import cli
from services.doctor import State, diagnose
from services.routing.calibrated import NOT_CALIBRATED, road_figures
from services.routing.calibration_writing import EXAMPLE, calibration_file, example, read_observations
from services.routing.roads import Networks
from services.routing.storing import store
from services.settings import ROOT, Settings, read_city
from tests.geo.travel.streets import grid, street_map

HEAD = '[calibration]\nsource = "西宮市消防局 AVM"\nas_of = 2026-04-01\n'


def written(folder: Path, text: str, name: str = "roads.toml") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_the_example_is_what_is_shipped() -> None:
    assert EXAMPLE.read_text("utf-8") == example(), "python -m services.routing.calibration_writing"
    found = road_figures(EXAMPLE)
    assert found.figures == SHIPPED
    assert found.digest == NOT_CALIBRATED.digest
    assert not found.is_calibrated


def test_a_file_says_whose_its_figures_are(tmp_path: Path) -> None:
    found = road_figures(written(tmp_path, HEAD + "[profiles.pumper.speeds_kph]\ntrunk = 51\n"))
    assert (found.source, found.as_of, found.is_calibrated) == ("西宮市消防局 AVM", date(2026, 4, 1), True)
    assert found.figures.profile("pumper").speeds_kph["trunk"] == 51.0
    assert found.digest != NOT_CALIBRATED.digest


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[profiles.pumper]\n", "calibration is missing"),
        ('[calibration]\nsource = ""\nas_of = 2026-04-01\n', "calibration.source"),
        ('[calibration]\nsource = "a"\nas_of = "2026-04-01"\n', "calibration.as_of"),
        ('[calibration]\nsource = "a"\nas_of = 2026-04-01T00:00:00\n', "calibration.as_of"),
        (HEAD + "by = 1\n", "calibration.by is unknown"),
        (HEAD + "[profiles.pumper.speeds_kph]\ntrunk = -1\n", "profiles.pumper.speeds_kph.trunk = -1"),
        (HEAD + "[profiles.pumper.speeds_kph]\ntrunk = inf\n", "profiles.pumper.speeds_kph.trunk = inf"),
        (HEAD + "[profiles.pumper\n", "not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, text: str, named: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        road_figures(file)
    assert str(file) in caught.value.message
    assert named in caught.value.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        road_figures(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'[calibration]\nsource = "\xe9"\n')
    with pytest.raises(InputError, match="not TOML"):
        road_figures(tmp_path / "latin.toml")


def test_the_city_names_its_file_and_the_environment_another(tmp_path: Path) -> None:
    city = written(tmp_path, 'road_calibration = "roads.toml"\n' + (ROOT / "city.toml").read_text("utf-8"), "city.toml")
    assert read_city(city).road_calibration == tmp_path / "roads.toml"
    assert Settings(city_file=city).city.road_calibration == tmp_path / "roads.toml"
    assert Settings(city_file=city, road_calibration=tmp_path / "x.toml").city.road_calibration == tmp_path / "x.toml"
    assert Settings(road_data_max_age_days=30).city.road_data_max_age_days == 30
    assert Settings().city.road_calibration is None


def test_commands_begin_with_a_sound_file_or_not_at_all(tmp_path: Path) -> None:
    file = written(tmp_path, HEAD + "[profiles.pumper.speeds_kph]\nraceway = 60\n")
    result = CliRunner().invoke(cli, ["route", "a", "b"], env={"NGIS_ROAD_CALIBRATION": str(file)})
    assert result.exit_code == 1
    assert f"{file} cannot be used: profiles.pumper.speeds_kph.raceway is unknown" in result.stderr


def test_the_doctor_names_it(tmp_path: Path) -> None:
    nowhere = SecretStr("postgresql://nobody@127.0.0.1:1/none")
    wrong = written(tmp_path, HEAD + "x = 1\n", "wrong.toml")
    right = written(tmp_path, HEAD + "[profiles.pumper]\nemergency_factor = 1.2\n", "right.toml")
    for file, state, said in (
        (wrong, State.ERROR, "calibration.x"),
        (right, State.OK, "AVM"),
        (None, State.OK, "none"),
    ):
        settings = Settings(var=tmp_path, database_url=nowhere, road_calibration=file)
        (check,) = (each for each in diagnose(settings, today=date(2026, 4, 1)) if each.name == "road calibration")
        assert check.state is state
        assert said in check.message


def test_other_figures_are_never_answered_by_the_same_conditions(tmp_path: Path) -> None:
    store(tmp_path / "network", topology_of(street_map(grid(3))))
    written(tmp_path, '{"network": "network"}', "state.json")
    fast = road_figures(written(tmp_path, HEAD + "[profiles.car.speeds_kph]\nresidential = 36\n"))
    kept = Networks(tmp_path)
    before, after = kept.conditions("state", "car"), kept.conditions("state", "car", figures=fast)
    assert after.impedance.weights.sum() < before.impedance.weights.sum()
    assert kept.conditions("state", "car").impedance is before.impedance
    assert kept.conditions("state", "car", figures=fast).impedance is after.impedance


def test_runs_become_a_file_that_is_read_again(tmp_path: Path) -> None:
    rows = ["highway,profile,metres,seconds", *["trunk,pumper,100,7.2"] * 30, *["primary,tank,100,9"] * 2]
    rows.append("trunk,boat,100,9")
    records = written(tmp_path, "\n".join(rows) + "\n", "runs.csv")
    output = tmp_path / "found.toml"
    result = CliRunner().invoke(
        cli, ["calibrate", str(records), "--source", "AVM", "--as-of", "2026-03-31", "--output", str(output)]
    )
    assert result.exit_code == 0, result.output
    assert "1 speeds calibrated, 1 stay" in result.stderr
    found = road_figures(output)
    assert (found.source, found.as_of) == ("AVM", date(2026, 3, 31))
    assert found.figures.profile("pumper").speeds_kph["trunk"] == 45.5  # 50 km/h by 1.1
    assert found.figures.profile("tank") == SHIPPED.profile("tank")
    text = output.read_text("utf-8")
    assert "# tank primary: too few records, the speed stays; 2 records" in text
    assert "# left out: 1 records, unknown-profile" in text
    said = calibration_file(calibrate([Observation("trunk", "pumper", 100, 7.2)] * 30), 'A "B"', date(2026, 1, 1))
    assert road_figures(written(tmp_path, said, "quoted.toml")).source == 'A "B"'


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("highway,profile,metres\n", "seconds"),
        ("highway,profile,metres,seconds\ntrunk,pumper,x,1\n", "line 2"),
        ("highway,profile,metres,seconds\ntrunk,pumper\n", "line 2"),
        ("", "highway"),
    ],
)
def test_records_that_cannot_be_read(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SourceError, match=named):
        read_observations(written(tmp_path, text, "runs.csv"))
