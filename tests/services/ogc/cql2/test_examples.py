"""Expressions of OGC 21-065r2 in both encodings: each pair is one tree."""

import json
from typing import Any

import pytest

from services.ogc.cql2 import parse


def op(name: str, *args: Any) -> dict[str, Any]:
    return {"op": name, "args": list(args)}


def prop(name: str) -> dict[str, str]:
    return {"property": name}


SQUARE = {"type": "Polygon", "coordinates": [[[-10, -10], [10, -10], [10, 10], [-10, -10]]]}
PERIOD = {"interval": ["1969-07-16T05:32:00Z", "1969-07-24T16:50:35Z"]}

EXAMPLES: list[tuple[str, Any]] = [
    # scalars and comparisons
    ("'Via dell''Avvento' = street", op("=", "Via dell'Avvento", prop("street"))),
    ("city='Toronto'", op("=", prop("city"), "Toronto")),
    ("avg(windSpeed) < 4", op("<", op("avg", prop("windSpeed")), 4)),
    ("balance-150.0 > 0", op(">", op("-", prop("balance"), 150.0), 0)),
    ("updated >= date('1970-01-01')", op(">=", prop("updated"), {"date": "1970-01-01"})),
    (
        "touchdown = TIMESTAMP('1969-07-20T20:17:40Z')",
        op("=", prop("touchdown"), {"timestamp": "1969-07-20T20:17:40Z"}),
    ),
    ("geometry IS NOT NULL", op("not", op("isNull", prop("geometry")))),
    ("swimming_pool = true", op("=", prop("swimming_pool"), True)),
    ("value<>-3.14159", op("<>", prop("value"), -3.14159)),
    ("value <= 1.5E3", op("<=", prop("value"), 1500.0)),
    ("TRUE", True),
    # advanced comparison operators
    ("name LIKE 'Smith%'", op("like", prop("name"), "Smith%")),
    ("owner NOT LIKE '%Mike%'", op("not", op("like", prop("owner"), "%Mike%"))),
    ("NOT \"name\" LIKE 'foo%'", op("not", op("like", prop("name"), "foo%"))),
    (r"name LIKE '100\%'", op("like", prop("name"), r"100\%")),
    ("depth BETWEEN 100.0 and 150.0", op("between", prop("depth"), 100.0, 150.0)),
    ("value NOT BETWEEN 10 AND 20", op("not", op("between", prop("value"), 10, 20))),
    ("cityName IN ('Toronto','Tokyo','New York')", op("in", prop("cityName"), ["Toronto", "Tokyo", "New York"])),
    ("category NOT IN (1,2,3,4)", op("not", op("in", prop("category"), [1, 2, 3, 4]))),
    ("eo:cloud_cover IN (0.1,0.2)", op("in", prop("eo:cloud_cover"), [0.1, 0.2])),
    # case and accents
    (
        "CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))",
        op("in", op("casei", prop("road_class")), [op("casei", "Οδος"), op("casei", "Straße")]),
    ),
    ("ACCENTI(etat_vol) = ACCENTI('débárquér')", op("=", op("accenti", prop("etat_vol")), op("accenti", "débárquér"))),
    (
        "casei(geophys:SURVEY_NAME) LIKE casei('%calcutta%')",
        op("like", op("casei", prop("geophys:SURVEY_NAME")), op("casei", "%calcutta%")),
    ),
    # AND, OR, NOT
    (
        "eo:cloud_cover BETWEEN 0.1 AND 0.2 AND landsat:wrs_row=28 AND landsat:wrs_path=203",
        op(
            "and",
            op("between", prop("eo:cloud_cover"), 0.1, 0.2),
            op("=", prop("landsat:wrs_row"), 28),
            op("=", prop("landsat:wrs_path"), 203),
        ),
    ),
    (
        "swimming_pool=true AND (floors>5 OR material LIKE 'brick%' OR material LIKE '%brick')",
        op(
            "and",
            op("=", prop("swimming_pool"), True),
            op(
                "or",
                op(">", prop("floors"), 5),
                op("like", prop("material"), "brick%"),
                op("like", prop("material"), "%brick"),
            ),
        ),
    ),
    (
        "(floors>5 AND material='brick') OR swimming_pool=true",
        op(
            "or",
            op("and", op(">", prop("floors"), 5), op("=", prop("material"), "brick")),
            op("=", prop("swimming_pool"), True),
        ),
    ),
    (
        "NOT (floors<5) OR swimming_pool=true",
        op("or", op("not", op("<", prop("floors"), 5)), op("=", prop("swimming_pool"), True)),
    ),
    (
        "a=1 OR b=2 AND NOT c=3",
        op("or", op("=", prop("a"), 1), op("and", op("=", prop("b"), 2), op("not", op("=", prop("c"), 3)))),
    ),
    # geometries
    (
        "S_INTERSECTS(geometry,POINT(36.319836 32.288087))",
        op("s_intersects", prop("geometry"), {"type": "Point", "coordinates": [36.319836, 32.288087]}),
    ),
    (
        "S_INTERSECTS(geometry,POLYGON((-10.0 -10.0,10.0 -10.0,10.0 10.0,-10.0 -10.0)))",
        op("s_intersects", prop("geometry"), SQUARE),
    ),
    (
        "S_DISJOINT(geometry, BBOX(160.6,-55.95,-170,-25.89))",
        op("s_disjoint", prop("geometry"), {"bbox": [160.6, -55.95, -170, -25.89]}),
    ),
    (
        'S_WITHIN("geometry", BBOX(-128.0, -1.1, -99999.0, 180.0, 90.0, 100000.0))',
        op("s_within", prop("geometry"), {"bbox": [-128.0, -1.1, -99999.0, 180.0, 90.0, 100000.0]}),
    ),
    (
        "S_CROSSES(LINESTRING(43.72992 -79.2998, 43.73005 -79.2991),road)",
        op(
            "s_crosses",
            {"type": "LineString", "coordinates": [[43.72992, -79.2998], [43.73005, -79.2991]]},
            prop("road"),
        ),
    ),
    (
        "S_TOUCHES(geometry, MULTILINESTRING ((-1.9 -0.99999, 75.292574 1.5), (-1.9 -1.1, 1.5 8.547371)))",
        op(
            "s_touches",
            prop("geometry"),
            {
                "type": "MultiLineString",
                "coordinates": [[[-1.9, -0.99999], [75.292574, 1.5]], [[-1.9, -1.1], [1.5, 8.547371]]],
            },
        ),
    ),
    (
        "S_OVERLAPS(geometry, MULTIPOLYGON (((1 1, 2 1, 2 2, 1 1)), ((5 5, 6 5, 6 6, 5 5))))",
        op(
            "s_overlaps",
            prop("geometry"),
            {
                "type": "MultiPolygon",
                "coordinates": [[[[1, 1], [2, 1], [2, 2], [1, 1]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]],
            },
        ),
    ),
    (
        "S_EQUALS(geometry, POLYGON Z ((0 0 5, 1 0 5, 1 1 5, 0 0 5)))",
        op(
            "s_equals",
            prop("geometry"),
            {"type": "Polygon", "coordinates": [[[0, 0, 5], [1, 0, 5], [1, 1, 5], [0, 0, 5]]]},
        ),
    ),
    (
        "S_CONTAINS(geometry, MULTIPOINT(7 50,10 51))",
        op("s_contains", prop("geometry"), {"type": "MultiPoint", "coordinates": [[7, 50], [10, 51]]}),
    ),
    (
        "S_CONTAINS(geometry, MULTIPOINTZ((7 50 1),(10 51 1)))",
        op("s_contains", prop("geometry"), {"type": "MultiPoint", "coordinates": [[7, 50], [10, 51]]}),
    ),
    (
        "S_INTERSECTS(geom,GEOMETRYCOLLECTION(POINT(7.02 49.92), LINESTRING(0 0, 10 0)))",
        op(
            "s_intersects",
            prop("geom"),
            {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Point", "coordinates": [7.02, 49.92]},
                    {"type": "LineString", "coordinates": [[0, 0], [10, 0]]},
                ],
            },
        ),
    ),
    # times
    ("T_BEFORE(built, DATE('2015-01-01'))", op("t_before", prop("built"), {"date": "2015-01-01"})),
    ("T_AFTER(built,DATE('2012-06-05'))", op("t_after", prop("built"), {"date": "2012-06-05"})),
    (
        "T_INTERSECTS(event_time, INTERVAL('1969-07-16T05:32:00Z', '1969-07-24T16:50:35Z'))",
        op("t_intersects", prop("event_time"), PERIOD),
    ),
    (
        "T_DURING(INTERVAL(touchdown, liftOff), INTERVAL('1969-07-16T05:32:00Z', '1969-07-24T16:50:35Z'))",
        op("t_during", {"interval": [prop("touchdown"), prop("liftOff")]}, PERIOD),
    ),
    (
        "T_DISJOINT(INTERVAL('..', '2005-01-10T01:01:01.393216Z'), INTERVAL(starts_at, ends_at))",
        op(
            "t_disjoint",
            {"interval": ["..", "2005-01-10T01:01:01.393216Z"]},
            {"interval": [prop("starts_at"), prop("ends_at")]},
        ),
    ),
    *(
        (
            f"{name.upper()}(INTERVAL(starts_at, ends_at), INTERVAL('2005-01-10', '..'))",
            op(name, {"interval": [prop("starts_at"), prop("ends_at")]}, {"interval": ["2005-01-10", ".."]}),
        )
        for name in (
            "t_contains",
            "t_equals",
            "t_finishedBy",
            "t_finishes",
            "t_meets",
            "t_metBy",
            "t_overlappedBy",
            "t_overlaps",
            "t_startedBy",
            "t_starts",
        )
    ),
    # arrays
    (
        "A_CONTAINS(layer:ids, ('layers-ca','layers-us'))",
        op("a_contains", prop("layer:ids"), ["layers-ca", "layers-us"]),
    ),
    ("A_EQUALS(values, ('a', true, 1))", op("a_equals", prop("values"), ["a", True, 1])),
    ("A_OVERLAPS((DATE('1969-07-16')), days)", op("a_overlaps", [{"date": "1969-07-16"}], prop("days"))),
    ("A_CONTAINEDBY(('a'), ())", op("a_containedBy", ["a"], [])),
    # arithmetic: precedence, and signs that bind more strongly than a power
    ("1 + 2 * 3 ^ 2 = 19", op("=", op("+", 1, op("*", 2, op("^", 3, 2))), 19)),
    ("(1 + 2) * 3 = 9", op("=", op("*", op("+", 1, 2), 3), 9)),
    ("10 - 4 - 3 = 3", op("=", op("-", op("-", 10, 4), 3), 3)),
    ("21 div 10 % 2 / 4 = x", op("=", op("/", op("%", op("div", 21, 10), 2), 4), prop("x"))),
    ("-2^2 = 4", op("=", op("^", -2, 2), 4)),
    ("-x > +5", op(">", op("*", -1, prop("x")), 5)),
    ("vehicle_height > (bridge_clearance-1)", op(">", prop("vehicle_height"), op("-", prop("bridge_clearance"), 1))),
    # property to property, and names that are keywords
    ("pop_min <> pop_max", op("<>", prop("pop_min"), prop("pop_max"))),
    (
        '"date" = DATE(\'2022-04-16\') AND "and" IS NULL',
        op("and", op("=", prop("date"), {"date": "2022-04-16"}), op("isNull", prop("and"))),
    ),
    ("date = DATE('2022-04-16')", op("=", prop("date"), {"date": "2022-04-16"})),
    ("S_WITHIN(road,Buffer(geometry,10,'m'))", op("s_within", prop("road"), op("Buffer", prop("geometry"), 10, "m"))),
    # Japanese
    (
        "名称 = '西宮市' AND \"種別 1\" LIKE '%学校'",
        op("and", op("=", prop("名称"), "西宮市"), op("like", prop("種別 1"), "%学校")),
    ),
]


