"""Readings over words: ``避難《ひなん》`` in a text is drawn as ruby, and left out where nothing can be drawn."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from markupsafe import Markup, escape

_BETWEEN = "\0"
"""Stands between texts that are drawn together: none has it."""
_READ = re.compile(r"(?:｜([^《》｜\0]+)|([\u3400-\u9fff々ヶ]+))《([^《》]+)》")
html: Callable[[str], Markup] = partial(str.__new__, Markup)
"""Text that is HTML, as ``Markup`` makes it; that looks first whether it was given anything but text."""


def with_ruby(text: str) -> Markup:
    """The text as HTML, with each reading over the Chinese characters before it, or over what follows ``｜``."""
    return _drawn(text) if "《" in text else escape(text)


def ruby_in(texts: Sequence[str], tag: str) -> str:
    """As HTML each of the texts as ``with_ruby`` has it, in an element of its own."""
    if not texts:
        return ""
    text = _BETWEEN.join(texts)
    drawn = text if is_plain(text) and "《" not in text else _with_ruby(text)
    return f"<{tag}>{str.replace(drawn, _BETWEEN, f'</{tag}><{tag}>')}</{tag}>"


def is_plain(text: str) -> bool:
    """Whether a text is the same as HTML: quicker asked than escaped."""
    return not ("&" in text or "<" in text or ">" in text or '"' in text or "'" in text)


def _with_ruby(text: str) -> Markup:
    return html(
        _READ.sub(
            lambda found: f"<ruby>{found[1] or found[2]}<rp>(</rp><rt>{found[3]}</rt><rp>)</rp></ruby>",
            str(escape(text)),
        )
    )


_drawn = lru_cache(maxsize=4096)(_with_ruby)  # most of a page is said on every page


def without_ruby(text: str) -> str:
    """The text without its readings, for titles and labels."""
    return _READ.sub(lambda found: found[1] or found[2], text) if "《" in text else text
