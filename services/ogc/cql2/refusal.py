"""What a filter is refused with: always ``ParameterError("filter", ...)``, in both languages."""

from unicodedata import category

from layers.model import Text
from services.ogc.errors import ParameterError

_SHOWN = 40
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def refused(ja: str, en: str, *, at: int | None = None, within: str = "") -> ParameterError:
    """The error to raise.

    at:
        Character of a CQL2 text it is about, counted from 0.
    within:
        Path of a CQL2 JSON it is about, such as ``args[0].args[1]``; empty for the whole.
    """
    if at is not None:
        ja, en = f"{at + 1}文字目：{ja}", f"character {at + 1}: {en}"
    elif within:
        ja, en = f"{within}：{ja}", f"{within}: {en}"
    return ParameterError("filter", Text(ja, en))


def excerpt(text: str) -> str:
    """The beginning of what somebody wrote, fit to be shown: on one line, without halves and invisible characters."""
    shown = "".join("�" if category(letter) in _INVISIBLE else letter for letter in text[:_SHOWN])
    return f"{shown}…" if len(text) > _SHOWN else shown
