"""HTML with all that it loads put into it, from packages that are installed; what is not known is refused.

folium and its plug-ins name CDNs.  Whatever else a page of theirs would fetch is found by a parser and by the
addresses in its scripts, so that nothing new of a later version slips through.
"""

import base64
import mimetypes
import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from geo.errors import GisError

_PACKAGES = Path(__file__).parents[2] / "node_modules"
FILES: Mapping[str, Path] = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": _PACKAGES / "leaflet" / "dist" / "leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": _PACKAGES / "leaflet" / "dist" / "leaflet.css",
}
"""What folium loads, and the file of an installed package that stands for it."""

_LOADING = ("src", "srcset", "poster", "data", "background", "action", "formaction", "manifest", "ping", "xlink:href")
_ADDRESS = re.compile(r"""(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s"'`)<]*""", re.IGNORECASE)
_NAMESPACES = ("http://www.w3.org/", "//www.w3.org/")
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//[#@] sourceMappingURL=.*$", re.MULTILINE)


class OutsideError(GisError):
    """A page would fetch something that no installed package stands for."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"The map would load {url[:200]!r} from outside.",
            fix="Leave out what needs it, or name an installed file for it in web_map/portable/inlining.py.",
        )


def self_contained(html: str) -> str:
    """The same page with its scripts, style sheets and pictures in it.

    Raises
    ------
    OutsideError
        If it would load anything else.
    """
    page = _Page()
    page.feed(html)
    page.close()
    return "".join(page.parts)


class _Page(HTMLParser):
    """Writes what it reads, but for what is loaded."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._inside: str | None = None
        self._dropping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" in given:
            self.parts.append(f"<script>{_script(given['src'])}")
            self._dropping = True
            return
        if tag == "link":
            if "stylesheet" in given.get("rel", "").lower():
                self.parts.append(f"<style>{_style_sheet(given.get('href', ''))}</style>")
                return
            raise OutsideError(given.get("href", ""))
        for name, value in given.items():
            if (name in _LOADING or (name == "href" and tag not in ("a", "area"))) and not _stays(value):
                raise OutsideError(value)
            if name == "style":
                _check_css(value)
        self._inside = "data" if given.get("type") == "application/json" else tag
        self.parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._inside, self._dropping = None, False
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._dropping:
            return
        if self._inside == "script":
            for found in _ADDRESS.findall(data):
                if not found.startswith(_NAMESPACES):
                    raise OutsideError(found)
        elif self._inside == "style":
            _check_css(data)
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")


def _stays(value: str) -> bool:
    return value.strip().lower().startswith(("data:", "#")) or not value.strip()


@cache
def _script(url: str) -> str:
    # Nothing in it may end the element; a source map would be fetched by developers' tools.
    return _SOURCE_MAP.sub("", _file(url).read_text("utf-8")).replace("</script", "<\\/script")


@cache
def _style_sheet(url: str) -> str:
    file = _file(url)

    def placed(found: re.Match[str]) -> str:
        target = found[1] or found[2]
        if target.startswith(("#", "data:")):
            return found[0]
        picture = file.parent / target
        if not picture.is_file():
            raise OutsideError(target)
        kind = mimetypes.guess_type(picture.name)[0] or "application/octet-stream"
        return f"url(data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()})"

    return _CSS_URL.sub(placed, _COMMENT.sub("", file.read_text("utf-8")))


def _file(url: str) -> Path:
    file = FILES.get(url)
    if file is None:
        raise OutsideError(url)
    if not file.is_file():
        raise GisError(f"{file.name} is not installed.", fix="make up, or npm ci, installs it.")
    return file


def _check_css(text: str) -> None:
    for found in _CSS_URL.finditer(_COMMENT.sub("", text)):
        if not _stays(found[1] or found[2]):
            raise OutsideError(found[1] or found[2])
