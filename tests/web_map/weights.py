"""What pages weigh, by gzip: the bounds, and one way to count for the tests and the benchmarks."""

import gzip
import re
from collections.abc import Iterable
from posixpath import dirname, join, normpath
from typing import Final

from web_map.pages import MAPLIBRE_FOLDER, STATIC_FOLDER

FIRST_LOAD_KB: Final = 30
"""Of an answer: the page and all that it asks for before the map."""
MAP_KB: Final = 480
"""Of the map: the library and our files, without the page that names the layers."""

_AT_ONCE = re.compile(r'^(?:import|export)\b[^;]*?\bfrom "(\.{1,2}/[^"]+)"', re.MULTILINE)
_LATER = re.compile(r'\bimport\("(\.{1,2}/[^"]+)"\)\.then\(')


def kilobytes(contents: Iterable[bytes]) -> float:
    """Of these answers, each compressed by itself, in units of 1,000 bytes."""
    return sum(len(gzip.compress(each, 6)) for each in contents) / 1000


def named_in(page: str) -> list[str]:
    """The static files that a page names itself, as paths below their folder."""
    head = page.partition("<body")[0]
    return re.findall(r'(?:href|src)="/static/(?:[0-9a-f]{12}/)?([^"]+\.(?:css|mjs|svg))"', head)


def with_imports(files: Iterable[str], *, begun_by: str = "") -> list[str]:
    """The files with all modules that they import at once; of ``begun_by`` those too that it begins to load itself."""
    found: dict[str, None] = {}
    waiting = list(files)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        if name.endswith(".mjs"):
            text = (STATIC_FOLDER / name).read_text("utf-8")
            named = _AT_ONCE.findall(text) + (_LATER.findall(text) if name == begun_by else [])
            waiting += [normpath(join(dirname(name), each)) for each in named]
    return sorted(found)


def read(files: Iterable[str]) -> list[bytes]:
    return [(STATIC_FOLDER / each).read_bytes() for each in files]


def library() -> list[bytes]:
    """The map library, without the sheet, of which we have our own selection."""
    return [(MAPLIBRE_FOLDER / each).read_bytes() for each in ("maplibre-gl.mjs", "maplibre-gl-worker.mjs")]
