"""Which of the pages' own files a module needs: found by following what it imports, at once or later."""

import re
from collections.abc import Iterable
from posixpath import dirname, join, normpath

from web_map.pages import MAPLIBRE_FOLDER, STATIC_FOLDER

_IMPORTED = re.compile(r"""(?:\bfrom\s+|\bimport\s+|\bimport\()["'](\.{1,2}/[^"']+\.mjs)["']""")
_LIBRARY = "vendor/maplibre-gl"
_OF_LIBRARY = ("maplibre-gl.mjs", "maplibre-gl-shared.mjs", "maplibre-gl-worker.mjs")
_LIBRARY_SHEET = "maplibre.css"


def shell_of(module: str, others: Iterable[str] = ()) -> list[str]:
    """What a page needs that begins with a module: paths below the static folder, the map library among them."""
    found: dict[str, None] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        text = (STATIC_FOLDER / name).read_text(encoding="utf-8")
        waiting += [normpath(join(dirname(name), each)) for each in _IMPORTED.findall(_without_comments(text))]
    library = [f"{_LIBRARY}/{name}" for name in _OF_LIBRARY if (MAPLIBRE_FOLDER / name).is_file()]
    return [*sorted(found), *others, *library, _LIBRARY_SHEET]


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
