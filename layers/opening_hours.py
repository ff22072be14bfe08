"""Opening hours out of what lists publish: open, closed, or not known at a moment of the week.

Columns of the municipal standard (利用可能曜日, 開始時間, 終了時間, 利用可能日時特記事項) and the tag ``opening_hours`` of
OpenStreetMap are read.  What is not understood is not known: a facility is never taken as open for want of a word.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
"""The days of a week, and a public holiday on whichever of them."""
_DAY_MIN = 24 * 60
_HOLIDAY = DAYS.index("holiday")
_WEEK = range(_HOLIDAY)

_JA_NAMES = "月火水木金土日祝"
_JA = {name: number for number, name in enumerate(_JA_NAMES)}
_JA_WORDS = {
    "毎日": "月火水木金土日祝",
    "年中無休": "月火水木金土日祝",
    "無休": "月火水木金土日祝",
    "平日": "月火水木金",
    "土日祝": "土日祝",
    "土日": "土日",
}
_JA_SPACE = re.compile(r"[\s、,;・/]|曜日|曜|(?<=祝)日")
_JA_RANGE = re.compile(r"([月火水木金土日])[~〜～\-－―]([月火水木金土日])")
_CLOSED = r"(?:は|を)?(?:除く|休み|休館日?|休診日?|休業日?|閉館|休)"
_NO_HOLIDAYS = re.compile(rf"祝祭?日?(?:(?:・|、|及び|と)?年末年始)?{_CLOSED}")
_NEW_YEAR = re.compile(rf"年末年始{_CLOSED}")
_ALWAYS = re.compile(r"24時間(?:対応|利用可能?|使用可能?|営業|開放)?(?:年中無休|365日)?|24/7")
_BETWEEN = re.compile(r"[\s、,。;・()]+")

_OSM_DAYS = {name: number for number, name in enumerate(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"))}
_OSM_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)"
_OSM_RULE = re.compile(
    rf"(?:(?P<days>{_OSM_DAY}(?:\s*[,-]\s*{_OSM_DAY})*)\s+)?(?P<times>off|closed|[\d:]+-[\d:]+(?:\s*,\s*[\d:]+-[\d:]+)*)"
)
_OSM_TIME = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day of ``DAYS`` by its place, and minutes from midnight, 0 to 1439."""

    day: int
    minute: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Out of ``"sat 10:30"``; ``ValueError`` where it is none."""
        day, _, clock = text.partition(" ")
        hour, _, minute = clock.partition(":")
        found = cls(DAYS.index(day), int(hour) * 60 + int(minute))
        if not 0 <= found.minute < _DAY_MIN:
            raise ValueError(f"{text} is no time of a day.")
        return found


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Of each day of ``DAYS`` the spans in which it is open, minutes from that day's midnight, the end not included.

    An end past 1440 is on the day after.  A day is None where nothing is known of it.
    """

    days: tuple[tuple[tuple[int, int], ...] | None, ...]

    def at(self, moment: Moment) -> bool | None:
        """Whether it is open; None where that is not known."""
        today = self.days[moment.day]
        # The day before a holiday may be any.
        before = _WEEK if moment.day == _HOLIDAY else [(moment.day - 1) % _HOLIDAY]
        nights = [self.days[day] for day in before]
        if today is not None and any(begin <= moment.minute < end for begin, end in today):
            return True
        late = moment.minute + _DAY_MIN
        at_night = [None if day is None else any(begin <= late < end for begin, end in day) for day in nights]
        if all(each is False for each in at_night):
            return None if today is None else False
        return True if all(at_night) else None


def opening_hours(about: Mapping[str, Any]) -> OpeningHours | None:
    """Of a facility by its properties ``open_days``, ``opens_at``, ``closes_at`` and ``opening_remarks``; None where
    they do not say when it is open, or say something that is not understood.
    """
    days, remarks = _plain(about.get("open_days")), _plain(about.get("opening_remarks"))
    span = _span(_minutes(about.get("opens_at")), _minutes(about.get("closes_at")))
    if not days and span is None:
        return _of_osm(remarks) if remarks else None
    open_days = _days(days)
    if span is None or open_days is None or not _is_understood(remarks, open_days, span):
        return None
    week: list[tuple[tuple[int, int], ...] | None] = [(span,) if day in open_days else () for day in _WEEK]
    # That it is open on Mondays says nothing of a Monday that is a holiday.
    no_holidays = _NO_HOLIDAYS.search(remarks) is not None
    holiday = () if no_holidays else (span,) if _HOLIDAY in open_days else None
    return OpeningHours((*week, holiday))


