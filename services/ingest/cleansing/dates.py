"""Dates, instants and times of day, in the spellings of Japanese files."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from layers.model import Field
from services.ingest.cleansing.outcome import Cleansed, folded, is_missing_mark, mended, missing_mark, rejected
from services.ingest.cleansing.texts import note_formula

JST = timezone(timedelta(hours=9), "JST")
"""Japan Standard Time; there has been no daylight saving since 1951."""

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\([^)]*\))?(?:[ t]0{1,2}:00(?::00(?:\.0+)?)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ERA_DATE = re.compile(r"(令和|平成|昭和|大正|明治|[rhstm])(元|\d{1,2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_ERA_STARTS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
_ERA_STARTS |= {"r": 2018, "h": 1988, "s": 1925, "t": 1911, "m": 1867}

# Spreadsheets count days from here, because they hold 1900 for a leap year; right from 1900-03-01 on.
_SHEET_EPOCH = date(1899, 12, 30)
# 1954 to 2119: a bare number outside is more likely something else than a date.
_SHEET_DAYS = range(20_000, 80_000)

_INSTANT = re.compile(
    r"(?P<date>\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{8})[ t]*"
    r"(?P<hour>\d{1,2})[:時](?P<minute>\d{1,2})?(?:[:分](?P<second>\d{1,2})?(?:\.(?P<fraction>\d{1,9}))?秒?)?\s*"
    r"(?P<offset>z|jst|[+-]\d{2}:?\d{2})?"
)
_COMPACT_INSTANT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?")

_ISO_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_TIME = re.compile(
    r"(?P<half>午前|午後|am|pm)?\s*(?P<hour>\d{1,2})(?:[:時](?P<minute>\d{1,2})?(?:[:分](?P<second>\d{1,2})?秒?)?)"
    r"|(?P<noon>正午)"
)
_FRACTION = re.compile(r"0?\.\d+")


def cleanse_date(_field: Field, raw: object) -> Cleansed:
    """A calendar date: ISO, slashes, 年月日, era years, eight digits, a spreadsheet's serial number."""
    if isinstance(raw, datetime):
        return Cleansed(raw.date()) if raw.time() == time() else mended("date-rewritten", raw.date(), raw)
    if isinstance(raw, date):
        return Cleansed(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw_number = int(raw) if raw == int(raw) else raw
        return _serial_date(raw_number, raw)
    text = folded(raw)
    if matched := _ISO_DATE.fullmatch(text):
        found = _date(*map(int, matched.groups()))
        return Cleansed(found) if found else rejected("value-not-understood", raw)
    if is_missing_mark(text):
        return missing_mark(raw)
    found = _written_date(text)
    if found:
        return mended("date-rewritten", found, raw)
    if text.isdecimal() and len(text) == 5:
        return _serial_date(int(text), raw)
    return note_formula(rejected("value-not-understood", raw, "YYYY-MM-DD"), str(raw))


def cleanse_datetime(_field: Field, raw: object) -> Cleansed:
    """An instant with its offset; without one, Japan Standard Time is assumed and a finding says so.

    24:00 is 00:00 of the next day, as JMA writes the last hour.
    """
    if isinstance(raw, datetime):
        return Cleansed(raw) if raw.tzinfo else _assume_jst(raw, raw)
    text = folded(raw)
    if is_missing_mark(text):
        return missing_mark(raw)
    found = _instant(text)
    if found is None:
        return note_formula(rejected("value-not-understood", raw, "YYYY-MM-DDThh:mm:ss+09:00"), str(raw))
    return Cleansed(found) if found.tzinfo else _assume_jst(found, raw)


def cleanse_time(_field: Field, raw: object) -> Cleansed:
    """A time of day: HH:MM, 9時30分, 午後1時, a spreadsheet's fraction of a day (0.375).

    24:00, the end of a day, becomes 23:59: 00:00 would be its beginning.
    """
    if isinstance(raw, datetime):
        return mended("time-rewritten", raw.time(), raw)
    if isinstance(raw, time):
        return Cleansed(raw)
    if isinstance(raw, timedelta):
        raw = raw / timedelta(days=1)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _fraction_of_day(float(raw), raw)
    text = folded(raw)
    if matched := _ISO_TIME.fullmatch(text):
        return Cleansed(time(int(matched[1]), int(matched[2]), int(matched[3] or 0)))
    if is_missing_mark(text):
        return missing_mark(raw)
    if _FRACTION.fullmatch(text):
        return _fraction_of_day(float(text), raw)
    found = _time_of_day(text)
    if found is None:
        return note_formula(rejected("value-not-understood", raw, "HH:MM"), str(raw))
    return mended("time-rewritten", found, raw)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written_date(text: str) -> date | None:
    if matched := _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text):
        return _date(int(matched[1]), int(matched[2]), int(matched[3]))
    if matched := _ERA_DATE.fullmatch("".join(text.split())):
        year = _ERA_STARTS[matched[1]] + (1 if matched[2] == "元" else int(matched[2]))
        return _date(year, int(matched[3]), int(matched[4]))
    return None


def _serial_date(number: float, raw: object) -> Cleansed:
    if isinstance(number, int) and number in _SHEET_DAYS:
        return mended("excel-serial", _SHEET_EPOCH + timedelta(days=number), raw)
    if isinstance(number, int) and (found := _written_date(str(number))):
        return mended("date-rewritten", found, raw)
    return rejected("value-not-understood", raw, "YYYY-MM-DD")


def _instant(text: str) -> datetime | None:
    if matched := _COMPACT_INSTANT.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in matched.groups())
        return _combine(_date(year, month, day), hour, minute, second, 0, None)
    matched = _INSTANT.fullmatch(text)
    if not matched:
        return None
    microsecond = int((matched["fraction"] or "").ljust(6, "0")[:6])
    return _combine(
        _written_date(matched["date"]),
        int(matched["hour"]),
        int(matched["minute"] or 0),
        int(matched["second"] or 0),
        microsecond,
        matched["offset"],
    )


def _combine(
    day: date | None, hour: int, minute: int, second: int, microsecond: int, offset: str | None
) -> datetime | None:
    if day is None or minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second or microsecond)):
        return None
    try:
        midnight = datetime.combine(day, time(), _offset(offset))
        return midnight + timedelta(hours=hour, minutes=minute, seconds=second, microseconds=microsecond)
    except (ValueError, OverflowError):
        return None


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "z":
        return UTC
    if text == "jst":
        return JST
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _assume_jst(found: datetime, raw: object) -> Cleansed:
    return mended("time-zone-assumed", found.replace(tzinfo=JST), raw)


def _time_of_day(text: str) -> time | None:
    matched = _TIME.fullmatch(text)
    if not matched:
        return None
    if matched["noon"]:
        return time(12)
    hour, minute, second = (int(matched[part] or 0) for part in ("hour", "minute", "second"))
    if matched["half"] in ("午後", "pm") and hour < 12:
        hour += 12
    elif matched["half"] in ("午前", "am") and hour == 12:
        hour = 0
    if hour == 24 and not minute and not second:
        return time(23, 59)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _fraction_of_day(fraction: float, raw: object) -> Cleansed:
    if not 0 <= fraction <= 1:
        return rejected("value-not-understood", raw, "HH:MM")
    minutes = round(fraction * 24 * 60)
    return mended("excel-serial", time(23, 59) if minutes >= 24 * 60 else time(minutes // 60, minutes % 60), raw)
