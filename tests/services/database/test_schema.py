"""Tables and views follow the declarations, and nothing stored is ever lost by a change of them."""

import dataclasses

import pytest

from geo.errors import StoreError
from layers.catalogue import catalogue, layer_named
from layers.model import Code, CodeList, Field, FieldKind, Geometry, Layer, Style, Text, Visibility
from services.database.connect import connect
from services.database.publish import publish
from services.database.schema import PUBLIC_LINEAGE, synchronise, table_shape
from tests.conftest import DatabaseUnderTest
from tests.services.database.rows import LAYER, Connection, load

_T = Text("題", "Title")
_NUMBERS = CodeList("test-numbers", _T, (Code(1, _T), Code(2, _T)), "test")
_WORDS = CodeList("test-words", _T, (Code("a", _T),), "test")


def _layer(*fields: Field, **changes: object) -> Layer:
    base = dataclasses.replace(
        layer_named(LAYER), id="test-layer", fields=fields, formats=(), style=Style(color="#000000"),
        title_field=None, time_field=None, open_data=None, editable_by=frozenset(),
    )  # fmt: skip
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def _columns(connection: Connection, relation: str) -> dict[str, str]:
    return dict(
        connection.execute(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = to_regclass(%s) AND attnum > 0 ORDER BY attnum",
            (relation,),
        ).fetchall()
    )


def test_every_kind_of_field_gets_its_type(database: DatabaseUnderTest) -> None:
    plain = [kind for kind in FieldKind if kind is not FieldKind.CODE]
    layer = _layer(
        *(Field(name=f"f_{kind.replace('-', '_')}", kind=kind, title=_T) for kind in plain),
        Field(name="f_number_code", kind=FieldKind.CODE, title=_T, codes=_NUMBERS),
        Field(name="f_word_code", kind=FieldKind.CODE, title=_T, codes=_WORDS),
    )
    with connect(database.urls.owner) as connection:
        assert synchronise(connection, {layer.id: layer}) == ("test-layer",)
        columns = _columns(connection, "core.test_layer")
        assert columns == _columns(connection, "publication.test_layer") == dict(table_shape(layer).types)
    assert {name: kind for name, kind in columns.items() if name.startswith("f_")} == {
        "f_text": "text",
        "f_integer": "bigint",
        "f_number": "double precision",
        "f_flag": "boolean",
        "f_date": "date",
        "f_datetime": "timestamp with time zone",
        "f_time": "time without time zone",
        "f_text_list": "text[]",
        "f_number_code": "integer",
        "f_word_code": "text",
    }


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (Geometry.POINT, "geometry(Point,6668)"),
        (Geometry.LINE, "geometry(LineString,6668)"),
        (Geometry.MULTILINE, "geometry(MultiLineString,6668)"),
        (Geometry.MULTIPOLYGON, "geometry(MultiPolygon,6668)"),
        (Geometry.RASTER, "geometry(MultiPolygon,6668)"),
        (Geometry.NONE, None),
    ],
)
def test_every_geometry_gets_its_type_and_index(
    database: DatabaseUnderTest, geometry: Geometry, expected: str | None
) -> None:
    layer = _layer(geometry=geometry)
    with connect(database.urls.owner) as connection:
        synchronise(connection, {layer.id: layer})
        assert _columns(connection, "core.test_layer").get("geometry") == expected
        indexes = connection.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'test_layer' AND indexdef LIKE '%USING gist (geometry)'"
        ).fetchone()
    assert indexes == ((2,) if expected else (0,))


def test_every_layer_of_the_catalogue_has_its_tables(database: DatabaseUnderTest) -> None:
    with connect(database.urls.owner) as connection:
        assert synchronise(connection, catalogue()) == ()
        for layer in catalogue().values():
            shape = table_shape(layer)
            assert _columns(connection, f"core.{layer.table}") == dict(shape.types)
            view = list(_columns(connection, f"published.{layer.table}"))
            assert view == list(shape.public_columns or ())