def _plain(value: Any) -> str:
    return unicodedata.normalize("NFKC", str(value if value is not None else "")).strip()


def _minutes(value: Any) -> int | None:
    """Minutes from midnight out of ``09:00`` or ``09:00:00``; 23:59 is the end of the day."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.0+)?)?", _plain(value))
    if found is None:
        return None
    minute = int(found[1]) * 60 + int(found[2])
    return None if int(found[2]) > 59 or minute > _DAY_MIN else _DAY_MIN if minute == _DAY_MIN - 1 else minute


def _span(opens: int | None, closes: int | None) -> tuple[int, int] | None:
    if opens is None or closes is None or opens >= _DAY_MIN:
        return None
    return opens, closes if closes > opens else closes + _DAY_MIN


def _days(text: str) -> frozenset[int] | None:
    for word, meant in _JA_WORDS.items():
        text = text.replace(word, meant)
    text = _JA_RANGE.sub(lambda each: "".join(_range(_JA[each[1]], _JA[each[2]])), _JA_SPACE.sub("", text))
    return frozenset(_JA[each] for each in text) if text and set(text) <= set(_JA) else None


def _range(first: int, last: int) -> list[str]:
    return [_JA_NAMES[day] for day in _days_between(first, last)]


def _days_between(first: int, last: int) -> list[int]:
    """From one day of the week to another, both included, over its end where it has to be."""
    return [(first + step) % _HOLIDAY for step in range((last - first) % _HOLIDAY + 1)]


def _is_understood(remarks: str, days: frozenset[int], span: tuple[int, int]) -> bool:
    """Whether remarks change nothing but what becomes of holidays."""
    for known in (_NO_HOLIDAYS, _NEW_YEAR, *([_ALWAYS] if span == (0, _DAY_MIN) else [])):
        remarks = known.sub("", remarks)
    rest = _BETWEEN.sub("", remarks)
    return not rest or (rest == "土日" and not days & {DAYS.index("sat"), DAYS.index("sun")})


def _of_osm(text: str) -> OpeningHours | None:
    """The plain part of the specification of ``opening_hours``: rules by ``;``, of which the later ones hold."""
    if _ALWAYS.fullmatch(_BETWEEN.sub("", text)):
        return OpeningHours((((0, _DAY_MIN),),) * len(DAYS))
    week: list[tuple[tuple[int, int], ...] | None] = [None] * len(DAYS)
    for rule in filter(None, (each.strip() for each in text.split(";"))):
        found = _OSM_RULE.fullmatch(rule)
        spans = None if found is None else _osm_spans(found["times"])
        days = None if found is None else _osm_days(found["days"])
        if spans is None or days is None:
            return None
        for day in days:
            week[day] = spans
    # What no rule names is closed, but for holidays: they are a day of the week too, where no rule is about them.
    closed = [() if day is None else day for day in week[:_HOLIDAY]]
    return OpeningHours((*closed, week[_HOLIDAY]))


def _osm_days(text: str | None) -> set[int] | None:
    if text is None:
        return set(_WEEK)
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        ends = [_OSM_DAYS.get(each) for each in part.split("-")]
        if None in ends or len(ends) > 2 or (len(ends) == 2 and _HOLIDAY in ends):
            return None
        numbers = [each for each in ends if each is not None]
        found.update(_days_between(*numbers) if len(numbers) > 1 else numbers)
    return found


def _osm_spans(text: str) -> tuple[tuple[int, int], ...] | None:
    if text in ("off", "closed"):
        return ()
    found = []
    for part in text.replace(" ", "").split(","):
        clock = _OSM_TIME.fullmatch(part)
        if clock is None:
            return None
        opens, closes = int(clock[1]) * 60 + int(clock[2]), int(clock[3]) * 60 + int(clock[4])
        if opens >= _DAY_MIN or closes > 2 * _DAY_MIN or int(clock[2]) > 59 or int(clock[4]) > 59:
            return None
        found.append((opens, closes if closes > opens else closes + _DAY_MIN))
    return tuple(found)
