"""The sample city with its road network built."""

from collections.abc import Iterator

import pytest

from services.database.connect import connect, open_pool
from services.database.revisions import layer_states
from services.ogc.analysis.database import DatabaseLayers
from services.ogc.face import Face
from services.ogc.processes._model import Context
from services.ogc.sources import unmeasured_sources
from services.routing.roads import SourceRoads
from services.routing.watch import build_now
from tests.conftest import DatabaseUnderTest


@pytest.fixture(scope="module")
def city(loaded_city: DatabaseUnderTest) -> Iterator[Context]:
    """As the public face sees it."""
    build_now(loaded_city.settings)
    pool = open_pool(loaded_city.urls.public, 1)
    try:
        with connect(loaded_city.urls.public, autocommit=True) as connection:
            states = layer_states(connection, "published")
        sources = unmeasured_sources(states, Face.PUBLIC, pool, loaded_city.settings)
        yield Context(DatabaseLayers(sources), loaded_city.settings.city, roads=SourceRoads(sources))
    finally:
        pool.close()
