"""Which dataset a row belongs to, and the id by which its feature is known for good."""

import re
from dataclasses import dataclass

from layers.model import SourceFormat
from services.ingest.encoding import content_digest, identifier
from services.ingest.model import Action
from services.ingest.rows import Row

DIGEST_DIGITS = 16
UNKNOWN_PARTITION = "-"


@dataclass(frozen=True, slots=True)
class Identity:
    """``dataset``: the unit that a later load replaces; ``id``: unique in the dataset's layer."""

    dataset: str
    id: str


class Identities:
    """Names the rows of one load.

    dataset
        ``<series>``, else ``<format>``, with ``/<scope value>`` for each of the format's ``scope`` and ``/<part>`` for
        its ``part_of_name``; or the name given for the whole file.
    id
        The values of the format's ``identity`` fields, joined by ``-``; a digest of values and geometry where the
        format has none or the row lacks one.  A second row with the same id is dropped where its content is the
        same, and otherwise kept as ``<id>~2``, ``<id>~3`` ...: a wrong id in the source must not lose a place.
    """

    def __init__(self, source: SourceFormat, dataset: str | None = None) -> None:
        self._source = source
        self._dataset = dataset
        self._part: str | None = None
        self._seen: dict[str, list[bytes]] = {}

    def enter(self, *names: str) -> None:
        """Begin a table: of its member's and its file's name the first that has a part of the name counts."""
        if self._source.part_of_name is None:
            return
        found = (re.search(self._source.part_of_name, name) for name in names)
        self._part = next((match[1] for match in found if match is not None), UNKNOWN_PARTITION)

    def of(self, row: Row, geometry: str | None) -> Identity | None:
        """The identity of a row with its geometry as hexadecimal EWKB; None where the same row was there before."""
        digest = content_digest(row.values, geometry)
        name = self._name(row, digest)
        content = bytes.fromhex(digest)
        same_name = self._seen.setdefault(name, [])
        if content in same_name:
            row.reject("duplicate-identity", f"id {name}; the same row was there before")
            return None
        same_name.append(content)
        if len(same_name) > 1:
            unique = f"{name}~{len(same_name)}"
            row.find("duplicate-identity", Action.NOTED, old=name, new=unique, detail="the rows differ; both are kept")
            name = unique
        return Identity(self.dataset_of(row), name)

    def dataset_of(self, row: Row) -> str:
        """The dataset of a row."""
        if self._dataset is not None:
            return self._dataset
        scope = [row.values.get(field) for field in self._source.scope]
        name = self._source.series or self._source.id
        parts = [name, *(UNKNOWN_PARTITION if value is None else str(value) for value in scope)]
        return "/".join(parts if self._part is None else [*parts, self._part])

    def _name(self, row: Row, digest: str) -> str:
        parts = [row.values.get(field) for field in self._source.identity]
        if not parts:
            return digest[:DIGEST_DIGITS]
        if any(part is None or part == "" for part in parts):
            row.find("identity-missing", Action.NOTED, detail=", ".join(self._source.identity))
            return digest[:DIGEST_DIGITS]
        return identifier(list(parts))
