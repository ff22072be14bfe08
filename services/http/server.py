"""Worker processes of the faces: bound, started, watched, and stopped without cutting off an answer.

The parent binds the ports and answers nothing itself.  A worker that dies is replaced.
"""

import asyncio
import errno
import logging
import socket
import time
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from geo.errors import InputError, StoreError
from services.http.background import Background
from services.http.lifelines import GRACE_S, end_when_told, log_to_stderr, told_to_stop
from services.http.processes import Context, leave_alone_what_stays, starting
from services.http.sharing import SharedListener
from services.ogc.face import Face
from services.settings import Settings

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
_START_TIMEOUT_S = 60.0
_QUICK_DEATH_S = 5.0
_QUICK_DEATHS = 5  # of workers of a face in a row, before the server gives up
_BACKLOG = 2048
_SETTLED_S = 2.0  # after it has got ready a worker has made what it keeps


@dataclass(slots=True)
class _Worker:
    face: Face
    place: int  # among the workers of the face
    process: BaseProcess
    lifeline: "Connection[Any, Any]"
    started_at: float


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
    """Serves until SIGINT or SIGTERM, and does the work beside; to be called from the main thread.

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
        _Supervisor(settings, sockets, workers or settings.workers, access_log).run(on_ready)
    finally:
        for listening in sockets.values():
            listening.close()


class _Supervisor:
    def __init__(self, settings: Settings, sockets: dict[Face, socket.socket], count: int, access_log: bool) -> None:
        self._settings = settings
        self._sockets = sockets
        self._count = count
        self._access_log = access_log
        self._workers: list[_Worker] = []
        self._context: Context = starting()
        self._held = {face: self._context.RawArray("i", count) for face in sockets}
        self._background = Background(settings, self._context, tuple(sockets))
        self._quick_deaths = 0
        self._stopping = False

    def run(self, on_ready: Callable[[], None]) -> None:
        with told_to_stop(self._stop):
            try:
                for face in self._sockets:
                    self._workers += [self._start(face, place) for place in range(self._count)]
                self._wait_until_ready()
                if not self._stopping:
                    on_ready()
                while not self._stopping:
                    self._background.start_missing()
                    wait([worker.process.sentinel for worker in self._workers], timeout=0.5)
                    self._replace_the_dead()
            finally:
                self._end_all()

    def _stop(self) -> None:
        self._stopping = True

    def _start(self, face: Face, place: int) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_work,
            args=(self._settings, face, self._sockets[face], self._held[face], place, theirs, self._access_log),
            name=f"ngis-{face}",
        )
        process.start()
        theirs.close()
        return _Worker(face, place, process, ours, time.monotonic())

    def _wait_until_ready(self) -> None:
        waiting = {face: [w for w in self._workers if w.face is face] for face in self._sockets}
        until = time.monotonic() + _START_TIMEOUT_S
        while waiting and not self._stopping:
            if time.monotonic() > until:
                raise StoreError("No worker became ready in time.", fix="See the messages above, and `ngis doctor`.")
            for face in list(waiting):
                if any(not w.lifeline.closed and w.lifeline.poll(0.05) for w in waiting[face] if w.process.is_alive()):
                    del waiting[face]
                elif not any(w.process.is_alive() for w in waiting[face]):
                    raise StoreError(
                        f"No worker of the {face} face could start.", fix="See the messages above, and `ngis doctor`."
                    )

    def _replace_the_dead(self) -> None:
        for number, worker in enumerate(self._workers):
            if worker.process.is_alive() or self._stopping:
                continue
            worker.process.join()
            worker.lifeline.close()
            quick = time.monotonic() - worker.started_at < _QUICK_DEATH_S
            self._quick_deaths = self._quick_deaths + 1 if quick else 0
            if self._quick_deaths >= _QUICK_DEATHS:
                raise StoreError(
                    f"Workers of the {worker.face} face die as soon as they start.",
                    fix="See the messages above, and `ngis doctor`.",
                )
            logger.warning("a worker of the %s face ended (%s); starting another", worker.face, worker.process.exitcode)
            self._workers[number] = self._start(worker.face, worker.place)

    def _end_all(self) -> None:
        self._background.ask_to_end()
        for worker in self._workers:
            if worker.process.is_alive():
                worker.process.terminate()
        until = time.monotonic() + GRACE_S + 2
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.lifeline.close()
        self._background.end()


def _work(
    settings: Settings,
    face: Face,
    listening: socket.socket,
    held: MutableSequence[int],
    place: int,
    lifeline: "Connection[Any, Any]",
    access_log: bool,
) -> None:
    """One worker process, from start to end."""
    import uvicorn

    from services.http.app import create_app
    from services.http.encryption import encryption_of
    from services.http.protocol import protocol

    log_to_stderr()
    if access_log:
        logging.getLogger("ngis.access").setLevel(logging.INFO)
    app = create_app(settings, face)
    encryption = encryption_of(settings) if face is Face.PUBLIC else None
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_S,
        http=protocol(),
        ssl_certfile=None if encryption is None else encryption.certificate,
        ssl_keyfile=None if encryption is None else encryption.key,
    )

    async def settle() -> None:
        """Makes what the process keeps, and has the garbage collector leave it alone."""
        if face is Face.PUBLIC:
            await app.state.get_ready()
        await asyncio.sleep(_SETTLED_S)
        leave_alone_what_stays()

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # SIGINT of the terminal is for the parent, which then asks for the end with SIGTERM

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
            await super().startup([])  # connections are taken by what the workers share
            shared.hand_over(self._protocol, config.ssl)
            self._settling = asyncio.create_task(settle())
            if not self.should_exit:
                lifeline.send("ready")

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            shared.close()
            await super().shutdown(sockets)

        def _protocol(self) -> asyncio.Protocol:
            make: Any = config.http_protocol_class
            made: asyncio.Protocol = make(config=config, server_state=self.server_state, app_state=self.lifespan.state)
            return made

    shared, server = SharedListener(listening, held, place), Server(config)

    def end() -> None:
        app.state.service.ending = server.should_exit = True

    end_when_told(lifeline, end)
    server.run()
