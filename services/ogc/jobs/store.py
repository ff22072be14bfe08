"""Jobs as those who ask see them: made, looked at, their results read, dismissed.

The database keeps the faces apart (row security of ``jobs.job``): nothing here names a face but to make a job of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from layers.text import Text
from services.database.failures import store_errors
from services.database.lending import Connections
from services.database.locks import Lock
from services.ogc.errors import NO_SUCH_JOB, BusyError, ResourceError
from services.ogc.face import Face
from services.ogc.jobs.model import Job, Limits, Problem, Result, Status, stored_text

COLUMNS = sql.SQL(
    "id, process_id, status, progress, message, problem, attempts, request, response, created_at, started_at, "
    "finished_at, updated_at, expires_at"
)
_WAITING = Text("順番を待っています。", "Waiting for its turn.")
_DISMISSED = Text("取り消されました。", "Dismissed.")


def job_of(row: Sequence[Any]) -> Job:
    """The job of a row of ``COLUMNS``."""
    key, process_id, status, progress, message, problem, attempts, request, response, *times = row
    return Job(
        key,
        process_id,
        Status(status),
        progress,
        None if message is None else Text(message["ja"], message["en"]),
        None if problem is None else Problem.read(problem),
        attempts,
        request,
        response,
        *times,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which jobs to list; None: any.  Times of creation and durations are inclusive."""

    process_ids: tuple[str, ...] | None = None
    statuses: tuple[Status, ...] | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    least_s: float | None = None
    most_s: float | None = None


class JobStore:
    """The jobs of one face.  Every failure of the database is a ``StoreError``."""

    def __init__(self, pool: Connections, face: Face, limits: Limits) -> None:
        self._pool = pool
        self._face = face
        self.limits = limits

    def __deepcopy__(self, _memo: object) -> Self:
        return self  # pygeoapi copies its configuration; a pool cannot be copied, and need not be

    def submit(self, process_id: str, request: Mapping[str, Any], *, most_waiting: int) -> Job:
        """A new job at the end of the queue; ``BusyError`` where that, or the process's share of it, is full."""
        with store_errors(), self._pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (Lock.JOB_SUBMISSION,))
            row = connection.execute(
                sql.SQL(
                    "INSERT INTO jobs.job (face, process_id, request, response, message, expires_at) "
                    "SELECT %s, %s, %s, %s, %s, now() + %s FROM (SELECT count(*) AS every, "
                    "count(*) FILTER (WHERE process_id = %s) AS same FROM jobs.job WHERE status = 'accepted') AS w "
                    "WHERE every < %s AND same < %s RETURNING {}"
                ).format(COLUMNS),
                (
                    *(str(self._face), process_id, Jsonb(request), request["response"], Jsonb(stored_text(_WAITING))),
                    *(self.limits.retention, process_id, self.limits.queue, most_waiting),
                ),
            ).fetchone()
        if row is None:
            raise BusyError("The queue of jobs is full.")
        return job_of(row)

    def job(self, job_id: str) -> Job:
        """The job with this id; ``ResourceError`` where this face has none."""
        with store_errors(), self._pool.connection() as connection:
            return self._job(connection, job_id)

    def results(self, job_id: str) -> tuple[Job, tuple[Result, ...]]:
        """The job and its outputs in their order, as of one moment."""
        with store_errors(), self._pool.connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            job = self._job(connection, job_id)
            rows = connection.cursor(binary=True).execute(
                "SELECT output, media_type, content FROM jobs.result WHERE job_id = %s ORDER BY ordinal", (job.id,)
            )
            return job, tuple(Result(output, media_type, bytes(content)) for output, media_type, content in rows)

    def dismiss(self, job_id: str) -> Job:
        """Ends a job that waits or runs, and keeps a note of it; removes one that has ended, with its results."""
        with store_errors(), self._pool.connection() as connection, connection.transaction():
            row = connection.execute(
                sql.SQL(
                    "UPDATE jobs.job SET status = 'dismissed', request = NULL, worker = NULL, message = %s, "
                    "finished_at = now(), updated_at = now() WHERE id = %s AND status IN ('accepted', 'running') "
                    "RETURNING {}"
                ).format(COLUMNS),
                (Jsonb(stored_text(_DISMISSED)), _key(job_id)),
            ).fetchone()
            if row is not None:
                return job_of(row)
            job = self._job(connection, job_id)
            connection.execute("DELETE FROM jobs.job WHERE id = %s", (job.id,))
            return job

    def listed(self, wanted: Wanted, *, limit: int, offset: int) -> tuple[tuple[Job, ...], int]:
        """A page of the jobs of this face, the newest first, and how many there are."""
        conditions, values = _conditions(wanted)
        where = sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("")
        with store_errors(), self._pool.connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            counted = connection.execute(sql.SQL("SELECT count(*) FROM jobs.job{}").format(where), values).fetchone()
            rows = connection.execute(
                sql.SQL("SELECT {} FROM jobs.job{} ORDER BY created_at DESC, id LIMIT %s OFFSET %s").format(
                    COLUMNS, where
                ),
                [*values, limit, offset],
            ).fetchall()
        return tuple(map(job_of, rows)), int(counted[0]) if counted else 0

    def _job(self, connection: Connection[tuple[Any, ...]], job_id: str) -> Job:
        row = connection.execute(
            sql.SQL("SELECT {} FROM jobs.job WHERE id = %s").format(COLUMNS), (_key(job_id),)
        ).fetchone()
        if row is None:
            raise _no_such_job()
        return job_of(row)


def _key(job_id: str) -> UUID:
    try:
        found = UUID(job_id)
    except ValueError:
        raise _no_such_job() from None
    if str(found) != job_id.lower():
        raise _no_such_job()  # Python reads more spellings than one
    return found


def _no_such_job() -> ResourceError:
    return ResourceError(Text("このジョブはありません。", "There is no such job."), NO_SUCH_JOB)


def _conditions(wanted: Wanted) -> tuple[list[sql.SQL], list[Any]]:
    duration = "extract(epoch FROM coalesce(finished_at, now()) - started_at)"
    every: tuple[tuple[str, Any], ...] = (
        ("process_id = ANY(%s)", None if wanted.process_ids is None else list(wanted.process_ids)),
        ("status = ANY(%s)", None if wanted.statuses is None else [str(each) for each in wanted.statuses]),
        ("created_at >= %s", wanted.created_from),
        ("created_at <= %s", wanted.created_to),
        (f"{duration} >= %s", wanted.least_s),
        (f"{duration} <= %s", wanted.most_s),
    )
    given = [(condition, value) for condition, value in every if value is not None]
    return [sql.SQL(condition) for condition, _ in given], [value for _, value in given]
