"""Loading many files: folders, manifests, order, and one outcome for each file whatever became of the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import date
from pathlib import Path

from geo.errors import GisError, SourceError
from services.ingest.manifest import NAME as MANIFEST
from services.ingest.manifest import FileEntry, Manifest, find_entry, manifests_for, sha256_of
from services.ingest.model import Provenance
from services.ingest.pipeline import DEFAULTS, Connect, Options, Progress, ingest_file, silent
from services.ingest.readers import open_file
from services.ingest.readers.opened import UnrecognisedError
from services.ingest.recognition import recognise
from services.ingest.report import LoadReport
from services.settings import Settings

# Parts of a shapefile beside its .shp, and files that only describe others.
_SIDECARS = frozenset({".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".fbn", ".fbx", ".ain", ".aih"})
_DESCRIPTIONS = frozenset({".md", ".sha256", ".pdf", ".html", ".htm", ".toml"})
_LOOK_INTO_BYTES = 64 * 1024**2  # larger files are not looked into to find the towns
TOWNS = "towns"


@dataclass(slots=True)
class FileToLoad:
    """One file chosen from what was given; ``named``: given by itself and not found in a folder."""

    path: Path
    named: bool
    sha256: str
    entry: FileEntry | None = None

    @property
    def provenance(self) -> Provenance:
        return self.entry.provenance if self.entry is not None else Provenance()


@dataclass(slots=True)
class FileOutcome:
    """What became of one file: its reports, ``error`` where it failed, ``left_out`` why it was left out.

    ``listed``: a manifest names the file, so that its source and its licence are known.
    """

    path: Path
    listed: bool = False
    reports: list[LoadReport] = dataclass_field(default_factory=list)
    error: GisError | None = None
    left_out: str | None = None

    @property
    def failed(self) -> bool:
        return self.error is not None


OnFile = Callable[[Path, int, int], Progress]
"""Called before each file with its place and the number of files; returns what shows its progress."""


def _no_file_progress(path: Path, number: int, total: int) -> Progress:  # noqa: ARG001
    return silent


def ingest_paths(
    database: str | Connect,
    paths: Sequence[Path],
    settings: Settings,
    options: Options = DEFAULTS,
    *,
    as_of: date | None = None,
    manifests: Sequence[Manifest] | None = None,
    on_file: OnFile = _no_file_progress,
) -> list[FileOutcome]:
    """Load files and folders, each file in a transaction of its own; a file that fails keeps no other from loading.

    In a folder, what its ``manifest.toml`` or the city's manifest marks ``ingest = false`` is left out, and a file
    that is in no manifest and of no known format too; both are reported.  Towns come first, because addresses of the
    other files are placed by them.

    Parameters
    ----------
    as_of:
        Date that all the files describe, over what manifests say.
    manifests:
        In place of the manifests of each folder and of the city.

    Raises
    ------
    SourceError
        If a path does not exist or is no file, or a manifest is wrong; nothing is loaded then.
    """
    chosen, outcomes = _choose(paths, manifests)
    if len(chosen) > 1:
        chosen.sort(key=lambda file: not _brings_towns(file, settings, options))
    for number, file in enumerate(chosen, 1):
        outcome = FileOutcome(file.path, listed=file.entry is not None)
        outcomes.append(outcome)
        provenance = file.provenance if as_of is None else replace(file.provenance, as_of=as_of)
        own = options
        if options.layer_id is None and file.entry is not None and file.entry.layer is not None:
            own = replace(options, layer_id=file.entry.layer)
        try:
            progress = on_file(file.path, number, len(chosen))
            outcome.reports = ingest_file(database, file.path, settings, provenance, own, progress)
        except UnrecognisedError as error:
            if file.named or file.entry is not None:
                outcome.error = error
            else:
                outcome.left_out = error.message
        except GisError as error:
            outcome.error = error
    return outcomes


def _choose(paths: Sequence[Path], manifests: Sequence[Manifest] | None) -> tuple[list[FileToLoad], list[FileOutcome]]:
    chosen: dict[str, FileToLoad] = {}  # by checksum
    left_out: list[FileOutcome] = []
    for path in paths:
        if not path.exists():
            raise SourceError(f"{path} does not exist.", fix="Check the path.")
        if not path.is_dir() and not path.is_file():  # a pipe or a device may never end
            raise SourceError(f"{path} is neither a file nor a folder.", fix="Save the data to a file first.")
        folder = path if path.is_dir() else path.resolve().parent
        known = manifests_for(folder) if manifests is None else manifests
        for file in files_of(path) if path.is_dir() else (path,):
            try:
                sha256 = sha256_of(file)
            except SourceError as error:
                left_out.append(FileOutcome(file, error=error))
                continue
            base = folder.resolve()
            entry = find_entry(file.resolve(), sha256, base, known)
            if path.is_dir() and entry is not None and not entry.ingest:
                left_out.append(FileOutcome(file, left_out=entry.note or "left out by the manifest"))
                continue
            new, other = FileToLoad(file, not path.is_dir(), sha256, entry), chosen.get(sha256)
            if other is not None:
                if other.entry is None and entry is not None:  # of two copies the one that a manifest describes
                    new, other = other, new
                left_out.append(FileOutcome(new.path, left_out="the same content as another of the files"))
            chosen[sha256] = other or new
    return list(chosen.values()), left_out


def files_of(folder: Path) -> Iterator[Path]:
    """The files of a folder, however deep, that may hold data; by name, without hidden and merely describing ones."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == MANIFEST:
            continue
        if any(part.startswith((".", "__")) for part in path.relative_to(folder).parts):
            continue
        suffix = path.suffix.lower()
        if suffix in _DESCRIPTIONS or (suffix in _SIDECARS and _has_shapefile(path)):
            continue
        if suffix == ".xml" and _has_shapefile(path):
            continue
        yield path


def _has_shapefile(path: Path) -> bool:
    stem = path.name.removesuffix(path.suffix).removesuffix(".shp")
    return any(path.with_name(stem + suffix).is_file() for suffix in (".shp", ".SHP"))


def _brings_towns(file: FileToLoad, settings: Settings, options: Options) -> bool:
    """Whether a file is of the towns, found by its content; files that cannot be read will say so later."""
    if file.entry is not None and file.entry.layer is not None:
        return file.entry.layer == TOWNS
    if file.path.stat().st_size > _LOOK_INTO_BYTES:
        return False
    try:
        with open_file(file.path, max_unpacked_bytes=settings.max_unpacked_bytes, selectors={}) as opened:
            found = recognise(opened.tables, opened.rasters, layer_id=options.layer_id, file_name=file.path.name)
    except (GisError, OSError):
        return False
    return any(load.layer.id == TOWNS for load in found.loads)


def failed(outcomes: Iterable[FileOutcome]) -> list[FileOutcome]:
    """The outcomes of the files that failed."""
    return [outcome for outcome in outcomes if outcome.failed]
