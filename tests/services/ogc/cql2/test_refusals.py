"""What no filter is: refused with the place and the reason, in both languages, quickly, and with nothing else."""

import json
import re
import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.ogc.cql2 import Language, parse
from services.ogc.cql2.encodings.limits import MAX_DEPTH, MAX_LENGTH
from services.ogc.errors import ParameterError

_JAPANESE = re.compile("[぀-ヿ一-鿿]")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "character 1:"),
        ("a =", "character 4:"),
        ("a = 'b", "character 5:"),
        ('"a = 1', "character 1:"),
        ("a b", "character 3:"),
        ("a = 1 = 2", "character 7:"),
        ("a = 1 AND", "character 10:"),
        ("a = = 1", "character 5:"),
        ("a == 1", "character 4:"),
        ("a != 1", "character 3:"),
        ("a = 1; DROP TABLE x", "character 6:"),
        ("(a = 1", "character 7:"),
        ("a = 1)", "character 6:"),
        ("a IN ()", "character 7:"),
        ("a IN 1", "character 6:"),
        ("a BETWEEN 1 OR 2", "character 13:"),
        ("a IS 1", "character 6:"),
        ("a NOT 1", "character 7:"),
        ("AND a = 1", "character 1:"),
        ("a = NOT b", "character 5:"),
        ("1 + NOT b = 2", "character 5:"),
        ("a = NULL", "character 5:"),
        ("a = 1e999", "character 5:"),
        ("a = NaN(1", "character 10:"),
        ("a = DATE('2024-02-30')", "character 10:"),
        ("a = DATE('2024-2-3')", "character 10:"),
        ("a = DATE(2024)", "character 10:"),
        ("a = TIMESTAMP('2024-01-01 00:00:00Z')", "character 15:"),
        ("a = TIMESTAMP('2024-01-01T00:00:00')", "character 15:"),
        ("a = TIMESTAMP('0001-01-01T00:00:00+09:00')", "character 15:"),
        ("a = TIMESTAMP('2024-01-01T24:61:00Z')", "character 15:"),
        ("T_AFTER(a, INTERVAL('x','..'))", "character 21:"),
        ("T_AFTER(a, INTERVAL('..'))", "character 25:"),
        ("T_AFTER(a)", "character 1:"),
        ("S_INTERSECTS(a)", "character 1:"),
        ("CASEI(a, b) = 'c'", "character 1:"),
        ("S_WITHIN(g, POINT(1))", "character 13:"),
        ("S_WITHIN(g, POINT(1 2 3 4))", "character 13:"),
        ("S_WITHIN(g, POINT(1, 2))", "character 20:"),
        ("S_WITHIN(g, POINT(1 x))", "character 21:"),
        ("S_WITHIN(g, POINT EMPTY)", "character 13:"),
        ("S_WITHIN(g, POINT M (1 2 3))", "character 19:"),
        ("S_WITHIN(g, LINESTRING(1 2))", "character 13:"),
        ("S_WITHIN(g, POLYGON((0 0,1 0,1 1,0 1)))", "character 13:"),
        ("S_WITHIN(g, POLYGON((0 0,1 0,0 0)))", "character 13:"),
        ("S_WITHIN(g, POINT(1e999 0))", "character 13:"),
        ("S_WITHIN(g, BBOX(1,2,3))", "character 13:"),
        ("S_WITHIN(g, BBOX(1,2,3,4,5,6,7))", "character 13:"),
        ("S_WITHIN(g, GEOMETRYCOLLECTION())", "character 32:"),
        ("S_WITHIN(g, GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POINT(1 2))))", "character 32:"),
        ("a = 'b\0'", "character 7:"),
        ("a = '\ud800'", "character 6:"),
    ],
)
def test_texts_that_cannot_be_read(text: str, place: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(text, "cql2-text")
    assert caught.value.parameter == "filter"
    assert caught.value.reason.en.startswith(f"filter: {place}")
    assert "文字目" in caught.value.reason.ja


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ("", "character 1:"),
        ("{", "character 2:"),
        ("null", ""),
        ("NaN", ""),
        ("[1, 1e999]", ""),
        ("{}", ""),
        ('{"op": "="}', ""),
        ('{"op": 1, "args": []}', ""),
        ('{"op": "=", "args": [1]}', ""),
        ('{"op": "and", "args": [true]}', ""),
        ('{"op": "=", "args": [1, null]}', "args[1]:"),
        ('{"op": "not", "args": [{"op": "=", "args": [{"property": 1}, 2]}]}', "args[0].args[0]:"),
        ('{"op": "in", "args": [1, 2]}', ""),
        ('{"op": "in", "args": [1, []]}', ""),
        ('{"op": "t_after", "args": [{"date": "x"}, 1]}', "args[0]:"),
        ('{"op": "t_after", "args": [{"timestamp": 5}, 1]}', "args[0]:"),
        ('{"op": "t_after", "args": [{"interval": ["2024-01-01"]}, 1]}', "args[0]:"),
        ('{"op": "t_after", "args": [{"interval": ["a", "b"]}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"bbox": [1, 2, 3]}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"bbox": {"a": 1}}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"type": "Point", "coordinates": ["1", "2"]}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"type": "Point", "coordinates": [true, false]}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"type": "Point", "coordinates": [[1, 2]]}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"type": "LineString", "coordinates": [1, 2]}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"type": "Polygon", "coordinates": []}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"type": "Circle", "coordinates": [1, 2]}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"type": "GeometryCollection", "geometries": []}, 1]}', "args[0]:"),
        ('{"op": "s_within", "args": [{"type": "GeometryCollection", "geometries": [1]}, 1]}', "args[0]:"),
        ('{"op": "=", "args": [1, "\\u0000"]}', "character 1:"),
        ('{"op": "=", "args": [1, "\\ud800"]}', "character 1:"),
        ('{"property": "\\ud800"}', "character 1:"),
        ('{"op": "\\ud800", "args": []}', "character 1:"),
        ('{"function": 1}', ""),
    ],
)
def test_documents_that_cannot_be_read(document: str, place: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(document, "cql2-json")
    assert caught.value.parameter == "filter"
    assert caught.value.reason.en.startswith(f"filter: {place}")
    assert _JAPANESE.search(caught.value.reason.ja)


_WORDS = [
    *("a", "1", "-2.5", "1e5", "(", ")", ",", "=", "<>", "<", "+", "-", "*", "/", "%", "^", ";", "--", "/*", "\\", '"'),
    *("'", "\0", "浜", "Z", "EMPTY", "'c'", "'..'", "'2024-01-01'", "AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS"),
    *("NULL", "TRUE", "DIV", "CASEI(", "S_WITHIN(", "T_AFTER(", "A_EQUALS(", "DATE(", "INTERVAL(", "POINT(", "BBOX("),
]


@settings(max_examples=500, deadline=None)
@given(
    st.text(max_size=40) | st.lists(st.sampled_from(_WORDS), max_size=25).map(" ".join),
    st.sampled_from(["cql2-text", "cql2-json"]),
)
@example("{" * 200, "cql2-json")
@example("\\", "cql2-text")
def test_any_text_is_a_filter_or_refused(text: str, language: Language) -> None:
    with suppress(ParameterError):
        parse(text, language)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.sampled_from([10**400, [1, 2]]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["op", "args", "property", "type", "coordinates", "geometries", "bbox", "date", "interval", "function"]
            ),
            inner | st.sampled_from(["=", "and", "in", "Point", "Polygon", "GeometryCollection", "s_within", "isNull"]),
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=500, deadline=None)
@given(_JSON.map(json.dumps))
def test_any_document_is_a_filter_or_refused(document: str) -> None:
    with suppress(ParameterError):
        parse(document, "cql2-json")


