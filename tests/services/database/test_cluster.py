"""The embedded cluster: made, started, stopped, found again, and refused where it cannot be."""

import os
import signal
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from geo.errors import StoreError
from services.database import binaries
from services.database.cluster import LOGIN_ROLES, EmbeddedCluster
from services.database.system_user import RELOCATED, SystemUser, place_for, server_user
from tests.conftest import free_port
from tests.waiting import until


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ngis-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)  # the server may run as another user
        yield Path(name)


@pytest.fixture
def own(folder: Path) -> Iterator[EmbeddedCluster]:
    made = EmbeddedCluster(folder / "postgres", free_port(), durable=False)
    made.ensure()
    yield made
    made.remove()


def _answer(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_makes_a_database_with_postgis_and_four_roles_without_special_rights(own: EmbeddedCluster) -> None:
    assert own.started_by_us
    assert _answer(own.url("ngis_public"), "SELECT postgis_lib_version() >= '3.3'") is True
    assert _answer(own.url("ngis_owner"), "SELECT pg_encoding_to_char(encoding) FROM pg_database "
                   "WHERE datname = current_database()") == "UTF8"  # fmt: skip
    special = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'ngis%' AND (rolsuper OR rolcreaterole OR rolcreatedb)"
    assert _answer(own.url("ngis_owner"), special) == 0


def test_passwords_are_private_different_and_needed(own: EmbeddedCluster) -> None:
    file = own.directory / "passwords.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    passwords = {own.url(role).split(":")[2] for role in LOGIN_ROLES}
    assert len(passwords) == len(LOGIN_ROLES)
    assert not list(own.directory.glob("initdb-password"))
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"postgresql://ngis_public@127.0.0.1:{own.port}/ngis")


def test_listens_on_the_loopback_address_only(own: EmbeddedCluster) -> None:
    assert _answer(own.url("ngis_owner"), "SHOW listen_addresses") == "127.0.0.1"
    assert _answer(own.url("postgres"), "SHOW unix_socket_directories") == ""


def test_second_object_finds_it_running_and_does_not_stop_it(own: EmbeddedCluster) -> None:
    second = EmbeddedCluster(own.directory, free_port())  # another port in the settings: the running one counts
    second.ensure()
    assert not second.started_by_us
    assert second.port == own.port
    assert not second.stop()
    assert own.is_running()


def test_stop_and_start_keep_the_data(own: EmbeddedCluster) -> None:
    with psycopg.connect(own.url("ngis_owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    assert own.stop()
    assert not own.is_running()
    assert not own.stop(force=True)
    own.start()
    assert own.started_by_us
    assert _answer(own.url("ngis_owner"), "SELECT value FROM kept") == 7


def test_starts_after_a_crash_whose_pid_now_belongs_to_another_program(own: EmbeddedCluster) -> None:
    pid_file = own.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGKILL)
    until(lambda: not own.is_running())
    lines[0] = str(os.getpid())
    pid_file.write_text("\n".join(lines))
    assert not own.is_running()
    own.ensure()
    assert own.is_running()


def test_two_at_once_make_one(folder: Path) -> None:
    port = free_port()
    both = [EmbeddedCluster(folder / "postgres", port, durable=False) for _ in range(2)]
    threads = [threading.Thread(target=each.ensure) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert sorted(each.started_by_us for each in both) == [False, True]
        assert _answer(both[0].url("ngis_owner"), "SELECT 1") == 1
    finally:
        both[0].remove()


def test_a_taken_port_is_named_with_the_setting(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = EmbeddedCluster(folder / "postgres", port, durable=False)
        with pytest.raises(StoreError, match=f"Port {port} .* in use") as caught:
            refused.ensure()
    assert caught.value.fix is not None
    assert "NGIS_DATABASE_PORT" in caught.value.fix
    assert not refused.started_by_us


def test_data_of_another_version_is_named_and_left_alone(own: EmbeddedCluster) -> None:
    own.stop()
    (own.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(StoreError, match="made by PostgreSQL 9, and only"):
        own.start()
    assert own.exists
    (own.data / "PG_VERSION").write_text(f"{binaries.find_binaries().major}\n")


def test_what_was_never_made_is_said(tmp_path: Path) -> None:
    absent = EmbeddedCluster(tmp_path / "postgres", free_port())
    assert not absent.exists
    assert not absent.is_running()
    for attempt in (absent.start, lambda: absent.url("ngis_owner")):
        with pytest.raises(StoreError, match="no embedded database yet"):
            attempt()
    assert not absent.stop(force=True)


def test_a_log_that_says_why_is_quoted(own: EmbeddedCluster) -> None:
    own.stop()
    with (own.data / "postgresql.auto.conf").open("a") as file:
        file.write("shared_preload_libraries = 'no_such_library'\n")
    with pytest.raises(StoreError, match="no_such_library"):
        own.start()


def test_no_postgresql_at_all_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "installed", lambda: ())
    with pytest.raises(StoreError, match="not installed") as caught:
        binaries.find_binaries()
    assert "bootstrap.sh" in str(caught.value.fix)


def test_postgresql_without_postgis_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare = binaries.Binaries(tmp_path, (16, 1), None)
    monkeypatch.setattr(binaries, "installed", lambda: (bare,))
    with pytest.raises(StoreError, match="has no PostGIS"):
        binaries.find_binaries()


def test_a_wrapper_that_does_not_run_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("pg_ctl", "postgres", "initdb", "pg_config"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    binaries.installed.cache_clear()
    try:
        found = binaries.installed()
    finally:
        binaries.installed.cache_clear()
    assert found
    assert tmp_path not in {each.folder for each in found}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_behind_a_closed_folder_the_data_lie_elsewhere(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    made = EmbeddedCluster(closed / "var" / "postgres", free_port(), durable=False)
    made.ensure()
    try:
        assert made.directory.is_symlink()
        assert made.directory.resolve().parent == RELOCATED
        assert made.data.stat().st_uid == server_user().uid
        assert made.is_running()
    finally:
        elsewhere = made.directory.resolve()
        made.remove()
    assert not elsewhere.exists()
    assert not made.directory.is_symlink()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        place_for(SystemUser(), tmp_path / "file" / "postgres")


def test_remove_leaves_nothing(folder: Path) -> None:
    made = EmbeddedCluster(folder / "postgres", free_port(), durable=False)
    made.ensure()
    made.remove()
    assert list(folder.iterdir()) == []


def test_configuration_follows_the_memory_of_the_machine(own: EmbeddedCluster) -> None:
    shared = _answer(
        own.url("postgres"), "SELECT setting::bigint * 8192 FROM pg_settings WHERE name = 'shared_buffers'"
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert isinstance(shared, int)
    assert 32 * 2**20 <= shared <= max(32 * 2**20, memory // 8)
