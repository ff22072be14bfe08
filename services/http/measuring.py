"""The process that counts how large the public files are while the server runs, so that the first reader is told.

It makes each file of a layer that has stood for a while as an answer would, one at a time, and throws it away.  It is
the last to be given the processor, and takes none of the streams that readers may have open.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import copy_context

from geo.errors import GisError, StoreError
from services.database.connect import open_pool, role_urls
from services.database.failures import store_errors
from services.database.lending import Cancellation, Lender, working_under
from services.database.watching import keep_looking, one_at_a_time
from services.http.service import BULK_TIMEOUT_S
from services.http.sizes import FileSizes, sizes_folder
from services.ogc import negotiation, parameters, patches
from services.ogc.answering import answer
from services.ogc.asked import Asked
from services.ogc.face import Face
from services.ogc.records.access import Access, accesses
from services.ogc.source import Source
from services.ogc.watch import Snapshot, StateWatch
from services.settings import Settings

logger = logging.getLogger(__name__)

LOOK_S = 5.0
REST_S = 900.0
"""How long a file is left alone once it was made, whatever became of it: what moves often is not read often."""
_NAME = "ngis-sizes"


def watch(settings: Settings, stop: threading.Event) -> None:
    """Counts what is not known until ``stop`` is set; a database that is away is waited for."""
    os.nice(19)
    patches.apply(settings.city.plane_crs)
    with one_at_a_time(settings.var / "sizes.lock", stop), measurer(settings, stop) as found:
        keep_looking(found.look, stop, LOOK_S, "sizes of files are not counted")


@contextmanager
def measurer(
    settings: Settings, stop: threading.Event, clock: Callable[[], float] = time.monotonic
) -> Iterator["Measurer"]:
    """A measurer with connections of its own."""
    url = role_urls(settings).public
    short = open_pool(url, 1, application_name=_NAME, statement_timeout_s=settings.statement_timeout_s)
    bulk = open_pool(url, 1, application_name=_NAME, statement_timeout_s=BULK_TIMEOUT_S, min_size=0)
    pool = Lender(short, bulk)
    state = StateWatch(settings, Face.PUBLIC, url, pool)
    try:
        yield Measurer(settings, state, stop, clock)
    finally:
        state.close()
        pool.close()


class Measurer:
    """What one process remembers between its looks."""

    def __init__(
        self, settings: Settings, state: StateWatch, stop: threading.Event, clock: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._state = state
        self._stop = stop
        self._clock = clock
        self._sizes = FileSizes(sizes_folder(settings.var, Face.PUBLIC))
        self._since: dict[str, tuple[str, float]] = {}
        self._rests_until: dict[tuple[str, str], float] = {}

    def look(self) -> None:
        """Counts the files of every layer that has stood for a while; ``StoreError`` where the database is away."""
        now, snapshot = self._clock(), self._state.current()
        for layer_id, source in snapshot.sources.items():
            stamp, since = self._since.get(layer_id, ("", now))
            if stamp != source.stamp:
                self._since[layer_id] = (source.stamp, now)
            elif now - since >= self._settings.sizes_quiet_s:
                self._count(snapshot, source)

    def _count(self, snapshot: Snapshot, source: Source) -> None:
        base = self._settings.public_address
        providers = {each["type"] for each in snapshot.api.config["resources"][source.layer.id]["providers"]}
        for access in accesses(source, providers, f"{base}/ogc"):
            if self._stop.is_set():
                return
            file = path, form = access.page_href.removeprefix(base), access.format.name
            if not access.format.bulk or self._sizes.known(path, form, source.stamp) is not None:
                continue
            now = self._clock()
            if now < self._rests_until.get(file, now):
                continue
            self._rests_until[file] = now + REST_S
            try:
                size_bytes = copy_context().run(self._read, snapshot, source, access, path)
            except StoreError:
                raise
            except (GisError, OSError) as error:
                logger.warning("the size of %s as %s is not counted: %s", path, form, error)
                continue
            if size_bytes is not None:
                self._sizes.note(path, form, source.stamp, size_bytes)

    def _read(self, snapshot: Snapshot, source: Source, access: Access, path: str) -> int | None:
        """Bytes of a file; None where the process is to end."""
        working_under(Cancellation(), bulk=True)
        asked = Asked(
            page=access.page,
            source=source,
            given=parameters.parse([("f", access.format.name)], access.page, source),
            format=access.format,
            language=negotiation.language("", ""),
            base=f"{self._settings.public_address}/ogc",
            path={"collection": source.layer.id},
        )
        size_bytes = 0
        with store_errors(), closing(answer(asked, snapshot, (source.layer.id,), {}, path=path).pieces()) as pieces:
            for piece in pieces:
                size_bytes += len(piece)
                if self._stop.is_set():
                    return None
        return size_bytes
