"""A process, run: with the layers of one face as its context."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from layers.text import Text
from services.ogc.analysis.cluster import Cluster
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.analysis.releases import DatabaseReleases
from services.ogc.execution.request import ExecuteRequest
from services.ogc.execution.results import encoded
from services.ogc.face import Face
from services.ogc.jobs.model import Result
from services.ogc.processes._model import Context, Process
from services.ogc.source import Source
from services.routing.roads import SourceRoads
from services.settings import City


def run(
    process: Process,
    request: ExecuteRequest,
    sources: Mapping[str, Source],
    city: City,
    *,
    report: Callable[[int, Text], None],
    check: Callable[[], None],
    cluster: Cluster | None = None,
) -> tuple[Result, ...]:
    """The outputs asked for; whatever the process raises is raised."""
    context = replace(context_of(sources, city, request.language, report, check), cluster=cluster)
    return encoded(process, process.run(request.inputs, context), request.outputs)


def context_of(
    sources: Mapping[str, Source],
    city: City,
    language: str,
    report: Callable[[int, Text], None],
    check: Callable[[], None],
) -> Context:
    """What a run sees of one face."""
    inside = [source.pool for source in sources.values() if source.face is Face.INTERNAL]
    releases = DatabaseReleases(inside[0]) if inside else None
    roads = SourceRoads(sources, city)
    return Context(DatabaseLayers(sources), city, language, report, check, roads, releases=releases)
