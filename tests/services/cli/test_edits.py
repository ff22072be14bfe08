"""`ngis account` and `ngis edits`: accounts made and ended, edits listed and undone; `ngis up` leaves edits alone."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from shapely.geometry import Point

from layers.catalogue import layer_named
from services.cli import cli
from services.cli.up import _publish
from services.database import accounts
from services.database.connect import connect
from services.database.editing.session import Editor, Place, editing
from services.database.publish import publications
from services.ingest.batch import FileOutcome
from services.ingest.report import LoadReport
from tests.conftest import DatabaseUnderTest
from tests.services.database.rows import LAYER, load

Run = Callable[..., Result]
SITES = layer_named(LAYER)


@pytest.fixture
def run(database: DatabaseUnderTest) -> Run:
    urls = database.urls
    environment = {
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
        "NGIS_VAR": str(database.settings.var),
    }
    return lambda *arguments: CliRunner().invoke(cli, list(arguments), env=environment)


def edit(database: DatabaseUnderTest, name: str = "改") -> None:
    with (
        connect(database.urls.internal, autocommit=True) as connection,
        editing(connection, SITES, Editor("yamada", date(2026, 4, 1), note="現地確認")) as session,
    ):
        stored = session.find("s1")
        assert stored is not None
        session.change(stored, "update", {**stored.values, "name": name}, Place(Point(135.34, 34.73)))


def secret_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return next(line.split()[1] for line in result.output.splitlines() if line.startswith("secret:"))


def test_an_account_from_beginning_to_end(run: Run, database: DatabaseUnderTest) -> None:
    def lets_in(secret: str) -> bool:
        with connect(database.urls.internal, autocommit=True) as connection:
            return accounts.verify(connection, "yamada", secret) is not None

    assert "no account yet" in run("account", "list").output
    first = secret_of(
        run("account", "add", "yamada", "--role", "editor", "--role", "fire", "--display-name", "山田花子")
    )
    assert lets_in(first)
    listed = run("account", "list").output
    assert "yamada" in listed
    assert "山田花子" in listed
    assert "editor 資料編集, fire 消防" in listed
    assert first not in listed
    assert "Disabled" in run("account", "disable", "yamada").output
    assert not lets_in(first)
    assert "[disabled" in run("account", "list").output
    second = secret_of(run("account", "reset", "yamada"))
    assert (lets_in(first), lets_in(second)) == (False, True)
    assert "[disabled" not in run("account", "list").output


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["add", "yamada"], 2, "--role"),
        (["add", "yamada", "--role", "king"], 2, "king"),
        (["add", "山田", "--role", "editor"], 1, "small letters"),
        (["disable", "nobody"], 1, "no account nobody"),
        (["reset", "nobody"], 1, "no account nobody"),
    ],
)
def test_what_an_account_cannot_be(run: Run, arguments: list[str], status: int, said: str) -> None:
    result = run("account", *arguments)
    assert result.exit_code == status
    assert said in result.output + result.stderr


def test_edits_are_listed_and_undone(run: Run, database: DatabaseUnderTest) -> None:
    load(database.urls.owner, {"s1": "一番"})
    assert "Nothing was edited" in run("edits", "list", LAYER).output
    for name in ("改", "再改"):
        edit(database, name)
    listed = run("edits", "list", LAYER, "--feature", "s1").output
    assert 'name: "改" -> "再改"' in listed
    assert "by yamada  現地確認" in listed
    assert "and 1 older" in run("edits", "list", LAYER, "--limit", "1").output
    refused = run("edits", "undo", LAYER, "1", "--by", "佐藤")
    assert refused.exit_code == 1
    assert "undo them first: 2" in refused.output + refused.stderr
    for number in ("2", "1"):
        assert "Undone" in run("edits", "undo", LAYER, number, "--by", "佐藤").output
    assert run("edits", "list", LAYER).output.count("by 佐藤") == 2
    for arguments in (["undo", LAYER, "9", "--by", "x"], ["undo", LAYER, "9" * 30, "--by", "x"], ["list", "no-layer"]):
        assert run("edits", *arguments).exit_code == 1


def test_up_publishes_no_edit_without_a_person(database: DatabaseUnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    load(database.urls.owner, {"s1": "一番"}, dataset="d1")
    report = LoadReport("sites.csv", layer_id=LAYER, datasets=("d1",))
    outcome = FileOutcome(Path("sites.csv"), listed=True, reports=[report])

    def published() -> int:
        with connect(database.urls.owner, autocommit=True) as connection:
            return len(publications(connection, LAYER))

    _publish(database.settings, [outcome])
    assert published() == 1
    edit(database)
    _publish(database.settings, [outcome])
    assert published() == 1
    assert f"not published: {LAYER} 指定緊急避難場所 was edited by hand" in capsys.readouterr().out
