"""Loading files: open, recognise, make rows, place them, and write everything of one file in one transaction."""

from collections.abc import Callable, Container, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from geo.errors import GisError, SourceError, StoreError
from layers.model import Embedded, Layer
from services.database.connect import connect as connect_to
from services.database.failures import store_errors
from services.ingest.bookkeeping import Connection, fingerprint, insert_failure, insert_load, is_current, keep_file
from services.ingest.layer_load import LayerLoad
from services.ingest.loading import lock_layers
from services.ingest.manifest import provenance_for, sha256_of
from services.ingest.model import Action, Provenance
from services.ingest.positions import NONE
from services.ingest.rasters import raster_tables
from services.ingest.readers import open_file
from services.ingest.recognition import Recognised, describe, osm_selectors, recognise, table_crs
from services.ingest.report import LoadReport
from services.settings import Settings

_WRONG_POSITIONS = ("coordinates-outside-japan", "coordinates-not-finite", "coordinates-zero")

Connect = Callable[[], AbstractContextManager[Connection]]
Progress = Callable[[str, int], None]
"""Called with a stage (``reading``, ``loading <layer>``) and the records done in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How files are to be loaded.

    layer_id:
        Look only at the formats of this layer.
    layer:
        The same, by a declaration that is not the catalogue's.
    dataset:
        Name of the dataset that the file is, in place of the format's name and scope.
    accept_shrink:
        Load even where a dataset loses more than ``Settings.max_shrink`` of its rows.
    again:
        Load even where the same content is there.
    dry_run:
        Do everything, and undo it.
    by:
        Who loads; kept with the load.
    """

    layer_id: str | None = None
    layer: Layer | None = None
    dataset: str | None = None
    accept_shrink: bool = False
    again: bool = False
    dry_run: bool = False
    by: str = "ngis"


DEFAULTS = Options()


def silent(stage: str, records: int) -> None:
    """No progress shown."""


def ingest_file(
    database: str | Connect,
    path: Path,
    settings: Settings,
    provenance: Provenance | None = None,
    options: Options = DEFAULTS,
    progress: Progress = silent,
) -> list[LoadReport]:
    """Load one file: all layers that it feeds, in one transaction, or nothing of it.

    Parameters
    ----------
    database:
        URL of the ingest role, or what opens a connection of it (a pool's ``connection``).
    provenance:
        What is known of the file; found in the manifests where None.

    Returns
    -------
    One report for each layer, kept in the database (but for a dry run).  A layer for which the content is already
    there has the status ``unchanged``, and its revision does not move.

    Raises
    ------
    SourceError
        The file cannot be read, is of no known format, has no row that can be loaded, or would shrink a dataset.
    StoreError
        The database is away, dies meanwhile or is full, or another load of a layer is running.

    A failure is recorded in the database where that can be reached.
    """
    attempt = _Attempt(path, settings, options, progress)
    url = database if isinstance(database, str) else None
    try:
        try:
            with store_errors(url):
                return attempt.run(_connector(database), provenance)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SourceError(f"{path.name}: {reason}.", fix="Check the file, and the room on the disk.") from error
        except StoreError as error:
            message = f"{path.name}: {error.message} Nothing of this file was loaded."
            raise StoreError(message, fix=error.fix) from error
    except GisError as error:
        if not options.dry_run:
            insert_failure(_connector(database), attempt.report, error)
        raise


