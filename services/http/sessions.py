"""Sessions of the staff's pages: a cookie that no script reads, and a token for whatever changes something.

A session's token is of 256 random bits, so a digest of it is enough in the database, and what is sent with a change is
made of it: the pages are told it, and no page of another site can learn it.  Beside that the cookie is never sent from
another site (SameSite), and requests that say they come from one are refused (``accounts.refuse_other_sites``).
"""

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from geo.errors import StoreError
from layers.model import Text
from services.database.accounts import Account
from services.database.failures import store_errors
from services.database.lending import Lender
from services.database.sessions import LASTS, account_of_session, end_session, open_session
from services.http.problems import AccessError
from services.http.work import Workbench

REMEMBERED_S = 60.0
"""How long a session is not looked up again; while the database is away one that was known goes on."""
_MOST_REMEMBERED = 1_000
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Session:
    """A session that stands.  ``csrf``: what its pages send with whatever changes something."""

    account: Account
    csrf: str

    def require_token(self, given: str) -> None:
        """``AccessError`` where this is not its token."""
        if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self.csrf.encode()):
            raise AccessError(
                HTTPStatus.FORBIDDEN,
                Text(
                    "ページの確認符号（X-CSRF-Token）がないか、古くなっています。ページを開き直してください。",
                    "The token of the page (X-CSRF-Token) is missing or old. Open the page anew.",
                ),
            )


class Sessions:
    """The sessions that one process knows.  To be used from one event loop's thread."""

    def __init__(self, pool: Lender) -> None:
        self._pool = pool
        self._bench = Workbench("sessions", 1)
        self._known: OrderedDict[str, tuple[Account, float]] = OrderedDict()

    async def of(self, request: Request) -> Session | None:
        """The session that a request belongs to; None where there is none.

        Raises
        ------
        StoreError
            The database is away, and the session was not known before.
        """
        token = request.cookies.get(_cookie(request), "")
        if not 0 < len(token) <= _LONGEST_TOKEN:
            return None
        account, until = self._known.get(token, (None, 0.0))
        if until <= time.monotonic():
            try:
                account = await self._bench.do(lambda: self._looked_up(token))
            except StoreError:
                if account is None:
                    raise
            else:
                self._remember(token, account)
        return None if account is None else Session(account, _csrf(token))

    async def open(self, request: Request, response: Response, account: Account) -> None:
        """Opens a session of its own for whoever has just given a name and its secret, in place of the one before."""
        before = request.cookies.get(_cookie(request), "")
        token = await self._bench.do(lambda: self._opened(account, before))
        self._known.pop(before, None)
        self._remember(token, account)
        secure = request.url.scheme == "https"
        age = round(LASTS.total_seconds())
        response.set_cookie(_cookie(request), token, age, path="/", secure=secure, httponly=True, samesite="strict")

    async def end(self, request: Request, response: Response) -> None:
        """Ends the session of a request, everywhere: other processes know it for a minute more."""
        token = request.cookies.get(_cookie(request), "")
        self._known.pop(token, None)
        await self._bench.do(lambda: self._ended(token))
        secure = request.url.scheme == "https"
        response.delete_cookie(_cookie(request), path="/", secure=secure, httponly=True, samesite="strict")

    def close(self) -> None:
        self._bench.close()

    def _remember(self, token: str, account: Account | None) -> None:
        if account is None:
            self._known.pop(token, None)
            return
        self._known[token] = (account, time.monotonic() + REMEMBERED_S)
        if len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)

    def _looked_up(self, token: str) -> Account | None:
        with store_errors(), self._pool.connection() as connection:
            return account_of_session(connection, token)

    def _opened(self, account: Account, before: str) -> str:
        with store_errors(), self._pool.connection() as connection:
            end_session(connection, before)
            return open_session(connection, account.name)

    def _ended(self, token: str) -> None:
        with store_errors(), self._pool.connection() as connection:
            end_session(connection, token)


def _cookie(request: Request) -> str:
    """Its name; with this prefix browsers take it over TLS alone, for the whole host and no other."""
    return "__Host-ngis-session" if request.url.scheme == "https" else "ngis-session"


def _csrf(token: str) -> str:
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"csrf", "sha256").hex()
