"""A job as it is told of, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from geo.errors import GisError, InfeasibleError, InputError, NotFoundError
from layers.text import Text
from services.ogc.errors import ContentError, ResourceError, RunError, UnanswerableError
from services.settings import Settings


class Status(StrEnum):
    """OGC's status codes; the last three are final."""

    ACCEPTED = "accepted"
    RUNNING = "running"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    DISMISSED = "dismissed"

    @property
    def is_final(self) -> bool:
        return self not in (Status.ACCEPTED, Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the jobs of a face may take.  ``retention``: how long results are kept, and how long a job may wait."""

    queue: int
    time_limit_s: float
    result_bytes: int
    retention: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Self:
        retention = timedelta(hours=settings.job_retention_h)
        return cls(settings.job_queue, settings.job_time_limit_s, settings.job_result_bytes, retention)


class ProblemKind(StrEnum):
    """Why a job failed, as far as its asker has to know."""

    INPUT = "input"
    MISSING = "missing"
    UNANSWERABLE = "unanswerable"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Problem:
    """The reason of a failure, in both languages; nothing of the inside."""

    kind: ProblemKind
    reason: Text

    @classmethod
    def of(cls, error: GisError) -> Self:
        """The problem that an error of ours tells an asker."""
        reason = getattr(error, "reason", None)
        told = reason if isinstance(reason, Text) else Text(str(error), str(error))
        for kind, meant in (
            (InputError, ProblemKind.INPUT),
            (NotFoundError, ProblemKind.MISSING),
            (InfeasibleError, ProblemKind.UNANSWERABLE),
        ):
            if isinstance(error, kind):
                return cls(meant, told)
        return cls(ProblemKind.INTERNAL, told)

    def error(self) -> GisError:
        """The error to answer with where the results are asked for."""
        match self.kind:
            case ProblemKind.INPUT:
                return ContentError({"inputs": self.reason})
            case ProblemKind.MISSING:
                return ResourceError(self.reason)
            case ProblemKind.UNANSWERABLE:
                return UnanswerableError(self.reason)
            case ProblemKind.INTERNAL:
                return RunError(self.reason)

    def stored(self) -> dict[str, str]:
        return {"kind": str(self.kind), "ja": self.reason.ja, "en": self.reason.en}

    @classmethod
    def read(cls, stored: Mapping[str, str]) -> Self:
        return cls(ProblemKind(stored["kind"]), Text(stored["ja"], stored["en"]))


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    request:
        What was asked, as ``ExecuteRequest.stored`` gives it; None once the job has ended.
    response:
        The form in which its results are handed over, as ``ExecuteRequest.response``.
    """

    id: UUID
    process_id: str
    status: Status
    progress: int
    message: Text | None
    problem: Problem | None
    attempts: int
    request: Mapping[str, Any] | None
    response: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """One output of a job as it is handed over: its media type and its bytes."""

    output: str
    media_type: str
    content: bytes


def stored_text(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}
