"""The report of a load: what was read, mended and rejected; kept in the database, read from there again, exported."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row

from geo.errors import NotFoundError, SourceError
from services.ingest.model import Action, Finding

EXAMPLES = 5
"""How many findings of one rule a summary shows; the database keeps them all."""

CSV_HEADER = ("file", "row", "column", "rule", "action", "old_value", "new_value", "detail")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(slots=True)
class RuleCount:
    """The findings of one rule and action, counted, with the first few as examples."""

    rule: str
    action: Action
    count: int = 0
    examples: list[Finding] = dataclass_field(default_factory=list)


@dataclass(slots=True)
class LoadReport:
    """What one load did to one layer.

    status:
        ``loaded``, ``unchanged`` (the same content was there), ``failed`` or ``dry-run`` (nothing was written).
    rows_read:
        All records; = loaded + rejected + other.
    rows_mended:
        Rows loaded of which at least one value was mended.
    rows_rejected:
        Records not loaded because of a defect.  Single values rejected are findings, their rows are loaded.
    rows_other:
        Records of the file that are not of this layer.
    rows_replaced:
        Rows of the same datasets that were there before.
    ignored:
        Tables of the file that are of no known format.
    positions:
        Rows by ``position_quality``.
    metadata:
        What the file says of itself.
    description:
        What the file was taken for, in one line.
    fingerprint:
        What beside the content of the file decides the outcome, as a checksum.
    """

    file_name: str
    file_sha256: str | None = None
    load_id: int | None = None
    layer_id: str | None = None
    format_id: str | None = None
    status: str = "loaded"
    message: str | None = None
    loaded_by: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    file_id: int | None = None
    fingerprint: str | None = None
    description: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_mended: int = 0
    rows_rejected: int = 0
    rows_other: int = 0
    rows_replaced: int = 0
    rows_outside_city: int = 0
    datasets: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    positions: dict[str, int] = dataclass_field(default_factory=dict)
    metadata: dict[str, Any] = dataclass_field(default_factory=dict)
    rules: dict[tuple[str, Action], RuleCount] = dataclass_field(default_factory=dict)

    def count(self, findings: Iterable[Finding]) -> None:
        """Add findings to the counts by rule."""
        for finding in findings:
            key = (finding.rule, finding.action)
            group = self.rules.get(key)
            if group is None:
                group = self.rules[key] = RuleCount(*key)
            group.count += 1
            if len(group.examples) < EXAMPLES:
                group.examples.append(finding)

    def count_of(self, rule: str, action: Action | None = None) -> int:
        """Findings of a rule, of one action or of all."""
        return sum(group.count for (name, what), group in self.rules.items() if name == rule and action in (None, what))

    def stored_metadata(self) -> dict[str, Any]:
        """What ``ngis.load.metadata`` keeps."""
        return {
            "file": self.metadata,
            "description": self.description,
            "datasets": list(self.datasets),
            "positions": self.positions,
            "outside_city": self.rows_outside_city,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """A report from a row of ``ngis.load``, still without its findings."""
        stored = row["metadata"]
        counts = {name: row[name] for name in row if name.startswith("rows_")}
        return cls(
            **counts,
            file_name=row["file_name"],
            file_sha256=row["file_sha256"],
            load_id=row["id"],
            layer_id=row["layer_id"],
            format_id=row["format_id"],
            status=row["status"],
            message=row["message"],
            loaded_by=row["loaded_by"],
            started_at=row["started_at"],
            finished_at=row["finished_at"],
            file_id=row["file_id"],
            fingerprint=row["fingerprint"],
            description=stored.get("description"),
            rows_outside_city=stored.get("outside_city", 0),
            datasets=tuple(stored.get("datasets", ())),
            positions=stored.get("positions", {}),
            metadata=stored.get("file", {}),
        )


def read_report(connection: psycopg.Connection[Any], load_id: int | None = None) -> LoadReport:
    """The report of a load, of the last one where ``load_id`` is None; ``NotFoundError`` where there is none."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT * FROM ngis.load WHERE %(id)s::bigint IS NULL OR id = %(id)s ORDER BY id DESC LIMIT 1",
            {"id": load_id},
        )
        row = cursor.fetchone()
    if row is None:
        what = "There is no load yet." if load_id is None else f"There is no load {load_id}."
        raise NotFoundError(what, fix="`ngis ingest report --list` names the last loads.")
    report = LoadReport.from_row(row)
    report.count(findings_of(connection, row["id"]))
    return report


def recent_loads(connection: psycopg.Connection[Any], limit: int = 20) -> list[LoadReport]:
    """The last loads, newest first, without their findings."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT * FROM ngis.load ORDER BY id DESC LIMIT %s", (limit,))
        return [LoadReport.from_row(row) for row in cursor]


def findings_of(connection: psycopg.Connection[Any], load_id: int) -> Iterator[Finding]:
    """All findings of a load in their order, read in portions."""
    last = -1
    query = """
        SELECT ordinal, rule, action, row_number, column_name, old_value, new_value, detail
          FROM ngis.finding WHERE load_id = %s AND ordinal > %s ORDER BY ordinal LIMIT 10000"""
    while rows := connection.execute(query, (load_id, last)).fetchall():
        for ordinal, rule, action, row, column, old, new, detail in rows:
            last = ordinal
            yield Finding(rule, Action(action), row, column, old, new, detail)


def write_csv(path: Path, file_name: str, findings: Iterable[Finding]) -> int:
    """Write findings as CSV for a spreadsheet: UTF-8 with BOM, CRLF, no cell taken for a formula; returns the rows.

    A cell that begins like a formula gets an apostrophe before it (OWASP, "CSV injection").
    The file appears whole or not at all.
    """
    temporary = path.with_name(path.name + ".tmp")
    rows = 0
    try:
        with temporary.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(CSV_HEADER)
            for finding in findings:
                writer.writerow(
                    (
                        _safe(file_name),
                        finding.row if finding.row is not None else "",
                        _safe(finding.column),
                        finding.rule,
                        str(finding.action),
                        _safe(finding.old),
                        _safe(finding.new),
                        _safe(finding.detail),
                    )
                )
                rows += 1
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SourceError(
            f"{path} cannot be written: {error.strerror}.", fix="Check the folder and its room."
        ) from error
    return rows


def _safe(text: str | None) -> str:
    if text is None:
        return ""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
