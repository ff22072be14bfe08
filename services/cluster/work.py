"""What a process of the cluster does."""

from collections.abc import Callable
from dataclasses import dataclass

from services.code_version import code_version


@dataclass(frozen=True, slots=True)
class Done:
    """What came out, and by which sources; nothing where these are not the ones that were asked for."""

    found: object
    digest: str


def work[Given](task: Callable[[Given], object], digest: str, given: Given) -> Done:
    """Does the task, where this process runs the program of this digest: another may answer otherwise."""
    own = code_version().digest
    return Done(task(given) if own == digest else None, own)
