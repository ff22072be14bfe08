"""The queue as its workers see it: jobs taken, kept alive, finished, and taken up again where a worker died.

A job belongs to the worker that took it as long as its row says so.  Whoever finds that it does not any more
(dismissed, or given to another after too long a silence) drops what it has done.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from layers.text import Text
from services.database.failures import store_errors
from services.database.lending import Connections
from services.ogc.face import Face
from services.ogc.jobs.model import Job, Limits, Problem, ProblemKind, Result, stored_text
from services.ogc.jobs.store import COLUMNS, job_of

MOST_ATTEMPTS = 3
"""How often a job is taken up whose worker died while it ran."""
LEASE = timedelta(seconds=15)
"""After this long a silence a worker counts as dead."""

_STARTED = Text("始まりました。", "Started.")
_AGAIN = Text("中断されたため、もう一度順番を待っています。", "Interrupted; waiting for another turn.")
_DONE = Text("終わりました。", "Finished.")
_LOST = Problem(
    ProblemKind.INTERNAL,
    Text(f"処理が{MOST_ATTEMPTS}回中断されたため、取りやめました。", f"Given up after {MOST_ATTEMPTS} interruptions."),
)


class JobQueue:
    """The jobs of one face for one worker.  Every failure of the database is a ``StoreError``."""

    def __init__(self, pool: Connections, face: Face, limits: Limits, worker: UUID) -> None:
        self._pool = pool
        self._limits = limits
        self._worker = worker
        self.channel = f"ngis_jobs_{face}"
        """Where the database says that there is something to look at."""

    def take(self, process_ids: Collection[str]) -> Job | None:
        """The job that has waited longest of those this worker can do, now its own; None where none waits."""
        with store_errors(), self._pool.connection() as connection:
            row = connection.execute(
                sql.SQL(
                    "UPDATE jobs.job SET status = 'running', worker = %s, attempts = attempts + 1, message = %s, "
                    "progress = 0, heartbeat_at = now(), updated_at = now(), started_at = coalesce(started_at, now()) "
                    "WHERE id = (SELECT id FROM jobs.job WHERE status = 'accepted' AND process_id = ANY(%s) "
                    "AND expires_at > now() ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING {}"
                ).format(COLUMNS),
                (self._worker, Jsonb(stored_text(_STARTED)), list(process_ids)),
            ).fetchone()
        return None if row is None else job_of(row)

    def beat(self, connection: Connection[tuple[Any, ...]], job_id: UUID, progress: int, message: Text | None) -> bool:
        """Says over its own connection that the worker lives, and how far it is; False where the job is not its own."""
        with store_errors():
            cursor = connection.execute(
                "UPDATE jobs.job SET heartbeat_at = now(), progress = greatest(progress, %s), "
                "message = coalesce(%s, message), updated_at = now() "
                "WHERE id = %s AND worker = %s AND status = 'running'",
                (progress, None if message is None else Jsonb(stored_text(message)), job_id, self._worker),
            )
        return cursor.rowcount == 1

    def succeed(self, job_id: UUID, results: Sequence[Result]) -> bool:
        """Stores the results and ends the job; False (and nothing stored) where it is not the worker's own."""
        with store_errors(), self._pool.connection() as connection, connection.transaction():
            cursor = connection.execute(
                "UPDATE jobs.job SET status = 'successful', progress = 100, message = %s, request = NULL, "
                "worker = NULL, finished_at = now(), updated_at = now(), expires_at = now() + %s "
                "WHERE id = %s AND worker = %s AND status = 'running'",
                (Jsonb(stored_text(_DONE)), self._limits.retention, job_id, self._worker),
            )
            if cursor.rowcount != 1:
                return False
            connection.cursor().executemany(
                "INSERT INTO jobs.result (job_id, output, ordinal, media_type, content) VALUES (%s, %s, %s, %s, %s)",
                [(job_id, each.output, place, each.media_type, each.content) for place, each in enumerate(results)],
            )
        return True

    def fail(self, job_id: UUID, problem: Problem) -> bool:
        """Ends the job with the reason; False where it is not the worker's own."""
        with store_errors(), self._pool.connection() as connection:
            cursor = connection.execute(
                "UPDATE jobs.job SET status = 'failed', message = %s, problem = %s, request = NULL, worker = NULL, "
                "finished_at = now(), updated_at = now(), expires_at = now() + %s "
                "WHERE id = %s AND worker = %s AND status = 'running'",
                (
                    *(Jsonb(stored_text(problem.reason)), Jsonb(problem.stored())),
                    *(self._limits.retention, job_id, self._worker),
                ),
            )
        return cursor.rowcount == 1

    def give_back(self, job_id: UUID, *, counted: bool) -> bool:
        """Puts a job back into its place in the queue; False where it is not the worker's own.

        ``counted``: the attempt counts; else it is as if it had not been taken.
        """
        with store_errors(), self._pool.connection() as connection:
            cursor = connection.execute(
                "UPDATE jobs.job SET status = 'accepted', worker = NULL, attempts = attempts - %s, progress = 0, "
                "message = %s, updated_at = now() WHERE id = %s AND worker = %s AND status = 'running'",
                (0 if counted else 1, Jsonb(stored_text(_AGAIN)), job_id, self._worker),
            )
        return cursor.rowcount == 1

    def tidy(self, connection: Connection[tuple[Any, ...]], lease: timedelta = LEASE) -> None:
        """Takes up again, or gives up, jobs whose worker is silent, and removes what has expired."""
        with store_errors():
            connection.execute(
                "UPDATE jobs.job SET status = 'failed', message = %s, problem = %s, request = NULL, worker = NULL, "
                "finished_at = now(), updated_at = now(), expires_at = now() + %s "
                "WHERE status = 'running' AND heartbeat_at < now() - %s AND attempts >= %s",
                (
                    *(Jsonb(stored_text(_LOST.reason)), Jsonb(_LOST.stored()), self._limits.retention),
                    *(lease, MOST_ATTEMPTS),
                ),
            )
            connection.execute(
                "UPDATE jobs.job SET status = 'accepted', worker = NULL, progress = 0, message = %s, "
                "updated_at = now() WHERE status = 'running' AND heartbeat_at < now() - %s",
                (Jsonb(stored_text(_AGAIN)), lease),
            )
            connection.execute("DELETE FROM jobs.job WHERE expires_at < now() AND status <> 'running'")
