"""Migrations: in order, once, whole or not at all, and never against a database they do not know."""

import shutil
import threading
from pathlib import Path

import psycopg
import pytest

from geo.errors import StoreError
from services.database.access import missing_roles
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.migrate import MIGRATIONS, MigrationReport, migrate, read_migrations
from tests.conftest import DatabaseUnderTest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations, to be added to."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def _exists(url: str, relation: str) -> bool:
    with connect(url) as connection:
        row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (relation,)).fetchone()
    return row == (True,)


def test_migrates_an_empty_database_and_then_finds_nothing_to_do(empty_database: DatabaseUnderTest) -> None:
    first = migrate(empty_database.urls.owner)
    assert first.applied == tuple(migration.name for migration in read_migrations())
    assert "emergency-sites" in first.layers
    second = migrate(empty_database.urls.owner)
    assert second == MigrationReport((), ())
    assert not second.changed


def test_a_later_file_is_applied_alone(database: DatabaseUnderTest, folder: Path) -> None:
    (folder / "0900_more.sql").write_text("CREATE TABLE ngis.more (a int); CREATE TABLE ngis.most (a int);")
    assert migrate(database.urls.owner, folder=folder).applied == ("0900_more",)
    assert _exists(database.urls.owner, "ngis.most")


def test_a_file_that_fails_leaves_nothing_and_later_ones_wait(database: DatabaseUnderTest, folder: Path) -> None:
    (folder / "0900_half.sql").write_text("CREATE TABLE ngis.half (a int); SELECT 1 / 0;")
    (folder / "0901_after.sql").write_text("CREATE TABLE ngis.after (a int);")
    with pytest.raises(StoreError):
        migrate(database.urls.owner, folder=folder)
    assert not _exists(database.urls.owner, "ngis.half")
    assert not _exists(database.urls.owner, "ngis.after")
    (folder / "0900_half.sql").write_text("CREATE TABLE ngis.half (a int);")
    assert migrate(database.urls.owner, folder=folder).applied == ("0900_half", "0901_after")


def test_an_edited_migration_is_named(database: DatabaseUnderTest, folder: Path) -> None:
    file = folder / "0001_foundation.sql"
    file.write_text(file.read_text("utf-8") + "\n-- a word more\n", "utf-8")
    with pytest.raises(StoreError, match="0001_foundation was edited"):
        migrate(database.urls.owner, folder=folder)


def test_line_endings_are_not_an_edit(database: DatabaseUnderTest, folder: Path) -> None:
    file = folder / "0001_foundation.sql"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert not migrate(database.urls.owner, folder=folder).changed


def test_a_database_newer_than_the_program_is_refused(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner) as connection:
        connection.execute("INSERT INTO ngis.migration (number, name, checksum) VALUES (9999, '9999_future', 'x')")
    with pytest.raises(StoreError, match="9999_future, which this version"):
        migrate(database.urls.owner)


def test_two_at_once_apply_each_file_once(empty_database: DatabaseUnderTest) -> None:
    reports: list[MigrationReport] = []
    threads = [threading.Thread(target=lambda: reports.append(migrate(empty_database.urls.owner))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 3
    assert sum(len(report.applied) for report in reports) == len(read_migrations())


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("1_short.sql",), "not named NNNN_name.sql"),
        (("0001_a.sql", "0001_b.sql"), "have the number 0001"),
    ],
)
def test_wrong_names_are_refused(tmp_path: Path, names: tuple[str, ...], message: str) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(StoreError, match=message):
        read_migrations(tmp_path)


def test_a_database_that_is_away_is_said_without_the_password() -> None:
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        migrate("postgresql://ngis_owner:geheim@127.0.0.1:1/ngis")
    assert "geheim" not in str(caught.value)


def test_a_server_without_postgis_is_said(cluster: EmbeddedCluster, empty_database: DatabaseUnderTest) -> None:
    with psycopg.connect(cluster.url("postgres", empty_database.name), autocommit=True) as connection:
        connection.execute("DROP EXTENSION postgis")
    with pytest.raises(StoreError, match="may not create it") as caught:
        migrate(empty_database.urls.owner)
    assert caught.value.fix is not None
    assert "CREATE EXTENSION postgis" in caught.value.fix


def test_rights_lost_in_a_copy_are_given_again(cluster: EmbeddedCluster, database: DatabaseUnderTest) -> None:
    with psycopg.connect(cluster.url("postgres", database.name), autocommit=True) as connection:
        connection.execute(f'GRANT TEMPORARY ON DATABASE "{database.name}" TO PUBLIC')
    migrate(database.urls.owner)
    with connect(database.urls.public) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TEMPORARY TABLE mine (a int)")


def test_no_role_is_missing_after_it(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner) as connection:
        assert missing_roles(connection) == []
