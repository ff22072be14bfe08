"""The record provider: entries of the catalogue, searched in memory; a city has dozens of layers, not thousands."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pygeoapi.provider.base import BaseProvider

from layers.model import Text
from services.ogc import filters
from services.ogc.errors import ResourceError
from services.ogc.records import vocabulary
from services.ogc.records.catalogue import Catalogue, Entry
from services.ogc.rights import display_title, rights_of

Given = Mapping[str, str]
TYPE = "dataset"
SORTABLES: Mapping[str, Mapping[str, str]] = {
    "id": {"type": "string"},
    "title": {"type": "string"},
    "theme": {"type": "string"},
    "license": {"type": "string"},
    "created": {"type": "string", "format": "date-time"},
    "updated": {"type": "string", "format": "date-time"},
}
QUERYABLES: Mapping[str, Mapping[str, Any]] = {
    **SORTABLES,
    "type": {"type": "string", "enum": [TYPE]},
    "description": {"type": "string"},
    "keywords": {"type": "array", "items": {"type": "string"}},
    "fictitious": {"type": "boolean"},
}


class RecordProvider(BaseProvider):  # type: ignore[misc]  # pygeoapi has no types
    """Searches the catalogue.  The parameters are those of OGC API Records, checked before."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        self.catalogue: Catalogue = provider_def["data"]
        self.name = provider_def["name"]
        self.type = "record"
        self.data = self.catalogue
        self.id_field = "id"
        self.title_field = "title"
        self.time_field = self.uri_field = None
        self.editable = False
        self.properties: list[str] = []

    def get_fields(self) -> dict[str, Any]:
        return {name: dict(schema) for name, schema in QUERYABLES.items()}

    @property
    def fields(self) -> dict[str, Any]:
        return self.get_fields()

    def query(self, given: Given, language: str) -> list[Entry]:
        """The entries that every parameter given lets through, in the order asked for, else in that of the layers."""
        conditions = [_CONDITIONS[name](value) for name, value in given.items() if name in _CONDITIONS]
        found = [entry for entry in self.catalogue.entries if all(holds(entry) for holds in conditions)]
        for key in reversed(given.get("sortby", "").split(",")):
            if name := key.lstrip("+- "):
                found.sort(key=lambda entry, name=name: sort_key(entry, name, language), reverse=key.startswith("-"))  # type: ignore[misc]
        return found

    def get(self, identifier: str, **_unused: Any) -> Entry:
        """The entry of a layer; ``ResourceError`` where there is none."""
        for entry in self.catalogue.entries:
            if entry.id == identifier:
                return entry
        raise ResourceError(Text("この目録にはありません。", "The catalogue has no such record."))

    def __repr__(self) -> str:
        return "<RecordProvider>"


def sort_key(entry: Entry, name: str, language: str) -> Any:
    """The value of a sortable of an entry."""
    if name == "title":
        return display_title(entry.source).in_language(language)
    if name == "theme":
        return str(entry.source.layer.theme)
    if name == "license":
        return vocabulary.spdx_expression(rights_of(entry.source))
    if name in ("created", "updated"):
        moment: datetime | None = getattr(entry, name)
        return moment.timestamp() if moment is not None else 0.0
    return entry.id


# --- conditions: from the text of a parameter to a test of an entry --------------------------------------------

Condition = Callable[[Entry], bool]


def words(text: str) -> Condition:
    """Any of the terms between commas; of a term with spaces, its words in this order (OGC 20-004r1, 8.4.4)."""
    patterns = [
        re.compile(r"\s+".join(map(re.escape, folded(term).split()))) for term in text.split(",") if term.strip()
    ]

    def holds(entry: Entry) -> bool:
        texts = [folded(each) for each in entry.texts()]
        return any(pattern.search(each) for pattern in patterns for each in texts)

    return holds


def folded(text: str) -> str:
    """A text as it is compared: full-width and half-width, capital and small letters are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def external_ids(text: str) -> Condition:
    """Any of these identifiers of a source: its value, ``scheme:value``, or a scheme alone followed by ``:``."""
    wanted = [each for each in text.split(",") if each]

    def holds(entry: Entry) -> bool:
        known = [(each["scheme"], each["value"]) for each in identifiers(entry)]
        return any(want in (value, f"{scheme}:{value}", f"{scheme}:") for want in wanted for scheme, value in known)

    return holds


def identifiers(entry: Entry) -> list[dict[str, str]]:
    """What the datasets of a layer are called where they come from."""
    found = {each.source_id: None for each in entry.source.state.datasets if each.source_id}
    return [{"scheme": "source", "value": name} for name in found]


def _in_box(text: str) -> Condition:
    numbers = [float(part) for part in text.split(",")]
    west, south, east, north = numbers if len(numbers) == 4 else (numbers[0], numbers[1], numbers[3], numbers[4])
    boxes = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]

    def holds(entry: Entry) -> bool:
        left, bottom, right, top = entry.bounds
        return bottom <= north and top >= south and any(left <= last and right >= first for first, last in boxes)

    return holds


def _during(text: str) -> Condition:
    lower, upper = filters.interval(text)

    def holds(entry: Entry) -> bool:
        times = entry.times
        if times is None:  # nobody said of which time it is
            return False
        return (upper is None or times[0] <= upper) and (lower is None or times[1] >= lower)

    return holds


def _listed(value_of: Callable[[Entry], str]) -> Callable[[str], Condition]:
    return lambda text: lambda entry: value_of(entry) in text.split(",")


_CONDITIONS: Mapping[str, Callable[[str], Condition]] = {
    "q": words,
    "ids": _listed(lambda entry: entry.id),
    "externalIds": external_ids,
    "type": _listed(lambda _entry: TYPE),
    "bbox": _in_box,
    "datetime": _during,
    "theme": _listed(lambda entry: str(entry.source.layer.theme)),
    "license": _listed(lambda entry: vocabulary.spdx_expression(rights_of(entry.source))),
    "fictitious": lambda text: lambda entry: entry.source.state.fictitious is (text == "true"),
}
