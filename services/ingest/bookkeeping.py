"""What is remembered: each file as received, the record of each load, and whether a load is still current."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from geo.errors import GisError, SourceError
from layers.model import Layer, SourceFormat
from services.ingest.encoding import clean_text
from services.ingest.model import Provenance
from services.ingest.positions import needs_gazetteer
from services.ingest.report import LoadReport

Connection = psycopg.Connection[Any]

PART_BYTES = 1 << 20
INGEST_VERSION = 1
"""Raise when cleansing, positions or ids change: files loaded before are then loaded anew, not taken for unchanged."""


def keep_file(connection: Connection, path: Path, sha256: str) -> int:
    """Store the file as received, in parts of 1 MiB, unless it is there; returns its id in ``raw.file``."""
    size = path.stat().st_size
    row = connection.execute(
        "INSERT INTO raw.file (sha256, name, size_bytes) VALUES (%s, %s, %s) "
        "ON CONFLICT (sha256) DO NOTHING RETURNING id",
        (sha256, clean_text(path.name), size),
    ).fetchone()
    if row is None:
        row = connection.execute("SELECT id FROM raw.file WHERE sha256 = %s", (sha256,)).fetchone()
        assert row is not None  # noqa: S101 -- the conflict says that it is there, and rows of raw are never deleted
        return int(row[0])
    file_id = int(row[0])
    seen = hashlib.sha256()
    with (
        path.open("rb") as file,
        connection.cursor().copy("COPY raw.file_part (file_id, part, content) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int8", "int4", "bytea"])
        part = 0
        while content := file.read(PART_BYTES):
            seen.update(content)
            copy.write_row((file_id, part, content))
            part += 1
    if seen.hexdigest() != sha256:
        raise SourceError(f"{path.name} was changed while it was read.", fix="Load it again when nobody writes to it.")
    return file_id


def fingerprint(
    connection: Connection, layer: Layer, source: SourceFormat, provenance: Provenance, dataset: str | None
) -> str:
    """What beside the file's content decides the outcome of a load: declaration, provenance, towns, this program."""
    towns = None
    if needs_gazetteer(source):
        row = connection.execute("SELECT revision FROM ngis.layer WHERE id = 'towns'").fetchone()
        towns = None if row is None else row[0]
    row = connection.execute("SELECT definition_checksum FROM ngis.layer WHERE id = %s", (layer.id,)).fetchone()
    functions = [function for function in (source.derive, source.prepare, source.accepts) if function is not None]
    parts = (
        INGEST_VERSION,
        None if row is None else row[0],
        repr(layer.fields),
        [getattr(getattr(function, "__code__", None), "co_code", b"").hex() for function in functions],
        sorted(source.columns.items()),
        sorted((name, repr(value)) for name, value in source.constants.items()),
        repr((source.geometry, source.crs, source.crs_overrides, source.scope, source.identity)),
        repr(provenance),
        dataset,
        towns,
    )
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def is_current(connection: Connection, sha256: str, source: SourceFormat, wanted: str) -> bool:
    """Whether this file was loaded with this fingerprint, and all datasets it brought are still from that load."""
    return bool(
        connection.execute(
            """
            SELECT 1 FROM ngis.load
             WHERE file_sha256 = %s AND format_id = %s AND fingerprint = %s AND status = 'loaded'
               AND jsonb_array_length(metadata -> 'datasets') > 0
               AND jsonb_array_length(metadata -> 'datasets') =
                   (SELECT count(*) FROM ngis.dataset WHERE load_id = load.id)
             LIMIT 1""",
            (sha256, source.id, wanted),
        ).fetchone()
    )


def insert_load(connection: Connection, report: LoadReport) -> None:
    """Record a load; a report without ``load_id`` gets one."""
    if report.load_id is None:
        row = connection.execute("SELECT nextval('ngis.load_id_seq')").fetchone()
        assert row is not None  # noqa: S101 -- nextval always gives one row
        report.load_id = int(row[0])
    report.finished_at = datetime.now(UTC)
    connection.execute(
        """
        INSERT INTO ngis.load (id, file_id, file_name, file_sha256, layer_id, format_id, status, message, loaded_by,
                               started_at, finished_at, rows_read, rows_loaded, rows_mended, rows_rejected,
                               rows_other, rows_replaced, fingerprint, metadata)
        OVERRIDING SYSTEM VALUE
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            report.load_id,
            report.file_id,
            clean_text(report.file_name),
            report.file_sha256,
            report.layer_id,
            report.format_id,
            "loaded" if report.status == "dry-run" else report.status,  # of a dry run nothing stays
            None if report.message is None else clean_text(report.message),
            report.loaded_by,
            report.started_at,
            report.finished_at,
            report.rows_read,
            report.rows_loaded,
            report.rows_mended,
            report.rows_rejected,
            report.rows_other,
            report.rows_replaced,
            report.fingerprint,
            Jsonb(report.stored_metadata()),
        ),
    )


def insert_failure(
    open_connection: Callable[[], AbstractContextManager[Connection]], report: LoadReport, error: GisError
) -> None:
    """Record a failed load with the examples of its findings, in a transaction of its own.

    A database that cannot take it is no further failure: the person is told of the first.
    """
    failed = replace(
        report, load_id=None, file_id=None, status="failed", message=str(error), rows_loaded=0, rows_mended=0
    )
    with contextlib.suppress(psycopg.Error, GisError), open_connection() as connection, connection.transaction():
        insert_load(connection, failed)
        report.load_id = failed.load_id
        examples = [finding for group in report.rules.values() for finding in group.examples]
        for ordinal, finding in enumerate(examples):
            texts = (finding.column, finding.old, finding.new, finding.detail)
            connection.execute(
                "INSERT INTO ngis.finding VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    failed.load_id,
                    ordinal,
                    finding.rule,
                    str(finding.action),
                    finding.row,
                    *(None if text is None else clean_text(text) for text in texts),
                ),
            )
