"""Publishing: exactly what core has, recorded; undone: exactly what was there before."""

import dataclasses
import threading
from datetime import date

import pytest

from geo.errors import InputError, NotFoundError, StoreError
from layers.catalogue import layer_named
from layers.model import Field, FieldKind, Text, Visibility
from services.database import publish as module
from services.database.connect import connect
from services.database.publish import publications, publish, undo
from services.database.revisions import layer_states
from services.database.schema import synchronise
from tests.conftest import DatabaseUnderTest
from tests.services.database.rows import LAYER, contents, load


def test_nothing_is_public_before_somebody_publishes(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.public) as connection:
        assert contents(connection, "published.emergency_sites") == []
        assert layer_states(connection, "published") == {}


def test_publishes_rows_and_datasets_and_records_who(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲", "b": "乙"})
    with connect(database.urls.owner, autocommit=True) as connection:
        made = publish(connection, LAYER, "防災 花子", "checked by sight")
        assert (made.rows_added, made.rows_changed, made.rows_removed) == (2, 0, 0)
        assert publications(connection) == (made,)
    assert (made.approved_by, made.note, made.undone_at) == ("防災 花子", "checked by sight", None)
    with connect(database.urls.public) as connection:
        rows = connection.execute(
            "SELECT id, name, round(ST_X(geometry)::numeric, 3), as_of FROM published.emergency_sites ORDER BY id"
        ).fetchall()
        assert [row[:2] for row in rows] == [("a", "甲"), ("b", "乙")]
        assert rows[0][3] == date(2026, 3, 31)
        state = layer_states(connection, "published")[LAYER]
    assert state.row_count == 2
    assert state.published_at == made.published_at
    assert (state.oldest, state.newest, state.dates_complete, state.fictitious) == (
        date(2026, 3, 31), date(2026, 3, 31), True, False,
    )  # fmt: skip
    assert state.datasets[0].licence == "CC-BY-4.0"


def test_publishes_only_the_difference_and_keeps_the_approved_lineage(database: DatabaseUnderTest) -> None:
    first = load(database.urls.ingest, {"a": "甲", "b": "乙", "c": "丙"})
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
        second = load(database.urls.ingest, {"a": "甲", "b": "乙改", "d": "丁"})
        made = publish(connection, LAYER, "hanako")
        # d stands where c stood and has its place, but another id: one more, one less.
        assert (made.rows_added, made.rows_changed, made.rows_removed) == (1, 1, 1)
        lineage = dict(connection.execute("SELECT id, load_id FROM publication.emergency_sites").fetchall())
    assert lineage == {"a": first, "b": second, "d": second}


def test_undo_restores_rows_datasets_and_dates_to_the_bit(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        load(database.urls.ingest, {"a": '甲,"(\\ ', "b": "", "c": "丙\n丙"})
        publish(connection, LAYER, "hanako")
        tables = ("publication.emergency_sites", "publication.dataset", "published.layer")
        before = [contents(connection, table) for table in tables[:2]]
        state = layer_states(connection, "published")[LAYER]
        load(database.urls.ingest, {"a": "甲改", "d": "丁"}, as_of=None)
        load(database.urls.ingest, {"e": "戊"}, dataset="d2")
        made = publish(connection, LAYER, "hanako")
        assert [contents(connection, table) for table in tables[:2]] != before
        assert made.id is not None
        undone = undo(connection, made.id, "taro")
        assert [contents(connection, table) for table in tables[:2]] == before
        after = layer_states(connection, "published")[LAYER]
    assert undone.undone_by == "taro"
    assert undone.undone_at is not None
    assert (after.published_at, after.datasets) == (state.published_at, state.datasets)
    assert after.revision > state.revision + 1, "a cache must not take the restored state for an older answer"


def test_undoing_the_first_publication_takes_the_layer_back_from_the_public(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.owner, autocommit=True) as connection:
        made = publish(connection, LAYER, "hanako")
        assert made.id is not None
        undo(connection, made.id, "hanako")
        assert contents(connection, "publication.emergency_sites") == []
    with connect(database.urls.public) as connection:
        assert LAYER not in layer_states(connection, "published")


def test_undo_goes_backwards_only_and_once(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        ids = []
        for name in ("甲", "乙", "丙"):
            load(database.urls.ingest, {"a": name})
            ids.append(publish(connection, LAYER, "hanako").id)
        first, second, third = (number for number in ids if number is not None)
        with pytest.raises(InputError, match="not the last") as caught:
            undo(connection, first, "hanako")
        assert f"Undo {third}, then {second} first" in str(caught.value)
        undo(connection, third, "hanako")
        with pytest.raises(InputError, match="undone already"):
            undo(connection, third, "hanako")
        undo(connection, second, "hanako")
        assert connection.execute("SELECT name FROM published.emergency_sites").fetchall() == [("甲",)]
        with pytest.raises(NotFoundError, match="no publication 999"):
            undo(connection, 999, "hanako")


def test_undo_after_a_field_was_added_leaves_it_unknown(database: DatabaseUnderTest) -> None:
    layer = layer_named(LAYER)
    wider = dataclasses.replace(
        layer, fields=(*layer.fields, Field(name="floors", kind=FieldKind.INTEGER, title=Text("階数", "Floors")))
    )
    with connect(database.urls.owner, autocommit=True) as connection:
        load(database.urls.ingest, {"a": "甲"})
        publish(connection, LAYER, "hanako")
        load(database.urls.ingest, {"a": "乙"})
        made = publish(connection, LAYER, "hanako")
        assert made.id is not None
        synchronise(connection, {LAYER: wider})
        undo(connection, made.id, "hanako")
        row = connection.execute("SELECT name, floors, raw_number FROM publication.emergency_sites").fetchone()
    assert row == ("甲", None, 1)


def test_nothing_new_is_said_and_not_recorded(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
        before = layer_states(connection, "published")
        again = publish(connection, LAYER, "hanako")
        assert again.id is None
        assert (again.rows_added, again.rows_changed, again.rows_removed) == (0, 0, 0)
        assert len(publications(connection)) == 1
        assert layer_states(connection, "published") == before


def test_changed_and_changed_back_counts_as_published(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner, autocommit=True) as connection:
        load(database.urls.ingest, {"a": "甲"})
        publish(connection, LAYER, "hanako")
        with connect(database.urls.ingest) as writer:
            writer.execute("DELETE FROM core.emergency_sites WHERE false")  # moves the revision, changes nothing
        assert publish(connection, LAYER, "hanako").id is None
        row = connection.execute("SELECT revision, published_revision FROM ngis.layer WHERE id = %s", (LAYER,))
        assert len(set(row.fetchone() or ())) == 1


def test_a_dataset_whose_date_becomes_known_is_published_too(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
        connection.execute("UPDATE ngis.dataset SET title = '新しい題' WHERE layer_id = %s", (LAYER,))
        made = publish(connection, LAYER, "hanako")
        assert made.id is not None
        assert made.rows_changed == 0
        assert layer_states(connection, "published")[LAYER].datasets[0].title == "新しい題"


def test_internal_layers_and_nobodys_approval_are_refused(database: DatabaseUnderTest) -> None:
    internal = dataclasses.replace(layer_named(LAYER), visibility=Visibility.INTERNAL)
    with connect(database.urls.owner, autocommit=True) as connection:
        with pytest.raises(InputError, match="internal and is never published"):
            publish(connection, LAYER, "hanako", layer=internal)
        with pytest.raises(InputError, match="name of the person"):
            publish(connection, LAYER, "  ")
        with pytest.raises(NotFoundError, match="no layer"):
            publish(connection, "no-such-layer", "hanako")
        assert publications(connection) == ()


@pytest.mark.parametrize("role", ["ingest", "internal", "public"])
def test_only_the_owner_publishes(database: DatabaseUnderTest, role: str) -> None:
    load(database.urls.ingest, {"a": "甲"})
    with (
        connect(getattr(database.urls, role), autocommit=True) as connection,
        pytest.raises(StoreError, match="may not do this"),
    ):
        publish(connection, LAYER, "hanako")


def test_a_load_under_way_is_waited_for_and_then_named(
    database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_TIMEOUT_S", 1)
    load(database.urls.ingest, {"a": "甲"})
    with connect(database.urls.ingest) as loading, connect(database.urls.owner, autocommit=True) as connection:
        loading.execute("DELETE FROM core.emergency_sites")
        with pytest.raises(StoreError, match="Another process is changing"):
            publish(connection, LAYER, "hanako")
        loading.rollback()
        assert publish(connection, LAYER, "hanako").rows_added == 1


def test_two_publishing_at_once_record_one_publication(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    made: list[int | None] = []

    def run() -> None:
        with connect(database.urls.owner, autocommit=True) as connection:
            made.append(publish(connection, LAYER, "hanako").id)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len([number for number in made if number is not None]) == 1
