"""A process asked without a server, as from a notebook or the command line."""

from typing import Any

import orjson

from geo.errors import NotFoundError
from services.database.connect import open_pool, role_urls
from services.database.lending import Lender
from services.database.revisions import layer_states
from services.ogc import geojson
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.execution.inputs import checked
from services.ogc.face import Face
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.ogc.sources import unmeasured_sources
from services.routing.roads import SourceRoads
from services.routing.watch import build_now
from services.settings import Settings


def ask(process_id: str, settings: Settings | None = None, **inputs: Any) -> Any:
    """The ``answer`` of a process, as JSON has it, on what the internal face has, whether or not a server runs.

    ``inputs`` are those of the process's description, defaults filled in; ``settings`` those of the environment where
    none are given.  A road network that is not built yet is built first, which takes a minute for a city.

    Raises
    ------
    NotFoundError
        If there is no such process.
    ContentError
        With every input that is wrong.
    GisError
        Where there is no answer: see the process; ``StoreError`` where the database does not run.
    """
    known = processes()
    if process_id not in known:
        raise NotFoundError(f"There is no process {process_id!r}.", fix=f"Choose one of {', '.join(known)}.")
    process, settings = known[process_id], settings or Settings()
    given = checked(process, inputs)
    build_now(settings)
    url = role_urls(settings).internal
    lender = Lender(open_pool(url, 1, application_name="ngis alone"), open_pool(url, 1, min_size=0))
    try:
        with lender.connection() as connection:
            states = layer_states(connection, Face.INTERNAL.schema)
        sources = unmeasured_sources(states, Face.INTERNAL, lender, settings)
        context = Context(DatabaseLayers(sources), settings.city, roads=SourceRoads(sources, settings.city))
        return orjson.loads(geojson.dumps(process.run(given, context)["answer"]))
    finally:
        lender.close()
