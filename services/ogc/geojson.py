"""JSON as it leaves the server: feature arrays that the database wrote are spliced in, never parsed again."""

import json
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import orjson
from babel import Locale


class RawFeatures(list[Any]):
    """The features of one page as the UTF-8 bytes of a JSON array.

    Its length is known without parsing; only what looks at single features (HTML, CSV, JSON-LD) parses them, once.
    """

    def __init__(self, raw: bytes, count: int) -> None:
        super().__init__()
        self._raw: bytes | None = raw
        self._count = count

    def __len__(self) -> int:
        return super().__len__() if self._raw is None else self._count

    def __bool__(self) -> bool:
        return len(self) > 0

    def __iter__(self) -> Iterator[Any]:
        self._parse()
        return super().__iter__()

    def __getitem__(self, index: Any) -> Any:
        self._parse()
        return super().__getitem__(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._parse()
        super().__setitem__(index, value)

    def encoded(self) -> bytes:
        """The array as JSON bytes: the database's own where nothing was changed."""
        return self._raw if self._raw is not None else dumps(list(self)).encode()

    def _parse(self) -> None:
        if self._raw is not None:
            features = json.loads(self._raw)
            self._raw = None
            self.extend(features)


class RawFeature(dict[str, Any]):
    """One feature as the UTF-8 bytes of a JSON object, and what is said beside it as members of this mapping."""

    def __init__(self, raw: bytes, beside: dict[str, Any]) -> None:
        super().__init__(beside)
        self._raw = raw

    def parsed(self) -> dict[str, Any]:
        """The feature as a plain mapping, with what is beside it."""
        feature: dict[str, Any] = json.loads(self._raw)
        return feature | self

    def encoded(self) -> bytes:
        """The object as JSON bytes."""
        return b"%b,%b" % (self._raw[:-1], dumps(dict(self)).encode()[1:]) if self else self._raw


def to_json(value: Any, pretty: bool = False) -> str | bytes:
    """What replaces ``pygeoapi.util.to_json``: the same document, with every text as it is in the data.

    Two things are left out: links that lead nowhere, and the time of writing, which would make each answer to the same
    question another one (``Date`` says it).  Bytes where the document carries features as bytes, else a string.
    """
    if isinstance(value, dict) and isinstance(links := value.get("links"), list):
        value["links"] = [link for link in links if link.get("href")]
    if isinstance(value, RawFeature):
        return value.encoded()
    if isinstance(value, dict) and isinstance(features := value.get("features"), RawFeatures):
        rest = dumps({name: each for name, each in value.items() if name not in ("type", "features", "timeStamp")})
        kind = dumps(value.get("type", "FeatureCollection"))
        tail = f",{rest[1:]}" if len(rest) > 2 else "}"
        return b'{"type":%b,"features":%b%b' % (kind.encode(), features.encoded(), tail.encode())
    return dumps(value, pretty=pretty)


def dumps(value: Any, *, pretty: bool = False) -> str:
    """JSON with Japanese as Japanese, and without entities for ``<`` and ``>``; numpy's arrays are lists."""
    return dumped(value, pretty=pretty).decode()


def dumped(value: Any, *, pretty: bool = False) -> bytes:
    """The same as it is sent."""
    options = orjson.OPT_SERIALIZE_NUMPY | (orjson.OPT_INDENT_2 if pretty else 0)
    try:
        return orjson.dumps(value, default=_plain, option=options)
    except TypeError:  # with keys that are no texts it takes a third longer, and few documents have any
        return orjson.dumps(value, default=_plain, option=options | orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):  # with names
        return list(value)
    if isinstance(value, time):  # of a zone
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Locale):
        return str(value).replace("_", "-")
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "to_plain"):  # read only now that it is written
        return value.to_plain()
    if hasattr(value, "item"):  # a numpy scalar
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")
