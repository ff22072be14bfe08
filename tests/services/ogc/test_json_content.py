"""JSON as it was sent: read strictly, or refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ogc.errors import MalformedContentError
from services.ogc.json_content import parse

DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), children, max_size=4)
    ),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_what_is_json_is_read_as_it_is(document: Any) -> None:
    for ascii_only in (True, False):
        assert parse(json.dumps(document, ensure_ascii=ascii_only).encode()) == document


@given(st.binary(max_size=60))
def test_bytes_are_json_or_refused(content: bytes) -> None:
    try:
        found = parse(content)
    except MalformedContentError:
        return
    assert found == json.loads(content.decode())


def test_nesting_has_a_limit() -> None:
    assert parse(b"[" * 30 + b"]" * 30)
    for depth in (40, 5_000, 400_000):
        with pytest.raises(MalformedContentError, match="nested"):
            parse(b"[" * depth + b"]" * depth)


def test_a_refusal_says_where() -> None:
    with pytest.raises(MalformedContentError) as raised:
        parse(b'{\n "a": 1,\n "b" 2}')
    assert raised.value.reason.en == "It is not JSON (line 3, column 6)."
    with pytest.raises(MalformedContentError, match="'a' is there twice"):
        parse(b'{"b": {"a": 1, "a": 1}}')
