"""A database with the things of ``things``, read only."""

from collections.abc import Callable, Iterator

import pytest

from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.schema import Connection
from services.ogc.cql2 import Language, condition, parse
from services.ogc.cql2.tree import Expression
from services.ogc.crs import CRS84
from services.ogc.filters import all_of
from tests.conftest import _database
from tests.services.ogc.cql2.things import SOURCE, fill

Matching = Callable[..., set[str]]


@pytest.fixture(scope="session")
def connection(
    cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    """A connection that may only read."""
    for database in _database(cluster, template, tmp_path_factory.mktemp("cql2")):
        with connect(database.urls.owner) as owner:
            fill(owner)
        with connect(database.urls.internal, autocommit=True) as reader:
            yield reader


@pytest.fixture(scope="session")
def matching(connection: Connection) -> Matching:
    """Ids of the things that fit a filter, given as text, JSON or tree."""

    def find(given: str | Expression, language: Language = "cql2-text", crs: str = CRS84) -> set[str]:
        expression = parse(given, language) if isinstance(given, str) else given
        where, values = all_of([condition(expression, SOURCE, crs)])
        query = b"SELECT id FROM core.cql2_things" + where.as_bytes(connection)
        return {row[0] for row in connection.execute(query, values)}

    return find
