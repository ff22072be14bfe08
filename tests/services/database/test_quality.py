"""The quality of a layer: counted on what each face sees, kept with each publication, and nothing in it names a row."""

from typing import Any

import psycopg
import pytest

from services.database.connect import connect
from services.database.publish import publish, undo
from services.database.quality import layer_quality, published_qualities
from tests.conftest import DatabaseUnderTest
from tests.services.database.rows import LAYER, load


def _find(database: DatabaseUnderTest, load_id: int, rule: str, action: str, times: int) -> None:
    with connect(database.urls.owner) as connection:
        for _ in range(times):
            connection.execute(
                "INSERT INTO ngis.finding "
                "SELECT %s, coalesce(max(ordinal), -1) + 1, %s, %s, 7, '住所', '旧', '新', '秘密' "
                "FROM ngis.finding WHERE load_id = %s",
                (load_id, rule, action, load_id),
            )
        connection.execute(
            "UPDATE ngis.load SET rows_read = 10, rows_loaded = 8, rows_mended = 3, rows_rejected = 1, rows_other = 1 "
            "WHERE id = %s",
            (load_id,),
        )


def test_counts_are_those_of_the_rows(database: DatabaseUnderTest) -> None:
    first = load(database.urls.ingest, {"a": "甲", "b": "乙", "c": "丙"})
    _find(database, first, "width", "mended", 3)
    _find(database, first, "missing", "rejected", 1)
    with connect(database.urls.owner, autocommit=True) as connection:
        connection.execute(
            "UPDATE core.emergency_sites SET remarks = '備考', position_error_m = 4 WHERE id = 'a'; "
            "UPDATE core.emergency_sites SET position_error_m = 2 WHERE id = 'b'; "
            "UPDATE core.emergency_sites SET geometry = NULL, position_quality = 'none' WHERE id = 'c'"
        )
        publish(connection, LAYER, "hanako")
    with connect(database.urls.public) as connection:
        found = layer_quality(connection, LAYER, "published")
        assert found is not None
        assert published_qualities(connection) == {LAYER: found}
    assert (found.rows, found.fields["name"], found.fields["remarks"], found.fields["address"]) == (3, 3, 1, 0)
    assert (found.placed, dict(found.position_qualities)) == (2, {"as-published": 2, "none": 1})
    assert (found.median_error_m, found.worst_error_m, found.errors_known) == (3.0, 4.0, 2)
    (told,) = found.loads
    assert (told.rows_read, told.rows_loaded, told.rows_mended, told.rows_rejected, told.rows_other) == (10, 8, 3, 1, 1)
    assert told.rules == {("missing", "rejected"): 1, ("width", "mended"): 3}
    assert found.measured_at is not None


def test_the_public_sees_what_was_published_and_the_staff_what_is_loaded(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
        load(database.urls.ingest, {"a": "甲", "b": "乙"})
    for url, schema, rows in ((database.urls.public, "published", 1), (database.urls.internal, "core", 2)):
        with connect(url) as connection:
            found = layer_quality(connection, LAYER, schema)  # type: ignore[arg-type]
            assert found is not None
            assert found.rows == rows
    with connect(database.urls.public) as connection:
        assert layer_quality(connection, "shelters", "published") is None
    with connect(database.urls.internal) as connection:
        empty = layer_quality(connection, "rain-observations", "core")
        assert empty is not None
        assert (empty.rows, empty.placed, empty.loads) == (0, None, ())
        assert layer_quality(connection, "nowhere", "core") is None


def test_undoing_puts_the_quality_back(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        load(database.urls.ingest, {"a": "甲"})
        first = publish(connection, LAYER, "hanako")
        load(database.urls.ingest, {"a": "甲", "b": "乙"})
        second = publish(connection, LAYER, "hanako")
        assert first.id is not None
        assert second.id is not None
        undo(connection, second.id, "taro")
        found = layer_quality(connection, LAYER, "published")
        assert found is not None
        assert found.rows == 1
        undo(connection, first.id, "taro")
        assert published_qualities(connection) == {}


def test_nothing_in_it_names_a_row_a_file_or_a_person(database: DatabaseUnderTest) -> None:
    _find(database, load(database.urls.ingest, {"a": "甲"}), "width", "mended", 1)
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
        row: Any = connection.execute("SELECT summary::text FROM published.quality").fetchone()
    for secret in ("秘密", "旧", "新", "住所", "sites.csv", "hanako", "甲", "load_id", "raw_number"):
        assert secret not in row[0], secret


def test_the_public_cannot_measure(database: DatabaseUnderTest) -> None:
    for statement in (
        "SELECT ngis.quality_of('emergency-sites', 'core')",
        "SELECT ngis.measure_quality('emergency-sites')",
        "SELECT * FROM publication.quality",
        "DELETE FROM publication.quality",
    ):
        with connect(database.urls.public) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())
    with connect(database.urls.internal) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT ngis.measure_quality('emergency-sites')")


def test_what_was_published_before_is_measured_by_the_migration(database: DatabaseUnderTest) -> None:
    from services.database.migrate import read_migrations

    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
        connection.execute("DELETE FROM publication.quality")
        statements = next(each for each in read_migrations() if each.number == 5).statements
        connection.execute(statements[statements.rindex("SELECT ngis.measure_quality") :].encode())
        assert set(published_qualities(connection)) == {LAYER}
