"""Typing of one value: what a published cell means for a field, and what was wrong with it.

Numbers, dates and texts each have a module of their own; here are flags, codes, lists and the entry.
"""

import unicodedata
from collections.abc import Callable, Mapping

from layers.model import CodeList, Field, FieldKind
from services.ingest.cleansing.dates import cleanse_date, cleanse_datetime, cleanse_time
from services.ingest.cleansing.numbers import cleanse_integer, cleanse_number
from services.ingest.cleansing.outcome import (
    EMPTY,
    Cleansed,
    is_absent,
    is_missing_mark,
    missing_mark,
    rejected,
)
from services.ingest.cleansing.texts import cleanse_text, cleanse_text_list, note_formula
from services.ingest.model import Finding

__all__ = ["Cleansed", "cleanse_value"]

_TRUE = frozenset({"1", "○", "〇", "◯", "●", "有", "有り", "あり", "true", "yes", "該当", "該当する", "はい"})
_FALSE = frozenset(
    {"0", "×", "✕", "✖", "☓", "╳", "無", "無し", "なし", "false", "no", "非該当", "該当しない", "いいえ"}
)


def cleanse_value(field: Field, raw: object, *, row: int | None = None, column: str | None = None) -> Cleansed:
    """The typed value of a cell and the findings about it.

    Parameters
    ----------
    field:
        Gives kind, unit, range (both ends inclusive) and code list.
    raw:
        As received: text of a CSV cell, a typed cell of a sheet, a JSON value.
    row, column:
        Where the cell is, for the findings; ``column`` as published, the field's name if not given.

    Returns
    -------
    Cleansed
        ``value``: str, int, float, bool, date, datetime (with offset), time, list[str], or None for "not stated" and
        for what cannot be understood.  A value that cannot be understood is never replaced by a guess: it is None,
        with a ``rejected`` finding that carries the original.  Whether the row can do without it
        (``field.required``) is for the caller to decide.
    """
    if is_absent(raw):
        return EMPTY
    cleansed = _CLEANSERS[field.kind](field, raw)
    if not cleansed.findings:
        return cleansed
    name = field.name if column is None else column
    findings = tuple(
        Finding(found.rule, found.action, row, name, found.old, found.new, found.detail) for found in cleansed.findings
    )
    return Cleansed(cleansed.value, findings)


def _flag(_field: Field, raw: object) -> Cleansed:
    if isinstance(raw, bool):
        return Cleansed(raw)
    if isinstance(raw, int | float):
        if raw in (0, 1):
            return Cleansed(raw == 1)
        return rejected("value-not-understood", raw, "0 / 1, ○ / ×")
    text = unicodedata.normalize("NFKC", str(raw)).strip().casefold()
    if text in _TRUE:
        return Cleansed(True)
    if text in _FALSE:
        return Cleansed(False)
    if is_missing_mark(text):
        return missing_mark(raw)
    return rejected("value-not-understood", raw, "0 / 1, ○ / ×")


def _code(field: Field, raw: object) -> Cleansed:
    codes = field.codes
    if codes is None:  # the model forbids it; said for the type checker
        return rejected("code-unknown", raw)
    lookup = _lookup(codes)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = _code_key(str(raw))
    value = lookup.get(text)
    if value is None and codes.is_integer and text.isdecimal():
        value = lookup.get(str(int(text)))
    if value is not None:
        return Cleansed(value)
    if is_missing_mark(text):
        return missing_mark(raw)
    return note_formula(rejected("code-unknown", raw, codes.id), str(raw))


def _texts(field: Field, raw: object) -> Cleansed:
    """Of a list of codes one that is unknown refuses them all: what is left would say something else."""
    cleansed = cleanse_text_list(field, raw)
    if field.members is None or not isinstance(cleansed.value, list):
        return cleansed
    lookup = _lookup(field.members)
    values = [lookup.get(_code_key(text)) for text in cleansed.value]
    if None in values:
        return rejected("code-unknown", raw, field.members.id)
    return Cleansed([str(value) for value in values], cleansed.findings)


def _code_key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


# Lookup tables by identity of their code list, which is kept so that the identity stays its own.
_LOOKUPS: dict[int, tuple[CodeList, Mapping[str, str | int]]] = {}


def _lookup(codes: CodeList) -> Mapping[str, str | int]:
    known = _LOOKUPS.get(id(codes))
    if known is not None:
        return known[1]
    table: dict[str, str | int] = {}
    # Aliases give way to titles, and titles to values, where two codes claim one spelling.
    for code in codes.codes:
        for alias in code.aliases:
            table.setdefault(_code_key(alias), code.value)
    for code in codes.codes:
        table[_code_key(code.title.ja)] = code.value
    for code in codes.codes:
        table[_code_key(str(code.value))] = code.value
    _LOOKUPS[id(codes)] = (codes, table)
    return table


_CLEANSERS: Mapping[FieldKind, Callable[[Field, object], Cleansed]] = {
    FieldKind.TEXT: cleanse_text,
    FieldKind.INTEGER: cleanse_integer,
    FieldKind.NUMBER: cleanse_number,
    FieldKind.FLAG: _flag,
    FieldKind.DATE: cleanse_date,
    FieldKind.DATETIME: cleanse_datetime,
    FieldKind.TIME: cleanse_time,
    FieldKind.CODE: _code,
    FieldKind.TEXT_LIST: _texts,
}
