"""Whether sites are open, as it was last said: what holds for some days, and what is still told of it later."""

from dataclasses import dataclass, replace
from typing import Any

from services.offline.walking import OfferedSites
from services.ogc.processes._evacuation.site_status import HOLDS, NOTHING, SiteStatus
from services.ogc.processes._model import Context


@dataclass(frozen=True, eq=False)
class Openings:
    """``of_sites``: for each site the numbers of what holds now and of what holds then; ``every`` by number."""

    every: tuple[SiteStatus, ...]
    of_sites: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, offered: OfferedSites) -> "Openings":
        number: dict[SiteStatus, int] = {}
        found = []
        for site in offered.every:
            pair = site.status, _later(site.status)
            found.append((number.setdefault(pair[0], len(number)), number.setdefault(pair[1], len(number))))
        return cls(tuple(number), tuple(found))

    def documents(self, context: Context) -> list[dict[str, Any]]:
        """In the language of the context."""
        return [each.document(context.language) for each in self.every]

    def document(self) -> list[dict[str, Any]]:
        """For each site how it counts now and then, and from when on (Unix time in seconds; None: for good)."""
        return [self._of(self.every[now], now, then) for now, then in self.of_sites]

    def _of(self, status: SiteStatus, now: int, then: int) -> dict[str, Any]:
        at = status.stated_at
        old_at = None if at is None or now == then else (at + HOLDS).timestamp()
        return {"now": self._counts(now), "then": self._counts(then), "old_at": old_at}

    def _counts(self, number: int) -> dict[str, Any]:
        status = self.every[number]
        return {
            "text": number,
            "said": status != NOTHING,
            "open": status.is_open,
            "closed": status.is_closed,
            "poor": status.is_poor,
        }


def _later(status: SiteStatus) -> SiteStatus:
    """A statement that is older than it holds; that a site is always open never is."""
    holds = status.stated is None or status.stated == "permanent"
    return status if holds else replace(status, is_old=True)
