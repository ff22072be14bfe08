"""The registry of finding rules."""

import re

import pytest

from geo.addresses import Refusal
from geo.coordinates import PositionDefect
from geo.errors import NotFoundError
from services.ingest.rules import RULES, rule
from services.settings import ROOT

# The rule is the first argument of a Finding, of Row.find and reject, and of the outcomes of cleansing.
_USE = re.compile(r"(?:Finding|\.find|\.reject|mended|rejected)\(\s*\"([a-z]+(?:-[a-z]+)+)\"")


def test_every_rule_that_the_code_names_is_registered() -> None:
    used = {str(each) for each in (*Refusal, *PositionDefect)}
    for path in (ROOT / "services" / "ingest").rglob("*.py"):
        used |= set(_USE.findall(path.read_text(encoding="utf-8")))
    assert len(used) > 20
    assert used - set(RULES) == set()


def test_a_rule_has_a_unique_kebab_case_id() -> None:
    for rule_id, found in RULES.items():
        assert found.id == rule_id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule_id)
    assert rule("coordinates-swapped").text.in_language("ja").startswith("緯度と経度")


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no-such-rule"):
        rule("no-such-rule")
