"""A process asked without a server, as from a notebook or the command line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import orjson

from geo.errors import NotFoundError
from geo.travel.conditions import Conditions
from services.cluster.dask_cluster import DaskCluster
from services.database.connect import open_pool, role_urls
from services.database.lending import Lender
from services.database.revisions import layer_states
from services.ogc import geojson
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.analysis.releases import DatabaseReleases
from services.ogc.execution.inputs import checked
from services.ogc.face import Face
from services.ogc.processes import processes
from services.ogc.processes._model import JSON_TYPE, Context, Process, Values
from services.ogc.source import Source
from services.ogc.sources import unmeasured_sources
from services.routing.roads import SourceRoads
from services.routing.watch import build_now, build_unordered
from services.routing.zones import RoadZones
from services.settings import Settings


def ask(process_id: str, settings: Settings | None = None, **inputs: Any) -> Any:
    """What a process answers: its first output of JSON, as JSON has it.

    It is on what the internal face has, whether or not a server runs.

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
    found = outputs_of(process_id, inputs, settings)
    name = next(name for name, each in found.process.outputs.items() if each.media_type == JSON_TYPE)
    return orjson.loads(geojson.dumps(found[name]))


class Answered(Mapping[str, Any]):
    """The outputs of a process by name, and how they were asked: ``inputs`` are checked, with their defaults."""

    def __init__(self, process: Process, inputs: Values, outputs: Values) -> None:
        self.process = process
        self.inputs = inputs
        self._outputs = outputs

    def __getitem__(self, name: str) -> Any:
        return self._outputs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._outputs)

    def __len__(self) -> int:
        return len(self._outputs)


def outputs_of(
    process_id: str, inputs: Values, settings: Settings | None = None, context: Context | None = None
) -> Answered:
    """All outputs of a process by name, as ``ask``; with a ``context`` on what that has."""
    known = processes()
    if process_id not in known:
        raise NotFoundError(f"There is no process {process_id!r}.", fix=f"Choose one of {', '.join(known)}.")
    given = checked(known[process_id], dict(inputs))
    if context is not None:
        return Answered(known[process_id], given, known[process_id].run(given, context))
    with opened(settings) as found:
        return Answered(known[process_id], given, known[process_id].run(given, found))


@contextmanager
def opened(settings: Settings | None = None, face: Face = Face.INTERNAL) -> Iterator[Context]:
    """A face's layers and roads, for several questions; the network is built first where it is not.

    With a cluster its hierarchy, and the zones on it, are built when something is asked that needs them.
    """
    settings = settings or Settings()
    urls = role_urls(settings)
    url = urls.internal if face is Face.INTERNAL else urls.public
    cluster = DaskCluster.of(settings)
    if cluster is None:
        build_now(settings)
    else:
        build_unordered(settings, face.schema)
    lender = Lender(open_pool(url, 1, application_name="ngis alone"), open_pool(url, 1, min_size=0))
    try:
        with lender.connection() as connection:
            states = layer_states(connection, face.schema)
        sources = unmeasured_sources(states, face, lender, settings)
        roads = SourceRoads(sources, settings.city) if cluster is None else _BuiltAtNeed(sources, settings)
        releases = DatabaseReleases(lender)
        yield Context(DatabaseLayers(sources), settings.city, roads=roads, releases=releases, cluster=cluster)
    finally:
        lender.close()
        if cluster is not None:
            cluster.close()


class _BuiltAtNeed(SourceRoads):
    """Roads of which what analyses by area do without is built when it is asked for."""

    def __init__(self, sources: Mapping[str, Source], settings: Settings) -> None:
        super().__init__(sources, settings.city)
        self._build = cache(partial(build_now, settings))

    def conditions(self, profile_id: str, *, metric: bool = True) -> Conditions:
        if metric:
            self._build()
        return super().conditions(profile_id, metric=metric)

    def zones(self, now: Conditions) -> RoadZones | None:
        self._build()
        return super().zones(now)
