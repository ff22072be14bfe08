"""Files as they are published to tables and grids, recognised by content and not by name.

``open_file`` is all that others need.  Nothing here knows of layers' columns, cleanses a value or touches the database.
"""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from geo.errors import SourceError
from layers.model import OsmSelector
from services.ingest.model import Action, Finding, Raster, Table
from services.ingest.readers.archives import Budget, unpack
from services.ingest.readers.csv_file import read_csv
from services.ingest.readers.dem_file import mosaic
from services.ingest.readers.gml_file import read_gml
from services.ingest.readers.json_file import read_json
from services.ingest.readers.kinds import Kind, kind_of
from services.ingest.readers.opened import Contents, Limits, Opened, UnrecognisedError
from services.ingest.readers.osm_file import read_osm
from services.ingest.readers.raster_file import read_geotiff
from services.ingest.readers.vector_file import read_geopackage, read_shapefile
from services.ingest.readers.xlsx_file import read_xlsx

__all__ = ["Limits", "Opened", "UnrecognisedError", "open_file"]

_NO_SELECTORS: Mapping[str, OsmSelector] = MappingProxyType({})
_MAX_NESTING = 1  # archives within an archive
# Of members with one stem (国土数値情報 publishes the same data three times), the first of these is read.
_PREFERENCE = (Kind.GEOPACKAGE, Kind.JSON, Kind.SHAPEFILE, Kind.GML)
_PARTS = frozenset({".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".fbn", ".fbx"})
_DOCUMENTS = frozenset(
    {".txt", ".md", ".pdf", ".html", ".htm", ".png", ".jpg", ".jpeg", ".xsd", ".xsl", ".qml", ".sld"}
)


def open_file(
    path: Path,
    *,
    limits: Limits | None = None,
    max_unpacked_bytes: int | None = None,
    selectors: Mapping[str, OsmSelector] = _NO_SELECTORS,
    crs: int | None = None,
    workspace: Path | None = None,
) -> Opened:
    """Open one file, whatever it is, and give its tables and grids.

    Parameters
    ----------
    limits, max_unpacked_bytes:
        What it may cost; ``max_unpacked_bytes`` replaces that of the limits.
    selectors:
        For OSM files: table name -> which elements the table holds.
    crs:
        EPSG code of a raster that states none.
    workspace:
        Folder in which archives are unpacked (default: the system's); what is written there goes on ``close``.

    Returns
    -------
    ``Opened``, to be used as a context manager.  Tables of an archive are named by their member.

    Raises
    ------
    SourceError
        Naming the file, the row where there is one, and the reason; ``UnrecognisedError`` where it is of no known
        kind.
        While records are read, ``Table.records`` raises it too.
    """
    limits = limits or Limits()
    if max_unpacked_bytes is not None:
        limits = replace(limits, max_unpacked_bytes=max_unpacked_bytes)
    _check_readable(path)
    resources = ExitStack()
    reader = _Reader(limits, selectors, crs, workspace, resources)
    try:
        kind = kind_of(path)
        contents = reader.read(path, kind, name="")
        return Opened(path.name, _container(kind, contents), contents.tables, contents.rasters, resources)
    except OSError as error:
        resources.close()
        raise SourceError(
            f"{path.name}: the file cannot be read ({error.strerror or error}).",
            fix="Check the disk and its free space.",
        ) from error
    except BaseException:
        resources.close()
        raise


def _check_readable(path: Path) -> None:
    try:
        if path.is_dir():
            raise SourceError(f"{path.name} is a folder.", fix="Give the files in it.")
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise SourceError(f"{path.name}: there is no such file.", fix="Check the path.") from error
    except PermissionError as error:
        raise SourceError(
            f"{path.name}: the file may not be read by this user.", fix="Give read permission (chmod u+r)."
        ) from error
    except OSError as error:
        raise SourceError(
            f"{path.name}: the file cannot be opened ({error.strerror or error}).", fix="Check the path and the disk."
        ) from error


def _container(kind: Kind, contents: Contents) -> str:
    return contents.tables[0].container if kind is Kind.JSON and contents.tables else str(kind)


class _Reader:
    """Reads one file given, and the files within it."""

    def __init__(
        self,
        limits: Limits,
        selectors: Mapping[str, OsmSelector],
        crs: int | None,
        workspace: Path | None,
        resources: ExitStack,
    ) -> None:
        self._limits = limits
        self._selectors = selectors
        self._crs = crs
        self._workspace = workspace
        self._resources = resources
        self._budget = Budget(limits)

    def read(self, path: Path, kind: Kind, name: str, nesting: int = 0) -> Contents:
        limits = self._limits
        match kind:
            case Kind.ZIP:
                return self._read_archive(path, name, nesting)
            case Kind.XLSX:
                return read_xlsx(path, limits=limits, name=name)
            case Kind.SHAPEFILE:
                return read_shapefile(path, name=name)
            case Kind.GEOTIFF:
                return read_geotiff(path, name=name, crs=self._crs)
            case Kind.OSM:
                return read_osm(path, selectors=self._selectors)
            case Kind.GEOPACKAGE:
                return read_geopackage(path, name=name)
            case Kind.DEM:
                return Contents(rasters=mosaic([path], self._folder(), limits=limits))
            case Kind.GML:
                return read_gml(path, limits=limits, name=name)
            case Kind.JSON:
                return read_json(path, limits=limits, name=name)
            case Kind.TEXT:
                return read_csv(path, limits=limits, name=name)

    def _folder(self) -> Path:
        temporary = tempfile.TemporaryDirectory(prefix="ngis-", dir=self._workspace, ignore_cleanup_errors=True)
        return Path(self._resources.enter_context(temporary))

    def _read_archive(self, path: Path, name: str, nesting: int) -> Contents:
        if nesting > _MAX_NESTING:
            raise SourceError(
                f"{path.name}: archives are nested more than {_MAX_NESTING} deep.", fix="Unpack the outer one yourself."
            )
        members = unpack(path, self._folder(), self._budget)
        notes: list[Finding] = []
        chosen = _choose(members, notes)
        tables: list[Table] = []
        rasters: list[Raster] = []
        elevation: list[Path] = []
        for member, file, kind in chosen:
            label = f"{name}/{member}" if name else member
            if kind is Kind.DEM:
                elevation.append(file)
                continue
            try:
                contents = self.read(file, kind, label, nesting + 1)
            except UnrecognisedError as error:
                notes.append(Finding("member-skipped", Action.NOTED, old=member, detail=error.message))
                continue
            except SourceError as error:
                raise SourceError(f"{path.name}: {error.message}", fix=error.fix) from error
            tables += contents.tables
            rasters += contents.rasters
        if elevation:
            rasters += mosaic(elevation, self._folder(), limits=self._limits)
        if tables:
            tables[0] = replace(tables[0], findings=(*tables[0].findings, *notes))
        elif rasters:
            rasters[0] = replace(rasters[0], findings=(*rasters[0].findings, *notes))
        else:
            raise UnrecognisedError(
                f"{path.name}: the archive holds nothing that is read ({len(members)} files).",
                fix="Give an archive with CSV, xlsx, GeoJSON, shapefile, GML, GeoPackage, GeoTIFF or OSM PBF.",
            )
        return Contents(tuple(tables), tuple(rasters))


def _choose(members: list[tuple[str, Path]], notes: list[Finding]) -> list[tuple[str, Path, Kind]]:
    """The members to read, each with its kind; what is left out is added to ``notes``."""
    shapefiles = {file.with_suffix("") for _, file in members if file.suffix.lower() == ".shp"}
    found: list[tuple[str, Path, Kind]] = []
    for member, file in members:
        suffix = file.suffix.lower()
        if suffix in _PARTS and file.with_suffix("") in shapefiles:
            continue
        if file.name.lower().endswith(".shp.xml") or suffix in _DOCUMENTS:
            notes.append(Finding("member-skipped", Action.NOTED, old=member, detail="a document"))
            continue
        if file.stat().st_size == 0:
            notes.append(Finding("member-skipped", Action.NOTED, old=member, detail="empty"))
            continue
        try:
            found.append((member, file, kind_of(file)))
        except UnrecognisedError as error:
            notes.append(Finding("member-skipped", Action.NOTED, old=member, detail=error.message))
    best: dict[str, Kind] = {}
    for _, file, kind in found:
        if kind in _PREFERENCE:
            held = best.setdefault(file.stem, kind)
            if _PREFERENCE.index(kind) < _PREFERENCE.index(held):
                best[file.stem] = kind
    chosen = []
    taken: set[str] = set()
    for member, file, kind in found:
        # Two of one stem and kind: one data set in two encodings (UTF-8/ and Shift-JIS/ of 国土数値情報).
        if kind in _PREFERENCE and (kind is not best[file.stem] or (file.stem in taken and _is_encoding_folder(file))):
            notes.append(Finding("member-repeated", Action.NOTED, old=member))
            continue
        taken.add(file.stem)
        chosen.append((member, file, kind))
    return chosen


def _is_encoding_folder(file: Path) -> bool:
    return any(part.lower().replace("-", "").replace("_", "") in ("utf8", "shiftjis", "sjis") for part in file.parts)
