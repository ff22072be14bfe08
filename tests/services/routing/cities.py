"""The sample city with its road network, as the processes of one face see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.database.cluster import EmbeddedCluster
from services.database.connect import connect, open_pool
from services.database.revisions import layer_states
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.face import Face
from services.ogc.processes._model import Context
from services.ogc.sources import unmeasured_sources
from services.routing.roads import SourceRoads
from services.routing.watch import build_now
from tests.conftest import DatabaseUnderTest, _database


@contextmanager
def with_roads(database: DatabaseUnderTest, face: Face) -> Iterator[Context]:
    """A context over a database, whose network is built first."""
    build_now(database.settings)
    url = database.urls.public if face is Face.PUBLIC else database.urls.internal
    pool = open_pool(url, 1)
    try:
        with connect(url, autocommit=True) as connection:
            states = layer_states(connection, face.schema)
        sources = unmeasured_sources(states, face, pool, database.settings)
        yield Context(
            DatabaseLayers(sources), database.settings.city, roads=SourceRoads(sources, database.settings.city)
        )
    finally:
        pool.close()


@contextmanager
def copied(cluster: EmbeddedCluster, city: DatabaseUnderTest, var: Path) -> Iterator[DatabaseUnderTest]:
    """A copy of a city to be changed, with its networks built; nobody may be connected to the city meanwhile."""
    for database in _database(cluster, city.name, var):
        build_now(database.settings)
        yield database