class _Attempt:
    """One attempt to load one file; ``report`` is of the layer at work, for the record of a failure."""

    def __init__(self, path: Path, settings: Settings, options: Options, progress: Progress) -> None:
        self._path = path
        self._settings = settings
        self._options = options
        self._progress = progress
        self.report = LoadReport(path.name, loaded_by=options.by, started_at=datetime.now(UTC))

    def run(self, open_connection: Connect, provenance: Provenance | None) -> list[LoadReport]:
        path, settings = self._path, self._settings
        if not path.is_file():
            raise SourceError(f"{path} is not a file.", fix="Check the path.")
        size = path.stat().st_size
        if size > settings.max_file_bytes:
            raise SourceError(
                f"{path.name} has {size:,} bytes, more than the {settings.max_file_bytes:,} allowed.",
                fix="Raise NGIS_MAX_FILE_BYTES if the file is right.",
            )
        self._progress("reading", 0)
        sha256 = self.report.file_sha256 = sha256_of(path)
        known = provenance if provenance is not None else provenance_for(path, sha256)
        with open_file(path, max_unpacked_bytes=settings.max_unpacked_bytes, selectors=osm_selectors()) as opened:
            found = recognise(
                opened.tables,
                opened.rasters,
                layer_id=self._options.layer_id,
                layer=self._options.layer,
                file_name=path.name,
            )
            with open_connection() as connection, connection.transaction() as transaction:
                connection.execute("SET LOCAL statement_timeout = 0")
                lock_layers(connection, (load.layer.id for load in found.loads))
                reports = list(self._load_all(connection, found.loads, known))
                if not reports:
                    raise SourceError(f"{path.name} holds no record.", fix="Check whether the file is complete.")
                if self._options.dry_run:
                    raise psycopg.Rollback(transaction)
        for report in reports:
            report.ignored = tuple(table.name for table in found.ignored)
            if self._options.dry_run:
                report.load_id = report.file_id = None  # undone with the rest
        return reports

    def _load_all(
        self, connection: Connection, loads: tuple[Recognised, ...], known: Provenance
    ) -> Iterator[LoadReport]:
        for load in loads:
            report = self.report = self._new_report(load)
            assert report.file_sha256 is not None  # noqa: S101 -- set before anything is opened
            report.fingerprint = fingerprint(connection, load.layer, load.source, known, self._options.dataset)
            if not self._options.again and is_current(connection, report.file_sha256, load.source, report.fingerprint):
                report.status = "unchanged"
                insert_load(connection, report)
                yield report
                continue
            report.file_id = keep_file(connection, self._path, report.file_sha256)
            with connection.transaction() as part:
                self._load(connection, load, report, known)
                if not report.rows_loaded:  # an extract without elements of this layer says nothing about it
                    raise psycopg.Rollback(part)
            if report.rows_loaded:
                yield report

    def _load(self, connection: Connection, load: Recognised, report: LoadReport, known: Provenance) -> None:
        """Write the rows of one layer; ``SourceError`` where there are records and none can be loaded."""
        tables = load.tables or raster_tables(load.rasters, report.file_sha256 or "", self._settings)
        work = LayerLoad(connection, load.layer, load.source, known, report, self._settings, self._options.dataset)
        for table in tables:
            for _ in work.read(table):
                self._progress(f"loading {load.layer.id}", report.rows_read)
        if not report.rows_loaded and report.rows_rejected:
            raise SourceError(
                f"{report.file_name}: none of its {report.rows_read:,} records can be loaded into "
                f"{load.layer.id}: {_reasons(report)}.",
                fix="Correct the rows; `ngis ingest report` shows examples with their row numbers.",
            )
        if report.rows_loaded:
            _refuse_no_place(load, report)
            work.finish(max_shrink=self._settings.max_shrink, accept_shrink=self._options.accept_shrink)

    def _new_report(self, load: Recognised) -> LoadReport:
        return LoadReport(
            self._path.name,
            self.report.file_sha256,
            layer_id=load.layer.id,
            format_id=load.source.id,
            status="dry-run" if self._options.dry_run else "loaded",
            loaded_by=self._options.by,
            started_at=datetime.now(UTC),
            description=describe(load),
        )


def _refuse_no_place(load: Recognised, report: LoadReport) -> None:
    """``SourceError`` where no row has a position because each that is stated is wrong.

    The reference system is then another one than said, or columns are mixed up: the layer would become a list.
    """
    refused = sum(report.count_of(rule, Action.REJECTED) for rule in _WRONG_POSITIONS)
    if set(report.positions) != {NONE} or refused < report.rows_loaded:
        return
    systems = ", ".join(f"EPSG:{code}" for code in sorted({table_crs(table, load.source) for table in load.tables}))
    fix = "Correct the columns of longitude and latitude; they are degrees."
    if isinstance(load.source.geometry, Embedded):
        fix = "State the reference system in the file: the .prj beside a shapefile, the crs member of a GeoJSON."
    raise SourceError(
        f"{report.file_name}: none of its {report.rows_loaded:,} positions can be right, taken for {systems}: "
        f"{_reasons(report, _WRONG_POSITIONS)}.",
        fix=fix,
    )


def _reasons(report: LoadReport, rules: Container[str] | None = None) -> str:
    """The rules that rejected something, with how often and where first."""
    reasons = []
    for group in report.rules.values():
        if group.action is not Action.REJECTED or (rules is not None and group.rule not in rules):
            continue
        first = group.examples[0]
        where = f", first in row {first.row}" if first.row is not None else ""
        what = f", {first.column}: {first.old}" if first.column is not None else ""
        reasons.append(f"{group.rule} ({group.count:,}{where}{what})")
    return "; ".join(reasons)


def _connector(database: str | Connect) -> Connect:
    """What opens a connection and closes (a pool: returns) it after the ``with`` block."""
    if callable(database):
        return database
    url = database
    return lambda: connect_to(url, application_name="ngis ingest")
