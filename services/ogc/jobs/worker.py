"""A worker: takes jobs out of the queue of one face and does them, one at a time.

Two threads: one works, the other keeps.  The keeper has a connection of its own over which it hears of new and
dismissed jobs, says that the worker lives, and ends work that nobody waits for, that takes too long, or that the end of
the worker does not wait for.  Work is ended by cancelling its query and by what ``Context.check`` raises; work that
heeds neither takes its process with it.
"""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import psycopg
from psycopg import sql

from geo.errors import GisError, StoreError
from layers.text import Text
from services.cluster.dask_cluster import DaskCluster
from services.database.connect import connect, open_pool, role_urls
from services.database.failures import store_errors
from services.database.lending import Lender, refuse_abandoned, working_under
from services.database.revisions import layer_states
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.execution.request import ExecuteRequest
from services.ogc.execution.running import run
from services.ogc.face import Face
from services.ogc.jobs.in_hand import Ending, InHand
from services.ogc.jobs.model import Job, Limits, Problem, ProblemKind, Result
from services.ogc.jobs.queue import LEASE, MOST_ATTEMPTS, JobQueue
from services.ogc.processes import processes
from services.ogc.processes._model import Process
from services.ogc.source import Source
from services.ogc.sources import unmeasured_sources
from services.settings import Settings

logger = logging.getLogger(__name__)

