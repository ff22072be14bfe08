"""How processes of the server begin: with everything imported already, where the system can copy a process.

Importing what a worker needs takes longer than all else at its start.  On Linux one process imports it once and is
copied for each worker, so that one that died is replaced at once, and what they do not change they share in memory.
Elsewhere (a copied process is not safe to go on in on macOS) each imports for itself.
"""

import gc
import multiprocessing
import sys
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, SpawnContext
from time import monotonic

WHOLE_S = 900.0
_OLDEST = 2
_NEW_OBJECTS = 20_000
"""After so many there is a look at what is new: an answer makes some thousands, none of which outlives it."""

type Context = ForkServerContext | SpawnContext

_IMPORTED = (
    "services.http.app",
    "services.http.protocol",
    "uvicorn.server",
    "uvicorn.lifespan.on",
    "services.routing.loaded",
)


def starting() -> Context:
    """What processes are to be made with."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_IMPORTED))
    return context


def import_ahead() -> None:
    """Begins to import what workers need, while the caller goes on with something else."""
    if sys.platform == "linux":
        starting()
        forkserver.ensure_running()


def leave_alone_what_stays() -> None:
    """From now on the garbage collector passes over all that there is, modules, declarations, templates, and over what
    has outlived a look at everything: the city as it is held in memory.

    Looking through them stops a worker for 100 to 200 ms, and makes copies of memory that processes share.  Once in
    ``WHOLE_S`` it looks at all of it nevertheless: what was held of the data before may be in circles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
    whole_at = monotonic()

    def passed(phase: str, info: Mapping[str, int]) -> None:
        nonlocal whole_at
        if info["generation"] < _OLDEST:
            return
        if phase == "stop":
            gc.freeze()
        elif monotonic() - whole_at > WHOLE_S:
            gc.unfreeze()
            whole_at = monotonic()

    gc.callbacks.append(passed)
