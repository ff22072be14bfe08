"""Values as JSON carries them, in the type that the layer's declaration gives a field; what does not fit is refused.

Files are mended where they mean something for certain (``services.ingest.cleansing``); a person who edits is told.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from geo.codes import is_municipality_code
from layers.model import CodeList, Field, FieldKind, Text

LONGEST_TEXT = 10_000
MOST_TEXTS = 1_000
_BIGINT = 2**63
_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]")  # but tab and line breaks
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]" + _TIME.pattern + r"([Zz]|[+-][0-9]{2}:[0-9]{2})")


class RefusedValueError(ValueError):
    """The value does not fit the field; ``reason`` says why, in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.reason = Text(ja, en)


def typed(field: Field, value: Any) -> Any:
    """The value of a field as it is stored; None for null, which says that nothing is known.

    Raises
    ------
    RefusedValueError
        If it is of another type, no code of the field's list, outside of its limits (both inclusive), or null where
        the field is required.
    """
    if value is None:
        if field.required:
            raise RefusedValueError("必須の項目です。", "It is required.")
        return None
    found = _KINDS[field.kind](field, value)
    if isinstance(found, int | float) and not isinstance(found, bool):
        _require_within(field, found)
    return found


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise RefusedValueError("文字列で指定してください。", "Give a text.")
    if not value.strip():
        raise RefusedValueError(
            "空の文字列です。値がないときはnullとしてください。", "It is blank; give null for no value."
        )
    if len(value) > LONGEST_TEXT:
        raise RefusedValueError(f"{LONGEST_TEXT:,}文字までです。", f"Up to {LONGEST_TEXT:,} characters are held.")
    if _CONTROL.search(value):
        raise RefusedValueError("制御文字があります。", "It has control characters.")
    if field.name == "municipality_code" and not (len(value) == 5 and is_municipality_code(value)):
        raise RefusedValueError(
            "市区町村コードは検査数字を除く5桁です。", "A municipality code has five digits, without its check digit."
        )
    return value


def _integer(_field: Field, value: Any) -> int:
    # To JSON Schema 12.0 is an integer too.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != math.floor(value):
        raise RefusedValueError("整数で指定してください。", "Give an integer.")
    if not -_BIGINT <= value < _BIGINT:
        raise RefusedValueError("整数が大きすぎます。", "The integer is too large.")
    return int(value)


def _number(_field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedValueError("数値で指定してください。", "Give a number.")
    return float(value)


def _flag(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise RefusedValueError("true、falseまたはnullで指定してください。", "Give true, false or null.")
    return value


def _code(field: Field, value: Any) -> str | int:
    codes = field.codes
    assert codes is not None  # noqa: S101 - the model says so of a field of codes
    return _listed(codes, value)


def _listed(codes: CodeList, value: Any) -> str | int:
    if isinstance(value, str | int) and not isinstance(value, bool) and value in codes.by_value:
        return value
    known = ", ".join(str(code) for code in codes.by_value)
    raise RefusedValueError(f"次のいずれかを指定してください: {known}", f"Give one of {known}.")


def _texts(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_TEXTS:
        raise RefusedValueError(
            f"{MOST_TEXTS:,}個までの文字列の配列で指定してください。", f"Give an array of up to {MOST_TEXTS:,} texts."
        )
    if not value:
        raise RefusedValueError(
            "空の配列です。値がないときはnullとしてください。", "It is empty; give null for no value."
        )
    if field.members is not None:
        return [str(_listed(field.members, each)) for each in value]
    return [_text(field, each) for each in value]


def _date(_field: Field, value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise RefusedValueError("日付で指定してください（例 2024-01-31）。", "Give a date such as 2024-01-31.")


def _datetime(_field: Field, value: Any) -> datetime:
    if isinstance(value, str) and _DATETIME.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise RefusedValueError(
        "時差つきの日時で指定してください（例 2024-01-31T09:00:00+09:00）。",
        "Give a date-time with its offset, such as 2024-01-31T09:00:00+09:00.",
    )


def _time(_field: Field, value: Any) -> time:
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            return time.fromisoformat(value)
        except ValueError:
            pass
    raise RefusedValueError("時刻で指定してください（例 09:30）。", "Give a time of day such as 09:30.")


def _require_within(field: Field, value: float) -> None:
    lower, upper = field.minimum, field.maximum
    if (lower is None or value >= lower) and (upper is None or value <= upper):
        return
    unit = f" {field.unit}" if field.unit and field.unit != "1" else ""
    least = "" if lower is None else f"{lower:g}"
    most = "" if upper is None else f"{upper:g}"
    raise RefusedValueError(
        f"{least}～{most}{unit}の範囲で指定してください。",
        f"Give a value from {least or '...'} to {most or '...'}{unit}.",
    )


_KINDS: Mapping[FieldKind, Callable[[Field, Any], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.INTEGER: _integer,
    FieldKind.NUMBER: _number,
    FieldKind.FLAG: _flag,
    FieldKind.DATE: _date,
    FieldKind.DATETIME: _datetime,
    FieldKind.TIME: _time,
    FieldKind.CODE: _code,
    FieldKind.TEXT_LIST: _texts,
}
