"""A cluster by Dask: tasks are handed out a few at a time, and done again where a process ends in between.

``dask`` and ``distributed`` are imported when the first task is handed out: who has no cluster needs neither.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from importlib import import_module
from itertools import islice
from time import monotonic
from typing import Any, Self, cast

from geo.location.patience import Check, unchecked
from layers.text import Text
from services.cluster.work import Done, require_wanted, work
from services.code_version import code_version
from services.ogc.errors import UnanswerableError
from services.settings import Settings

LOCAL = "local"
"""In place of an address: processes of this machine, as many as ``local:N`` says, else one for each processor."""
_AHEAD = 2
"""Tasks for each thread of the cluster that are handed out: one that it does, and one that waits there."""
_LOOK_S = 2.0
"""So often it is looked whether there is a cluster still."""


class DaskCluster:
    """A ``services.ogc.analysis.cluster.Cluster``, connected when it is first asked."""

    def __init__(self, scheduler: str, timeout_s: float) -> None:
        self._scheduler, self._timeout_s = scheduler, timeout_s
        self._lock = threading.Lock()
        self._made: Any = None
        self._connected: Any = None

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The one that the settings name; None where they name none."""
        if settings.dask_scheduler is None:
            return None
        return cls(settings.dask_scheduler, settings.dask_timeout_s)

    @classmethod
    def elsewhere(cls, settings: Settings) -> Self | None:
        """The same for a process that may start none of its own: processes of this machine are none."""
        is_local = (settings.dask_scheduler or "").partition(":")[0] == LOCAL
        return None if is_local else cls.of(settings)

    @property
    def require_wanted(self) -> Check:
        return require_wanted

    def each[Given, Found](
        self, task: Callable[[Given], Found], given: Iterable[Given], check: Check = unchecked
    ) -> Iterator[tuple[int, Found]]:
        client, digest = self._client(), code_version().digest
        left = enumerate(given)
        waiting: dict[Any, int] = {}
        try:
            while True:
                room = max(1, _AHEAD * self._threads(client)) - len(waiting)
                for number, one in islice(left, max(room, 0)):
                    waiting[self._submitted(client, work, task, digest, one)] = number
                if not waiting:
                    return
                for future in self._done(client, waiting, check):
                    check()
                    number = waiting.pop(future)
                    found = self._result(future, digest)
                    yield number, cast(Found, found)
        finally:
            with suppress(*_lost()):
                for future in waiting:
                    future.cancel()

    def close(self) -> None:
        """Lets go of the cluster, and ends the processes that were started for it."""
        with self._lock:
            for each in (self._connected, self._made):
                if each is not None:
                    each.close()
            self._connected = self._made = None

    def _client(self) -> Any:
        with self._lock:
            if self._connected is not None and self._connected.status != "running":
                self._connected.close(timeout=0)  # of before the scheduler went away
                self._connected = None
            if self._connected is None:
                self._connected = self._connect()
            return self._connected

    def _connect(self) -> Any:
        try:
            dask, distributed = import_module("dask"), import_module("distributed")
        except ImportError as error:
            raise UnanswerableError(_NOT_INSTALLED) from error
        # A part of a network is some megabytes, and is meant to travel with its task: who does it again has it.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"})
        where: Any = self._scheduler
        if where.partition(":")[0] == LOCAL:
            number = int(where.partition(":")[2] or 0) or None
            where = self._made = distributed.LocalCluster(
                n_workers=number, threads_per_worker=1, dashboard_address=None
            )
        try:
            client: Any = distributed.Client(where, timeout=self._timeout_s, set_as_default=False)
        except (OSError, ValueError) as error:  # a time-out is an OSError
            raise self._gone() from error
        try:
            client.wait_for_workers(1, timeout=self._timeout_s)
        except TimeoutError as error:
            client.close()
            raise UnanswerableError(
                Text(
                    f"Daskのスケジューラー（{self._scheduler}）にワーカーがいない。",
                    f"The Dask scheduler at {self._scheduler} has no workers: start some with `dask worker`.",
                )
            ) from error
        return client

    def _submitted(self, client: Any, *task: Any) -> Any:
        try:
            return client.submit(*task, pure=False)
        except _lost() as error:
            raise self._gone() from error

    def _threads(self, client: Any) -> int:
        """How many the cluster has; 0 where it does not answer."""
        try:
            return sum(client.nthreads().values())
        except _lost():
            return 0

    def _done(self, client: Any, waiting: Iterable[Any], check: Check) -> list[Any]:
        """Some that are done; waits for the first."""
        distributed, seen = import_module("distributed"), monotonic()
        while True:
            try:
                with client.as_current():
                    found = distributed.wait(list(waiting), timeout=_LOOK_S, return_when="FIRST_COMPLETED").done
            except _lost():  # a time-out is one of these
                found = set()
            if found:
                return list(found)
            check()
            if client.status == "running" and self._threads(client):
                seen = monotonic()
            elif monotonic() - seen > self._timeout_s:
                raise self._gone()

    def _result(self, future: Any, digest: str) -> object:
        if future.status == "error":  # what the task raised, which is no loss of the scheduler whatever its kind
            error = future.exception()
            if isinstance(error, import_module("distributed").KilledWorker):
                raise UnanswerableError(_KILLED) from error
            raise error
        try:
            done: Done = future.result(timeout=self._timeout_s)
        except _lost() as error:
            raise self._gone() from error
        if done.digest != digest:
            raise UnanswerableError(_OTHER_PROGRAM)
        return done.found

    def _gone(self) -> UnanswerableError:
        return UnanswerableError(
            Text(
                f"Daskのスケジューラー（{self._scheduler}）が{self._timeout_s:g}秒以内に答えない。"
                "NGIS_DASK_SCHEDULERを確かめるか、外すとこの機械だけで計算する。",
                f"The Dask scheduler at {self._scheduler} does not answer within {self._timeout_s:g} s. Check "
                "NGIS_DASK_SCHEDULER; without it this machine works alone.",
            )
        )


def _lost() -> tuple[type[BaseException], ...]:
    """What the client raises where the scheduler is lost: a comm that is closed or silent, a task that is cancelled, a
    client that gave up.
    """
    return OSError, CancelledError, import_module("distributed.client").ClosedClientError


_NOT_INSTALLED = Text(
    "NGIS_DASK_SCHEDULERを使うには、追加のパッケージが要る（pip install '.[cluster]'）。",
    "NGIS_DASK_SCHEDULER needs further packages: pip install '.[cluster]'.",
)
_KILLED = Text(
    "計算の一部が、引き受けたワーカーを繰り返し終わらせた。メモリーの不足が疑われる。",
    "A part of the work ended every worker that took it: they are probably short of memory.",
)
_OTHER_PROGRAM = Text(
    "クラスターのワーカーが別の版のプログラムを動かしている。同じ版にそろえること。",
    "A worker of the cluster runs another version of this program: install the same one.",
)
