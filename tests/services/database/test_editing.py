"""Edits by hand in the database: what is written, what is remembered, and that undoing is exact to the bit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from shapely.geometry import Point

from geo.errors import NotFoundError, StoreError
from layers.catalogue import catalogue, layer_named
from services.database.connect import connect
from services.database.editing import locks
from services.database.editing.dataset import EDITS
from services.database.editing.history import edit_numbered, edits, layers_with_unapproved_edits
from services.database.editing.locks import LayerBusyError, lock_edits
from services.database.editing.session import Editing, Editor, Place, editing
from services.database.editing.undo import EditConflictError, undo
from services.database.publish import publish
from services.database.publish import undo as undo_publication
from tests.conftest import DatabaseUnderTest
from tests.services.database.rows import LAYER, contents, load

TODAY = date(2026, 4, 1)
SITES = layer_named(LAYER)
HERE = Place(Point(135.34, 34.73))


@pytest.fixture
def city(database: DatabaseUnderTest) -> DatabaseUnderTest:
    """Two loaded sites; the first has values that a careless copy would change."""
    load(database.urls.owner, {"s1": 'a "quoted", (odd) \\ name', "s2": "二番"})
    with connect(database.urls.owner) as connection:
        connection.execute(
            "UPDATE core.emergency_sites SET elevation_m = 0.1::float8 + 0.2, neighbourhoods = %s, for_flood = false, "
            "remarks = %s WHERE id = 's1'",
            (["浜,町", "NULL", '"'], "一行目\n二行目\t"),
        )
    return database


@contextmanager
def session(city: DatabaseUnderTest, name: str = "yamada", **more: Any) -> Iterator[Editing]:
    with (
        connect(city.urls.internal, autocommit=True) as connection,
        editing(connection, SITES, Editor(name, TODAY, **more)) as found,
    ):
        yield found


def change(city: DatabaseUnderTest, feature_id: str, place: Place | None = None, **values: Any) -> None:
    with session(city) as found:
        stored = found.find(feature_id)
        assert stored is not None
        found.change(stored, "update", {**stored.values, **values}, place)


def remove(city: DatabaseUnderTest, feature_id: str) -> None:
    with session(city) as found:
        stored = found.find(feature_id)
        assert stored is not None
        found.delete(stored)


def create(city: DatabaseUnderTest, name: str = "新設") -> str:
    with session(city) as found:
        return found.create({"name": name}, HERE).id


def undo_edit(city: DatabaseUnderTest, number: int) -> None:
    with connect(city.urls.internal, autocommit=True) as connection:
        undo(connection, SITES, number, "佐藤")


def rows(city: DatabaseUnderTest, relation: str = "core.emergency_sites") -> list[Any]:
    with connect(city.urls.owner) as connection:
        return contents(connection, relation)


def query(city: DatabaseUnderTest, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect(city.urls.owner) as connection:
        return connection.execute(statement.encode(), values).fetchall()


def revision(city: DatabaseUnderTest) -> int:
    return int(query(city, "SELECT revision FROM ngis.layer WHERE id = %s", LAYER)[0][0])


def last_edit(city: DatabaseUnderTest) -> int:
    return int(query(city, "SELECT max(id) FROM ngis.edit")[0][0])


# --- what an edit writes ---------------------------------------------------------------------------------------


def test_a_new_feature_says_that_it_was_made_by_hand(city: DatabaseUnderTest) -> None:
    before = revision(city)
    made = create(city)
    ((dataset, source, as_of, fictitious, quality, error, load_id, number),) = query(
        city,
        "SELECT dataset, source_id, as_of, fictitious, position_quality, position_error_m, load_id, raw_number "
        "FROM core.emergency_sites WHERE id = %s",
        made,
    )
    assert (dataset, source, as_of, fictitious, quality, error) == (EDITS, EDITS, TODAY, False, "edited", None)
    assert (load_id, made) == (0, f"edit-{number}")
    assert revision(city) == before + 1
    assert query(city, "SELECT row_count, as_of, fictitious, load_id, title FROM ngis.dataset WHERE id = 'edits'") == [
        (1, TODAY, False, None, "庁内編集")
    ]


def test_a_feature_without_a_position_says_so(city: DatabaseUnderTest) -> None:
    with session(city) as found:
        made = found.create({"name": "どこか"}, Place(None)).id
    assert query(city, "SELECT geometry, position_quality FROM core.emergency_sites WHERE id = %s", made) == [
        (None, "none")
    ]


@pytest.mark.parametrize("of_layer", [True, False])
def test_features_made_in_a_fictitious_city_are_fictitious(database: DatabaseUnderTest, of_layer: bool) -> None:
    load(database.urls.owner, {"s1": "架空"})
    with connect(database.urls.owner) as connection:
        connection.execute("UPDATE ngis.dataset SET fictitious = true")
        if not of_layer:
            connection.execute("UPDATE ngis.dataset SET layer_id = 'shelters'")
    made = create(database)
    assert query(database, "SELECT fictitious FROM core.emergency_sites WHERE id = %s", made) == [(True,)]


def test_a_changed_feature_keeps_its_dataset_and_says_it_was_edited(city: DatabaseUnderTest) -> None:
    ((extras, load_id, number),) = query(
        city, "SELECT extras, load_id, raw_number FROM core.emergency_sites WHERE id = 's2'"
    )
    change(city, "s2", name="二番公園")
    assert query(
        city,
        "SELECT name, dataset, source_id, as_of, position_quality, extras, load_id, raw_number "
        "FROM core.emergency_sites WHERE id = 's2'",
    ) == [("二番公園", "d1", EDITS, TODAY, "as-published", extras, load_id, number)]
    change(city, "s2", place=HERE)
    assert query(city, "SELECT position_quality FROM core.emergency_sites WHERE id = 's2'") == [("edited",)]


def test_what_changes_nothing_is_no_edit(city: DatabaseUnderTest) -> None:
    before = rows(city), revision(city)
    change(city, "s1")
    change(city, "s1", name='a "quoted", (odd) \\ name')
    with session(city) as found:
        stored = found.find("s1")
        assert stored is not None
        found.change(stored, "replace", stored.values, Place(stored.geometry))
    assert (rows(city), revision(city)) == before
    assert query(city, "SELECT count(*) FROM ngis.edit") == [(0,)]


def test_counts_of_datasets_stay_true(city: DatabaseUnderTest) -> None:
    def counts() -> dict[str, int]:
        return dict(query(city, "SELECT id, row_count FROM ngis.dataset"))

    made = create(city)
    remove(city, "s1")
    assert counts() == {"d1": 1, EDITS: 1}
    remove(city, made)
    assert counts() == {"d1": 1}
    undo_edit(city, last_edit(city))
    assert counts() == {"d1": 1, EDITS: 1}


def test_an_edit_that_fails_leaves_no_trace(city: DatabaseUnderTest) -> None:
    before = rows(city), revision(city)
    with pytest.raises(StoreError), session(city) as found:
        found.create({"name": "途中", "elevation_m": "not a number"}, HERE)
    assert (rows(city), revision(city)) == before
    assert query(city, "SELECT count(*) FROM ngis.edit") == [(0,)]


def test_the_version_follows_the_content_and_nothing_else(city: DatabaseUnderTest) -> None:
    def version() -> str:
        with session(city) as found:
            stored = found.find("s2")
            assert stored is not None
            return stored.version

    first = version()
    change(city, "s2", name="改")
    second = version()
    undo_edit(city, last_edit(city))
    assert version() == first != second
    with connect(city.urls.owner) as connection:  # the same row again, by another load
        connection.execute("UPDATE core.emergency_sites SET load_id = 99, raw_number = 99")
    assert version() == first
    with connect(city.urls.owner) as connection:
        connection.execute("UPDATE core.emergency_sites SET geometry = ST_Translate(geometry, 0, 1e-12)")
    assert version() != first


def test_the_database_lets_nothing_else_be_written(city: DatabaseUnderTest) -> None:
    refused = [
        "INSERT INTO core.towns (id) VALUES ('x')",
        "UPDATE core.hazard_flood SET id = 'x'",
        "DELETE FROM core.census_small_areas",
        "TRUNCATE core.emergency_sites",
        "DELETE FROM ngis.edit",
        "UPDATE ngis.edit SET before = NULL",
        "INSERT INTO ngis.account VALUES ('x', 'x', '{}', 'x')",
        "UPDATE ngis.account SET roles = '{administrator}'",
        "UPDATE ngis.dataset SET licence = 'CC0-1.0'",
        "INSERT INTO ngis.withheld_row VALUES ('towns', 'x', 1, NULL, 1)",
        "UPDATE ngis.layer SET published_revision = revision",
        "INSERT INTO publication.emergency_sites (id) VALUES ('x')",
    ]
    known = {layer.table for layer in catalogue().values()}
    for statement in refused:
        table = statement.partition("core.")[2].partition(" ")[0]
        if table and table not in known:
            continue
        with connect(city.urls.internal) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())
    with connect(city.urls.internal) as connection:  # row security
        assert connection.execute("DELETE FROM ngis.dataset WHERE id = 'd1'").rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "INSERT INTO ngis.dataset (layer_id, id, format_id, fictitious, row_count) "
                "VALUES ('shelters', 'x', 'x', false, 0)"
            )
    for url in (city.urls.ingest, city.urls.public):
        with connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM ngis.account")
    with connect(city.urls.public) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM ngis.edit")


def test_every_editable_layer_can_be_written_and_no_other(database: DatabaseUnderTest) -> None:
    found = query(
        database,
        "SELECT id, has_table_privilege('ngis_internal', format('core.%%I', table_name), 'INSERT, UPDATE, DELETE') "
        "FROM ngis.layer",
    )
    assert {layer_id for layer_id, granted in found if granted} == {
        layer.id for layer in catalogue().values() if layer.editable_by
    }


# --- one at a time ---------------------------------------------------------------------------------------------


def test_an_edit_waits_for_nobody_for_long(city: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "EDIT_WAIT_S", 0.05)
    with connect(city.urls.ingest) as other:
        lock_edits(other, LAYER)  # a load that puts its rows in place
        with pytest.raises(LayerBusyError), session(city):
            pass
        other.rollback()
    with connect(city.urls.owner) as other:  # a publication
        other.execute("SELECT 1 FROM ngis.layer WHERE id = %s FOR UPDATE", (LAYER,))
        with pytest.raises(LayerBusyError):
            create(city)
        other.rollback()
    assert create(city)


def test_edits_of_other_layers_go_on(city: DatabaseUnderTest) -> None:
    with connect(city.urls.internal, autocommit=True) as one, editing(one, SITES, Editor("a", TODAY)):
        shelters = layer_named("shelters")
        with connect(city.urls.internal, autocommit=True) as two, editing(two, shelters, Editor("b", TODAY)) as found:
            found.create({"name": "避難所"}, HERE)
    assert query(city, "SELECT count(*) FROM core.shelters") == [(1,)]


# --- history and undoing ---------------------------------------------------------------------------------------


def test_history_says_what_changed(city: DatabaseUnderTest) -> None:
    with session(city, note="現地確認", conditional=True) as found:
        stored = found.find("s2")
        assert stored is not None
        found.change(stored, "update", {**stored.values, "name": "二番公園", "for_flood": True}, HERE)
    made = create(city)
    remove(city, "s1")
    with connect(city.urls.internal, autocommit=True) as connection:
        found_edits, matched = edits(connection, SITES)
        (only,), of_one = edits(connection, SITES, feature_id="s2")
        page, _ = edits(connection, SITES, limit=1, offset=1)
    assert (matched, of_one, [edit.operation for edit in found_edits]) == (3, 1, ["delete", "create", "update"])
    assert [edit.feature_id for edit in page] == [made]
    assert (only.edited_by, only.note, only.conditional, only.undone_at) == ("yamada", "現地確認", True, None)
    changed = {name: (old, new) for name, old, new in only.changes()}
    assert changed.pop("geometry")[1] == {"type": "Point", "coordinates": [135.34, 34.73]}
    assert changed == {
        "name": ("二番", "二番公園"),
        "for_flood": (None, True),
        "source_id": ("test", EDITS),
        "as_of": ("2026-03-31", "2026-04-01"),
        "position_quality": ("as-published", "edited"),
    }
    assert found_edits[0].after is None
    assert found_edits[1].before is None


def test_undoing_is_exact_to_the_bit(city: DatabaseUnderTest) -> None:
    start = rows(city)
    states = [start]
    change(city, "s1", name="改", elevation_m=None, neighbourhoods=None, remarks=None, for_flood=None)
    states.append(rows(city))
    change(city, "s1", place=HERE, remarks="二度目")
    states.append(rows(city))
    create(city)
    states.append(rows(city))
    remove(city, "s1")
    for number, expected in zip((4, 3, 2, 1), reversed(states), strict=True):
        undo_edit(city, number)
        assert rows(city) == expected
    assert rows(city) == start
    assert query(city, "SELECT DISTINCT undone_by FROM ngis.edit") == [("佐藤",)]


def test_undoing_survives_a_new_column(city: DatabaseUnderTest) -> None:
    start = query(city, "SELECT id, name, geometry::text, extras FROM core.emergency_sites ORDER BY id")
    remove(city, "s1")
    with connect(city.urls.owner) as connection:
        connection.execute("ALTER TABLE core.emergency_sites ADD COLUMN brand_new text")
    undo_edit(city, 1)
    assert query(city, "SELECT id, name, geometry::text, extras FROM core.emergency_sites ORDER BY id") == start
    with connect(city.urls.internal, autocommit=True) as connection:
        before = edit_numbered(connection, SITES, 1).before
    assert before is not None
    assert before["name"] == 'a "quoted", (odd) \\ name'


def test_undoing_out_of_order_is_refused(city: DatabaseUnderTest) -> None:
    change(city, "s1", name="一")
    change(city, "s2", name="別の地物")
    change(city, "s1", name="二")
    state = rows(city)
    with pytest.raises(EditConflictError, match="undo them first: 3") as raised:
        undo_edit(city, 1)
    assert "先に取り消してください：3" in raised.value.reason.ja
    assert rows(city) == state
    undo_edit(city, 2)  # of another feature: its own order
    with pytest.raises(EditConflictError, match="undone already"):
        undo_edit(city, 2)


def test_undoing_what_was_changed_by_other_means_is_refused(city: DatabaseUnderTest) -> None:
    change(city, "s1", name="一")
    remove(city, "s2")
    with connect(city.urls.owner) as connection:
        connection.execute("UPDATE core.emergency_sites SET remarks = 'SQL' WHERE id = 's1'")
        connection.execute(
            "INSERT INTO core.emergency_sites SELECT (r).* FROM (SELECT before::core.emergency_sites AS r "
            "FROM ngis.edit WHERE id = 2) x"
        )
    for number in (1, 2):
        with pytest.raises(EditConflictError, match="by other means"):
            undo_edit(city, number)


@pytest.mark.parametrize("number", [0, 7, 2**63, 10**30])
def test_an_edit_that_is_not_there(city: DatabaseUnderTest, number: int) -> None:
    with pytest.raises(NotFoundError):
        undo_edit(city, number)
    with connect(city.urls.internal, autocommit=True) as connection, pytest.raises(NotFoundError):
        edit_numbered(connection, SITES, number)


def test_an_edit_belongs_to_its_layer(city: DatabaseUnderTest) -> None:
    create(city)
    with connect(city.urls.internal, autocommit=True) as connection, pytest.raises(NotFoundError):
        undo(connection, layer_named("shelters"), 1, "x")


# --- publishing ------------------------------------------------------------------------------------------------


def test_edits_become_public_by_publishing_and_leave_by_undoing_it(city: DatabaseUnderTest) -> None:
    def published() -> list[Any]:
        return rows(city, "published.emergency_sites")

    with connect(city.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "承認者")
        first = published()
        assert layers_with_unapproved_edits(connection) == set()
        create(city)
        change(city, "s2", name="二番公園")
        assert published() == first
        assert layers_with_unapproved_edits(connection) == {LAYER}
        done = publish(connection, LAYER, "承認者")
        assert (done.rows_added, done.rows_changed, done.rows_removed) == (1, 1, 0)
        assert layers_with_unapproved_edits(connection) == set()
        datasets = connection.execute("SELECT id, licence, attribution FROM published.dataset ORDER BY id").fetchall()
        assert [dataset for dataset, *_ in datasets] == ["d1", EDITS]
        assert all(licence and attribution for name, licence, attribution in datasets if name == EDITS)
        undo_edit(city, last_edit(city))
        assert layers_with_unapproved_edits(connection) == {LAYER}
        assert done.id is not None
        undo_publication(connection, done.id, "承認者")
        assert published() == first


def test_a_database_that_is_away(city: DatabaseUnderTest) -> None:
    connection = connect(city.urls.internal, autocommit=True)
    connection.close()
    with pytest.raises(StoreError), editing(connection, SITES, Editor("a", TODAY)):
        pass
