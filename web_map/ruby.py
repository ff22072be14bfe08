"""Readings over words: ``避難《ひなん》`` in a text is drawn as ruby, and left out where nothing can be drawn."""

import re
from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

_READ = re.compile(r"(?:｜([^《》｜]+)|([\u3400-\u9fff々ヶ]+))《([^《》]+)》")
_BETWEEN = "\x00"
"""Stands in no text: PostgreSQL keeps none, and none is in the files of words."""


def with_ruby(text: str) -> Markup:
    """The text as HTML, with each reading over the Chinese characters before it, or over what follows ``｜``."""
    return _drawn(text) if "《" in text else escape(text)


def ruby_in(texts: Sequence[str], tag: str) -> Markup:
    """Each of the texts as ``with_ruby`` has it, in an element of its own."""
    if not texts:
        return Markup()
    drawn = str(with_ruby(_BETWEEN.join(texts)))
    if len(texts) > 1:
        drawn = drawn.replace(_BETWEEN, f"</{tag}><{tag}>")
    return Markup(f"<{tag}>{drawn}</{tag}>")  # noqa: S704 - escaped before


@lru_cache(maxsize=4096)  # most of a page is said on every page
def _drawn(text: str) -> Markup:
    return Markup(  # noqa: S704 - escaped before
        _READ.sub(
            lambda found: f"<ruby>{found[1] or found[2]}<rp>(</rp><rt>{found[3]}</rt><rp>)</rp></ruby>",
            str(escape(text)),
        )
    )


def without_ruby(text: str) -> str:
    """The text without its readings, for titles and labels."""
    return _READ.sub(lambda found: found[1] or found[2], text)