_HOSTILE = {
    "parentheses": "(" * MAX_LENGTH,
    "not": "NOT " * (MAX_LENGTH // 4),
    "signs": "-" * MAX_LENGTH,
    "sum": "+a" * (MAX_LENGTH // 2),
    "long sum": "a" + "+a" * (MAX_LENGTH // 2 - 1),
    "powers": "2" + "^2" * (MAX_LENGTH // 2 - 1),
    "quotes": "'" * (MAX_LENGTH - 1),
    "escapes": "'" + "\\" * (MAX_LENGTH - 1),
    "double quotes": '"' * (MAX_LENGTH - 1),
    "digits": "1" * MAX_LENGTH,
    "points": "1." * (MAX_LENGTH // 2),
    "functions": "f(" * (MAX_LENGTH // 2),
    "arrays": "A_EQUALS(" + "(" * (MAX_LENGTH - 9),
    "intervals": "INTERVAL(" * (MAX_LENGTH // 9),
    "collections": "GEOMETRYCOLLECTION(" * (MAX_LENGTH // 19),
    "conjunction": "a=1" + " AND a=1" * ((MAX_LENGTH - 3) // 8),
    "list": "a IN (" + "1," * (MAX_LENGTH // 2 - 4) + "1)",
    "line": "S_WITHIN(g,LINESTRING(" + "1 2," * (MAX_LENGTH // 4 - 8) + "1 2))",
    "words": "x " * (MAX_LENGTH // 2),
    "spaces": " " * MAX_LENGTH,
    "too long": "a" * 1_000_000,
    "brackets": "[" * MAX_LENGTH,
    "objects": '{"op":"not","args":[' * (MAX_LENGTH // 20),
    "unknown objects": '{"a":' * (MAX_LENGTH // 5),
    "open string": '"' + '\\"' * (MAX_LENGTH // 2 - 1),
    "json list": "[" + "1," * (MAX_LENGTH // 2 - 1) + "1]",
    "json conjunction": '{"op":"and","args":[' + "true," * (MAX_LENGTH // 5 - 6) + "true]}",
}


@pytest.mark.parametrize("text", _HOSTILE.values(), ids=_HOSTILE)
@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
def test_hostile_filters_take_little_time(text: str, language: Language) -> None:
    """Time of this process alone: the machine may be busy with other tests."""
    least = 1.0
    for _ in range(3):
        begun = time.process_time()
        with suppress(ParameterError):
            parse(text, language)
        least = min(least, time.process_time() - begun)
    assert least < 0.1


@pytest.mark.parametrize(
    ("language", "opening", "closing"), [("cql2-text", "NOT ", ""), ("cql2-json", '{"op":"not","args":[', "]}")]
)
def test_a_filter_may_be_as_deep_as_the_limit_and_no_deeper(language: Language, opening: str, closing: str) -> None:
    parse(opening * (MAX_DEPTH - 1) + "true" + closing * (MAX_DEPTH - 1), language)
    with pytest.raises(ParameterError, match=f"more than {MAX_DEPTH} deep"):
        parse(opening * MAX_DEPTH + "true" + closing * MAX_DEPTH, language)


def test_a_chain_is_as_deep_as_it_is_long() -> None:
    parse("a" + "+a" * (MAX_DEPTH - 2) + " = 1", "cql2-text")
    with pytest.raises(ParameterError, match="deep"):
        parse("(" * 20 + "a" + "".join("+a" * 10 + ")" for _ in range(20)) + " = 1", "cql2-text")
    parse("a = 1" + " AND a = 1" * 500, "cql2-text")
