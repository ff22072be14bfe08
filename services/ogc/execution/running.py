"""A process, run: with the layers of one face as its context."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from layers.text import Text
from services.ogc.analysis.cluster import Cluster
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.analysis.releases import DatabaseReleases
from services.ogc.execution.request import ExecuteRequest
from services.ogc.execution.results import encoded
from services.ogc.face import Face
from services.ogc.jobs.model import Result
from services.ogc.processes._model import Context, Process, utc_now
from services.routing.roads import SourceRoads
from services.settings import City


def run(
    process: Process,
    request: ExecuteRequest,
    layers: DatabaseLayers,
    city: City,
    *,
    report: Callable[[int, Text], None],
    check: Callable[[], None],
    cluster: Cluster | None = None,
) -> tuple[Result, ...]:
    """The outputs asked for; whatever the process raises is raised."""
    context = replace(context_of(layers, city, request.language, report, check), cluster=cluster)
    return encoded(process, process.run(request.inputs, context), request.outputs)


def context_of(
    layers: DatabaseLayers,
    city: City,
    language: str,
    report: Callable[[int, Text], None],
    check: Callable[[], None],
    clock: Callable[[], datetime] = utc_now,
) -> Context:
    """What a run sees of one face."""
    one = next(iter(layers.sources.values()), None)
    releases = DatabaseReleases(one.pool) if one is not None and one.face is Face.INTERNAL else None
    roads = SourceRoads(layers.sources, city)
    return Context(layers, city, language, report, check, roads, clock, releases)
