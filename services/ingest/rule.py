"""One finding rule: what its id means, and what a person can do about it."""

from dataclasses import dataclass

from layers.model import Text

NOTHING = ("対応は不要です。", "Nothing needs to be done.")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id (kebab-case), what it found, and the fix at the source."""

    id: str
    text: Text
    fix: Text


def define(rule_id: str, ja: str, en: str, fix_ja: str, fix_en: str) -> Rule:
    """A rule with its texts in both languages."""
    return Rule(rule_id, Text(ja, en), Text(fix_ja, fix_en))
