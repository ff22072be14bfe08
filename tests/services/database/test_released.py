"""Layers whose rows are public one by one: the database itself shows the public the marked rows, and nothing else."""

import dataclasses
from collections.abc import Iterator

import psycopg
import pytest

from geo.errors import InputError
from layers.catalogue import catalogue, layer_named
from layers.model import UpdateFrequency, Visibility
from services.database.connect import connect
from services.database.publish import publish
from services.database.revisions import layer_states
from tests.conftest import DatabaseUnderTest

LAYER = "site-status"
RELEASED = [layer.id for layer in catalogue().values() if layer.released_by is not None]


@pytest.fixture
def owner(database: DatabaseUnderTest) -> Iterator[psycopg.Connection]:
    with connect(database.urls.owner, autocommit=True) as connection:
        yield connection


def add(owner: psycopg.Connection, name: str, public: bool | None, dataset: str = "edits") -> None:
    owner.execute(
        "INSERT INTO core.site_status (id, common_id, status, updated_at, remarks, public, source_id, dataset, "
        "fictitious, position_quality, load_id, raw_number) "
        "VALUES (%s, %s, 'open', now(), 'inside', %s, 'edits', %s, true, 'none', 0, 0)",
        (name, f"E{name}", public, dataset),
    )


def test_which_layers_they_are() -> None:
    assert set(RELEASED) == {"road-closures", "evacuation-orders", LAYER}


def test_the_public_sees_the_marked_rows_in_the_same_commit(
    database: DatabaseUnderTest, owner: psycopg.Connection
) -> None:
    with connect(database.urls.public, autocommit=True) as public:

        def seen() -> list[str]:
            return [row[0] for row in public.execute("SELECT id FROM published.site_status ORDER BY id").fetchall()]

        assert LAYER not in layer_states(public, "published"), "nothing was ever in it"
        add(owner, "c", None)
        before = layer_states(public, "published")[LAYER]
        assert before.published_at is not None
        assert seen() == []
        for name, mark in (("a", True), ("b", False)):
            add(owner, name, mark)
        assert seen() == ["a"]
        after = layer_states(public, "published")[LAYER]
        assert after.revision > before.revision
        owner.execute("UPDATE core.site_status SET public = id = 'b'")
        assert seen() == ["b"]
        assert layer_states(public, "published")[LAYER].revision > after.revision
        for statement in (
            "SELECT * FROM core.site_status",
            "SELECT remarks FROM published.site_status",
            "DELETE FROM published.site_status",
            "SELECT * FROM ngis.dataset",
            "SELECT ngis.released_rows('site-status', 'edits')",
        ):
            with pytest.raises(psycopg.Error):
                public.execute(statement)


def test_the_public_counts_what_it_sees(database: DatabaseUnderTest, owner: psycopg.Connection) -> None:
    for dataset in ("shown", "hidden"):
        owner.execute(
            "INSERT INTO ngis.load (file_name, layer_id, status, loaded_by, started_at) "
            "VALUES ('test', %s, 'loaded', 'test', now())",
            (LAYER,),
        )
        owner.execute(
            "INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, fictitious, row_count) "
            "SELECT %s, %s, 'ngis-site-status', max(id), true, 2 FROM ngis.load",
            (LAYER, dataset),
        )
        for number, mark in enumerate((dataset == "shown", False)):
            add(owner, f"{dataset}{number}", mark, dataset)
    with connect(database.urls.public, autocommit=True) as public:
        (found,) = layer_states(public, "published")[LAYER].datasets
        assert (found.id, found.row_count) == ("shown", 1)
    counted = owner.execute("SELECT ngis.released_rows('incidents', 'x'), ngis.released_rows('nothing', 'x')")
    assert counted.fetchone() == (None, None)


@pytest.mark.parametrize("layer_id", RELEASED)
def test_they_are_not_published_as_a_whole(owner: psycopg.Connection, layer_id: str) -> None:
    with pytest.raises(InputError, match="not published as a whole"):
        publish(owner, layer_id, "山田")


def test_declarations_that_make_no_sense() -> None:
    layer = layer_named(LAYER)
    for wrong in (
        {"released_by": "name"},
        {"released_by": "nothing"},
        {"visibility": Visibility.INTERNAL},
        {"update_frequency": UpdateFrequency.ANNUALLY},  # its tiles would be kept
    ):
        with pytest.raises(InputError):
            dataclasses.replace(layer, **wrong)
