"""Whether a site is open, as the desk last said: one answer for every process that names sites."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from layers import site_status
from layers.text import Text
from layers.translations import gap
from services.ogc.processes._model import Context, or_null

HOLDS = timedelta(days=7)
"""A statement that is older is told, and decides nothing: it may be of another event."""
_JAPAN = ZoneInfo("Asia/Tokyo")
_UNKNOWN, _OPEN, _CLOSED, _NOT_OPEN, _PERMANENT, _FULL = "unknown", "open", "closed", "not-open", "permanent", "full"

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["state", "stated", "stated_at", "opened_at", "closed_at", "crowding", "evacuees", "text"],
    "properties": {
        "state": {"type": "string", "enum": [each.value for each in site_status.STATES.codes]},
        "stated": or_null({"type": "string", "enum": [each.value for each in site_status.STATES.codes]}),
        "stated_at": or_null({"type": "string", "format": "date-time"}),
        "opened_at": or_null({"type": "string", "format": "date-time"}),
        "closed_at": or_null({"type": "string", "format": "date-time"}),
        "crowding": or_null({"type": "string", "enum": [each.value for each in site_status.CROWDING.codes]}),
        "evacuees": or_null({"type": "integer", "minimum": 0}),
        "text": {"type": "string"},
    },
}
"""Of the opening of a site in an output.

``state`` is what is to be reckoned with now, ``stated`` what was said last (null: nothing): they differ where that was
too long ago.
"""

_NOT_KNOWN = Text("開いているかは分からない。", "Whether it is open is unknown.")
_OLD = Text(
    "{at}の情報では「{stated}」。古い情報で、いま開いているかは分からない。",
    "As of {at} it was “{stated}”. That is long ago: whether it is open now is unknown.",
)
_SAID = {
    _OPEN: Text("開設している（{at}現在）。", "It is open (as of {at})."),
    _CLOSED: Text("閉鎖されている（{at}現在）。", "It is closed (as of {at})."),
    _NOT_OPEN: Text("まだ開設されていない（{at}現在）。", "It has not been opened (as of {at})."),
    _PERMANENT: Text("常に開いている。", "It is always open."),
}
_SINCE = Text("開設は{at}。", "Opened at {at}.")
_IS_FULL = Text("満員である（{at}現在）。", "It is full (as of {at}).")


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """What is known of the opening of a site; ``stated`` None: nothing was ever said.

    is_old:
        What was said decides nothing any more.
    """

    stated: str | None = None
    stated_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    crowding: str | None = None
    evacuees: int | None = None
    is_old: bool = False

    @property
    def state(self) -> str:
        return _UNKNOWN if self.stated is None or self.is_old else self.stated

    @property
    def is_open(self) -> bool:
        """Whether it is known to be."""
        return self.state in (_OPEN, _PERMANENT)

    @property
    def is_closed(self) -> bool:
        return self.state == _CLOSED

    @property
    def is_full(self) -> bool:
        return self.crowding == _FULL and not self.is_old

    @property
    def is_poor(self) -> bool:
        """Whether it is better to go to another: it was not opened yet, or is full."""
        return self.state == _NOT_OPEN or self.is_full

    def document(self, language: str) -> dict[str, Any]:
        return {
            "state": self.state,
            "stated": self.stated,
            "stated_at": _iso(self.stated_at),
            "opened_at": _iso(self.opened_at),
            "closed_at": _iso(self.closed_at),
            "crowding": None if self.is_old else self.crowding,
            "evacuees": None if self.is_old else self.evacuees,
            "text": self.text(language),
        }

    def text(self, language: str) -> str:
        at = _clock(self.stated_at)
        if self.stated is not None and self.is_old:
            title = site_status.STATES.by_value[self.stated].title.in_language(language)
            return _OLD.in_language(language).format(at=at, stated=title)
        said = [_SAID.get(self.state, _NOT_KNOWN).in_language(language).format(at=at)]
        if self.state == _OPEN and self.opened_at is not None:
            said.append(_SINCE.in_language(language).format(at=_clock(self.opened_at)))
        if self.is_full:
            said.append(_IS_FULL.in_language(language).format(at=at))
        return gap(language).join(said)


NOTHING = SiteStatus()
"""Of a site of which nothing was said."""


@dataclass(frozen=True, eq=False)
class Openings:
    """What was said last of each site, by its common id (共通ID): the same for as long as nothing of it gets old.

    after, until:
        From when on, exclusive, and until when, inclusive, that is; None: without end.
    """

    by_id: Mapping[str, SiteStatus]
    after: datetime | None
    until: datetime | None

    def hold_at(self, now: datetime) -> bool:
        return (self.after is None or self.after < now) and (self.until is None or now <= self.until)


@dataclass
class _Said:
    """What was said last, as it was read, and what that means for a while."""

    last: Mapping[str, tuple[datetime, Mapping[str, Any]]]
    openings: Openings | None = field(default=None)

    def at(self, now: datetime) -> Openings:
        found = self.openings
        if found is None or not found.hold_at(now):
            found = self.openings = _openings(self.last, now)
        return found


def openings(context: Context) -> Openings:
    """What is known of all sites now."""
    layer_id = site_status.LAYER.id
    said = context.layers.remember("site status", [layer_id], lambda: _Said(_last(context)))
    return said.at(context.clock())


def _openings(last: Mapping[str, tuple[datetime, Mapping[str, Any]]], now: datetime) -> Openings:
    ends = [at + HOLDS for at, said in last.values() if said.get("status") != _PERMANENT]
    return Openings(
        MappingProxyType({common_id: _status(said, at, now) for common_id, (at, said) in last.items()}),
        after=max((end for end in ends if end < now), default=None),
        until=min((end for end in ends if end >= now), default=None),
    )


def _last(context: Context) -> dict[str, tuple[datetime, Mapping[str, Any]]]:
    found: dict[str, tuple[datetime, Mapping[str, Any]]] = {}
    for each in context.layers.features(site_status.LAYER.id):
        common_id, at = each.properties.get("common_id"), _moment(each.properties.get("updated_at"))
        if common_id and at is not None and (common_id not in found or found[common_id][0] <= at):
            found[common_id] = (at, each.properties)
    return found


def _status(said: Mapping[str, Any], at: datetime, now: datetime) -> SiteStatus:
    stated = said.get("status")
    return SiteStatus(
        stated=stated,
        stated_at=at,
        opened_at=_moment(said.get("opened_at")),
        closed_at=_moment(said.get("closed_at")),
        crowding=said.get("crowding"),
        evacuees=said.get("evacuees"),
        is_old=now - at > HOLDS and stated != _PERMANENT,
    )


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(_JAPAN):%Y-%m-%d %H:%M}"
