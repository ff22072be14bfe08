"""What each role may do, found out by trying, not by reading grants."""

import psycopg
import pytest
from psycopg import errors, sql

from layers.catalogue import catalogue
from layers.model import Geometry, Visibility
from services.database.connect import connect
from services.database.publish import publish
from tests.conftest import DatabaseUnderTest
from tests.services.database.rows import LAYER, Connection, load


def _refused(connection: Connection, statement: str) -> str:
    """The kind of refusal; fails the test where the statement is accepted."""
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.encode())
    return str(caught.value.sqlstate)


def _relations(database: DatabaseUnderTest, schemas: str) -> list[tuple[str, str]]:
    with connect(database.urls.owner) as connection:
        return connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2", (schemas.split(),)
        ).fetchall()


def test_public_reads_no_table_behind_the_views(database: DatabaseUnderTest) -> None:
    relations = _relations(database, "raw core publication ngis")
    assert {schema for schema, _ in relations} == {"raw", "core", "publication", "ngis"}
    with connect(database.urls.public, autocommit=True) as connection:
        for names in relations:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(*names)))


def test_public_reads_every_view_of_a_public_layer_and_sees_no_lineage(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
    with connect(database.urls.public, autocommit=True) as connection:
        for layer in catalogue().values():
            if layer.visibility is not Visibility.PUBLIC:
                continue
            cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier("published", layer.table)))
            columns = [column.name for column in cursor.description or ()]
            assert not {"extras", "load_id", "raw_number"} & set(columns)
            assert {field.name for field in layer.fields if not field.public}.isdisjoint(columns)
            assert ("geometry" in columns) == (layer.geometry is not Geometry.NONE)
        assert _refused(connection, "SELECT extras FROM published.emergency_sites") == "42703"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (a int)",
        "CREATE TABLE published.mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE VIEW published.mine AS SELECT 1",
        "CREATE EXTENSION pgcrypto",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "INSERT INTO published.emergency_sites (id) VALUES ('x')",
        "UPDATE published.emergency_sites SET name = 'x'",
        "DELETE FROM published.emergency_sites",
        "DELETE FROM published.dataset",
        "UPDATE published.layer SET id = 'x'",
        "UPDATE public.spatial_ref_sys SET srtext = ''",
        "SET ROLE ngis_owner",
        "SET ROLE ngis_internal",
        "SET SESSION AUTHORIZATION ngis_owner",
        "ALTER ROLE ngis_internal PASSWORD 'x'",
        "GRANT ngis_owner TO ngis_public",
        "COPY (SELECT 1) TO '/dev/null'",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT rolpassword FROM pg_authid",
        "SELECT ngis.move_revision()",
        "ALTER SYSTEM SET jit = on",
        "SELECT pg_reload_conf()",
    ],
)
def test_public_changes_and_creates_nothing(database: DatabaseUnderTest, statement: str) -> None:
    with connect(database.urls.public, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")  # what a session may lift must not be the guard
        assert _refused(connection, statement) in {"42501", "55000", "25006"}


def test_public_can_do_what_it_is_there_for_with_geometries(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
    with connect(database.urls.public) as connection:
        row = connection.execute(
            "SELECT count(*) FROM published.emergency_sites WHERE geometry && ST_MakeEnvelope(135, 34, 136, 35, 6668)"
        ).fetchone()
    assert row == (1,)


def test_public_does_not_see_what_others_are_asking(database: DatabaseUnderTest) -> None:
    with connect(database.urls.internal) as other, connect(database.urls.public, autocommit=True) as connection:
        other.execute("SELECT 'a secret question'")
        rows = connection.execute("SELECT query FROM pg_stat_activity WHERE usename = 'ngis_internal'").fetchall()
    assert rows
    assert {row[0] for row in rows} == {"<insufficient privilege>"}


def test_public_cannot_stop_others(database: DatabaseUnderTest) -> None:
    with connect(database.urls.internal) as other, connect(database.urls.public, autocommit=True) as connection:
        pid = other.info.backend_pid
        assert _refused(connection, f"SELECT pg_terminate_backend({pid})") == "42501"
        assert other.execute("SELECT 1").fetchone() == (1,)


def test_internal_reads_all_and_writes_only_what_is_edited_by_hand(database: DatabaseUnderTest) -> None:
    relations = _relations(database, "raw core publication ngis")
    edited = {("core", layer.table) for layer in catalogue().values() if layer.editable_by}
    edited |= {("ngis", "dataset"), ("ngis", "withheld_row"), ("ngis", "session")}
    assert edited < set(relations)
    with connect(database.urls.internal, autocommit=True) as connection:
        for names in relations:
            table = sql.Identifier(*names)
            connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 0").format(table))
            if names in edited:
                connection.execute(sql.SQL("DELETE FROM {}").format(table))
                continue
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(sql.SQL("DELETE FROM {}").format(table))
        assert _refused(connection, "CREATE TEMPORARY TABLE mine (a int)") == "42501"


def test_ingest_neither_publishes_nor_changes_what_was_received(database: DatabaseUnderTest) -> None:
    with connect(database.urls.ingest, autocommit=True) as connection:
        for statement in (
            "INSERT INTO publication.emergency_sites (id) VALUES ('x')",
            "UPDATE ngis.layer SET revision = 0",
            "DELETE FROM raw.file",
            "UPDATE raw.record SET content = '{}'",
            "TRUNCATE core.emergency_sites",
            "UPDATE core.emergency_sites SET name = 'x'",
            "DELETE FROM ngis.load",
            "INSERT INTO ngis.publication (layer_id) VALUES ('x')",
            "DROP TABLE core.emergency_sites",
        ):
            assert _refused(connection, statement) == "42501", statement


def test_raw_is_immutable_for_its_owner_too(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        connection.execute("INSERT INTO raw.file (sha256, name, size_bytes) VALUES (repeat('0', 64), 'a.csv', 1)")
        for statement in ("DELETE FROM raw.file", "UPDATE raw.file SET name = 'b'", "TRUNCATE raw.record"):
            with pytest.raises(psycopg.Error, match="is immutable"):
                connection.execute(statement.encode())


def test_a_revision_moves_once_in_each_transaction_that_writes(database: DatabaseUnderTest) -> None:
    def revision() -> int:
        with connect(database.urls.internal) as connection:
            row = connection.execute("SELECT revision FROM ngis.layer WHERE id = %s", (LAYER,)).fetchone()
        assert row is not None
        return int(row[0])

    assert revision() == 0
    load(database.urls.ingest, {"a": "甲", "b": "乙", "c": "丙"})  # four statements on the table, one transaction
    assert revision() == 1
    with connect(database.urls.ingest) as connection:
        connection.execute("DELETE FROM core.emergency_sites")
        connection.rollback()
    assert revision() == 1
    load(database.urls.ingest, {"a": "甲"})
    assert revision() == 2
