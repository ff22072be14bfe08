"""CASEI and ACCENTI against Python's tables of Unicode, letter by letter."""

import unicodedata
from typing import Any

import pytest
from psycopg import sql

from services.database.schema import Connection
from services.ogc.cql2.conditions.folding import fold
from services.ogc.cql2.conditions.operands import Kind, Operand
from tests.services.ogc.cql2.conftest import Matching

_LETTERS = [
    letter
    for letter in map(chr, range(1, 0x30000))
    # What both sides know: neither unassigned code points nor private ones.
    if unicodedata.category(letter) not in ("Cn", "Cs", "Co")
]
_CHEROKEE = range(0x13A0, 0x1400), range(0xAB70, 0xABC0)  # the one script that folds to its capitals


def folded(connection: Connection, function: str, texts: list[str]) -> dict[str, Any]:
    column = fold(function, Operand(Kind.TEXT, sql.SQL("x")))
    query = sql.SQL("SELECT x, {} FROM unnest(%s::text[]) AS x").format(column.sql)
    return dict(connection.execute(query, [texts]).fetchall())


def test_casei_is_full_case_folding(connection: Connection) -> None:
    found = folded(connection, "casei", _LETTERS)
    wrong = {
        letter: result
        for letter, result in found.items()
        if result != letter.casefold() and not any(ord(letter) in block for block in _CHEROKEE)
    }
    assert not wrong
    cherokee = [chr(number) for block in _CHEROKEE for number in block if chr(number) in found]
    assert all(found[letter] == found[letter.upper()] for letter in cherokee)


def test_accenti_leaves_the_marks_of_japanese(connection: Connection) -> None:
    found = folded(connection, "accenti", _LETTERS)
    for pair in ("éE".lower(), "Åa".lower(), "ñn", "ǻa", "ёе", "ήη"):
        assert found[pair[0]] == found[pair[1]], pair
    for voiced, plain in ("がか", "ぱは", "ヴウ"):
        assert found[voiced] == voiced
        assert found[plain] == plain
    # A letter without a decomposition is no accented letter (OGC issue 850).
    assert found["ø"] == "ø"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("Straße", "STRASSE", True),
        ("ΟΔΟΣ", "οδος", True),
        ("İ", "i\u0307", True),
        ("ı", "I", False),
        ("ﬁn", "FIN", True),
        ("東京TOKYO", "東京tokyo", True),
    ],
)
def test_casei_of_words(matching: Matching, one: str, other: str, equal: bool) -> None:
    assert bool(matching(f"CASEI('{one}') = CASEI('{other}')")) is equal
    assert bool(matching(f"CASEI('{one}x') LIKE CASEI('{other}%')")) is equal
