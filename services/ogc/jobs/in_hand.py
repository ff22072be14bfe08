"""The job that a worker has in hand, as both of its threads see it."""

import time
from dataclasses import dataclass, field
from enum import StrEnum

from layers.text import Text
from services.database.lending import Cancellation
from services.ogc.jobs.model import Job


class Ending(StrEnum):
    """Why a job's work is ended."""

    NOT_OURS = "dismissed or given to another"
    TOO_LONG = "too long"
    STOPPING = "the worker stops"


@dataclass(slots=True)
class InHand:
    """A job, the moment (of the monotonic clock) its work is ended at, how far it is, and how it is to end.

    ended_at:
        When its work was told to end, where ``ending`` says why.
    is_working:
        False once the process has given its outputs or failed: then only the queue has to be told.
    """

    job: Job
    until: float
    cancellation: Cancellation = field(default_factory=Cancellation)
    progress: int = 0
    message: Text | None = None
    ending: Ending | None = None
    ended_at: float = 0.0
    is_working: bool = True

    def report(self, percent: int, message: Text) -> None:
        """What the process says of its progress; 100 is for when the results are kept."""
        self.progress, self.message = min(99, max(self.progress, percent)), message

    def end(self, why: Ending) -> None:
        """Ends the work: its query now, the rest of it when it next looks up."""
        if self.ending is None:
            self.ending, self.ended_at = why, time.monotonic()
            self.cancellation.cancel()
