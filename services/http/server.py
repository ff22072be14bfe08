"""The servers of the faces: their ports are bound here, and worker processes answer and run jobs."""

import errno
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from geo.errors import InputError
from services.http.supervisor import GRACE_S, Post, Supervisor, end_when_told
from services.ogc.face import Face
from services.settings import Settings

__all__ = ["GRACE_S", "LOOPBACK", "bind", "run_jobs", "serve"]

LOOPBACK = "127.0.0.1"
_BACKLOG = 2048


def bind(settings: Settings, face: Face) -> socket.socket:
    """The listening socket of a face; the internal one is on the loopback address whatever ``NGIS_HOST`` says.

    Raises
    ------
    InputError
        If the port is taken or may not be used, naming the setting to change.
    """
    public = face is Face.PUBLIC
    host, port = (settings.host, settings.public_port) if public else (LOOPBACK, settings.internal_port)
    name = "NGIS_PUBLIC_PORT" if public else "NGIS_INTERNAL_PORT"
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"Port {port} on {host} is in use, so the {face} face cannot be served.",
                fix=f"Stop what uses it, or set {name} to a free port.",
            ) from None
        raise InputError(
            f"The {face} face cannot listen on {host}:{port}: {error.strerror}.", fix=f"Change NGIS_HOST or {name}."
        ) from None
    listening.set_inheritable(True)
    return listening


def serve(
    settings: Settings,
    faces: Sequence[Face],
    *,
    workers: int | None = None,
    access_log: bool = False,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serves until SIGINT or SIGTERM, and runs jobs beside; to be called from the main thread.

    ``on_ready`` is called once, when the first worker of every face answers.

    Raises
    ------
    InputError
        If a port cannot be used.
    StoreError
        If workers die again and again as soon as they start.
    """
    sockets: dict[Face, socket.socket] = {}
    try:
        for face in faces:
            sockets[face] = bind(settings, face)
        posts = [
            Post(face, f"ngis-{face}", _answer, (listening, access_log))
            for face, listening in sockets.items()
            for _ in range(workers or settings.workers)
        ]
        Supervisor(settings, [*posts, *_job_posts(faces, settings.job_workers)]).run(on_ready)
    finally:
        for listening in sockets.values():
            listening.close()


def run_jobs(settings: Settings, faces: Sequence[Face], workers: int) -> None:
    """Runs the jobs of the faces until SIGINT or SIGTERM, and answers nothing; to be called from the main thread."""
    Supervisor(settings, _job_posts(faces, workers)).run(lambda: None)


def _job_posts(faces: Sequence[Face], workers: int) -> list[Post]:
    return [Post(face, f"ngis-{face}-jobs", _do_jobs, essential=False) for face in faces for _ in range(workers)]


# --- in the worker processes -------------------------------------------------------------------------------------


def _answer(
    settings: Settings, face: Face, lifeline: "Connection[Any, Any]", listening: socket.socket, access_log: bool
) -> None:
    """A worker that answers requests, from start to end."""
    import uvicorn

    from services.http.app import create_app
    from services.http.protocol import protocol

    _log_to_stderr()
    if access_log:
        logging.getLogger("ngis.access").setLevel(logging.INFO)
    config = uvicorn.Config(
        create_app(settings, face),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_S,
        backlog=_BACKLOG,
        http=protocol(),
    )

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # SIGINT of the terminal is for the parent, which then asks for the end with SIGTERM

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                lifeline.send("ready")

    server = Server(config)

    def end() -> None:
        server.should_exit = True

    end_when_told(lifeline, end)
    server.run(sockets=[listening])


def _do_jobs(settings: Settings, face: Face, lifeline: "Connection[Any, Any]") -> None:
    """A worker that runs jobs, from start to end."""
    from services.ogc.jobs.worker import Worker

    _log_to_stderr()
    stopping = threading.Event()
    worker = Worker(settings, face)

    def end() -> None:
        stopping.set()
        worker.ring()

    # A signal is taken by the main thread, between any two steps of it: it must not hold a lock that ``end`` wants.
    working = threading.Thread(target=worker.run, args=(stopping,), name="jobs")
    end_when_told(lifeline, end)
    working.start()
    while working.is_alive():
        working.join(1.0)


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it reports each attempt to reach a server that is away
    logging.getLogger("pygeoapi").setLevel(logging.ERROR)  # it warns of every request without an offset
