"""Secrets of accounts: made here, shown once, and kept only as what scrypt (RFC 7914) makes of them."""

import base64
import hashlib
import hmac
import secrets

_N, _R, _P = 2**14, 8, 1  # 16 MiB and some 50 ms; a made secret has 192 bits, so that no more is needed
_MAX_MEMORY = 64 * 1024**2
_SALT_BYTES = 16
_SECRET_BYTES = 24


def new_secret() -> str:
    """A secret nobody can guess, in letters, digits, ``-`` and ``_``."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def hashed(secret: str) -> str:
    """``scrypt$n$r$p$salt$hash``, salt and hash in base64."""
    salt = secrets.token_bytes(_SALT_BYTES)
    found = _derive(secret, salt, _N, _R, _P)
    return "$".join(("scrypt", str(_N), str(_R), str(_P), _encode(salt), _encode(found)))


def is_secret(secret: str, kept: str) -> bool:
    """Whether a secret is the one of which ``kept`` was made; takes the same time for a wrong one."""
    _, n, r, p, salt, wanted = kept.split("$")
    found = _derive(secret, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(wanted))


def _derive(secret: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(secret.encode("utf-8", "surrogatepass"), salt=salt, n=n, r=r, p=p, maxmem=_MAX_MEMORY)


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
