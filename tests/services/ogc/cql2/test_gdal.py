"""GDAL's way of writing filters, brought to the standard."""

import pytest

from services.ogc.cql2 import parse, standardised
from services.ogc.errors import ParameterError
from tests.services.ogc.cql2.things import SOURCE


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("open = 1", "open = TRUE"),
        ("open <> 0", "open <> FALSE"),
        ("floors = 1", "floors = 1"),
        ("open = 2", "open = 2"),  # which is refused later, in words
        ("built > '2020-01-31T'", "built > '2020-01-31'"),
        ("built = '2020-01-31T00:00:00Z'", "built = '2020-01-31'"),
        ("built >= '2020-01-31T10Z'", "built > '2020-01-31'"),  # no day begins within another
        ("built > '2020-01-31T10:30Z'", "built > '2020-01-31'"),
        ("built < '2020-01-31T10:30:01Z'", "built <= '2020-01-31'"),
        ("built <= '2020-01-31T10:30:01Z'", "built <= '2020-01-31'"),
        ("seen >= '2020-01-31T'", "seen >= '2020-01-31T00:00:00Z'"),
        ("seen < '2020-01-31T10Z'", "seen < '2020-01-31T10:00:00Z'"),
        ("name = '2020-01-31T'", "name = '2020-01-31T'"),
        ("name ILIKE '%A%'", "CASEI(name) LIKE CASEI('%A%')"),
        ("name NOT ILIKE 'a'", "CASEI(name) NOT LIKE CASEI('a')"),
        (
            "((open = 1) AND (floors > 2)) OR (NOT (open = 0))",
            "((open = TRUE) AND (floors > 2)) OR (NOT (open = FALSE))",
        ),
        ("(nothing = 1)", "nothing = 1"),
    ],
)
def test_what_gdal_writes(written: str, meant: str) -> None:
    assert standardised(parse(written, "cql-text"), SOURCE) == parse(meant, "cql2-text")


def test_the_standard_has_no_ilike() -> None:
    with pytest.raises(ParameterError):
        parse("name ILIKE 'a'", "cql2-text")
