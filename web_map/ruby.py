"""Readings over words: ``避難《ひなん》`` in a text is drawn as ruby, and left out where nothing can be drawn."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

_READ = re.compile(r"(?:｜([^《》｜]+)|([\u3400-\u9fff々ヶ]+))《([^《》]+)》")


@lru_cache(maxsize=4096)  # most of a page is said on every page
def with_ruby(text: str) -> Markup:
    """The text as HTML, with each reading over the Chinese characters before it, or over what follows ``｜``."""
    return Markup(  # noqa: S704 - escaped before
        _READ.sub(
            lambda found: f"<ruby>{found[1] or found[2]}<rp>(</rp><rt>{found[3]}</rt><rp>)</rp></ruby>",
            str(escape(text)),
        )
    )


def without_ruby(text: str) -> str:
    """The text without its readings, for titles and labels."""
    return _READ.sub(lambda found: found[1] or found[2], text)
