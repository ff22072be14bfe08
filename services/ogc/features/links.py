"""Links between pages of features, and to their other forms; pygeoapi adds those it knows of."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from services.ogc import words
from services.ogc.asked import Asked
from services.ogc.features.statements import FeaturePage
from services.ogc.pages.model import Format
from services.ogc.rights import display_title

_OF_PYGEOAPI = frozenset({"json", "html", "jsonld"})
_RENDERED = frozenset({"html", "jsonld"})
_WITHIN = frozenset({"offset", "after"})
_OF_A_PAGE = _WITHIN | {"limit"}

NO_LINK: dict[str, Any] = {"rel": "next", "href": None}
"""Says that there is no next page: without a link of ours pygeoapi writes one behind every full page.  It is not sent
(``services.ogc.geojson``)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: how many features are before it, its size, and whether the next can be sought by id."""

    offset: int
    limit: int
    page: FeaturePage
    seekable: bool

    @property
    def has_next(self) -> bool:
        """Whether more follow; where nothing was counted, a full page is taken to be followed by another."""
        if self.page.matched is None:
            return self.page.returned == self.limit
        return self.page.returned > 0 and self.offset + self.page.returned < self.page.matched


def around(asked: Asked, place: Place | None) -> list[dict[str, Any]]:
    """The links of a page: its own and other forms, the page before, the page behind."""
    found = beside(asked)
    if place is None or not place.has_next:
        found.append(NO_LINK)
    else:
        further = {"offset": str(place.offset + place.page.returned)}
        if place.seekable and place.page.last_id is not None:
            further["after"] = place.page.last_id
        found.append(_to_page(asked, "next", "Items (next)", further))
    if place is not None and place.offset > 0:
        before = {"offset": str(max(0, place.offset - place.limit))} if place.offset > place.limit else {}
        found.append(_to_page(asked, "prev", "Items (prev)", before))
    return found


def beside(asked: Asked) -> list[dict[str, Any]]:
    """All forms of a page or a feature, or those that pygeoapi does not know of where it renders it.

    Files are of everything, so they begin at the first feature and have no end.
    """
    its_own = _OF_PYGEOAPI if asked.format.name in _RENDERED else frozenset()
    address, page, files = _address(asked), _query(_kept(asked)), _query(_kept(asked, _OF_A_PAGE))
    return [
        _link(
            asked,
            "self" if each is asked.format else "enclosure" if each.bulk else "alternate",
            each.title.in_language(asked.language),
            each,
            address,
            files if each.bulk else page,
        )
        for each in asked.page.offer(asked.source).formats
        if each.name not in its_own and each.unfit.isdisjoint(asked.given)
    ]


def to_collection(asked: Asked) -> dict[str, Any]:
    """The link to the layer that the features are of."""
    assert asked.source is not None  # noqa: S101 - items belong to a layer
    return {
        "rel": "collection",
        "type": "application/json",
        "title": display_title(asked.source).in_language(asked.language),
        "href": f"{asked.base}/collections/{asked.source.layer.id}",
    }


def _to_page(asked: Asked, rel: str, title: str, where: Mapping[str, str]) -> dict[str, Any]:
    return _link(asked, rel, title, asked.format, _address(asked), _query({**_kept(asked, _WITHIN), **where}))


def _link(asked: Asked, rel: str, title: str, form: Format, address: str, query: str) -> dict[str, Any]:
    return {
        "rel": rel,
        "type": form.bare_type,
        "title": words.in_language(title, asked.language),
        "href": f"{address}?f={form.name}{query}",
    }


def _address(asked: Asked) -> str:
    assert asked.source is not None  # noqa: S101 - items belong to a layer
    item = f"/{quote(asked.path['item'], safe='')}" if "item" in asked.path else ""
    return f"{asked.base}/collections/{asked.source.layer.id}/items{item}"


def _kept(asked: Asked, dropped: Set[str] = frozenset()) -> dict[str, str]:
    """What was asked, without the format and some other parameters."""
    return {name: value for name, value in asked.given.items() if name != "f" and name not in dropped}


def _query(pairs: Mapping[str, str]) -> str:
    """What stands in an address behind the format."""
    return "".join([f"&{quote(name, safe='')}={quote(value, safe=',:/')}" for name, value in pairs.items()])
