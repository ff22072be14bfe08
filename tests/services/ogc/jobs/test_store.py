"""Jobs made, looked at, dismissed; limits that hold in a crowd; faces that see nothing of each other."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import errors

from layers.text import Text
from services.database.connect import connect
from services.ogc.errors import NO_SUCH_JOB, BusyError, ResourceError, UnanswerableError
from services.ogc.face import Face
from services.ogc.jobs.model import Problem, ProblemKind, Result, Status
from services.ogc.jobs.queue import MOST_ATTEMPTS
from services.ogc.jobs.store import Wanted
from tests.conftest import DatabaseUnderTest
from tests.services.ogc.jobs.desk import LIMITS, REQUEST, queue_of, store_of

DONE = (Result("said", "application/json", '{"言葉": "<&>"}'.encode()),)


def owner_does(database: DatabaseUnderTest, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect(database.urls.owner, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def test_a_job_from_request_to_results(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, queue_of(database) as queue:
        job = store.submit("p", {**REQUEST, "inputs": {"a": 1}, "response": "document"}, most_waiting=9)
        assert (job.status, job.progress, job.started_at) == (Status.ACCEPTED, 0, None)
        assert job.message is not None
        taken = queue.take(["p"])
        assert taken is not None
        assert (taken.id, taken.status, taken.attempts) == (job.id, Status.RUNNING, 1)
        assert taken.request == {**REQUEST, "inputs": {"a": 1}, "response": "document"}
        assert queue.succeed(job.id, DONE)
        found, results = store.results(str(job.id))
        assert (found.status, found.progress, found.response) == (Status.SUCCESSFUL, 100, "document")
        assert results == DONE
        assert found.request is None  # what was asked is not kept longer than needed
        assert found.finished_at is not None
        assert found.expires_at - found.finished_at == LIMITS.retention


@pytest.mark.parametrize(
    "job_id",
    [
        "",
        "x",
        "..",
        "a\0b",
        "{00000000-0000-4000-8000-000000000000}",
        "0" * 32,
        "5bd1f0c5-7f38-4a4b-9d6e-3f1f0f4d2a10",
        "'; DROP TABLE x; --",
    ],
)
def test_ids_of_no_job(database: DatabaseUnderTest, job_id: str) -> None:
    with store_of(database) as store:
        for ask in (store.job, store.results, store.dismiss):
            with pytest.raises(ResourceError) as caught:
                ask(job_id)
            assert caught.value.type == NO_SUCH_JOB


def test_the_queue_is_never_longer_than_it_may_be(database: DatabaseUnderTest) -> None:
    with store_of(database, limits=replace(LIMITS, queue=10), size=8) as store, ThreadPoolExecutor(16) as crowd:

        def submit(number: int) -> bool:
            try:
                store.submit(f"p{number % 2}", REQUEST, most_waiting=100)
            except BusyError:
                return False
            return True

        assert sum(crowd.map(submit, range(60))) == 10
    assert owner_does(database, "SELECT count(*) FROM jobs.job") == [(10,)]


def test_one_process_does_not_fill_the_queue(database: DatabaseUnderTest) -> None:
    with store_of(database) as store:
        for _ in range(3):
            store.submit("greedy", REQUEST, most_waiting=3)
        with pytest.raises(BusyError):
            store.submit("greedy", REQUEST, most_waiting=3)
        store.submit("modest", REQUEST, most_waiting=3)


def test_jobs_that_run_or_are_done_are_not_in_the_queue(database: DatabaseUnderTest) -> None:
    with store_of(database, limits=replace(LIMITS, queue=1)) as store, queue_of(database) as queue:
        for _ in range(4):
            store.submit("p", REQUEST, most_waiting=1)
            assert queue.take(["p"]) is not None


# --- dismissal -------------------------------------------------------------------------------------------------


def test_dismissing_what_waits_or_runs_leaves_a_note_and_dismissing_that_removes_it(
    database: DatabaseUnderTest,
) -> None:
    with store_of(database) as store, queue_of(database) as queue:
        waiting = store.submit("p", REQUEST, most_waiting=9)
        assert store.dismiss(str(waiting.id)).status is Status.DISMISSED
        assert queue.take(["p"]) is None
        running = store.submit("p", REQUEST, most_waiting=9)
        queue.take(["p"])
        dismissed = store.dismiss(str(running.id))
        assert (dismissed.status, dismissed.request) == (Status.DISMISSED, None)
        assert not queue.succeed(running.id, DONE)
        assert store.results(str(running.id))[1] == ()
        assert store.dismiss(str(running.id)).status is Status.DISMISSED
        with pytest.raises(ResourceError):
            store.job(str(running.id))


def test_dismissing_what_is_done_removes_its_results(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, queue_of(database) as queue:
        job = store.submit("p", REQUEST, most_waiting=9)
        queue.take(["p"])
        queue.succeed(job.id, DONE)
        store.dismiss(str(job.id))
        with pytest.raises(ResourceError):
            store.results(str(job.id))
    assert owner_does(database, "SELECT count(*) FROM jobs.result") == [(0,)]


# --- workers ---------------------------------------------------------------------------------------------------


def test_every_job_is_taken_once_the_oldest_first(database: DatabaseUnderTest) -> None:
    with store_of(database) as store:
        ids = [store.submit("p", REQUEST, most_waiting=1000).id for _ in range(60)]
    with queue_of(database) as queue:
        first = queue.take(["p"])
        assert first is not None
        assert first.id == ids[0]

    def work(_: int) -> list[Any]:
        found = []
        with queue_of(database) as queue:
            while (job := queue.take(["p"])) is not None:
                found.append(job.id)
        return found

    with ThreadPoolExecutor(6) as crew:
        taken = Counter(key for found in crew.map(work, range(6)) for key in found)
    assert set(taken) == set(ids[1:])
    assert set(taken.values()) == {1}


def test_a_worker_takes_what_it_can_do(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, queue_of(database) as queue:
        store.submit("new", REQUEST, most_waiting=9)
        assert queue.take(["old"]) is None
        assert queue.take(["old", "new"]) is not None


def test_the_job_of_a_silent_worker_is_taken_up_again_and_given_up_in_the_end(database: DatabaseUnderTest) -> None:
    nothing = timedelta(0)
    with store_of(database) as store, connect(database.urls.public, autocommit=True) as connection:
        job = store.submit("p", REQUEST, most_waiting=9)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            with queue_of(database) as dead, queue_of(database) as other:
                taken = dead.take(["p"])
                assert taken is not None
                assert taken.attempts == attempt
                other.tidy(connection)
                assert store.job(str(job.id)).status is Status.RUNNING  # a sign of life was given just now
                time.sleep(0.01)
                other.tidy(connection, nothing)
                # Should it not be dead after all, it finds that the job is not its own any more.
                assert not dead.beat(connection, job.id, 50, None)
                assert not dead.succeed(job.id, DONE)
                assert not dead.fail(job.id, Problem(ProblemKind.INTERNAL, Text("あ", "a")))
        found = store.job(str(job.id))
        assert found.status is Status.FAILED
        assert found.problem is not None
        assert "中断" in found.problem.reason.ja
        assert store.results(str(job.id))[1] == ()


def test_a_job_given_back_counts_or_not(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, queue_of(database) as queue:
        job = store.submit("p", REQUEST, most_waiting=9)
        for counted, attempts in ((False, 0), (True, 1), (False, 1)):
            queue.take(["p"])
            assert queue.give_back(job.id, counted=counted)
            found = store.job(str(job.id))
            assert (found.status, found.attempts) == (Status.ACCEPTED, attempts)


def test_progress_never_goes_back(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, queue_of(database) as queue:
        job = store.submit("p", REQUEST, most_waiting=9)
        queue.take(["p"])
        with connect(database.urls.public, autocommit=True) as connection:
            for said, shown in ((10, 10), (60, 60), (30, 60)):
                assert queue.beat(connection, job.id, said, Text("計算中", "computing"))
                assert store.job(str(job.id)).progress == shown
        assert store.job(str(job.id)).message == Text("計算中", "computing")


def test_what_has_expired_is_removed_but_not_what_runs(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, queue_of(database) as queue:
        ids = [store.submit("p", REQUEST, most_waiting=9).id for _ in range(3)]
        queue.take(["p"])
        done = queue.take(["p"])
        assert done is not None
        queue.succeed(done.id, DONE)
        owner_does(database, "UPDATE jobs.job SET expires_at = now() - interval '1 s'")
        assert queue.take(["p"]) is None  # nobody waits for it any more
        with connect(database.urls.public, autocommit=True) as connection:
            queue.tidy(connection)
    assert owner_does(database, "SELECT id FROM jobs.job") == [(ids[0],)]
    assert owner_does(database, "SELECT count(*) FROM jobs.result") == [(0,)]


def test_a_failure_keeps_its_kind(database: DatabaseUnderTest) -> None:
    with store_of(database) as store, queue_of(database) as queue:
        job = store.submit("p", REQUEST, most_waiting=9)
        queue.take(["p"])
        problem = Problem.of(UnanswerableError(Text("ない。", "none.")))
        assert queue.fail(job.id, problem)
        found = store.job(str(job.id))
        assert found.problem == problem
        assert isinstance(problem.error(), UnanswerableError)


# --- the list --------------------------------------------------------------------------------------------------


def test_the_list_and_what_it_can_be_asked_for(database: DatabaseUnderTest) -> None:
    with store_of(database, Face.INTERNAL) as store, queue_of(database, Face.INTERNAL) as queue:
        jobs = [store.submit(f"p{number % 2}", REQUEST, most_waiting=9) for number in range(5)]
        queue.take(["p0"])
        listed, matched = store.listed(Wanted(), limit=2, offset=1)
        assert matched == 5
        assert [job.id for job in listed] == [jobs[3].id, jobs[2].id]

        def count(**wanted: Any) -> int:
            return store.listed(Wanted(**wanted), limit=9, offset=0)[1]

        assert count(process_ids=("p1",)) == 2
        assert count(statuses=(Status.RUNNING,)) == 1
        assert count(statuses=(Status.RUNNING, Status.ACCEPTED)) == 5
        assert count(created_from=datetime(2100, 1, 1, tzinfo=UTC)) == 0
        assert count(created_to=datetime(2100, 1, 1, tzinfo=UTC), process_ids=("p0",)) == 3
        assert count(least_s=0) == 1  # only one has begun
        assert count(most_s=0) == 0


# --- the faces -------------------------------------------------------------------------------------------------


def test_a_face_knows_nothing_of_the_jobs_of_the_other(database: DatabaseUnderTest) -> None:
    with store_of(database) as public, store_of(database, Face.INTERNAL) as internal:
        ours, theirs = public.submit("p", REQUEST, most_waiting=9), internal.submit("p", REQUEST, most_waiting=9)
        for store, other in ((public, theirs), (internal, ours)):
            for ask in (store.job, store.results, store.dismiss):
                with pytest.raises(ResourceError):
                    ask(str(other.id))
            assert store.listed(Wanted(), limit=9, offset=0)[1] == 1
        with queue_of(database) as queue:
            taken = queue.take(["p"])
            assert taken is not None
            assert taken.id == ours.id
            assert queue.take(["p"]) is None
            assert not queue.succeed(theirs.id, DONE)


@pytest.fixture
def internal_job(database: DatabaseUnderTest) -> str:
    with store_of(database, Face.INTERNAL) as store, queue_of(database, Face.INTERNAL) as queue:
        job = store.submit("p", {**REQUEST, "inputs": {"address": "秘密"}}, most_waiting=9)
        queue.take(["p"])
        queue.succeed(job.id, DONE)
        store.submit("p", REQUEST, most_waiting=9)
    return str(job.id)


def test_the_public_role_reads_and_changes_nothing_internal(database: DatabaseUnderTest, internal_job: str) -> None:
    with connect(database.urls.public, autocommit=True) as connection:
        for query in (
            "SELECT * FROM jobs.job",
            "SELECT * FROM jobs.result",
            "SELECT * FROM jobs.result WHERE job_id = '{job}'",
            "SELECT content FROM jobs.result r JOIN jobs.job j ON j.id = r.job_id WHERE j.id = '{job}'",
        ):
            assert connection.execute(query.format(job=internal_job).encode()).fetchall() == []
        for statement in (
            "UPDATE jobs.job SET progress = 1",
            "DELETE FROM jobs.job",
            "UPDATE jobs.job SET status = 'dismissed' WHERE id = '{job}'",
        ):
            assert connection.execute(statement.format(job=internal_job).encode()).rowcount == 0
    assert owner_does(database, "SELECT count(*) FROM jobs.job WHERE face = 'internal'") == [(2,)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO jobs.job (face, process_id, expires_at) VALUES ('internal', 'p', now())",
        "INSERT INTO jobs.job (id, face, process_id, expires_at) VALUES (gen_random_uuid(), 'public', 'p', now())",
        "INSERT INTO jobs.result (job_id, output, ordinal, media_type, content) VALUES ('{job}', 'x', 9, 't', '')",
        "UPDATE jobs.job SET face = 'internal'",
        "UPDATE jobs.job SET id = gen_random_uuid()",
        "UPDATE jobs.result SET content = ''",
        "DELETE FROM jobs.result",
        "TRUNCATE jobs.job CASCADE",
        "ALTER TABLE jobs.job DISABLE ROW LEVEL SECURITY",
        "DROP POLICY internal_face ON jobs.job",
        "SELECT jobs.tell_workers()",
        "SET ROLE ngis_internal",
    ],
)
def test_what_the_public_role_may_not_do(database: DatabaseUnderTest, internal_job: str, statement: str) -> None:
    with connect(database.urls.public, autocommit=True) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.format(job=internal_job).encode())


def test_the_role_that_loads_has_no_business_with_jobs(database: DatabaseUnderTest) -> None:
    with connect(database.urls.ingest, autocommit=True) as connection:
        for query in ("SELECT 1 FROM jobs.job", "SELECT 1 FROM jobs.result"):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(query.encode())
