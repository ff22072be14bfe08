"""What is written is read back, in both encodings, with the parentheses the grammar asks for and no more."""

from hypothesis import given, settings

from services.ogc.cql2 import Expression, parse
from tests.services.ogc.cql2.trees import ANY, CONDITIONS
from tests.services.ogc.cql2.writers import json_of, text_of


def same(one: Expression, other: Expression) -> bool:
    return repr(one) == repr(other)  # true and 1 are equal, but are not written the same


@settings(max_examples=400, deadline=None)
@given(ANY | CONDITIONS)
def test_text_and_json_are_read_as_they_were_written(tree: Expression) -> None:
    assert same(parse(text_of(tree), "cql2-text"), tree), text_of(tree)
    assert same(parse(json_of(tree), "cql2-json"), tree), json_of(tree)
