"""Workers at work: what they finish, what they are told to stop, and what becomes of a job whose worker dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.errors import StoreError
from services.database.cluster import EmbeddedCluster
from services.database.connect import RoleUrls, connect
from services.database.migrate import migrate
from services.ogc.face import Face
from services.ogc.jobs.model import Job, Status
from services.ogc.jobs.store import JobStore
from services.ogc.jobs.worker import Pace, Worker
from services.settings import ROOT
from tests.conftest import DatabaseUnderTest, free_port, settings_for
from tests.services.ogc.jobs.desk import LIMITS, PROCESSES, request_of, store_of
from tests.waiting import until

PACE = Pace(beat_s=0.1, idle_s=0.5, lease=timedelta(seconds=5), grace_s=0.3, heed_s=20)


@contextmanager
def working(
    database: DatabaseUnderTest, pace: Pace = PACE, face: Face = Face.PUBLIC, **settings: Any
) -> Iterator[Callable[[], None]]:
    """A worker in a thread of this process; gives what stops it."""
    stopping = threading.Event()
    worker = Worker(database.settings.model_copy(update=settings), face, PROCESSES, pace)
    thread = threading.Thread(target=worker.run, args=(stopping,))

    def stop() -> None:
        stopping.set()
        thread.join(30)
        assert not thread.is_alive()

    thread.start()
    try:
        yield stop
    finally:
        stop()


@contextmanager
def a_process(database: DatabaseUnderTest) -> Iterator["subprocess.Popen[str]"]:
    """A worker in a process of its own."""
    urls = database.urls
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NGIS_")}
    env = kept | {
        "PYTHONPATH": str(ROOT),
        "NGIS_VAR": str(database.settings.var),
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
    }
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("one_worker.py"))],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "works\n"
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def submit(store: JobStore, process: str, **inputs: Any) -> str:
    declared = PROCESSES[process]
    return str(store.submit(process, request_of(declared, **inputs), most_waiting=declared.most_waiting).id)


def ended(store: JobStore, job_id: str, seconds: float = 30) -> Job:
    until(lambda: store.job(job_id).status.is_final, seconds)
    return store.job(job_id)


def is_running(store: JobStore, job_id: str) -> Callable[[], bool]:
    return lambda: store.job(job_id).status is Status.RUNNING


# --- what they finish ------------------------------------------------------------------------------------------


def test_jobs_are_done_as_they_come_and_report_how_far_they_are(database: DatabaseUnderTest, tmp_path: Path) -> None:
    with store_of(database) as store, working(database):
        mark = tmp_path / "enough"
        job_id = submit(store, "wait", seconds=60, mark=str(mark), word="言葉")
        until(lambda: 0 < store.job(job_id).progress < 100)
        assert store.job(job_id).message is not None
        mark.touch()
        assert ended(store, job_id).status is Status.SUCCESSFUL
        assert store.results(job_id)[1][0].content.decode() == '"言葉"'


def test_a_new_job_does_not_wait_for_the_next_look(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, working(database, replace(PACE, beat_s=5, idle_s=300)):
        for _ in range(2):
            ended(store, submit(store, "echo"))


def test_results_of_many_jobs_are_their_own(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, working(database), working(database), working(database):
        ids = {submit(store, "echo", word=number): number for number in range(60)}
        for job_id, number in ids.items():
            ended(store, job_id)
            assert store.results(job_id)[1][0].content.decode() == f'{{"word":{number},"language":"ja"}}'


@pytest.mark.parametrize(
    ("process", "inputs", "told"),
    [
        ("refuse", {}, "答えがない。"),
        ("break", {}, "想定していない問題"),
        ("large", {"size": 3_000}, "結果が大きすぎます"),
        ("wait", {}, "想定していない問題"),
    ],
)
def test_failures_are_told_without_what_is_inside(
    database: DatabaseUnderTest, process: str, inputs: dict[str, Any], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with store_of(database) as store, working(database, job_result_bytes=1_000):
        job = ended(store, submit(store, process, **inputs))
        assert job.status is Status.FAILED
        assert job.problem is not None
        assert told in job.problem.reason.ja
        assert "secret" not in job.problem.reason.ja + job.problem.reason.en
        assert store.results(str(job.id))[1] == ()
        assert ended(store, submit(store, "echo")).status is Status.SUCCESSFUL  # the worker goes on
    if "想定していない" in told:
        incident = job.problem.reason.ja.rpartition("：")[2]
        assert any(incident in record.message and record.exc_info for record in caplog.records)


# --- what they are told to stop --------------------------------------------------------------------------------


def test_dismissal_ends_the_work(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, working(database):
        job_id = submit(store, "wait", seconds=60)
        until(is_running(store, job_id))
        store.dismiss(job_id)
        started = time.monotonic()
        assert ended(store, submit(store, "echo")).status is Status.SUCCESSFUL
        assert time.monotonic() - started < 10
        assert store.job(job_id).status is Status.DISMISSED
        assert store.results(job_id)[1] == ()


def test_dismissal_ends_the_query(database: DatabaseUnderTest, tmp_path: Path) -> None:
    face, mark = Face.INTERNAL, tmp_path / "begun"

    def sleeps() -> bool:
        with connect(database.urls.internal) as same_role:
            row = same_role.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'"
            ).fetchone()
        return row is not None and row[0] > 0

    with store_of(database, face) as store, working(database, face=face):
        job_id = submit(store, "query", seconds=60, mark=str(mark))
        until(mark.exists)
        until(sleeps)
        store.dismiss(job_id)
        until(lambda: not sleeps(), 20)
        assert ended(store, submit(store, "echo")).status is Status.SUCCESSFUL
        assert store.job(job_id).status is Status.DISMISSED


@pytest.mark.parametrize("process", ["wait", "query"])
def test_what_takes_too_long_is_ended(database: DatabaseUnderTest, tmp_path: Path, process: str) -> None:
    face = Face.INTERNAL
    with store_of(database, face) as store, working(database, face=face, job_time_limit_s=2.5):
        job = ended(store, submit(store, process, seconds=60, mark=str(tmp_path / "begun")))
        assert job.status is Status.FAILED
        assert job.problem is not None
        assert "終わりませんでした" in job.problem.reason.ja


def test_a_worker_that_stops_gives_its_job_back(database: DatabaseUnderTest) -> None:
    with store_of(database) as store:
        with working(database) as stop:
            job_id = submit(store, "wait", seconds=60)
            until(is_running(store, job_id))
            stop()
        job = store.job(job_id)
        assert (job.status, job.attempts) == (Status.ACCEPTED, 0)
        assert job.request is not None


def test_a_worker_that_stops_finishes_what_is_nearly_done(database: DatabaseUnderTest) -> None:
    with store_of(database) as store:
        with working(database, replace(PACE, grace_s=20)) as stop:
            job_id = submit(store, "wait", seconds=1)
            until(is_running(store, job_id))
            stop()
        assert store.job(job_id).status is Status.SUCCESSFUL


# --- workers that die ------------------------------------------------------------------------------------------


def test_the_job_of_a_killed_worker_is_done_by_another(database: DatabaseUnderTest, tmp_path: Path) -> None:
    mark = tmp_path / "begun"
    with store_of(database) as store, a_process(database) as doomed:
        job_id = submit(store, "once", mark=str(mark))
        until(mark.exists)
        os.kill(doomed.pid, signal.SIGKILL)
        with a_process(database):
            job = ended(store, job_id, 60)
        assert (job.status, job.attempts) == (Status.SUCCESSFUL, 2)
        assert store.results(job_id)[1][0].content == b'"at once"'


def test_work_that_does_not_heed_its_end_takes_its_process_with_it(database: DatabaseUnderTest, tmp_path: Path) -> None:
    mark = tmp_path / "begun"
    with store_of(database) as store, a_process(database) as deaf:
        job_id = submit(store, "deaf", seconds=300, mark=str(mark))
        until(mark.exists)
        store.dismiss(job_id)
        assert deaf.wait(30) == 1
        assert store.job(job_id).status is Status.DISMISSED


# --- a database that goes away ---------------------------------------------------------------------------------


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[tuple[EmbeddedCluster, DatabaseUnderTest]]:
    """A database whose server may be stopped."""
    made = EmbeddedCluster(tmp_path / "postgres", free_port())
    try:
        made.ensure()
        migrate(made.url("ngis_owner"))
        urls = RoleUrls(*(made.url(f"ngis_{role}") for role in ("owner", "ingest", "internal", "public")))
        yield made, DatabaseUnderTest("ngis", urls, settings_for(urls, tmp_path))
    finally:
        made.remove()


def test_a_restart_of_the_database_loses_nothing(own_database: tuple[EmbeddedCluster, DatabaseUnderTest]) -> None:
    cluster, database = own_database
    with store_of(database) as store, working(database, replace(PACE, lease=timedelta(minutes=2))):
        done, running = submit(store, "echo", word="前"), submit(store, "wait", seconds=4, word="間")
        waiting = submit(store, "echo", word="後")
        ended(store, done)
        until(is_running(store, running))
        cluster.stop(force=True)
        time.sleep(1)
        with pytest.raises(StoreError):
            store.job(done)
        cluster.start()

        def is_back() -> bool:
            with suppress(StoreError):
                return store.job(done).status is Status.SUCCESSFUL
            return False

        until(is_back, 60)
        job = ended(store, running, 60)
        assert (job.status, job.attempts) == (Status.SUCCESSFUL, 1)  # it was computing all the while
        assert ended(store, waiting, 60).status is Status.SUCCESSFUL
        contents = [store.results(job_id)[1][0].content.decode() for job_id in (done, running, waiting)]
        assert [word in content for word, content in zip("前間後", contents, strict=True)] == [True] * 3


def test_a_worker_waits_for_a_database_that_is_away(own_database: tuple[EmbeddedCluster, DatabaseUnderTest]) -> None:
    cluster, database = own_database
    cluster.stop(force=True)
    with working(database):
        time.sleep(1)
        cluster.start()
        with store_of(database, limits=LIMITS) as store:
            assert ended(store, submit(store, "echo"), 60).status is Status.SUCCESSFUL
