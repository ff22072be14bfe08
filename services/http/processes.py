"""How processes of the server begin: with everything imported already, where the system can copy a process.

Importing what a worker needs takes longer than all else at its start.  On Linux one process imports it once and is
copied for each worker, so that one that died is replaced at once, and what they do not change they share in memory.
Elsewhere (a copied process is not safe to go on in on macOS) each imports for itself.
"""

import gc
import multiprocessing
import sys
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, SpawnContext

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
    """From now on the garbage collector passes over all that there is: modules, declarations, templates.

    Looking through them stops a worker for 90 ms now and then, and makes copies of memory that processes share.
    """
    gc.collect()
    gc.freeze()
