"""What one worker process of a face holds: pool, threads, the state watched, and figures; opened and closed with it."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.requests import Request

from geo.errors import GisError, StoreError
from services.database.asking import Asker
from services.database.connect import asking_pool, open_pool, role_urls
from services.database.lending import Lender
from services.http.accounts import Accounts
from services.http.cache import AnswerCache
from services.http.hub import Hub
from services.http.metrics import Metrics
from services.http.sizes import FileSizes, sizes_folder
from services.http.work import BULK_THREADS, PAGE_THREADS, AskingBench, Workbench
from services.ogc import patches
from services.ogc.face import Face
from services.ogc.program import program_digest
from services.ogc.watch import Snapshot, StateWatch
from services.settings import Settings

LOOK_WAIT_S = 0.3
"""How long a request waits for a look at the database before it goes on with what is known."""
BULK_TIMEOUT_S = 600.0
_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?", re.IGNORECASE)


class Service:
    """One face's parts in one process.  Nothing is connected before ``open``.

    ending:
        The process is to end: what would be sent without end stops.
    """

    ending = False

    def __init__(self, settings: Settings, face: Face) -> None:
        self.settings = settings
        self.face = face
        self.metrics = Metrics(face)
        self.cache = AnswerCache(settings.cache_bytes)
        self.program = program_digest()

    async def open(self) -> None:
        """Starts threads and pools.  A database that is away does not keep the service from opening."""
        patches.apply(self.settings.city.plane_crs)
        urls = role_urls(self.settings)
        self.url = urls.public if self.face is Face.PUBLIC else urls.internal
        self.pool = Lender(
            open_pool(
                self.url,
                self.settings.pool_size,
                application_name=f"ngis-{self.face}",
                statement_timeout_s=self.settings.statement_timeout_s,
            ),
            open_pool(
                self.url,
                BULK_THREADS,
                application_name=f"ngis-{self.face}-bulk",
                statement_timeout_s=BULK_TIMEOUT_S,
                min_size=0,
            ),
        )
        self.asker = Asker(
            asking_pool(
                self.url,
                self.settings.pool_size,
                application_name=f"ngis-{self.face}-questions",
                statement_timeout_s=self.settings.statement_timeout_s,
            )
        )
        await self.asker.open()
        self.questions = AskingBench(self.asker, self.settings.pool_size)
        self.rows = Workbench("rows", self.settings.pool_size)
        self.pages = Workbench("pages", PAGE_THREADS)
        self.bulk = Workbench("bulk", BULK_THREADS, bulk=True)
        self.accounts = Accounts(self.pool)
        self.sizes = FileSizes(sizes_folder(self.settings.var, self.face))
        self.hub = Hub(self.url, lambda: self.ending)
        self.watch = StateWatch(self.settings, self.face, self.url, self.pool)
        self._looking: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Ends what runs; waits for the look that is under way."""
        await self.hub.close()
        if self._looking is not None:
            await self._looking
        for bench in (self.rows, self.pages, self.bulk):
            bench.close()
        await self.asker.close()
        self.accounts.close()
        self.watch.close()
        self.pool.close()

    async def look(self) -> Snapshot:
        """What is served now, as seen within the last second where the database answers.

        Where it is slow or away, what was seen last, however long ago; ``StoreError`` where it was never seen.
        """
        for _ in range(2):  # one that began before this process wrote may be under way
            if not self.watch.is_due and self.watch.last_known() is not None:
                break
            if self._looking is None or self._looking.done():
                self._looking = asyncio.ensure_future(self._look())
            known = self.watch.last_known() is not None
            await asyncio.wait([self._looking], timeout=LOOK_WAIT_S if known else None)
        if self.watch.is_due_soon and (self._looking is None or self._looking.done()):
            # The next look is had before anybody has to wait for it: of those who ask all the time, everybody would.
            self._looking = asyncio.ensure_future(self._look(early=True))
        return self.snapshot()

    async def look_answering(self) -> Snapshot:
        """As ``look``, of a database that answers; ``StoreError`` where it does not.

        For answers out of memory: what is remembered does not say what has happened since.
        """
        snapshot = await self.look()
        if self.watch.away:  # it may be back
            snapshot = await self.pages.do(self.watch.current)
            if self.watch.away:
                raise StoreError("The database is away.")
        return snapshot

    async def _look(self, *, early: bool = False) -> None:
        with suppress(GisError):
            await self.pages.do(lambda: self.watch.current(early=early))

    def snapshot(self) -> Snapshot:
        """What was seen last; ``StoreError`` where the database was never seen."""
        known = self.watch.last_known()
        if known is None:
            raise StoreError("The database was never seen.", fix="Run `ngis doctor`.")
        return known

    def in_hand(self) -> Mapping[str, int]:
        """How many requests are worked on or wait, by kind of work."""
        return {
            "questions": self.questions.in_hand,
            "rows": self.rows.in_hand,
            "pages": self.pages.in_hand,
            "bulk": self.bulk.in_hand,
        }

    def pools(self) -> Mapping[str, Mapping[str, int]]:
        """The figures of the pools of connections for short queries, by kind of work."""
        return {"questions": self.asker.get_stats(), "rows": self.pool.get_stats()}

    def base_url(self, request: Request) -> str:
        """Scheme and host under which the asker reaches us, without a final slash."""
        if self.face is Face.PUBLIC and self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        host = request.headers.get("host") or f"{self.settings.host}:{self.settings.public_port}"
        return f"{request.scope['scheme']}://{host}"

    def require_host(self, host: str) -> None:
        """Refuses a ``Host`` that is not one, and on the internal face any but this machine and ``internal_url``.

        Reading the internal face on this machine needs no account: a page of another site that lets its name point to
        127.0.0.1 must not read it through a browser of the staff.
        """
        if not _HOST.fullmatch(host):
            raise HTTPException(400)
        if self.face is Face.INTERNAL and not (_LOOPBACK.fullmatch(host) or self.is_from_elsewhere(host)):
            raise HTTPException(421)

    def is_from_elsewhere(self, host: str) -> bool:
        """Whether a request with this ``Host`` came through the proxy for the staff: then reading needs an account."""
        known = self.settings.internal_url
        return self.face is Face.INTERNAL and known is not None and host.lower() == known.split("/")[2].lower()
