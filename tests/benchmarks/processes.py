"""Processes on the sample city: the answer for a place, an exposure, and what a job adds to it."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

from layers.catalogue import catalogue
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect, open_pool
from services.database.lending import Connections
from services.database.migrate import migrate
from services.database.publish import publish
from services.database.revisions import layer_states
from services.ingest.batch import ingest_paths
from services.ingest.sample import generate
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.execution.request import ExecuteRequest
from services.ogc.face import Face
from services.ogc.jobs.model import Limits
from services.ogc.jobs.store import JobStore
from services.ogc.jobs.worker import Worker
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.ogc.source import Source
from services.settings import Settings
from tests.benchmarks.measures import Measure

POSITIONS = 1_000


def measure() -> Iterator[Measure]:
    """Times as a worker of the public face has them, after the first answer."""
    with tempfile.TemporaryDirectory(prefix="ngis-bench-") as folder:
        Path(folder).chmod(0o755)  # the database may run as another user
        with city(Path(folder)) as settings:
            yield from _measured(settings)


def _measured(settings: Settings) -> Iterator[Measure]:
    cluster = EmbeddedCluster(settings.var / "postgres", settings.database_port)
    pool = open_pool(cluster.url("ngis_public"), 2)
    try:
        with pool.connection() as connection:
            states = layer_states(connection, "published")
        plane_crs = settings.city.plane_crs
        sources = {
            layer.id: Source.unmeasured(layer, Face.PUBLIC, states[layer.id], pool, plane_crs, settings.var)
            for layer in catalogue().values()
            if layer.id in states
        }
        context = Context(DatabaseLayers(sources), settings.city)
        at_point = processes()["hazard-at-point"]
        west, south, east, north = settings.city.bbox
        generator = np.random.default_rng(28204)
        spots = generator.uniform((west, south), (east, north), (POSITIONS, 2)).tolist()
        yield Measure("hazard-at-point, the first", _timed(partial(at_point.run, {"location": spots[0]}, context)), "s")
        times = [1000 * _timed(partial(at_point.run, {"location": spot}, context)) for spot in spots]
        yield Measure(f"hazard-at-point, {POSITIONS:,} positions, p50", float(np.percentile(times, 50)), "ms")
        yield Measure(f"hazard-at-point, {POSITIONS:,} positions, p99", float(np.percentile(times, 99)), "ms", 20)
        names = [str(each.properties["name"]) for each in context.layers.features("towns")][:200]
        times = [1000 * _timed(partial(at_point.run, {"address": f"{name}1-1"}, context)) for name in names]
        yield Measure(f"hazard-at-point, {len(names)} addresses, p99", float(np.percentile(times, 99)), "ms")
        exposure = processes()["exposure"]
        request = ExecuteRequest.read(exposure, b'{"inputs": {"hazard": "hazard-flood"}}', "ja")
        alone = _timed(partial(exposure.run, request.inputs, context))
        yield Measure("exposure to floods, whole city", alone, "s")
        yield Measure("the same as a job, from request to result", _as_a_job(settings, request, pool), "s")
    finally:
        pool.close()


def _as_a_job(settings: Settings, request: ExecuteRequest, pool: Connections) -> float:
    stopping = threading.Event()
    worker = Worker(settings, Face.PUBLIC)
    thread = threading.Thread(target=worker.run, args=(stopping,))
    thread.start()
    store = JobStore(pool, Face.PUBLIC, Limits.of(settings))

    def run() -> None:
        job = store.submit(request.process_id, request.stored(), most_waiting=9)
        while not store.job(str(job.id)).status.is_final:
            time.sleep(0.01)

    try:
        return _timed(run)
    finally:
        stopping.set()
        thread.join()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def city(folder: Path) -> Iterator[Settings]:
    """The sample city, loaded and published, in a cluster of its own."""
    settings = Settings(_env_file=None, var=folder, database_port=54999)
    cluster = EmbeddedCluster(folder / "postgres", settings.database_port, durable=False)
    try:
        cluster.ensure()
        migrate(cluster.url("ngis_owner"))
        generate(folder / "sample")
        ingest_paths(cluster.url("ngis_ingest"), [folder / "sample"], settings)
        with connect(cluster.url("ngis_owner"), autocommit=True) as connection:
            for layer in catalogue().values():
                if layer.is_reviewed:
                    publish(connection, layer.id, "benchmark")
        yield settings
    finally:
        cluster.remove()
