"""``python -m tests.web_map.library_sheet``: the rules of MapLibre's own sheet that our maps use, written anew.

Most of its bytes are pictures of controls that we have not.
"""

import re
from collections.abc import Iterator

from web_map.pages import MAPLIBRE_FOLDER, STATIC_FOLDER

SHEET = STATIC_FOLDER / "maplibre.css"
INSTALLED = MAPLIBRE_FOLDER / "maplibre-gl.css"
_UNUSED = re.compile(
    r"maplibregl-(popup|user-location|crosshair|spin|marker-draggable|pseudo-fullscreen"
    r"|ctrl-(geolocate|logo|compass|fullscreen|shrink|globe|terrain))|:fullscreen"
)
_HEAD = """/* MapLibre GL JS (BSD-3-Clause, copyright MapLibre contributors): the rules of its sheet that our maps use.
   Written by tests/web_map/library_sheet.py, and held against the installed library by a test. */
"""


def used(css: str) -> str:
    """The rules without those of controls that we have not."""
    kept = []
    for head, body in _rules(css):
        if head.startswith("@media"):
            inner = used(body)
            if inner:
                kept.append(f"{head}{{{inner}}}")
        elif head.startswith("@"):
            if not _UNUSED.search(head):
                kept.append(f"{head}{{{body}}}")
        elif selectors := [each for each in head.split(",") if not _UNUSED.search(each)]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Head and body of each rule at the outermost level; a brace in a string is none."""
    begin, opened, depth, quote = 0, 0, 0, ""
    for at, sign in enumerate(css):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "{":
            depth += 1
            opened = at if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[begin:opened].strip(), css[opened + 1 : at]
                begin = at + 1


def sheet() -> str:
    """What the file has to be."""
    return _HEAD + used(INSTALLED.read_text("utf-8")).replace("}.", "}\n.").replace("}@", "}\n@") + "\n"


if __name__ == "__main__":
    SHEET.write_text(sheet(), "utf-8")
