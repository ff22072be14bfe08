"""The log of what was released of personal data; who keeps it is none of a process's business."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Protocol

from psycopg.types.json import Jsonb

from geo.privacy.mesh_release import MeshRelease
from services.database.failures import store_errors
from services.database.lending import Connection, Connections
from services.database.locks import Lock

_COLUMNS = "number, released_at, subject, purpose, approved_by, first_day, last_day, mesh_level, k, content, code"


@dataclass(frozen=True, slots=True)
class Entry:
    """One release.

    number, released_at:
        0 and None before it is in a log.
    subject:
        Of which records it is: those of one subject are tested against one another.
    """

    subject: str
    purpose: str
    approved_by: str
    release: MeshRelease
    code: str
    number: int = 0
    released_at: datetime | None = None


class ReleaseLog(Protocol):
    """A log that only grows."""

    def of_subject(self, subject: str | None = None) -> Sequence[Entry]:
        """All releases, or those of one subject, in their order."""
        ...

    def append(self, entry: Entry, after: int) -> Entry | None:
        """The entry with its number; None, and nothing is written, where ``after`` is not the last of its subject."""
        ...


class MemoryReleases:
    """A log for notebooks and tests that ends with them."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def of_subject(self, subject: str | None = None) -> Sequence[Entry]:
        return [each for each in self._entries if subject in (None, each.subject)]

    def append(self, entry: Entry, after: int) -> Entry | None:
        if max((each.number for each in self.of_subject(entry.subject)), default=0) != after:
            return None
        logged = replace(entry, number=len(self._entries) + 1, released_at=datetime.now(UTC))
        self._entries.append(logged)
        return logged


class DatabaseReleases:
    """The log in the database, of the internal face; every error is a ``StoreError``."""

    def __init__(self, pool: Connections) -> None:
        self._pool = pool

    def of_subject(self, subject: str | None = None) -> Sequence[Entry]:
        with store_errors(), self._pool.connection() as connection:
            return _entries(connection, subject)

    def append(self, entry: Entry, after: int) -> Entry | None:
        release = entry.release
        with store_errors(), self._pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (Lock.RELEASES,))
            if max((each.number for each in _entries(connection, entry.subject)), default=0) != after:
                return None
            row = connection.execute(
                "INSERT INTO ngis.personal_data_release (subject, purpose, approved_by, first_day, "
                "last_day, mesh_level, k, content, code) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
                "RETURNING number, released_at",
                (
                    *(entry.subject, entry.purpose, entry.approved_by, release.first, release.last, release.level),
                    *(release.k, Jsonb(_content(release)), entry.code),
                ),
            ).fetchone()
        assert row is not None  # noqa: S101 - a row was written
        return replace(entry, number=row[0], released_at=row[1])


def _entries(connection: Connection, subject: str | None) -> list[Entry]:
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM ngis.personal_data_release "  # noqa: S608 - a constant
        "WHERE %s::text IS NULL OR subject = %s ORDER BY number",
        (subject, subject),
    ).fetchall()
    return [_entry(*row) for row in rows]


def _entry(
    number: int,
    released_at: datetime,
    subject: str,
    purpose: str,
    approved_by: str,
    first: date,
    last: date,
    level: int,
    k: int,
    content: Mapping[str, Any],
    code: str,
) -> Entry:
    release = MeshRelease(
        first,
        last,
        level,
        k,
        tuple(map(tuple, content["groups"])),
        tuple(content["counts"]),
        content["by"],
        tuple(content["labels"]),
        tuple(map(tuple, content["table"])),
        content["total"],
    )
    return Entry(subject, purpose, approved_by, release, code, number, released_at)


def _content(release: MeshRelease) -> dict[str, Any]:
    return {
        "groups": release.groups,
        "counts": release.counts,
        "by": release.by,
        "labels": release.labels,
        "table": release.table,
        "total": release.total,
    }
