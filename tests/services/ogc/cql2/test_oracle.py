"""Random conditions find in PostGIS what the oracle finds in Python, unknown values included."""

import psycopg
from hypothesis import HealthCheck, given, settings

from services.database.schema import Connection
from services.ogc.cql2 import Expression, condition
from services.ogc.errors import ParameterError
from services.ogc.filters import all_of
from tests.services.ogc.cql2.conftest import Matching
from tests.services.ogc.cql2.oracle import evaluate
from tests.services.ogc.cql2.things import SOURCE, rows
from tests.services.ogc.cql2.trees import ANY_OF_THINGS, CONDITIONS, PREDICATES
from tests.services.ogc.cql2.writers import text_of

_QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@settings(_QUIET, max_examples=300)
@given(PREDICATES)
def test_predicates_find_what_the_oracle_finds(matching: Matching, tree: Expression) -> None:
    assert matching(tree) == {row["id"] for row in rows() if evaluate(tree, row) is True}, text_of(tree)


@settings(_QUIET, max_examples=200)
@given(CONDITIONS)
def test_conditions_find_what_the_oracle_finds(matching: Matching, tree: Expression) -> None:
    assert matching(tree) == {row["id"] for row in rows() if evaluate(tree, row) is True}, text_of(tree)


@settings(_QUIET, max_examples=300)
@given(ANY_OF_THINGS)
def test_any_filter_is_refused_or_runs(connection: Connection, tree: Expression) -> None:
    try:
        where, values = all_of([condition(tree, SOURCE)])
    except ParameterError:
        return
    try:
        connection.execute(b"SELECT id FROM core.cql2_things" + where.as_bytes(connection), values)
    except psycopg.Error as error:
        raise AssertionError(text_of(tree)) from error
