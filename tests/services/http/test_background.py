"""Workers beside the faces: which there are, and what becomes of one that dies."""

import logging
import multiprocessing
import signal
import threading
import time

import pytest

from geo.errors import StoreError
from services.http import server
from services.http.background import JOBS, WORKERS, Background, Worker, run_alone
from services.http.processes import starting
from services.ogc.face import Face
from tests.conftest import DatabaseUnderTest, free_port


def test_each_face_has_as_many_for_jobs_as_are_set_and_the_city_one_for_tiles(database: DatabaseUnderTest) -> None:
    settings = database.settings.model_copy(update={"job_workers": 2})
    wanted = sum(each.wanted(settings) for each in WORKERS)
    assert wanted == len(WORKERS) - 1  # no broker is set
    before = len(multiprocessing.active_children())
    background = Background(settings, starting(), tuple(Face))
    try:
        background.start_missing()
        background.start_missing()
        assert len(multiprocessing.active_children()) == before + wanted - 1 + 2 * len(Face)
    finally:
        background.ask_to_end()
        background.end()
    assert len(multiprocessing.active_children()) == before


def test_one_that_dies_is_started_again_after_a_pause(
    database: DatabaseUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Timer(8, signal.raise_signal, (signal.SIGINT,))
    stop.start()
    with caplog.at_level(logging.WARNING):
        run_alone(database.settings, [Face.PUBLIC], [Worker("builtins:len")])  # of two arguments: it fails at once
    deaths = [record.message for record in caplog.records if "builtins:len ended" in record.message]
    assert deaths == ["builtins:len ended (1); starting it again"]  # at once it would have been tried dozens of times


def test_what_works_alone_ends_when_told(database: DatabaseUnderTest) -> None:
    started = time.monotonic()
    stop = threading.Timer(2, signal.raise_signal, (signal.SIGTERM,))
    stop.start()
    run_alone(database.settings, [Face.PUBLIC], [JOBS])
    assert 2 <= time.monotonic() - started < 10


def test_a_server_whose_workers_cannot_start_says_so(
    database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_work", print)
    settings = database.settings.model_copy(update={"public_port": free_port()})
    with pytest.raises(StoreError, match="public face"):
        server.serve(settings, [Face.PUBLIC], workers=1)
