"""The command line: fast help, refusals with their fix, and the commands of the database."""

import ast
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from services.cli import cli
from services.settings import ROOT
from tests.conftest import DatabaseUnderTest
from tests.services.database.rows import LAYER, load


@pytest.fixture
def environment(database: DatabaseUnderTest) -> dict[str, str]:
    given = {f"NGIS_DATABASE_{name[5:].upper()}_URL": url for name, url in database.urls.items()}
    given["NGIS_DATABASE_URL"] = given.pop("NGIS_DATABASE_OWNER_URL")
    return {
        **given,
        "NGIS_VAR": str(database.settings.var),
        "NGIS_PUBLIC_PORT": str(database.settings.public_port),
        "NGIS_INTERNAL_PORT": str(database.settings.internal_port),
    }


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom services.cli import cli\n"
        "result = CliRunner().invoke(cli, ['--help'])\nassert result.exit_code == 0, result.output\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"psycopg", "geopandas", "pygeoapi", "pydantic", "shapely", "numpy", "rich", "starlette", "pyproj"}
    assert not heavy & set(ast.literal_eval(done.stdout))


def test_every_command_has_a_line_in_the_help_and_its_own_help() -> None:
    output = CliRunner().invoke(cli, ["--help"]).output
    for name in ("db", "doctor", "publish"):
        assert f"\n  {name} " in output
        assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0
    assert CliRunner().invoke(cli, ["no-such-command"]).exit_code == 2


def test_publishes_lists_and_undoes(environment: dict[str, str], database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["publish", *arguments], env=environment)
        assert result.exit_code == 0, result.output
        return result.output

    assert "Nothing was published yet" in run("--list")
    assert "1 added" in run(LAYER, "--by", "hanako", "--note", "確認済")
    assert "nothing to publish" in run(LAYER, "--by", "hanako")
    assert "確認済" in run("--list")
    assert "Undone: publication 1" in run("--undo", "1", "--by", "taro")
    assert "by taro" in run("--list")


@pytest.mark.parametrize("arguments", [[], ["--by", "x"], [LAYER], ["--all", "--list"]])
def test_publish_without_what_it_needs_is_a_usage_error(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, ["publish", *arguments]).exit_code == 2


def test_a_refusal_has_its_fix_and_no_stack_trace(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(cli, ["publish", "no-such-layer", "--by", "x"], env=environment)
    assert result.exit_code == 1
    assert "There is no layer 'no-such-layer'" in result.output
    assert "Fix: Choose one of" in result.output
    assert "Traceback" not in result.output


def test_a_wrong_setting_is_named() -> None:
    result = CliRunner().invoke(cli, ["db", "status"], env={"NGIS_PUBLIC_PORT": "99999"})
    assert result.exit_code == 1
    assert "NGIS_PUBLIC_PORT" in result.output


def test_database_commands_on_a_server_of_the_users(environment: dict[str, str], database: DatabaseUnderTest) -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["db", *arguments], env=environment)
        assert result.exit_code == 0, result.output
        return result.output

    assert "PostGIS" in run("status")
    assert "up to date" in run("migrate")
    assert "nothing was started" in run("start")
    assert run("psql-url", "--role", "public").strip() == database.urls.public
    assert "is there" in run("init")


def test_doctor_as_json(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(cli, ["doctor", "--json"], env=environment)
    checks = json.loads(result.output)
    assert {"name", "state", "message", "fix"} == set(checks[0])
    assert result.exit_code == (1 if any(check["state"] == "ERROR" for check in checks) else 0)
