"""What a process of the cluster does."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from services.code_version import code_version


@dataclass(frozen=True, slots=True)
class Done:
    """What came out, and by which sources; nothing where these are not the ones that were asked for."""

    found: object
    digest: str


class DismissedError(RuntimeError):
    """Nobody waits for what a task finds."""


def require_wanted() -> None:
    """To be called by a task that takes long, now and then: ``DismissedError`` where it was cancelled, or who asked for
    it is gone.
    """
    distributed = import_module("distributed")
    try:
        worker: Any = distributed.get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
    except ValueError:  # it is done by who asked
        return
    if task is None or task.state == "cancelled":
        raise DismissedError("Nobody waits for this part any more.")


def work[Given](task: Callable[[Given], object], digest: str, given: Given) -> Done:
    """Does the task, where this process runs the program of this digest: another may answer otherwise."""
    own = code_version().digest
    return Done(task(given) if own == digest else None, own)
