"""Values of rows as PostgreSQL takes them: JSON without what jsonb refuses, and ids that fit into a URL."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time

_REPLACEMENT = "\ufffd"


def to_json(value: object) -> str:
    """JSON for a jsonb column: NaN and infinities as text, NUL and lone surrogates replaced, dates as ISO 8601.

    What arrived is kept byte for byte in ``raw.file_part``; this is its readable copy.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
        if "\\u0000" not in text:
            text.encode()
            return text
    except (ValueError, TypeError):  # NaN; keys that are not text
        pass
    return json.dumps(_without_refused(value), ensure_ascii=False, allow_nan=False, default=_plain)


def clean_text(text: str) -> str:
    """The text without what a PostgreSQL text cannot hold: NUL and lone surrogates become U+FFFD."""
    return text.replace("\0", _REPLACEMENT).encode("utf-8", "replace").decode("utf-8")


def content_digest(values: Mapping[str, object], geometry: str | None) -> str:
    """64 hex digits that are the same for the same typed values and geometry (hexadecimal EWKB)."""
    canonical = json.dumps(values, sort_keys=True, ensure_ascii=True, default=_plain)
    return hashlib.sha256(f"{canonical}|{geometry or ''}".encode()).hexdigest()


def identifier(parts: list[object]) -> str:
    """An id from the values of the identity fields: joined by ``-``, safe as one segment of a URL path."""
    text = "-".join(_plain(part) if not isinstance(part, str) else part for part in parts)
    return re.sub(r"[\s/\\?#%]+", "_", unicodedata.normalize("NFKC", clean_text(text)).strip())


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


def _without_refused(value: object) -> object:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _without_refused(member) for key, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_refused(member) for member in value]
    return value
