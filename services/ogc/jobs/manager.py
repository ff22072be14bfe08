"""pygeoapi's seam for processes: what its configuration names as the manager, and handlers of ours reach as it.

Its own managers keep the processor of the request that came last as an attribute shared by all (0.24), so that of two
processes asked at once one answers for the other; nothing of theirs runs here.
"""

from typing import Any

from pygeoapi.process.manager.base import BaseManager

from services.ogc.face import Face
from services.ogc.jobs.store import JobStore

MANAGER = "services.ogc.jobs.manager.JobManager"


class JobManager(BaseManager):  # type: ignore[misc]  # pygeoapi has no types
    """The jobs of one face.  ``is_async`` says to pygeoapi that there is a list of jobs to link to."""

    def __init__(self, manager_def: dict[str, Any]) -> None:
        super().__init__({"name": manager_def["name"]})
        self.store: JobStore = manager_def["store"]
        self.is_async: bool = manager_def["has_list"]


def manager_configuration(store: JobStore, face: Face) -> dict[str, Any]:
    """The manager's part of pygeoapi's configuration.

    Of the public each knows the ids of their own jobs, and nobody is told of another's.
    """
    return {"name": MANAGER, "store": store, "has_list": face is Face.INTERNAL}
