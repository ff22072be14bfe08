"""Readings over words: ``避難《ひなん》`` in a text is drawn as ruby, and left out where nothing can be drawn."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from markupsafe import Markup, escape

_READ = re.compile(r"(?:｜([^《》｜]+)|([\u3400-\u9fff々ヶ]+))《([^《》]+)》")
_MOST_ELEMENTS = 20_000
"""Some hundreds of bytes each."""

html: Callable[[str], Markup] = partial(str.__new__, Markup)
"""Text that is HTML, as ``Markup`` makes it; that looks first whether it was given anything but text."""


def with_ruby(text: str) -> Markup:
    """The text as HTML, with each reading over the Chinese characters before it, or over what follows ``｜``."""
    return _drawn(text) if "《" in text else escape(text)


def ruby_in(texts: Sequence[str], tag: str) -> str:
    """As HTML each of the texts as ``with_ruby`` has it, in an element of its own."""
    return "".join(map(_ELEMENTS[tag], texts))


class _Elements(dict[str, str]):
    """What was drawn of texts that came before: most steps of ways near by are the same."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._tag = tag

    def __missing__(self, text: str) -> str:
        if len(self) >= _MOST_ELEMENTS:
            self.clear()
        drawn = self[text] = f"<{self._tag}>{with_ruby(text)}</{self._tag}>"
        return drawn


class _Tags(dict[str, Callable[[str], str]]):
    """By tag, how a text becomes such an element."""

    def __missing__(self, tag: str) -> Callable[[str], str]:
        made = self[tag] = _Elements(tag).__getitem__
        return made


_ELEMENTS = _Tags()


@lru_cache(maxsize=4096)  # most of a page is said on every page
def _drawn(text: str) -> Markup:
    return html(
        _READ.sub(
            lambda found: f"<ruby>{found[1] or found[2]}<rp>(</rp><rt>{found[3]}</rt><rp>)</rp></ruby>",
            str(escape(text)),
        )
    )


def without_ruby(text: str) -> str:
    """The text without its readings, for titles and labels."""
    return _READ.sub(lambda found: found[1] or found[2], text) if "《" in text else text
