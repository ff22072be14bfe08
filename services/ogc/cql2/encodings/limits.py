"""How long and how deep a filter may be, so that reading one never takes long, whoever wrote it."""

import re

from services.ogc.cql2.refusal import refused
from services.ogc.cql2.tree import Expression, walk

MAX_LENGTH = 10_240
"""Characters of a filter."""
MAX_DEPTH = 50
"""Levels of a tree.  A chain such as ``a + b + c`` is as deep as it has operators; one of AND or OR is one level."""

_UNUSABLE = re.compile("[\0\ud800-\udfff]")


def check_text(text: str) -> None:
    """Refuses a filter that is too long, or has characters no text of the database can have."""
    if len(text) > MAX_LENGTH:
        raise refused(
            f"{MAX_LENGTH}文字までにしてください（{len(text)}文字）。",
            f"it has {len(text)} characters; {MAX_LENGTH} are the limit.",
        )
    check_characters(text)


def check_characters(text: str) -> None:
    """Refuses the character NUL and lone surrogates: PostgreSQL and UTF-8 have neither."""
    if (found := _UNUSABLE.search(text)) is not None:
        raise refused(
            "使えない文字があります（NULまたは不完全な文字）。",
            "this character cannot be used (NUL, or half of a character).",
            at=found.start(),
        )


def check_depth(expression: Expression) -> None:
    """Refuses a tree that is too deep for what walks over it recursively."""
    if any(level > MAX_DEPTH for _, level in walk(expression)):
        raise too_deep()


def too_deep(at: int | None = None) -> Exception:
    """The refusal of a filter that is nested too deeply."""
    return refused(f"入れ子が深すぎます（{MAX_DEPTH}段まで）。", f"it is nested more than {MAX_DEPTH} deep.", at=at)
