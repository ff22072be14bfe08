"""A load that ends before its time: killed, its database gone, the disk full.  The layer is as it was before."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from geo.errors import StoreError
from services.database.cluster import ADMIN, EmbeddedCluster
from services.database.connect import RoleUrls, connect
from services.database.migrate import migrate
from services.ingest.pipeline import ingest_file
from services.settings import ROOT
from tests.conftest import DatabaseUnderTest, free_port, settings_for
from tests.services.ingest.sites import (
    KNOWN,
    count,
    environment,
    good_sites,
    load,
    ngis,
    query,
    said,
    site,
    state,
    write_sites,
)
from tests.waiting import until

# A load that stops at a certain point, says so, and waits there to be killed.
_STOPPING = """
import sys, time
from pathlib import Path
from services.ingest import bookkeeping, loading, pipeline
from services.settings import Settings

def stop(*arguments):
    print("stopped", flush=True)
    time.sleep(600)

point, path, url = sys.argv[1:]
if point == "before-commit":
    real = loading.insert_load
    loading.insert_load = lambda *arguments: (real(*arguments), stop())
if point == "file-kept":
    real_keep = pipeline.keep_file
    pipeline.keep_file = lambda *arguments: (real_keep(*arguments), stop())
progress = (lambda stage, rows: stop() if rows else None) if point == "rows-read" else pipeline.silent
pipeline.ingest_file(url, Path(path), Settings(), progress=progress)
"""
POINTS = ("file-kept", "rows-read", "before-commit")


@pytest.mark.parametrize("point", POINTS)
def test_killed_the_layer_is_as_before_and_a_later_load_works(
    database: DatabaseUnderTest, tmp_path: Path, point: str
) -> None:
    load(database, good_sites(tmp_path / "old.csv"))
    before = state(database)
    raw = [count(database, table) for table in ("raw.file", "raw.record", "ngis.load", "ngis.finding")]
    new = good_sites(tmp_path / "new.csv", 40)
    process = subprocess.Popen(
        [sys.executable, "-c", _STOPPING, point, str(new), database.urls.ingest],
        cwd=ROOT,
        env=environment(database),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 120)[0], "the load did not come to the point"
        assert process.stdout.readline() == "stopped\n"
        assert _sessions(database) == 1
        assert state(database) == before  # others see nothing of it while it runs
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    until(lambda: _sessions(database) == 0)
    assert state(database) == before
    assert [count(database, table) for table in ("raw.file", "raw.record", "ngis.load", "ngis.finding")] == raw
    (report,) = load(database, new)
    assert (report.status, report.rows_loaded, report.rows_replaced) == ("loaded", 40, 12)
    assert count(database, "core.emergency_sites") == 40


# --- the database goes away ------------------------------------------------------------------------------------


def test_a_session_that_is_ended_fails_the_load(
    database: DatabaseUnderTest, cluster: EmbeddedCluster, tmp_path: Path
) -> None:
    load(database, good_sites(tmp_path / "old.csv"))
    before = state(database)
    new = good_sites(tmp_path / "new.csv", 40)

    def end_session(_: str, rows: int) -> None:
        if rows:
            _as_admin(cluster, database.name, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE application_name = 'ngis ingest' AND datname = current_database()")  # fmt: skip

    with pytest.raises(StoreError) as raised:
        ingest_file(database.urls.ingest, new, database.settings, KNOWN, progress=end_session)
    assert raised.value.message.startswith("new.csv: The database ")
    assert raised.value.message.endswith("Nothing of this file was loaded.")
    assert raised.value.fix
    assert state(database) == before
    assert query(database, "SELECT file_name, status, message FROM ngis.load ORDER BY id DESC LIMIT 1") == [
        ("new.csv", "failed", str(raised.value))
    ]
    assert load(database, new)[0].rows_loaded == 40


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCluster]:
    """A cluster that may be stopped, with a migrated database."""
    made = EmbeddedCluster(
        tmp_path_factory.mktemp("own") / "postgres", free_port()
    )  # keeps what it has confirmed, also in a crash
    try:
        made.ensure()
        migrate(made.url("ngis_owner"))
        yield made
    finally:
        made.remove()


@pytest.mark.parametrize("how", ["stopped", "crashed"])
def test_a_server_that_goes_away_fails_the_load(
    own_cluster: EmbeddedCluster, tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    urls = RoleUrls(*(own_cluster.url(f"ngis_{role}") for role in ("owner", "ingest", "internal", "public")))
    database = DatabaseUnderTest("ngis", urls, settings_for(urls, tmp_path))
    load(database, good_sites(tmp_path / "old.csv", 30))
    before = state(database)
    new = write_sites(tmp_path / "new.csv", (site(number, 備考=how) for number in range(1, 31)))

    def go_away(_: str, rows: int) -> None:
        if not rows:
            return
        if how == "stopped":
            own_cluster.stop(force=True)
        else:  # every process of the server ends at once, and nothing is written out
            pid = int((own_cluster.data / "postmaster.pid").read_text("ascii").split("\n")[0])
            os.kill(pid, signal.SIGQUIT)
            until(lambda: not own_cluster.is_running())

    try:
        with pytest.raises(StoreError) as raised:
            ingest_file(urls.ingest, new, database.settings, KNOWN, progress=go_away)
        assert raised.value.message.startswith("new.csv: The database ")
        assert "Nothing of this file was loaded." in raised.value.message
        assert raised.value.fix
        away = ngis(database, "ingest", new)
        assert away.returncode == 1
        assert f"The database at 127.0.0.1:{own_cluster.port}/ngis cannot be reached" in said(away)
        assert "Fix: Run `ngis doctor`" in said(away)
    finally:
        until(lambda: not own_cluster.is_running())
        own_cluster.start()
    assert state(database) == before
    assert load(database, new)[0].rows_loaded == 30
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


# --- the disk is full ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("relation", ["raw.record", "ngis.finding"])
def test_a_full_disk_fails_the_load(
    database: DatabaseUnderTest, cluster: EmbeddedCluster, tmp_path: Path, relation: str
) -> None:
    """The table's file is made a link to /dev/full, on which every write fails as on a full disk.

    raw.record is written first, ngis.finding last, when the layer's rows are replaced already.
    """
    load(database, good_sites(tmp_path / "old.csv"))
    before = state(database)
    with _full_disk(cluster, database.name, relation):
        done = ngis(database, "ingest", good_sites(tmp_path / "new.csv", 40))
        assert done.returncode == 1
        assert "new.csv: The disk of the database is full; nothing was changed." in said(done)
        assert "Nothing of this file was loaded." in said(done)
        assert "Fix: Free space, then try again." in said(done)
        assert state(database) == before
    assert load(database, tmp_path / "new.csv")[0].rows_loaded == 40


def test_a_full_disk_of_temporary_files_fails_the_load(
    database: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    path = good_sites(tmp_path / "sites.csv")
    monkeypatch.setattr("services.ingest.pipeline.open_file", full)
    with pytest.raises(Exception, match=r"sites\.csv: No space left on device") as raised:
        load(database, path)
    assert "room on the disk" in str(raised.value)
    assert count(database, "core.emergency_sites") == 0


class _full_disk:  # noqa: N801 -- used as a function
    """No page can be added to the table inside; it is emptied and can grow again afterwards."""

    def __init__(self, cluster: EmbeddedCluster, database: str, relation: str) -> None:
        self._cluster, self._database = cluster, database
        self._relation = sql.Identifier(*relation.split("."))
        self._name = relation

    def __enter__(self) -> None:
        self._empty()
        with psycopg.connect(self._cluster.url(ADMIN, self._database), autocommit=True) as connection:
            row = connection.execute("SELECT pg_relation_filepath(%s)", (self._name,)).fetchone()
            assert row is not None
            connection.execute("CHECKPOINT")
        path = self._cluster.data / str(row[0])
        assert path.stat().st_size == 0
        path.unlink()
        path.symlink_to("/dev/full")

    def __exit__(self, *_: object) -> None:
        self._empty()

    def _empty(self) -> None:
        """A new, empty file for the table, past the triggers that keep what was received from being deleted."""
        with psycopg.connect(self._cluster.url(ADMIN, self._database)) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql.SQL("TRUNCATE {}").format(self._relation))


def _as_admin(cluster: EmbeddedCluster, database: str, statement: str) -> None:
    with psycopg.connect(cluster.url(ADMIN, database), autocommit=True) as connection:
        connection.execute(statement.encode())


def _sessions(database: DatabaseUnderTest) -> int:
    with connect(database.urls.ingest) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'ngis ingest'"
        ).fetchone()
    assert row is not None
    return int(row[0])
