"""The words of a CQL2 text, and the one place that knows where in the text the reader stands."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from services.ogc.cql2.refusal import excerpt, refused
from services.ogc.errors import ParameterError

# Rules ``identifierStart`` and ``identifierPart`` of the BNF.
_START = (
    ":_A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1ffe\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + ".0-9\u0300-\u036f\u203f-\u2040"
# Possessive throughout: what could be read in two ways would be read in all of them by hostile text.
_WORD = re.compile(
    rf"""(?P<space>\s++)
    |(?P<number>(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[Ee][+-]?[0-9]++)?)
    |(?P<name>[{_START}][{_PART}]*+)
    |(?P<quoted>"[^"]*+")
    |(?P<text>'(?:[^'\\]++|''|\\.)*+')
    |(?P<symbol><>|<=|>=|[-=<>+*/%^(),])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"''|\\(.)", re.DOTALL)
_ESCAPED: Mapping[str, str] = MappingProxyType(
    {"'": "'", "\\": "\\", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
)


class Token(NamedTuple):
    """One word.

    kind:
        ``number``, ``name``, ``quoted`` (a name in double quotes), ``text``, ``symbol`` or ``end``.
    value:
        As written; of a text and a quoted name, what is between the quotes.
    word:
        The name in capitals, for keywords; the symbol itself; otherwise empty.
    """

    kind: str
    value: str
    word: str
    at: int


class Tokens:
    """The words of one text, taken from the left."""

    here: Token
    """The next word, not taken."""

    def __init__(self, text: str) -> None:
        self._found = _read(text)
        self._next = 0
        self.here = self._found[0]

    @property
    def after(self) -> Token:
        """The word after the next; the end where there is none."""
        return self._found[min(self._next + 1, len(self._found) - 1)]

    def take(self) -> Token:
        token = self.here
        if token.kind != "end":
            self._next += 1
            self.here = self._found[self._next]
        return token

    def take_if(self, word: str) -> bool:
        """Takes the next word if it is this keyword or symbol."""
        if self.here.word != word:
            return False
        self.take()
        return True

    def expect(self, word: str) -> Token:
        """Takes this keyword or symbol; ``ParameterError`` where another word stands."""
        if self.here.word != word:
            raise self.unexpected(f"「{word}」", repr(word))
        return self.take()

    def unexpected(self, ja: str, en: str) -> ParameterError:
        """The refusal of the next word, where what ``ja`` and ``en`` name should stand."""
        token = self.here
        if token.kind == "end":
            return refused(f"ここで終わっていますが、{ja}が必要です。", f"it ends where {en} is needed.", at=token.at)
        found = excerpt(token.value)
        return refused(f"「{found}」ではなく{ja}が必要です。", f"{en} is needed, not {found!r}.", at=token.at)


def _read(text: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
        at = match.start()
        if at != end:
            raise _unreadable(text, end)
        end = match.end()
        kind, value = str(match.lastgroup), match.group()
        if kind == "symbol":
            found.append(Token(kind, value, value, at))
        elif kind == "name":
            found.append(Token(kind, value, value.upper() if value.isascii() else "", at))
        elif kind == "text":
            found.append(Token(kind, _ESCAPE.sub(_unescaped, value[1:-1]), "", at))
        elif kind == "quoted":
            found.append(Token(kind, value[1:-1], "", at))
        elif kind == "number":
            found.append(Token(kind, value, "", at))
    if end != len(text):
        raise _unreadable(text, end)
    found.append(Token("end", "", "", end))
    return found


def _unescaped(match: re.Match[str]) -> str:
    """OGC 21-065r2 /req/cql2-text/escaping; a backslash before anything else stays, as LIKE patterns need it."""
    letter = match.group(1)
    return "'" if letter is None else _ESCAPED.get(letter, match.group())


def _unreadable(text: str, at: int) -> ParameterError:
    if text[at] in "'\"":
        return refused("引用符が閉じていません。", "the quote that opens here is not closed.", at=at)
    letter = excerpt(text[at])
    return refused(f"「{letter}」は使えません。", f"{letter!r} has no meaning here.", at=at)
