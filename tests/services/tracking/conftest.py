"""The sample city with its roads, to be changed: vehicles under way in it."""

from collections.abc import Iterator

import pytest

from services.database.cluster import EmbeddedCluster
from tests.conftest import DatabaseUnderTest
from tests.services.routing.cities import copied
from tests.services.tracking.fleets import add_vehicles


@pytest.fixture(scope="module")
def fleet_city(
    cluster: EmbeddedCluster, loaded_city: DatabaseUnderTest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseUnderTest]:
    """A copy of the sample city with three vehicles of our own."""
    with copied(cluster, loaded_city, tmp_path_factory.mktemp("fleet")) as database:
        add_vehicles(database, ["試験1", "試験2"])
        add_vehicles(database, ["試験救急"], "ambulance")
        yield database
