"""Content codings: answers compressed as the asker can read them."""

import gzip
import sys
from functools import lru_cache

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEAST_BYTES = 1_000
"""Less than this is not worth a coding."""
_BROTLI_QUALITY = 5  # 9 times the speed of the best, 10 % larger
_GZIP_LEVEL = 6
_BROTLI_QUALITY_ONCE, _GZIP_LEVEL_ONCE = 2, 1  # a tenth of the time, a third larger; 1 takes longer than 2
_BROTLI_WINDOW_ONCE = 18  # 256 KiB: to lay out a larger one takes longer than to write a page
_ZSTD_ONCE = zstd.ZstdCompressor(  # half the time of the least brotli, and no larger; a lock of its own guards it
    options={
        zstd.CompressionParameter.compression_level: 1,
        # A table that stays in the processor's nearest memory: a fifth less time than the usual one, 1 % larger.
        zstd.CompressionParameter.hash_log: 12,
        zstd.CompressionParameter.min_match: 6,
    }
)
_KEPT, _ONCE = ("br", "gzip"), ("zstd", "br", "gzip")
"""The codings, the best first: what is kept is to be small, what is made for one asker is to be made quickly."""

_COMPRESSIBLE = ("text/", "application/json", "application/xml", "image/svg+xml", "application/vnd.mapbox-vector-tile")


def is_compressible(media_type: str) -> bool:
    """Whether content of this type is text, or as loose as text."""
    bare = media_type.partition(";")[0].strip().lower()
    return bare.startswith(_COMPRESSIBLE) or bare.endswith(("+json", "+xml"))


@lru_cache(maxsize=1_000)
def choose(accept_encoding: str, *, once: bool = False) -> str:
    """``br``, ``gzip`` or ``identity``: the best coding that an ``Accept-Encoding`` header allows.

    ``once``: of what is made for one asker and not kept, ``zstd`` too.
    """
    if not accept_encoding:
        return "identity"
    allowed: dict[str, float] = {}
    for part in accept_encoding.split(","):
        name, _, weight = part.strip().lower().partition(";q=")
        try:
            allowed[name.strip()] = float(weight or 1)
        except ValueError:
            continue
    fallback = allowed.get("*", 0.0)
    for name in _ONCE if once else _KEPT:
        if allowed.get(name, fallback) > 0:
            return name
    return "identity"


def encode(body: bytes, coding: str, *, once: bool = False) -> bytes:
    """``body`` in a coding that ``choose`` chose; the same bytes each time, so that an entity tag stays true.

    ``once``: it is made for one asker and not kept, so that more time would not pay.
    """
    if coding == "zstd":
        return _ZSTD_ONCE.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)
    if coding == "br":
        compressed: bytes = (
            brotli.compress(body, quality=_BROTLI_QUALITY_ONCE, lgwin=_BROTLI_WINDOW_ONCE)
            if once
            else brotli.compress(body, quality=_BROTLI_QUALITY)
        )
        return compressed
    return gzip.compress(body, _GZIP_LEVEL_ONCE if once else _GZIP_LEVEL, mtime=0)
