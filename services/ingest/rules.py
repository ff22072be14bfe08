"""The registry of finding rules: what each rule of a load report means, and what a person can do about it.

A ``Finding`` carries a rule's id.  The texts are for the city's staff, who read Japanese, and for everybody else.
"""

from collections.abc import Mapping
from types import MappingProxyType

from geo.errors import NotFoundError
from services.ingest.place_rules import LOADS, PLACES
from services.ingest.rule import Rule
from services.ingest.value_rules import FILES, VALUES

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in (*FILES, *VALUES, *PLACES, *LOADS)})
"""Every rule by its id."""


def rule(rule_id: str) -> Rule:
    """The rule with this id; ``NotFoundError`` if there is none: a report must never carry an unexplained id."""
    try:
        return RULES[rule_id]
    except KeyError:
        raise NotFoundError(f"There is no finding rule {rule_id!r}.") from None
