"""What cleansing one value comes to, and the findings that every kind of value shares."""

import unicodedata
from typing import NamedTuple

from services.ingest.model import Action, Finding


class Cleansed(NamedTuple):
    """A typed value (None: not stated, or not understood) and what was found about it, in order."""

    value: object
    findings: tuple[Finding, ...] = ()


EMPTY = Cleansed(None)

# Marks by which tables say "nothing here".  They never mean "no" or zero.
_MISSING_MARKS = frozenset(
    {
        "-",
        "--",
        "---",
        "ー",
        "―",
        "—",
        "–",
        "─",
        "−",
        "…",
        "...",
        "・・・",
        "不明",
        "未定",
        "未設定",
        "未調査",
        "調査中",
    }
    | {"該当なし", "記載なし", "n/a", "na", "null", "none", "nan"}
)
_BLANK = " \t\r\n\u3000\ufeff\u200b\u00a0"


def is_absent(raw: object) -> bool:
    """Whether a cell states nothing: None, an empty or blank text, an empty list, a spreadsheet's NaN."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return not raw or not raw.strip(_BLANK)
    if isinstance(raw, float):
        return raw != raw
    return isinstance(raw, list | tuple | dict) and not raw


def is_missing_mark(folded: str) -> bool:
    """Whether a text, after NFKC and in lower case, is a mark for a missing value."""
    return folded in _MISSING_MARKS


def missing_mark(raw: object) -> Cleansed:
    """No value, because the cell says so by a mark."""
    return Cleansed(None, (Finding("marked-as-missing", Action.MENDED, old=shown(raw)),))


def mended(rule: str, value: object, raw: object, detail: str | None = None) -> Cleansed:
    """A value that is not what the cell says literally, but beyond doubt what it means."""
    return Cleansed(value, (Finding(rule, Action.MENDED, old=shown(raw), new=shown(value), detail=detail),))


def rejected(rule: str, raw: object, detail: str | None = None) -> Cleansed:
    """No value, because the cell cannot be understood or is out of range; the finding keeps what it says."""
    return Cleansed(None, (Finding(rule, Action.REJECTED, old=shown(raw), detail=detail),))


_LONGEST_SHOWN = 1000


def shown(value: object) -> str:
    """A value as a report shows it: at most 1,000 characters (a report is no copy of the file)."""
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def folded(raw: object) -> str:
    """A value as text for parsing: NFKC, without surrounding blanks, in lower case."""
    return unicodedata.normalize("NFKC", str(raw)).strip(_BLANK).casefold()
