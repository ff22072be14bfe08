"""Whole numbers and decimal numbers: digits of any width, thousands separators, units in the cell."""

import re
from collections.abc import Mapping
from math import isfinite

from layers.model import Field
from services.ingest.cleansing.outcome import Cleansed, folded, is_missing_mark, mended, missing_mark, rejected
from services.ingest.cleansing.texts import note_formula

# Digits with an optional separator of thousands, a decimal part and an exponent, then what may be a unit.
_NUMBER = re.compile(
    r"(?P<sign>[+-])?(?P<digits>\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?P<fraction>\.\d*)?(?P<exponent>e[+-]?\d+)?\s*(?P<unit>\D.*)?"
)
_PLAIN_INTEGER = re.compile(r"-?[0-9]{1,18}")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]+)?")

# Spellings of units in cells (after NFKC and in lower case): what is measured, and the factor to its base unit.
_UNITS: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("m", "メートル", "mtr"), ("length", 1.0)),
    **dict.fromkeys(("cm", "センチ", "センチメートル"), ("length", 0.01)),
    **dict.fromkeys(("mm", "ミリ", "ミリメートル"), ("length", 0.001)),
    **dict.fromkeys(("km", "キロ", "キロメートル"), ("length", 1000.0)),
    **dict.fromkeys(("m2", "平方メートル", "平米"), ("area", 1.0)),
    **dict.fromkeys(("ha", "ヘクタール"), ("area", 1e4)),
    **dict.fromkeys(("km2", "平方キロメートル"), ("area", 1e6)),
    # One tonne of water is one cubic metre: 40t on a cistern is its volume.
    **dict.fromkeys(("m3", "立方メートル", "立米", "kl", "t", "トン"), ("volume", 1.0)),
    **dict.fromkeys(("l", "リットル"), ("volume", 0.001)),
    **dict.fromkeys(("h", "時間"), ("time", 3600.0)),
    **dict.fromkeys(("min", "分", "分間"), ("time", 60.0)),
    **dict.fromkeys(("s", "秒"), ("time", 1.0)),
    **dict.fromkeys(("km/h", "キロ毎時"), ("speed", 1.0)),
    **dict.fromkeys(("%", "パーセント"), ("share", 1.0)),
    **dict.fromkeys(("°", "度"), ("angle", 1.0)),
    **dict.fromkeys(("℃", "°c"), ("temperature", 1.0)),
}
# UCUM symbols of fields that differ from the spellings above.
_UCUM = {"deg": "°", "cel": "°c", "d": "日"}
# Counters say what is counted and change no number; they are taken on fields without a unit.
_COUNTERS = frozenset(
    {
        "人",
        "名",
        "床",
        "台",
        "個",
        "基",
        "件",
        "箇所",
        "か所",
        "カ所",
        "ケ所",
        "ヶ所",
        "世帯",
        "戸",
        "棟",
        "階",
        "車線",
        "隊",
        "口",
        "室",
        "年",
        "回",
    }
)
_DIAMETER = re.compile(r"^[φ⌀]\s*(?=\d)")  # φ150: a pipe's diameter, the sign says nothing more
_MAX_DIGITS = 40  # more than any number of a city; Python refuses to convert very long ones
_LARGEST_INTEGER = 2**63 - 1  # bigint


def cleanse_integer(field: Field, raw: object) -> Cleansed:
    """A whole number; one with a fraction is rejected, not rounded."""
    if type(raw) is str and _PLAIN_INTEGER.fullmatch(raw):
        return _in_range(field, int(raw), raw)
    return _cleanse(field, raw, whole=True)


def cleanse_number(field: Field, raw: object) -> Cleansed:
    """A decimal number in the field's unit."""
    if type(raw) is str and _PLAIN_NUMBER.fullmatch(raw):
        return _in_range(field, float(raw), raw)
    return _cleanse(field, raw, whole=False)


def _cleanse(field: Field, raw: object, *, whole: bool) -> Cleansed:
    if isinstance(raw, bool):
        return rejected("value-not-understood", raw)
    if isinstance(raw, int | float):
        if not isfinite(raw) or (whole and raw != int(raw)):
            return rejected("value-not-understood", raw)
        return _in_range(field, int(raw) if whole else float(raw), raw)
    text = folded(raw)
    if is_missing_mark(text):
        return missing_mark(raw)
    # A sheet's full-width minus and the mathematical one; NFKC makes only the former ASCII.
    matched = _NUMBER.fullmatch(_DIAMETER.sub("", text.replace("−", "-")))
    if not matched:
        return note_formula(rejected("value-not-understood", raw), str(raw))
    if whole and matched["exponent"]:
        # 2.82E+08 is what a spreadsheet leaves of a longer number: the digits are gone.
        return rejected("value-not-understood", raw, "digits lost in scientific notation")
    digits = matched["digits"].replace(",", "") or "0"
    number = f"{matched['sign'] or ''}{digits}{matched['fraction'] or ''}{matched['exponent'] or ''}"
    if len(digits) > _MAX_DIGITS:
        return rejected("value-out-of-range", raw, f"{len(digits)} digits")
    factor = _factor(field.unit, matched["unit"])
    if factor is None:
        return rejected("value-not-understood", raw, f"unit {matched['unit']!r}, expected {field.unit or 'none'}")
    value: int | float
    if factor == 1.0 and not matched["fraction"] and not matched["exponent"]:
        value = int(number)
    else:
        # Ten significant digits of a factor such as 0.001 keep 150 mm at 0.15 m.
        value = float(f"{float(number) * factor:.12g}")
    if whole:
        if not isfinite(value) or value != int(value):
            return rejected("value-not-understood", raw, "not a whole number")
        value = int(value)
    else:
        value = float(value)
    outcome = _in_range(field, value, raw)
    if outcome.value is None or _is_plain(raw, number, matched["unit"]):
        return outcome
    return mended("unit-converted" if factor != 1.0 else "number-rewritten", value, raw, field.unit)


def _is_plain(raw: object, number: str, unit: str | None) -> bool:
    """Whether the cell held nothing but the number, blanks aside."""
    return unit is None and str(raw).strip().lower() == number


def _factor(field_unit: str | None, cell_unit: str | None) -> float | None:
    """What to multiply by to come from the unit in the cell to that of the field; None if they do not agree."""
    if cell_unit is None:
        return 1.0
    cell = cell_unit.strip().rstrip(".").replace("^", "").strip()
    if not cell:
        return None
    if field_unit is None or field_unit == "1" or field_unit.startswith("{"):
        return 1.0 if cell in _COUNTERS else None
    wanted = field_unit.lower()
    wanted = _UCUM.get(wanted, wanted)
    if cell == wanted:
        return 1.0
    if wanted not in _UNITS or cell not in _UNITS:
        return None
    (measured, base), (measured_in_cell, base_in_cell) = _UNITS[wanted], _UNITS[cell]
    return base_in_cell / base if measured == measured_in_cell else None


def _in_range(field: Field, value: int | float, raw: object) -> Cleansed:
    if not isfinite(value) or (isinstance(value, int) and abs(value) > _LARGEST_INTEGER):
        return rejected("value-out-of-range", raw)
    if (field.minimum is not None and value < field.minimum) or (field.maximum is not None and value > field.maximum):
        lowest = "" if field.minimum is None else f"{field.minimum:g}"
        highest = "" if field.maximum is None else f"{field.maximum:g}"
        return rejected("value-out-of-range", raw, f"{lowest}–{highest} {field.unit or ''}".strip())
    return Cleansed(value)
