"""The manifest: where files come from, and what is known of them beside their content.

``data/manifest.toml`` describes the city's official sources; a ``manifest.toml`` inside a folder of data describes the
files of that folder.  The keys are described at the top of ``data/manifest.toml``.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from geo.errors import NotFoundError, SourceError
from services.ingest.model import Provenance
from services.settings import ROOT

NAME = "manifest.toml"
CITY_MANIFEST = ROOT / "data" / NAME

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str | None = None
    licence: str | None = None
    attribution: str | None = None
    as_of: date | None = None
    note: str | None = None
    sha256: Sha256 | None = None
    url: str | None = None


class SourceEntry(_Entry):
    """An official place from which ``ngis fetch`` downloads."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    layers: tuple[str, ...] = ()
    page: str | None = None
    file_name: str | None = None
    fetch: bool = True

    @property
    def provenance(self) -> Provenance:
        return Provenance(self.id, self.title, self.url or self.page, self.licence, self.attribution, self.as_of)


class FileEntry(_Entry):
    """A file that may be given to ``ngis ingest``; ``path`` is relative to the folder given, or to the manifest."""

    path: str
    source: str | None = None
    fictitious: bool = False
    ingest: bool = True
    layer: str | None = None

    @property
    def provenance(self) -> Provenance:
        return Provenance(
            self.source, self.title, self.url, self.licence, self.attribution, self.as_of, self.fictitious
        )


class Manifest(BaseModel):
    """One manifest.  Values of ``[defaults]`` are already in the ``file`` entries that do not state their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[Literal[1], Field(alias="schema")]
    source: tuple[SourceEntry, ...] = ()
    file: tuple[FileEntry, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _spread_defaults(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        rest = {key: value for key, value in data.items() if key != "defaults"}
        defaults = data.get("defaults", {})
        rest["file"] = [{**defaults, **entry} for entry in data.get("file", [])]
        return rest

    @model_validator(mode="after")
    def _refuse_repeated_ids(self) -> "Manifest":
        ids = [source.id for source in self.source]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise ValueError(f"[[source]] ids are repeated: {', '.join(repeated)}")
        return self

    def source_named(self, source_id: str) -> SourceEntry:
        """The source with this id; ``NotFoundError`` names the ids there are."""
        for source in self.source:
            if source.id == source_id:
                return source
        ids = ", ".join(source.id for source in self.source) or "none"
        raise NotFoundError(f"There is no source {source_id!r} in the manifest.", fix=f"Choose one of: {ids}.")

    def entry_for(self, relative_path: str, sha256: str) -> FileEntry | None:
        """The entry of a file: by its checksum wherever it lies, else by its path where the entry has no checksum.

        An entry whose checksum differs speaks of another edition of the file, so its date is never used.
        """
        by_path = None
        for entry in self.file:
            if entry.sha256 == sha256:
                return entry
            if entry.sha256 is None and entry.path == relative_path:
                by_path = entry
        return by_path


def read_manifest(path: Path) -> Manifest:
    """Read and check one manifest; ``SourceError`` names the file and every wrong key."""
    try:
        with path.open("rb") as file:
            return Manifest.model_validate(tomllib.load(file))
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such manifest.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SourceError(f"{path} cannot be read: {error}.", fix="Correct the file; it is TOML in UTF-8.") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'file'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise SourceError(
            f"{path} does not follow the schema: {problems}.", fix=f"The keys are described in {CITY_MANIFEST.name}."
        ) from error


def manifests_for(folder: Path, city_manifest: Path = CITY_MANIFEST) -> list[Manifest]:
    """The manifests that may speak of files in ``folder``: its own first, then the city's."""
    found = [path for path in (folder / NAME, city_manifest) if path.is_file()]
    if len(found) == 2 and found[0].samefile(found[1]):
        found.pop()
    return [read_manifest(path) for path in found]


def find_entry(path: Path, sha256: str, folder: Path, manifests: Iterable[Manifest]) -> FileEntry | None:
    """The first entry of ``manifests`` for the file; ``folder`` is what their paths are relative to."""
    relative = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    for manifest in manifests:
        entry = manifest.entry_for(relative, sha256)
        if entry is not None:
            return entry
    return None


def provenance_for(path: Path, sha256: str, manifests: Sequence[Manifest] | None = None) -> Provenance:
    """What the manifests say of one file, from those beside it and the city's; an empty ``Provenance`` for nothing."""
    folder = path.resolve().parent
    known = manifests_for(folder) if manifests is None else manifests
    entry = find_entry(path.resolve(), sha256, folder, known)
    return entry.provenance if entry is not None else Provenance()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}.", fix="Check the path and its permissions."
        ) from error