_KEEPING_TIMEOUT_S = 10.0  # of the keeper's own statements


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker looks, and how long it waits.

    beat_s, idle_s:
        Between two signs of life; between two looks for work where nothing was heard.
    lease:
        Silence after which another worker counts as dead.
    grace_s:
        How long a job may go on once the worker is to stop; then it goes back into the queue.
    heed_s:
        How long work that was ended may take to notice.
    """

    beat_s: float = 1.0
    idle_s: float = 5.0
    lease: timedelta = LEASE
    grace_s: float = 3.0
    heed_s: float = 5.0


def work(settings: Settings, stopping: threading.Event, face: Face) -> None:
    """Does the jobs of a face until ``stopping`` is set."""
    Worker(settings, face).run(stopping)


class Worker:
    """One worker of a face; ``run`` until it is to stop.

    ``known`` are the processes it can do, all of them where not given.
    """

    def __init__(
        self, settings: Settings, face: Face, known: Mapping[str, Process] | None = None, pace: Pace | None = None
    ) -> None:
        self._settings = settings
        self._face = face
        self._known = processes() if known is None else known
        self._pace = pace or Pace()
        self._limits = Limits.of(settings)
        self._cluster = DaskCluster.elsewhere(settings)
        self._bell = threading.Event()
        self._ended = threading.Event()
        self._hand: InHand | None = None

    def run(self, stopping: threading.Event) -> None:
        """Takes and does jobs until ``stopping`` is set; a database that is away is waited for."""
        urls = role_urls(self._settings)
        url = urls.public if self._face is Face.PUBLIC else urls.internal
        name = f"ngis-{self._face}-jobs"
        desk = open_pool(url, 1, application_name=name, statement_timeout_s=_KEEPING_TIMEOUT_S)
        # The keeper ends what takes too long; a statement's own limit is for where it cannot.
        longest_s = self._limits.time_limit_s + _KEEPING_TIMEOUT_S
        rows = open_pool(url, 2, application_name=name, statement_timeout_s=longest_s, min_size=0)
        self._queue = JobQueue(desk, self._face, self._limits, uuid4())
        self._lender = Lender(rows, rows)
        keeper = threading.Thread(target=self._keep, args=(url, stopping), name="keeper")
        keeper.start()
        try:
            while not stopping.is_set():
                self._take_and_do(stopping)
        finally:
            self._ended.set()
            keeper.join()
            self._lender.close()
            desk.close()
            if self._cluster is not None:
                self._cluster.close()

    # --- the thread that works -------------------------------------------------------------------------------

    def _take_and_do(self, stopping: threading.Event) -> None:
        self._bell.clear()
        job = None
        with suppress(StoreError):  # away: the keeper says so, and rings when it is back
            job = self._queue.take(self._known)
        if job is None:
            self._bell.wait(self._pace.idle_s)
            return
        hand = InHand(job, time.monotonic() + self._limits.time_limit_s)
        self._hand = hand
        try:
            self._settle(hand, self._outcome(hand), stopping)
        finally:
            self._hand = None

    def _outcome(self, hand: InHand) -> Callable[[], object]:
        """Does the job; returns what has to be said to the queue."""
        job = hand.job
        try:
            results = copy_context().run(self._work, hand)
            size = sum(len(each.content) for each in results)
            if size > self._limits.result_bytes:
                return lambda: self._queue.fail(job.id, _too_large(size, self._limits.result_bytes))
            return lambda: self._queue.succeed(job.id, results)
        except Exception as error:  # noqa: BLE001 - whatever a process raises is the job's failure, not the worker's
            if hand.ending is not None:
                return self._ended_outcome(hand, hand.ending)
            if isinstance(error, StoreError) and job.attempts < MOST_ATTEMPTS:
                logger.warning("job %s: %s; it goes back into the queue", job.id, error)
                return lambda: self._queue.give_back(job.id, counted=True)
            problem = _problem(job, error)
            return lambda: self._queue.fail(job.id, problem)
        finally:
            hand.is_working = False

    def _work(self, hand: InHand) -> tuple[Result, ...]:
        working_under(hand.cancellation, bulk=True)
        job = hand.job
        request = ExecuteRequest.restored(job.process_id, job.request or {})
        layers = DatabaseLayers(self._sources())
        process = self._known[job.process_id]
        city = self._settings.city
        return run(process, request, layers, city, report=hand.report, check=refuse_abandoned, cluster=self._cluster)

    def _sources(self) -> dict[str, Source]:
        """The layers as this face has them now."""
        with store_errors(), self._lender.connection() as connection:
            states = layer_states(connection, self._face.schema)
        return unmeasured_sources(states, self._face, self._lender, self._settings)

    def _settle(self, hand: InHand, say: Callable[[], object], stopping: threading.Event) -> None:
        """Tells the queue what came of the job; while the database is away, again and again until it is to stop."""
        while True:
            try:
                say()
                return
            except StoreError as error:
                if stopping.is_set():
                    logger.warning("job %s: its outcome is lost, it will be done again: %s", hand.job.id, error)
                    return
                stopping.wait(1.0)

    def _ended_outcome(self, hand: InHand, ending: Ending) -> Callable[[], object]:
        job_id = hand.job.id
        match ending:
            case Ending.TOO_LONG:
                return lambda: self._queue.fail(job_id, _too_long(self._limits.time_limit_s))
            case Ending.STOPPING:
                return lambda: self._queue.give_back(job_id, counted=False)
            case Ending.NOT_OURS:
                return lambda: None

    # --- the thread that keeps -------------------------------------------------------------------------------

    def _keep(self, url: str, stopping: threading.Event) -> None:
        try:
            self._keep_as_long(url, stopping)
        except Exception:
            logger.exception("the worker of the %s face ends: nobody would say that it lives", self._face)
            os._exit(1)

    def _keep_as_long(self, url: str, stopping: threading.Event) -> None:
        was_away = False
        while not self._ended.is_set():
            try:
                with connect(
                    url,
                    application_name=f"ngis-{self._face}-keeper",
                    statement_timeout_s=_KEEPING_TIMEOUT_S,
                    autocommit=True,
                ) as connection:
                    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._queue.channel)))
                    was_away = False
                    self._keep_over(connection, stopping)
            except (psycopg.Error, StoreError) as error:
                if not was_away:
                    logger.warning("the jobs of the %s face wait for the database: %s", self._face, error)
                was_away = True
                self._enforce(stopping)
                self._ended.wait(min(1.0, self._pace.beat_s))

    def _keep_over(self, connection: psycopg.Connection[tuple[object, ...]], stopping: threading.Event) -> None:
        tidied_at = 0.0
        self._bell.set()
        while not self._ended.is_set():
            self._enforce(stopping)
            hand = self._hand
            is_ours = hand is None or self._queue.beat(connection, hand.job.id, hand.progress, hand.message)
            if hand is not None and not is_ours:
                hand.end(Ending.NOT_OURS)
            if time.monotonic() - tidied_at >= self._pace.idle_s:
                self._queue.tidy(connection, self._pace.lease)
                tidied_at = time.monotonic()
            for _ in connection.notifies(timeout=self._pace.beat_s, stop_after=1):
                self._bell.set()

    def _enforce(self, stopping: threading.Event) -> None:
        """Ends waiting and work whose time is over, and the process where the work does not heed it."""
        if stopping.is_set():
            self._bell.set()
        hand, now = self._hand, time.monotonic()
        if hand is None or not hand.is_working:
            return
        if stopping.is_set() and hand.ending is None:
            hand.until = min(hand.until, now + self._pace.grace_s)
        if now > hand.until:
            hand.end(Ending.STOPPING if stopping.is_set() else Ending.TOO_LONG)
        if hand.ending is not None and now > hand.ended_at + self._pace.heed_s and hand.is_working:
            logger.error("job %s of %s does not heed its end; the worker ends", hand.job.id, hand.job.process_id)
            with suppress(StoreError):
                self._ended_outcome(hand, hand.ending)()
            os._exit(1)


def _problem(job: Job, error: Exception) -> Problem:
    if isinstance(error, GisError) and not isinstance(error, StoreError):
        return Problem.of(error)
    incident = secrets.token_hex(6)
    logger.error("incident %s: job %s of %s", incident, job.id, job.process_id, exc_info=error)
    return Problem(
        ProblemKind.INTERNAL,
        Text(
            f"想定していない問題が起きました。問い合わせの際は次の番号をお知らせください：{incident}",
            f"Something unforeseen happened. Please give this number when you report it: {incident}",
        ),
    )


def _too_long(limit_s: float) -> Problem:
    return Problem(
        ProblemKind.UNANSWERABLE,
        Text(
            f"{limit_s:.0f}秒以内に終わりませんでした。対象を狭めてください。",
            f"It did not finish within {limit_s:.0f} seconds; ask for less.",
        ),
    )


def _too_large(size: int, limit: int) -> Problem:
    return Problem(
        ProblemKind.UNANSWERABLE,
        Text(
            f"結果が大きすぎます（{size:,}バイト。{limit:,}バイトまで）。",
            f"The result is too large: {size:,} bytes, and no more than {limit:,} are kept.",
        ),
    )
