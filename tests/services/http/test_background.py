"""Workers beside the faces: which there are, and what becomes of one that dies."""

import logging
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from geo.errors import StoreError
from services.http import background, server
from services.http.background import JOBS, WORKERS, Background, Worker, run_alone
from services.http.processes import starting
from services.ogc.face import Face
from tests.conftest import DatabaseUnderTest, free_port
from tests.waiting import until


def test_each_face_has_as_many_for_jobs_as_are_set_and_the_city_one_for_tiles(database: DatabaseUnderTest) -> None:
    settings = database.settings.model_copy(update={"job_workers": 2})
    wanted = sum(each.wanted(settings) for each in WORKERS)
    assert wanted == len(WORKERS) - 1  # no broker is set
    before = len(multiprocessing.active_children())
    workers = Background(settings, starting(), tuple(Face))
    try:
        workers.start_missing()
        workers.start_missing()
        assert len(multiprocessing.active_children()) == before + wanted - 1 + 2 * len(Face)
    finally:
        workers.ask_to_end()
        workers.end()
    assert len(multiprocessing.active_children()) == before


@contextmanager
def stopped_once(holds: Callable[[], object], name: signal.Signals) -> Iterator[None]:
    """Sends this process a signal when something holds; what then does not end runs into the time limit of the test."""

    def stop() -> None:
        until(holds)
        signal.raise_signal(name)

    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(stop)
        yield
        sent.result()


def test_one_that_dies_is_started_again_after_a_pause(
    database: DatabaseUnderTest, caplog: pytest.LogCaptureFixture
) -> None:

    def deaths() -> list[logging.LogRecord]:
        return [record for record in caplog.records if "builtins:len ended" in record.message]

    began = time.time()
    with caplog.at_level(logging.WARNING), stopped_once(deaths, signal.SIGINT):
        run_alone(database.settings, [Face.PUBLIC], [Worker("builtins:len")])  # of two arguments: it fails at once
    first = deaths()[0]
    assert first.message == "builtins:len ended (1); starting it again"
    assert first.created - began >= background._PAUSE_S


def test_what_works_alone_ends_when_told(database: DatabaseUnderTest) -> None:
    before = len(multiprocessing.active_children())
    with stopped_once(lambda: len(multiprocessing.active_children()) > before, signal.SIGTERM):
        run_alone(database.settings, [Face.PUBLIC], [JOBS])
    assert len(multiprocessing.active_children()) == before


def test_a_server_whose_workers_cannot_start_says_so(
    database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_work", print)
    settings = database.settings.model_copy(update={"public_port": free_port()})
    with pytest.raises(StoreError, match="public face"):
        server.serve(settings, [Face.PUBLIC], workers=1)
