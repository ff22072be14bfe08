"""What a filter of a layer means, what of it is refused, and that nothing of it reaches the database as SQL."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from psycopg import ClientCursor, sql

from layers.model import Geometry
from services.database.schema import Connection
from services.ogc.cql2 import condition, parse
from services.ogc.cql2.encodings.limits import MAX_DEPTH
from services.ogc.errors import ParameterError
from services.ogc.filters import all_of
from tests.services.ogc.cql2.conftest import Matching
from tests.services.ogc.cql2.things import LAYER, SOURCE, TEXTS, rows

EVERYTHING = {row["id"] for row in rows()}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nowhere = 1", "there is no property 'nowhere'"),
        ("geom IS NULL", "there is no property 'geom'"),
        ("load_id = 1", "there is no property 'load_id'"),  # lineage is no property
        ("soundex(name) = 'x'", "there is no function 'soundex'"),
        ("floors = 'abc'", "floors (Floors: an integer) cannot be compared with 'abc' (a text)"),
        ("floors = '5'", "cannot be compared"),
        ("name = 5", "name (Name: a text) cannot be compared with '5' (an integer)"),
        ("name < TRUE", "cannot be compared"),
        ("open = 1", "cannot be compared"),
        ("built = 5", "cannot be compared"),
        ("built = 'yesterday'", "built: 'yesterday' is not accepted; give a date such as 2024-01-31"),
        ("seen = '2024-01-01T00:00:00'", "a date-time with its offset"),
        ("opens = '25:00'", "a time such as 09:30"),
        ("opens = '09:30+09:00'", "a time such as 09:30"),
        ("opens = DATE('2024-01-01')", "cannot be compared"),
        ("built < seen AND name = built", "cannot be compared"),
        ("name IN ('a', 1)", "cannot be compared"),
        ("floors BETWEEN 1 AND 'x'", "cannot be compared"),
        ("tags = 'x'", "cannot be compared"),
        ("geometry = 'x'", "cannot be compared"),
        ("geometry = geometry", "cannot be compared"),
        ("floors LIKE '1%'", "LIKE takes a text, not floors"),
        ("name LIKE note", "the pattern of LIKE is a text literal"),
        (r"name LIKE 'a\\'", "ends with a backslash"),
        (r"CASEI(name) LIKE CASEI('a\\')", "ends with a backslash"),
        ("CASEI(floors) = 'x'", "CASEI takes a text, not floors"),
        ("name + 1 = 2", "+ takes a number, not name"),
        ("built - closed = 2", "- takes a number"),
        ("name", "filter takes true or false, not name"),
        ("5", "filter takes true or false"),
        ("name AND TRUE", "AND takes true or false"),
        ("NOT floors", "NOT takes true or false"),
        ("BBOX(1,2,3,4)", "filter takes true or false"),
        ("S_INTERSECTS(name, POINT(1 1))", "S_INTERSECTS takes a geometry, not name"),
        ("S_INTERSECTS(geometry, 5)", "S_INTERSECTS takes a geometry, not '5'"),
        (
            "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(2 2, 3 3)))",
            "points, lines and areas together",
        ),
        ("S_WITHIN(geometry, POLYGON((0 0, 2 2, 2 0, 0 2, 0 0)))", "is not valid: Self-intersection"),
        ("S_INTERSECTS(geometry, LINESTRING(1 1, 1 1))", "is not valid"),
        ("S_INTERSECTS(geometry, POINT(90 180))", "whose axes are longitude, latitude"),
        ("S_INTERSECTS(geometry, MULTIPOINT(7.02 49.92, 90 180))", "lies outside"),
        ("S_INTERSECTS(geometry, BBOX(1, 4, 2, 3))", "lower edge"),
        ("T_AFTER(name, DATE('2024-01-01'))", "T_AFTER takes dates, times or intervals, not name"),
        (
            "T_DURING(built, INTERVAL('2024-01-01','..'))",
            "T_DURING takes intervals (T_INTERSECTS and others, instants)",
        ),
        ("T_MEETS(DATE('2024-01-01'), INTERVAL(built, closed))", "T_MEETS takes intervals"),
        ("T_AFTER(built, INTERVAL('2024-02-01','2024-01-01'))", "ends before it starts"),
        ("T_AFTER(built, INTERVAL('2024-02-01','2024-03-01T00:00:00Z'))", "both ends"),
        ("T_AFTER(built, INTERVAL(built, seen))", "both ends"),
        ("T_AFTER(built, INTERVAL(name, '..'))", "INTERVAL takes dates"),
        ("A_CONTAINS(name, ('x'))", "A_CONTAINS takes an array, not name"),
        ("A_CONTAINS(tags, 'x')", "A_CONTAINS takes an array, not 'x'"),
        ("A_CONTAINS(tags, (1, 2))", "A_CONTAINS takes a text, not '1'"),
        ("A_CONTAINS((floors, 'x'), (1))", "A_CONTAINS takes a number, not 'x'"),
        ("A_CONTAINS((geometry), (geometry))", "A_CONTAINS takes"),
        ("A_CONTAINS(tags, (tags))", "A_CONTAINS takes a text"),
        ("height" + " * height" * 32 + " = 1", "numbers that are too long"),
    ],
)
def test_filters_that_do_not_fit_the_layer(text: str, reason: str) -> None:
    tree = parse(text, "cql2-text")
    with pytest.raises(ParameterError) as caught:
        condition(tree, SOURCE)
    assert caught.value.parameter == "filter"
    assert reason in caught.value.reason.en
    assert re.search("[぀-ヿ一-鿿]", caught.value.reason.ja)


def test_a_system_that_is_not_served() -> None:
    with pytest.raises(ParameterError, match="filter-crs: give one of"):
        condition(parse("TRUE", "cql2-text"), SOURCE, "http://www.opengis.net/def/crs/EPSG/0/2446")


def test_a_layer_without_places_has_no_geometry_to_ask_for() -> None:
    table = replace(SOURCE, layer=replace(LAYER, geometry=Geometry.NONE))
    with pytest.raises(ParameterError, match="no property 'geometry'"):
        condition(parse("geometry IS NULL", "cql2-text"), table)


@pytest.mark.parametrize(
    "hostile", [*TEXTS, "'; DROP TABLE core.cql2_things; --", "%s", "%(x)s", "{}", "\\'", "$$", "/*"]
)
def test_whatever_a_text_holds_is_only_compared(matching: Matching, hostile: str) -> None:
    quoted = "'" + hostile.replace("\\", "\\\\").replace("'", "''") + "'"
    named = {row["id"] for row in rows() if row["name"] == hostile}
    assert matching(f"name = {quoted}") == named
    assert matching(f"name IN ({quoted}, {quoted})") == named
    assert matching(f"note = {quoted} OR A_CONTAINS(tags, ({quoted})) OR TRUE") == EVERYTHING
    pattern = "'" + hostile.replace("\\", "\\\\\\\\").replace("%", "\\%").replace("_", "\\_").replace("'", "''") + "'"
    assert matching(f"name LIKE {pattern}") == named
    name = hostile.replace('"', "")
    for text in (f'"{name}" = 1', f'"{name}"(1) = 1', f"f{hostile}(1) = 1"):
        with pytest.raises(ParameterError):
            condition(parse(text, "cql2-text"), SOURCE)


def test_every_value_is_bound(connection: Connection) -> None:
    text = (
        "name = 'needle' AND floors > 98765 AND S_INTERSECTS(geometry, POINT(12.5 3)) AND A_OVERLAPS(tags, ('needle'))"
    )
    where, values = condition(parse(text, "cql2-text"), SOURCE)
    written = where.as_string(connection)
    assert "needle" not in written
    assert "98765" not in written
    assert "12.5" not in written
    assert written.count("%s") == len(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7 / 2 = 3.5", True),
        ("7 div 2 = 3 AND -7 div 2 = -3", True),
        ("7 % 3 = 1 AND -7 % 3 = -1", True),
        ("0.1 + 0.2 = 0.3", True),
        ("2 ^ 10 = 1024 AND 2 ^ -1 = 0.5 AND 2 ^ 60 = 1152921504606846976", True),
        ("4 ^ 0.5 = 2", True),
        ("1 / 0 = 1 OR 1 / 0 <> 1 OR 1 % 0 = 0 OR 1 div 0 = 0", False),
        ("(1 / 0) IS NULL AND (0 ^ -1) IS NULL AND ((0 - 8) ^ 0.5) IS NULL AND (10 ^ 1000) IS NULL", True),
        ("9223372036854775807 + 9223372036854775807 > 18446744073709550000", True),
        ("9223372036854775807 >= 9.223372036854775808e18", False),
        ("9007199254740993 = 9007199254740992.0", False),
        ("1e308 * 1e308 * 1e308 > 1e308 AND 1e-308 * 1e-308 < 1e-308", True),
        ("(1e-300 * 1e-300) ^ 2 IS NULL", True),
        ("2 ^ 1e300 IS NULL AND 1e300 ^ 1e300 IS NULL AND 1e308 ^ 1e-300 IS NULL", True),
        ("'a' = 'a' AND TRUE = TRUE AND 1 = 1.0 AND DATE('2024-01-01') = TIMESTAMP('2024-01-01T23:59:59Z')", True),
        ("TIMESTAMP('2024-01-01T09:00:00+09:00') = TIMESTAMP('2024-01-01T00:00:00Z')", True),
        ("A_EQUALS((1, 2, 2), (2, 1.0)) AND NOT A_EQUALS((1), (TRUE)) AND A_CONTAINS(('a', (1, 2)), ((2, 1)))", True),
        ("A_OVERLAPS((DATE('2024-01-01'), POINT(1 2)), (POINT(1 2))) AND A_CONTAINEDBY((), ('x'))", True),
        ("A_EQUALS((INTERVAL('2024-01-01','..'), 1), (1, INTERVAL('2024-01-01','..')))", True),
        ("S_CROSSES(LINESTRING(0 0, 4 4), POLYGON((1 1, 3 1, 3 3, 1 3, 1 1)))", True),
        ("POINT(1 2) IS NULL OR INTERVAL('..','..') IS NULL OR ('a') IS NULL", False),
        ("T_DURING(INTERVAL('2020-01-02','2020-01-03'), INTERVAL('..','..'))", True),
        (
            "T_EQUALS(INTERVAL('..','2020-01-02'), INTERVAL('..','2020-01-03')) OR "
            "T_MEETS(INTERVAL('..','..'), INTERVAL('..','..'))",
            False,
        ),
        ("T_BEFORE(DATE('9999-12-31'), INTERVAL('..','..'))", False),
    ],
)
def test_constants(matching: Matching, text: str, expected: bool) -> None:
    assert matching(text) == (EVERYTHING if expected else set())


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "%", "div", "^"])
def test_no_value_makes_arithmetic_fail(matching: Matching, operator: str) -> None:
    extremes = [
        "0",
        "-1",
        "0.5",
        "9223372036854775807",
        "1.7976931348623157e308",
        "5e-324",
        "-2.5",
        "1e-9",
        "1000000001",
    ]
    operands = [*extremes, "floors", "height", f"(floors {operator} height)", f"(height {operator} 5e-324)"]
    for one in operands:
        for other in operands:
            matching(f"{one} {operator} {other} > 1 OR height = {one} {operator} {other}")


def test_numbers_out_of_the_range_of_a_column(matching: Matching) -> None:
    whole = {row["id"] for row in rows() if row["floors"] is not None}
    for huge in ("9223372036854775808", "1e30", "123456789012345678901234567890"):
        assert matching(f"floors = {huge}") == set()
        assert matching(f"floors < {huge}") == whole
        assert matching(f"floors IN ({huge}, 1)") == matching("floors = 1")
        assert matching(f"rank > -{huge}") == matching("rank IS NOT NULL")
    assert matching("floors = 3.0") == matching("floors = 3")
    assert matching("floors = 3.5") == set()
    assert matching("floors > 2.5") == matching("floors >= 3")


def test_a_day_and_a_moment_are_compared_by_days(matching: Matching) -> None:
    day = {row["id"] for row in rows() if row["seen"] is not None and row["seen"].date().isoformat() == "2020-01-01"}
    assert day
    for text in (
        "seen = DATE('2020-01-01')",
        "DATE('2020-01-01') = seen",
        "seen = '2020-01-01T00:00:00Z' OR seen > TIMESTAMP('2020-01-01T00:00:00Z') AND seen < DATE('2020-01-02')",
        "seen BETWEEN DATE('2020-01-01') AND DATE('2020-01-01')",
        "seen IN (DATE('2020-01-01'), TIMESTAMP('1999-01-01T00:00:00Z'))",
        "T_INTERSECTS(seen, INTERVAL('2020-01-01','2020-01-01'))",
        "T_EQUALS(DATE('2020-01-01'), seen)",
        "NOT (T_BEFORE(seen, DATE('2020-01-01')) OR T_AFTER(seen, DATE('2020-01-01')))",
    ):
        assert matching(text) == day, text
    built = {row["id"] for row in rows() if row["built"] is not None and row["built"].isoformat() == "2020-01-01"}
    assert matching("built = TIMESTAMP('2020-01-01T15:00:00Z')") == built
    assert matching("built IN ('2020-01-01', '1999-01-01')") == built


def test_unknown_is_neither_true_nor_false(matching: Matching) -> None:
    unknown = {row["id"] for row in rows() if row["floors"] is None}
    assert unknown
    assert not matching("floors = 1 OR NOT floors = 1 OR floors <> 1") & unknown
    assert matching("(floors = 1) IS NULL") == unknown
    placeless = {row["id"] for row in rows() if row["geometry"] is None}
    assert not matching("S_INTERSECTS(geometry, BBOX(-180,-90,180,90)) OR S_DISJOINT(geometry, POINT(1 1))") & placeless
    assert matching("geometry IS NULL") == placeless


def test_codes_beside_the_list_are_values_like_others(matching: Matching) -> None:
    assert matching("kind = 'castle' OR rank = 99") == set()
    assert matching("rank < 99") == matching("rank IS NOT NULL")
    assert matching("kind LIKE 'sch%'") == matching("kind = 'school'")


def test_the_deepest_filter_runs(matching: Matching) -> None:
    inner = "T_DISJOINT(INTERVAL(built, closed), INTERVAL('2020-01-01','2020-01-02'))"
    negations = MAX_DEPTH - 3
    assert matching("NOT " * negations + inner) == matching(f"NOT {inner}" if negations % 2 else inner)
    assert matching("height" + " + 1" * (MAX_DEPTH - 2) + " = 1") == set()
    document: Any = {"property": "rank"}
    for _ in range(MAX_DEPTH - 2):
        document = {"op": "^", "args": [document, 1]}
    assert matching(json.dumps({"op": "=", "args": [document, 1]}), "cql2-json") == matching("rank = 1")


def test_wide_filters_run(matching: Matching) -> None:
    assert matching(" OR ".join(f"floors={number}" for number in range(700))) == matching("floors BETWEEN 0 AND 699")
    assert matching(f"floors IN ({','.join(map(str, range(2000)))})") == matching("floors BETWEEN 0 AND 1999")
    assert matching(f"height + 0 IN ({','.join(map(str, range(2000)))})") == {
        row["id"] for row in rows() if row["height"] is not None and row["height"] in range(2000)
    }


def test_conditions_stand_beside_others(connection: Connection) -> None:
    either = condition(parse("floors = 1 OR floors = 2", "cql2-text"), SOURCE)
    where, values = all_of([either, (sql.SQL("false"), []), either])
    assert connection.execute(b"SELECT id FROM core.cql2_things" + where.as_bytes(connection), values).fetchall() == []


def test_a_file_is_written_from_the_same_condition(connection: Connection, matching: Matching) -> None:
    """COPY takes no parameters: the driver writes the values into the statement."""
    for text in (
        "S_INTERSECTS(geometry, BBOX(0, 0, 2, 2)) AND name <> 'o''neil'",
        "floors IN (1, 2, 3) OR CASEI(name) LIKE CASEI('STRA%') OR A_OVERLAPS(tags, ('浜町', 'x\\y'))",
        "seen > DATE('2020-01-01') OR height ^ 2 < 0.5 OR opens = '09:30'",
    ):
        where, values = all_of([condition(parse(text, "cql2-text"), SOURCE)])
        query = ClientCursor(connection).mogrify(
            b"SELECT id FROM core.cql2_things" + where.as_bytes(connection), values
        )
        with connection.cursor().copy(sql.SQL("COPY ({}) TO STDOUT").format(sql.SQL(query))) as copy:
            written = {str(row[0]) for row in copy.rows()}
        assert written == matching(text)
