"""Finding names by how they are written or read: an index of keys, searched for the whole, the beginning and a part."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from geo.addresses import normalise_address

_HIRAGANA, _KATAKANA = range(0x3041, 0x3097), 0x30A1
_TO_KATAKANA = {code: code - 0x3041 + _KATAKANA for code in _HIRAGANA}
_LARGE = str.maketrans("ァィゥェォャュョヮ", "アイウエオヤユヨワ")
_LEFT_OUT = str.maketrans("", "", "・･「」『』“”\"'’,.，．()（）")
_END = "\n"  # no key holds one: a blank is left out of a key


def name_key(text: str) -> str:
    """The key under which names and readings are compared.  Making a key of a key gives it again.

    That of addresses, and besides: hiragana as katakana, small kana as large (but for ッ), letters in lower case,
    points, brackets and prolonged sounds left out, チョウメ behind a digit as 丁目.

    >>> name_key("しゅくがわ") == name_key("シユクガワ")
    True
    >>> name_key("こうしえんぐち ３ちょうめ") == name_key("コウシエングチ3丁目")
    True
    """
    folded = text
    while (step := _key_once(folded)) != folded:
        folded = step
    return folded


def _key_once(text: str) -> str:
    kana = unicodedata.normalize("NFKC", text).translate(_TO_KATAKANA)
    key = normalise_address(kana).translate(_LARGE).translate(_LEFT_OUT).replace("ー", "").casefold()
    place = key.find("チヨウメ")
    return key[:place] + "丁目" + key[place + 4 :] if place > 0 and key[place - 1].isdigit() else key


class Fit(IntEnum):
    """How a name fits what is sought, the better first."""

    WHOLE = 0
    BEGINNING = 1
    PART = 2


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, by its place in the order given, and how well it fits."""

    entry: int
    fit: Fit


class NameIndex:
    """Names of entries, each entry under any number of them (spellings, readings)."""

    def __init__(self, names: Iterable[Sequence[str]]) -> None:
        keys = sorted(
            {(key, entry) for entry, spelled in enumerate(names) for name in spelled if (key := name_key(name))}
        )
        self._keys = [key for key, _ in keys]
        self._entries = [entry for _, entry in keys]
        # One text to search in: a tenth of the time of looking into each.
        self._text = _END + _END.join(self._keys) + _END
        self._starts = [1]
        for key in self._keys[:-1]:
            self._starts.append(self._starts[-1] + len(key) + 1)

    def find(self, text: str, most: int = 50) -> list[Found]:
        """The entries that fit, the better fit and then the shorter name first; none for an empty text."""
        sought = name_key(text)
        if not sought:
            return []
        best: dict[int, tuple[Fit, int]] = {}
        place = self._text.find(sought)
        while place >= 0:
            number = bisect_right(self._starts, place) - 1
            key, start = self._keys[number], self._starts[number]
            fit = Fit.WHOLE if key == sought else Fit.BEGINNING if place == start else Fit.PART
            rank = (fit, len(key))
            entry = self._entries[number]
            best[entry] = min(best.get(entry, rank), rank)
            place = self._text.find(sought, start + len(key))
        ranked = sorted((fit, length, entry) for entry, (fit, length) in best.items())
        return [Found(entry, Fit(fit)) for fit, _, entry in ranked[:most]]

    def longest_beginning(self, text: str) -> tuple[list[int], str]:
        """The entries with the longest name that the text begins with, and what follows it; none where there are none.

        What follows is a part of the text's key.
        """
        sought = name_key(text)
        for length in range(len(sought), 0, -1):
            place = self._text.find(f"{_END}{sought[:length]}{_END}")
            if place >= 0:
                number = bisect_right(self._starts, place + 1) - 1
                last = number
                while last < len(self._keys) and self._keys[last] == sought[:length]:
                    last += 1
                return sorted(set(self._entries[number:last])), sought[length:]
        return [], sought
