"""A layer with a field of every kind, and rows of it with every sort of value and of its absence."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast

import shapely
from psycopg import sql

from layers.fields import code, flag, integer, text, texts
from layers.licences import CC_BY_4_0
from layers.model import (
    Code,
    CodeList,
    Field,
    FieldKind,
    Geometry,
    Layer,
    Style,
    Text,
    Theme,
    UpdateFrequency,
)
from services.database.lending import Connections
from services.database.revisions import LayerState
from services.database.schema import Connection, synchronise
from services.ogc.face import Face
from services.ogc.source import Source

KINDS = CodeList(
    "kinds", Text("種別", "Kinds"), (Code("school", Text("学校", "school")), Code("park", Text("公園", "park"))), "test"
)
RANKS = CodeList(
    "ranks", Text("階級", "Ranks"), tuple(Code(n, Text(f"階級{n}", f"rank {n}")) for n in (1, 2, 3)), "test"
)


def _field(name: str, kind: FieldKind) -> Field:
    return Field(name=name, kind=kind, title=Text(name, name))


LAYER = Layer(
    id="cql2-things",
    title=Text("もの", "Things"),
    description=Text("試験用。", "For tests."),
    theme=Theme.BASE,
    geometry=Geometry.POINT,
    fields=(
        text("name", "名称", "Name"),
        text("note", "備考", "Note"),
        integer("floors", "階数", "Floors"),
        integer("rooms", "室数", "Rooms"),
        _field("height", FieldKind.NUMBER),
        _field("width", FieldKind.NUMBER),
        flag("open", "開設中", "Open"),
        _field("built", FieldKind.DATE),
        _field("closed", FieldKind.DATE),
        _field("seen", FieldKind.DATETIME),
        _field("gone", FieldKind.DATETIME),
        _field("opens", FieldKind.TIME),
        code("kind", KINDS),
        code("rank", RANKS),
        texts("tags", "印", "Tags"),
        texts("labels", "札", "Labels"),
    ),
    formats=(),
    style=Style(color="#000000"),
    licence=CC_BY_4_0,
    attribution=Text("試験市", "Test city"),
    owner=Text("試験課", "Test section"),
    update_frequency=UpdateFrequency.ANNUALLY,
)

SOURCE = Source(
    layer=LAYER,
    face=Face.INTERNAL,
    state=cast(LayerState, None),
    row_count=0,
    bounds=None,
    first_id=None,
    pool=cast(Connections, None),
    plane_crs=6673,
    var=Path(),
)

TEXTS = (
    "",
    "a",
    "A",
    "ab",
    "a%b",
    "a_b",
    "a\\b",
    "Straße",
    "STRASSE",
    "straße",
    "ΟΔΟΣ",
    "οδος",
    "café",
    "cafe\u0301",
    "CAFE",
    "ı",
    "i",
    "浜",
    "浜公園",
    "がっこう",
    "かっこう",
    "o'neil",
    "x'); DROP TABLE core.cql2_things; --",
    "İzmir",
)
DAYS = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2), date(2021, 6, 15), date(9999, 12, 31))
MOMENTS = (
    datetime(2019, 12, 31, 23, 59, 59, 999999, UTC),
    datetime(2020, 1, 1, tzinfo=UTC),
    datetime(2020, 1, 1, 12, 30, tzinfo=UTC),
    datetime(2020, 1, 2, tzinfo=UTC),
    datetime(2021, 6, 15, 0, 0, 0, 1, UTC),
)
WHOLE = (-3, -1, 0, 1, 2, 3, 7, 10, 2**53 + 1, 2**63 - 1, -(2**63))
NUMBERS = (-2.5, -1.0, 0.0, 0.1, 0.2, 0.30000000000000004, 0.5, 1.0, 3.0, 7.25, 1e15)
TIMES = (time(0), time(9, 30), time(23, 59, 59))
TAGS = ("浜町", "川添町", "x", "")
SHAPES = tuple(
    shapely.from_wkt(each)
    for each in (
        "POINT (0 0)",
        "POINT (2 2)",
        "POINT (1 3)",
        "POINT (4 4)",
        "LINESTRING (0 0, 4 4)",
        "LINESTRING (0 2, 4 2)",
        "LINESTRING (1 1, 1 3, 3 3)",
        "POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))",
        "POLYGON ((1 1, 3 1, 3 3, 1 3, 1 1))",
        "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 3 1, 3 3, 1 3, 1 1))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((3 3, 4 3, 4 4, 3 4, 3 3)))",
        "MULTIPOINT ((0 0), (3 3))",
    )
)

Row = Mapping[str, Any]


@cache
def rows() -> tuple[Row, ...]:
    """Rows whose values are drawn from the above and from nothing; the same in every run."""
    random = Random(20251125)  # noqa: S311 - not for secrets
    pools: dict[str, tuple[Any, ...]] = {
        "name": TEXTS,
        "note": TEXTS,
        "floors": WHOLE,
        "rooms": WHOLE,
        "height": NUMBERS,
        "width": NUMBERS,
        "open": (True, False),
        "built": DAYS,
        "closed": DAYS,
        "seen": MOMENTS,
        "gone": MOMENTS,
        "opens": TIMES,
        "kind": ("school", "park"),
        "rank": (1, 2, 3),
        "geometry": SHAPES,
        "as_of": DAYS,
    }
    found: list[Row] = []
    for number in range(60):
        row = {name: random.choice(pool) if random.random() > 0.15 else None for name, pool in pools.items()}
        for name in ("tags", "labels"):
            row[name] = random.sample(TAGS, random.randint(0, 3)) if random.random() > 0.2 else None
        found.append({"id": f"t{number}", **row})
    return tuple(found)


def fill(connection: Connection) -> None:
    """Makes the table of the layer, for geometries of any type, and puts the rows into it."""
    synchronise(connection, {LAYER.id: LAYER})
    connection.execute("ALTER TABLE core.cql2_things ALTER COLUMN geometry TYPE geometry(Geometry, 6668)")
    for row in rows():
        given = {**row, "geometry": None if row["geometry"] is None else shapely.to_wkb(row["geometry"])}
        given |= {
            "source_id": "s",
            "dataset": "d",
            "fictitious": True,
            "position_quality": "q",
            "load_id": 1,
            "raw_number": 1,
        }
        connection.execute(
            sql.SQL("INSERT INTO core.cql2_things ({}) VALUES ({})").format(
                sql.SQL(", ").join(map(sql.Identifier, given)),
                sql.SQL(", ").join(
                    sql.SQL("ST_GeomFromWKB(%s, 6668)" if name == "geometry" else "%s") for name in given
                ),
            ),
            list(given.values()),
        )