@pytest.mark.parametrize(("text", "document"), EXAMPLES, ids=[text[:50] for text, _ in EXAMPLES])
def test_both_encodings_are_one_tree(text: str, document: Any) -> None:
    tree = parse(text, "cql2-text")
    assert tree == parse(json.dumps(document), "cql2-json")
    assert tree == parse(json.dumps(document, ensure_ascii=False), "cql2-json")


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"op": "=", "args": [{"casei": prop("a")}, {"casei": "b"}]}, "CASEI(a) = CASEI('b')"),
        ({"op": "=", "args": [{"accenti": prop("a")}, "b"]}, "ACCENTI(a) = 'b'"),
        ({"op": "<", "args": [{"function": {"name": "avg", "args": [prop("a")]}}, 4]}, "avg(a) < 4"),
        (
            op("t_METBY", PERIOD, PERIOD),
            "t_metby({0}, {0})".format("INTERVAL('1969-07-16T05:32:00Z','1969-07-24T16:50:35Z')"),
        ),
    ],
)
def test_spellings_of_the_drafts(document: Any, text: str) -> None:
    assert parse(json.dumps(document), "cql2-json") == parse(text, "cql2-text")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'it''s'", "it's"),
        (r"'it\'s'", "it's"),
        (r"'\a\b\t\n\v\f\r'", "\a\b\t\n\v\f\r"),
        (r"'a\\'", "a\\"),
        (r"'\%\_'", r"\%\_"),
        ("''", ""),
        ("''''", "'"),
        ("'二重\"引用符'", '二重"引用符'),
    ],
)
def test_escapes_in_texts(written: str, meant: str) -> None:
    assert parse(f"a = {written}", "cql2-text") == parse(json.dumps(op("=", prop("a"), meant)), "cql2-json")


def test_keywords_in_any_case_and_space() -> None:
    one = parse("nOt(a\tBeTwEeN\n1 aNd 2)oR\u3000b Is NoT nUlL and c in(1)", "cql2-text")
    assert one == parse("NOT (a BETWEEN 1 AND 2) OR b IS NOT NULL AND c IN (1)", "cql2-text")
