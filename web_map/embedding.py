"""A state of the map as a page that other sites may frame, and the state in its address.

The state is the one that the map page keeps after the ``#`` (``static/address.mjs``); here it is the query, as who
frames a map is to be told by the server, without a script too, whose data it shows and as of when.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from web_map.drawing import shared_environment
from web_map.pages import CONTENT_SECURITY_POLICY as STRICT
from web_map.pages import data_of, fill, localise
from web_map.ruby import without_ruby
from web_map.texts import texts

PAGE = "/embed"
CONTENT_SECURITY_POLICY = STRICT.replace("frame-ancestors 'self'", "frame-ancestors *")
"""Nothing else differs from the pages' policy."""

_STATE = frozenset({"lon", "lat", "zoom", "layers", "only", "opacity", "palette", "ground", "terrain"})
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MOST_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class MapState:
    """What an address says of the map.

    given:
        Its parameters as they are written.
    layers:
        Ids of the layers that are shown; None where nothing is said of layers.
    unknown:
        Ids that are asked for and that no layer has.
    """

    given: Mapping[str, str]
    layers: frozenset[str] | None
    unknown: tuple[str, ...]

    @classmethod
    def read(cls, query: str, known: Set[str]) -> Self:
        """The state in a query; ``known`` are the ids of the layers that there are."""
        given = {name: value for name, value in parse_qsl(query, keep_blank_values=True) if name in _STATE}
        if "layers" not in given:
            return cls(given, None, ())
        ids = [each for each in given["layers"].split(",") if each]
        unknown = dict.fromkeys(each for each in ids if each not in known and _ID.fullmatch(each))
        return cls(given, frozenset(ids) & known, tuple(unknown)[:_MOST_UNKNOWN])

    def shows(self, layer_id: str, at_first: bool) -> bool:
        """Whether a layer is shown; ``at_first``: whether it is where nobody chose."""
        return at_first if self.layers is None else layer_id in self.layers

    @property
    def hash(self) -> str:
        """The same state as the map page has it, with its ``#``."""
        return f"#{urlencode(self.given, safe=',:')}" if self.given else ""


def embed_page(view: Mapping[str, Any], state: MapState, base: str, language: str) -> str:
    """The framed map of a view (``web_map.view.map_view``) as HTML, with sources, dates, and the way to the full map.

    ``base`` is the address of the server, without a final slash.
    """
    words = texts(language)
    local = localise(view, language)
    full = f"{base}{local['urls']['page']}?lang={language}{state.hash}"
    missing = [*(layer["title"] for layer in local["layers"] if not layer["available"]), *state.unknown]
    return (
        shared_environment()
        .get_template("embed.html")
        .render(
            view=local,
            full=full,
            missing=words["client.list_separator"].join(missing),
            language=language,
            t=lambda key, **values: without_ruby(fill(words[key], values)),
            number=lambda value: f"{value:,}",
            data=data_of(local, language),
        )
    )
