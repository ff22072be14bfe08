"""Who asks: accounts of the staff, by RFC 7617 Basic, RFC 6750 Bearer or a session, for the pages that need a role.

A secret is compared with what scrypt made of it, which is slow on purpose; one that was right is remembered for a
minute, in this process, under a digest with a key of the process.  Secrets are in no log.
"""

import asyncio
import base64
import binascii
import hmac
import ipaddress
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil

from starlette.requests import Request

from layers.editors import ROLE_TITLES
from layers.model import Role, Text
from services.database.accounts import Account, verify
from services.database.failures import store_errors
from services.database.lending import Lender
from services.http.attempts import Attempts
from services.http.problems import AccessError
from services.http.sessions import Sessions
from services.http.work import Workbench

REMEMBERED_S = 60.0
"""How long a right secret is not compared again: an account that was disabled is let in for so much longer."""
FAILURES_OF_ACCOUNT, FAILURES_OF_ADDRESS = 10, 30
"""Wrong secrets in a minute, in each process; behind one address stand many of the staff."""
_MOST_REMEMBERED = 1_000
_LONGEST_HEADER = 1_000
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="ngis", charset="UTF-8", Bearer realm="ngis"'}

_FOR_SCRIPTS = {"WWW-Authenticate": 'Session realm="ngis"'}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account is known by."""

    name: str
    secret: str


class Accounts:
    """Lets accounts in.  To be used from one event loop's thread."""

    def __init__(self, pool: Lender) -> None:
        self._pool = pool
        self.sessions = Sessions(pool)
        self._bench = Workbench("accounts", 1)
        self._by_account = Attempts(FAILURES_OF_ACCOUNT)
        self._by_address = Attempts(FAILURES_OF_ADDRESS)
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, tuple[Account, float]] = OrderedDict()
        self._comparing = asyncio.Lock()

    async def admit(self, request: Request, roles: frozenset[Role]) -> str:
        """The name of the account that asks, which has one of these roles.

        Raises
        ------
        AccessError
            401 where there is none or its secret is wrong, 403 where it has none of the roles, its secret would
            travel in the clear or a session comes without its token, 429 after too many wrong secrets.
        """
        given = _credentials(request.headers.get("authorization", ""))
        if given is not None:
            account = await self.sign_in(request, given)
        elif (session := await self.sessions.of(request)) is not None:
            session.require_token(request.headers.get("x-csrf-token", ""))
            account = session.account
        else:
            raise unauthorized(request, Text("職員のアカウントが必要です。", "An account of the staff is needed."))
        if not account.roles & roles:
            wanted = [ROLE_TITLES[role] for role in Role if role in roles]
            raise AccessError(
                HTTPStatus.FORBIDDEN,
                Text(
                    f"次のいずれかの役割が必要です：{'、'.join(each.ja for each in wanted)}",
                    f"One of these roles is needed: {', '.join(each.en for each in wanted)}.",
                ),
            )
        return account.name

    async def sign_in(self, request: Request, given: Credentials) -> Account:
        """The account with this name and secret; ``AccessError`` as ``admit`` has it."""
        if request.url.scheme != "https" and not _is_loopback(request):
            raise AccessError(
                HTTPStatus.FORBIDDEN,
                Text("暗号化されていない接続では認証できません。", "Accounts are not let in over plain HTTP."),
            )
        account = await self._recognise(given, request.client.host if request.client else "")
        if account is None:
            raise unauthorized(request, Text("名前またはシークレットが違います。", "The name or the secret is wrong."))
        return account

    async def reader(self, request: Request) -> Account | None:
        """The account that reads, by whatever it is known; None where it is by nothing.  ``AccessError`` as above."""
        given = _credentials(request.headers.get("authorization", ""))
        if given is not None:
            return await self.sign_in(request, given)
        session = await self.sessions.of(request)
        return None if session is None else session.account

    def close(self) -> None:
        self._bench.close()
        self.sessions.close()

    async def _recognise(self, given: Credentials, address: str) -> Account | None:
        digest = hmac.digest(self._key, f"{given.name}\0{given.secret}".encode("utf-8", "surrogatepass"), "sha256")
        async with self._comparing:  # one after the other: what many ask for at once is compared once
            if (account := self._remembered(digest)) is not None:
                return account
            if wait_s := max(self._by_account.wait_s(given.name), self._by_address.wait_s(address)):
                raise AccessError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    Text("認証の失敗が多すぎます。", "Too many wrong secrets were given."),
                    {"Retry-After": str(ceil(wait_s))},
                )
            account = await self._bench.do(lambda: self._verified(given))
            if account is None:
                self._by_account.failed(given.name)
                self._by_address.failed(address)
                return None
            self._known[digest] = (account, time.monotonic() + REMEMBERED_S)
            if len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
            return account

    def _remembered(self, digest: bytes) -> Account | None:
        account, until = self._known.get(digest, (None, 0.0))
        if until <= time.monotonic():
            self._known.pop(digest, None)
            return None
        return account

    def _verified(self, given: Credentials) -> Account | None:
        with store_errors(), self._pool.connection() as connection:
            return verify(connection, given.name, given.secret)


def refuse_other_sites(request: Request, own_origin: str) -> None:
    """Refuses a request that changes something and comes from a page of another site.

    A browser sends the credentials that it has been given once with every request, whoever wrote the page.

    Raises
    ------
    AccessError
        403, by ``Sec-Fetch-Site`` or ``Origin``.
    """
    site = request.headers.get("sec-fetch-site", "none")
    origin = request.headers.get("origin", own_origin)
    if site not in ("none", "same-origin") or origin != own_origin:
        raise AccessError(
            HTTPStatus.FORBIDDEN,
            Text("他のサイトのページからは変更できません。", "Pages of other sites cannot change anything here."),
        )


def _credentials(header: str) -> Credentials | None:
    scheme, _, value = header.partition(" ")
    value = value.strip()
    if len(header) > _LONGEST_HEADER or not value:
        return None
    match scheme.lower():
        case "basic":
            try:
                text = base64.b64decode(value, validate=True).decode("utf-8")
            except (binascii.Error, ValueError):
                return None
            name, colon, secret = text.partition(":")
        case "bearer":
            name, colon, secret = value.partition(".")
        case _:
            return None
    return Credentials(name, secret) if colon and name and secret else None


def unauthorized(request: Request, reason: Text) -> AccessError:
    """The refusal of whoever gives no account, or a wrong secret.

    A script of a page is not challenged: the browser would put a box of its own over the page."""
    is_script = request.headers.get("sec-fetch-dest") == "empty"
    return AccessError(HTTPStatus.UNAUTHORIZED, reason, _FOR_SCRIPTS if is_script else _CHALLENGE)


def _is_loopback(request: Request) -> bool:
    if request.client is None:  # over a socket file of this machine
        return True
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
