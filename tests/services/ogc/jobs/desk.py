"""The two sides of the queue for tests, and processes that do what tests need."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from layers.text import Text
from services.database.connect import open_pool
from services.database.failures import store_errors
from services.ogc.errors import UnanswerableError
from services.ogc.face import Face
from services.ogc.jobs.model import Limits
from services.ogc.jobs.queue import JobQueue
from services.ogc.jobs.store import JobStore
from services.ogc.processes._model import Context, Input, Output, Process, Values
from tests.conftest import DatabaseUnderTest

LIMITS = Limits(queue=1000, time_limit_s=60, result_bytes=1_000_000, retention=timedelta(hours=1))
REQUEST: dict[str, Any] = {"inputs": {}, "outputs": ["said"], "response": None, "language": "ja"}
ANY_TEXT = Text("あ", "a")


def url_of(database: DatabaseUnderTest, face: Face) -> str:
    return database.urls.public if face is Face.PUBLIC else database.urls.internal


@contextmanager
def store_of(
    database: DatabaseUnderTest, face: Face = Face.PUBLIC, limits: Limits = LIMITS, size: int = 4
) -> Iterator[JobStore]:
    """The asker's side."""
    pool = open_pool(url_of(database, face), size)
    try:
        yield JobStore(pool, face, limits)
    finally:
        pool.close()


@contextmanager
def queue_of(database: DatabaseUnderTest, face: Face = Face.PUBLIC, limits: Limits = LIMITS) -> Iterator[JobQueue]:
    """The side of one worker."""
    pool = open_pool(url_of(database, face), 2)
    try:
        yield JobQueue(pool, face, limits, uuid4())
    finally:
        pool.close()


def request_of(process: Process, **inputs: Any) -> dict[str, Any]:
    return {**REQUEST, "inputs": inputs, "outputs": list(process.outputs)}


def _process(name: str, run: Any, **more: Any) -> Process:
    return Process(
        id=name,
        version="1.0.0",
        title=ANY_TEXT,
        description=ANY_TEXT,
        inputs={
            each: Input(title=ANY_TEXT, description=ANY_TEXT, schema={}, required=False)
            for each in ("seconds", "mark", "size", "word")
        },
        outputs={"said": Output(title=ANY_TEXT, description=ANY_TEXT, schema={})},
        run=run,
        **more,
    )


def _wait(inputs: Values, context: Context) -> Values:
    """Computes for some seconds, or until the file is there that is named, and listens."""
    until = time.monotonic() + float(inputs["seconds"])
    start = time.monotonic()
    mark = inputs.get("mark")
    while time.monotonic() < until and not (mark and Path(mark).exists()):
        context.check()
        done = (time.monotonic() - start) / float(inputs["seconds"])
        context.report(round(100 * done), Text("待っています。", "Waiting."))
        time.sleep(0.01)
    return {"said": inputs.get("word", "done")}


def _query(inputs: Values, context: Context) -> Values:
    """Waits in the database."""
    from services.ogc.analysis.database import DatabaseLayers

    layers = context.layers
    assert isinstance(layers, DatabaseLayers)
    source = next(iter(layers.sources.values()))
    with store_errors(), source.pool.connection() as connection:
        Path(inputs["mark"]).touch()
        connection.execute("SELECT pg_sleep(%s)", (inputs["seconds"],))
    return {"said": "done"}


def _deaf(inputs: Values, _context: Context) -> Values:
    """Hears nothing."""
    Path(inputs["mark"]).touch()
    until = time.monotonic() + float(inputs["seconds"])
    while time.monotonic() < until:
        time.sleep(0.01)
    return {"said": "done"}


def _once(inputs: Values, context: Context) -> Values:
    """Takes very long the first time, and is done at once where it was begun before."""
    mark = Path(inputs["mark"])
    begun = mark.exists()
    mark.touch()
    return {"said": "at once"} if begun else _wait({"seconds": 120}, context)


def _refuse(inputs: Values, _context: Context) -> Values:
    raise UnanswerableError(Text("答えがない。", "There is no answer."))


def _break(inputs: Values, _context: Context) -> Values:
    raise RuntimeError("a secret of the inside")


def _large(inputs: Values, _context: Context) -> Values:
    return {"said": "x" * int(inputs["size"])}


def _echo(inputs: Values, context: Context) -> Values:
    return {"said": {"word": inputs.get("word"), "language": context.language}}


PROCESSES: Mapping[str, Process] = {
    process.id: process
    for process in (
        _process("wait", _wait, most_waiting=1000),
        _process("query", _query),
        _process("deaf", _deaf),
        _process("once", _once),
        _process("refuse", _refuse),
        _process("break", _break),
        _process("large", _large),
        _process("echo", _echo, most_waiting=1000),
    )
}
