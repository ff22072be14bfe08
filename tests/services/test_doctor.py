"""The doctor: each thing that is wrong is found and comes with its fix."""

import socket
from datetime import date

import pytest
from pydantic import SecretStr

from services.database.connect import connect
from services.database.publish import publish
from services.doctor import Check, State, diagnose
from services.settings import Settings
from tests.conftest import DatabaseUnderTest
from tests.services.database.rows import LAYER, load

TODAY = date(2026, 4, 1)


def _checks(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in diagnose(settings, today=TODAY)}


def test_every_problem_has_a_fix(database: DatabaseUnderTest) -> None:
    for check in _checks(database.settings).values():
        assert (check.fix is None) == (check.state is State.OK), check


def test_a_sound_database_has_no_error(database: DatabaseUnderTest) -> None:
    checks = _checks(database.settings)
    for role in ("owner", "ingest", "internal", "public"):
        assert checks[f"login ngis_{role}"].state is State.OK
    assert checks["postgis"].state is State.OK
    assert checks["migrations"].state is State.OK
    assert LAYER in checks["layers without data"].message


def test_pending_migrations_are_an_error(empty_database: DatabaseUnderTest) -> None:
    check = _checks(empty_database.settings)["migrations"]
    assert check.state is State.ERROR
    assert check.fix == "Run `ngis db migrate`."


def test_what_is_loaded_but_not_published_is_named(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    assert LAYER in _checks(database.settings)["publication"].message
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
    assert _checks(database.settings)["publication"].state is State.OK
    load(database.urls.ingest, {"a": "乙"})
    assert LAYER in _checks(database.settings)["publication"].message


def test_data_without_a_date_are_named(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"}, as_of=None)
    assert f"{LAYER} (date unknown)" in _checks(database.settings)["data age"].message


def test_a_failed_load_is_named_until_one_succeeds(database: DatabaseUnderTest) -> None:
    with connect(database.urls.ingest) as connection:
        connection.execute(
            "INSERT INTO ngis.load (file_name, layer_id, status, loaded_by, started_at) "
            "VALUES ('sites.csv', %s, 'failed', 'test', now())",
            (LAYER,),
        )
    check = _checks(database.settings)["loads"]
    assert check.state is State.WARN
    assert "sites.csv" in check.message
    load(database.urls.ingest, {"a": "甲"})
    assert _checks(database.settings)["loads"].state is State.OK


def test_fictitious_data_are_named(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.owner) as connection:
        connection.execute("UPDATE ngis.dataset SET fictitious = true")
    assert LAYER in _checks(database.settings)["fictitious data (架空データ)"].message


def test_a_port_taken_by_another_program_is_named(database: DatabaseUnderTest) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", database.settings.public_port))
        other.listen()
        check = _checks(database.settings)["public port"]
    assert check.state is State.ERROR
    assert "NGIS_PUBLIC_PORT" in str(check.fix)


@pytest.mark.parametrize("missing", ["database_ingest_url", "database_public_url"])
def test_a_server_configured_in_part_is_an_error(database: DatabaseUnderTest, missing: str) -> None:
    check = _checks(database.settings.model_copy(update={missing: None}))["database"]
    assert check.state is State.ERROR
    assert f"NGIS_{missing.upper()}" in check.message


def test_a_wrong_password_is_told_apart_from_a_server_that_is_away(database: DatabaseUnderTest) -> None:
    wrong = database.urls.public.replace("ngis_public:", "ngis_public:x")
    away = "postgresql://ngis_ingest:secret@127.0.0.1:1/ngis"
    checks = _checks(
        database.settings.model_copy(
            update={"database_public_url": SecretStr(wrong), "database_ingest_url": SecretStr(away)}
        )
    )
    assert "name or password" in checks["login ngis_public"].message
    assert "cannot be reached" in checks["login ngis_ingest"].message
    assert "secret" not in checks["login ngis_ingest"].message
