"""The sample city with its road network built."""

from collections.abc import Iterator

import pytest

from services.ogc.face import Face
from services.ogc.processes._model import Context
from tests.conftest import DatabaseUnderTest
from tests.services.routing.cities import with_roads


@pytest.fixture(scope="module")
def city(loaded_city: DatabaseUnderTest) -> Iterator[Context]:
    """As the public face sees it."""
    with with_roads(loaded_city, Face.PUBLIC) as context:
        yield context