def test_a_new_field_becomes_a_column_and_the_rows_stay(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    layer = layer_named(LAYER)
    wider = dataclasses.replace(
        layer, fields=(Field(name="floors", kind=FieldKind.INTEGER, title=Text("階数", "Floors")), *layer.fields)
    )
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "hanako")
        assert synchronise(connection, {LAYER: wider}) == (LAYER,)
        assert synchronise(connection, {LAYER: wider}) == ()
    with connect(database.urls.public) as connection:
        assert connection.execute("SELECT id, name, floors FROM published.emergency_sites").fetchall() == [
            ("a", "甲", None)
        ]


def test_a_removed_field_keeps_its_column_and_leaves_the_public(database: DatabaseUnderTest) -> None:
    load(database.urls.ingest, {"a": "甲"})
    layer = layer_named(LAYER)
    narrower = dataclasses.replace(
        layer,
        fields=tuple(field for field in layer.fields if field.name != "name"),
        formats=(), title_field=None, open_data=None,
    )  # fmt: skip
    with connect(database.urls.owner, autocommit=True) as connection:
        synchronise(connection, {LAYER: narrower})
        assert connection.execute("SELECT name FROM core.emergency_sites").fetchall() == [("甲",)]
        assert "name" not in _columns(connection, "published.emergency_sites")


def test_a_field_made_private_leaves_the_public_at_once(database: DatabaseUnderTest) -> None:
    layer = _layer(
        Field(name="open", kind=FieldKind.TEXT, title=_T), Field(name="closed", kind=FieldKind.TEXT, title=_T)
    )
    private = dataclasses.replace(layer, fields=(layer.fields[0], dataclasses.replace(layer.fields[1], public=False)))
    with connect(database.urls.owner, autocommit=True) as connection:
        synchronise(connection, {layer.id: layer})
        assert "closed" in _columns(connection, "published.test_layer")
        synchronise(connection, {layer.id: private})
        assert list(_columns(connection, "published.test_layer")) == ["id", "open", "geometry", *PUBLIC_LINEAGE]


def test_an_internal_layer_has_no_view(database: DatabaseUnderTest) -> None:
    layer = _layer(visibility=Visibility.INTERNAL)
    with connect(database.urls.owner, autocommit=True) as connection:
        synchronise(connection, {layer.id: dataclasses.replace(layer, visibility=Visibility.PUBLIC)})
        assert _columns(connection, "published.test_layer")
        synchronise(connection, {layer.id: layer})
        assert _columns(connection, "published.test_layer") == {}
        assert _columns(connection, "core.test_layer")


def test_changed_types_are_refused_all_at_once(database: DatabaseUnderTest) -> None:
    layer = _layer(Field(name="a", kind=FieldKind.TEXT, title=_T), Field(name="b", kind=FieldKind.DATE, title=_T))
    changed = dataclasses.replace(
        layer,
        fields=(
            Field(name="a", kind=FieldKind.NUMBER, title=_T, unit="m"),
            Field(name="b", kind=FieldKind.DATETIME, title=_T),
        ),
        geometry=Geometry.MULTIPOLYGON,
    )
    with connect(database.urls.owner, autocommit=True) as connection:
        synchronise(connection, {layer.id: layer})
        with pytest.raises(StoreError) as caught, connection.transaction():
            synchronise(connection, {layer.id: changed})
        assert synchronise(connection, {layer.id: layer}) == ()
    assert "test-layer.a from text to double precision" in caught.value.message
    assert "test-layer.b from date to timestamp with time zone" in caught.value.message
    assert "test-layer.geometry from geometry(Point,6668) to geometry(MultiPolygon,6668)" in caught.value.message


def test_columns_carry_their_titles_and_units(database: DatabaseUnderTest) -> None:
    layer = _layer(Field(name="depth_m", kind=FieldKind.NUMBER, title=Text("浸水深", "Depth"), unit="m"))
    with connect(database.urls.owner) as connection:
        synchronise(connection, {layer.id: layer})
        row = connection.execute(
            "SELECT col_description('core.test_layer'::regclass, 2), col_description('core.test_layer'::regclass, 1)"
        ).fetchone()
    assert row == ("浸水深 / Depth [m]", None)
