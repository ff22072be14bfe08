"""Texts and lists of texts.

A text comes back as it was, but for blanks around it and control characters in it: names and remarks are not ours to
respell.  Cells that a spreadsheet would run as a formula, and addresses that one has turned into dates, are
kept and noted.
"""

import json
import re
from datetime import date, datetime, time

from geo.codes import mend_municipality_code
from layers.model import Field
from services.ingest.cleansing.outcome import EMPTY, Cleansed, mended, shown
from services.ingest.model import Action, Finding

_BLANK = " \t\r\n\u3000\ufeff\u200b\u00a0"
# Control characters but tab and line feed; byte order marks and zero-width spaces amid a text.
_CONTROL = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff\u200b\u2028\u2029]")
# Full-width signs start a formula in a Japanese Excel too.
_FORMULA_STARTS = frozenset("=+-@＝＋－＠")
# What begins with a sign and is harmless: numbers, telephone numbers, a dash alone.
_NUMBER_LIKE = re.compile(r"[+\-＋－]?[\d０-９\s.,()（）/\-－]*")
_DATE_LIKE = re.compile(
    r"[0-9０-９]{1,2}月[0-9０-９]{1,2}日"
    r"|[0-9]{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:-[0-9]{2,4})?"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-[0-9]{2}"
    r"|[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}(?: 0{1,2}:00(?::00)?)?"
)
_SEPARATOR = re.compile("[;；]")


def cleanse_text(field: Field, raw: object) -> Cleansed:
    """A text; of a number its digits, of a list its members joined by ``;``, of an object its JSON."""
    text = raw if type(raw) is str else _as_text(raw)
    stripped = text.strip(_BLANK)
    if not stripped:
        return EMPTY
    findings: tuple[Finding, ...] = ()
    # Nearly every cell is printable; the pattern is searched only where one is not.
    if not stripped.isprintable():
        stripped = stripped.replace("\r\n", "\n")
        plain = _CONTROL.sub("", stripped)
        if plain != stripped:
            findings += (Finding("control-character", Action.MENDED, old=shown(stripped), new=shown(plain)),)
        stripped = plain
    if stripped[:1] in _FORMULA_STARTS and not _NUMBER_LIKE.fullmatch(stripped):
        findings += (Finding("formula-in-cell", Action.NOTED, old=shown(stripped)),)
    if "address" in field.name and (isinstance(raw, date) or _DATE_LIKE.fullmatch(stripped)):
        findings += (Finding("address-became-date", Action.NOTED, old=shown(stripped)),)
    if field.name.endswith("municipality_code"):
        return _municipality_code(stripped, findings)
    return Cleansed(stripped or None, findings)


def cleanse_text_list(field: Field, raw: object) -> Cleansed:
    """A list of texts, split at ``;`` (half or full width) where it is one text; empty members are left out."""
    parts = list(raw) if isinstance(raw, list | tuple) else _SEPARATOR.split(_as_text(raw))
    values: list[str] = []
    findings: tuple[Finding, ...] = ()
    for part in parts:
        if part is None:
            continue
        cleansed = cleanse_text(field, part)
        findings += cleansed.findings
        if isinstance(cleansed.value, str):
            values.append(cleansed.value)
    return Cleansed(values or None, findings)


def note_formula(cleansed: Cleansed, text: str) -> Cleansed:
    """The same outcome, with a note if the text would run as a formula."""
    if text[:1] in _FORMULA_STARTS and not _NUMBER_LIKE.fullmatch(text):
        return Cleansed(cleansed.value, (*cleansed.findings, Finding("formula-in-cell", Action.NOTED, old=shown(text))))
    return cleansed


def _municipality_code(text: str, findings: tuple[Finding, ...]) -> Cleansed:
    """5 digits (JIS X 0402) of whatever form: files of one layer must agree on who published them."""
    code = mend_municipality_code(text)
    if code is None:
        return Cleansed(text, (*findings, Finding("municipality-code-wrong", Action.NOTED, old=shown(text))))
    if code.mended:
        return Cleansed(code.code, findings + mended("municipality-code-mended", code.code, text).findings)
    return Cleansed(code.code, findings)


def _as_text(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        # A sheet gives every number as a float: a telephone or a code must not grow a ".0".
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    if isinstance(raw, datetime | date | time):
        return raw.isoformat()
    if isinstance(raw, list | tuple):
        return ";".join(_as_text(member) for member in raw if member is not None)
    if isinstance(raw, dict):
        return json.dumps(raw, ensure_ascii=False)
    return str(raw)
