"""The emergency evacuation sites for a hazard: designated for it, not, or unknown; which one is told as what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

from geo.evacuation.floors import floor_rules, needs_roof
from layers import emergency_sites
from layers.hazard_types import DESIGNATED_HAZARDS
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.errors import UnanswerableError
from services.ogc.processes._evacuation.site_status import NOTHING, SiteStatus
from services.ogc.processes._evacuation.site_status import SCHEMA as OPENING
from services.ogc.processes._model import Context, or_null

HAZARDS: Mapping[str, Text] = {hazard: title for hazard, _, title in DESIGNATED_HAZARDS}
SITE: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "name", "position", "from_floor", "roof", "remarks", "in_zone", "opening"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "address": or_null({"type": "string"}),
        "position": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "from_floor": or_null({"type": "integer", "minimum": 1}),
        "roof": {"type": "boolean"},
        "remarks": or_null({"type": "string"}),
        "in_zone": {"type": "boolean"},
        "opening": OPENING,
        "fictitious": {"type": "boolean"},
    },
}
"""Of a site in an output; ``from_floor`` None where the list states none."""

NO_SITES = Text(
    "指定緊急避難場所のデータが読み込まれていないため、避難先は分からない。",
    "No emergency evacuation sites are loaded, so where to flee is not known.",
)
_SAME_DEGREES = 3e-4
_FLOOR = Text(
    "{floor}階以上に上がること（1階は地上階）。", "Go up to storey {floor} or higher (1 is the ground floor)."
)
_ROOF = Text("屋上に上がること。", "Go up to the roof.")
_NO_FLOOR = Text(
    "想定区域の中にあるが、何階以上が対象かは記載がない。現地の表示と係員に従うこと。",
    "It lies in a zone, and from which floor on it is a site is not stated: follow the signs and the staff there.",
)
WORDS = {"floor": _FLOOR, "roof": _ROOF, "no_floor": _NO_FLOOR}
"""What one has to know at a site, for who says it without the server."""
_LIFT = Text(
    "車いすで上の階に上がれるかは分からない。",
    "Whether the upper floors can be reached in a wheelchair is unknown.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A site that is designated for the hazard, as it is listed and as its opening is known.

    For as long as these stay it is the same object, and so is its document, which is not to be changed.
    """

    id: str
    name: str
    lon: float
    lat: float
    properties: Mapping[str, Any]
    from_floor: int | None
    roof: bool
    in_zone: bool
    status: SiteStatus = NOTHING

    def document(self, context: Context) -> dict[str, Any]:
        return _document(self, context.language)

    def words(self, *, on_wheels: bool) -> list[Text]:
        """What one has to know there."""
        found = []
        if self.roof:
            found.append(_ROOF)
        elif self.from_floor is not None:
            found.append(_FLOOR)
        elif self.in_zone:
            found.append(_NO_FLOOR)
        goes_up = self.roof or (self.from_floor or 1) > 1 or self.in_zone
        return [*found, *([_LIFT] if on_wheels and goes_up else [])]


@lru_cache(maxsize=2_000)
def _document(site: Site, language: str) -> dict[str, Any]:
    return {
        "id": site.id,
        "name": site.name,
        "address": site.properties.get("address"),
        "position": [site.lon, site.lat],
        "from_floor": site.from_floor,
        "roof": site.roof,
        "remarks": site.properties.get("remarks"),
        "in_zone": site.in_zone,
        "opening": site.status.document(language),
        "fictitious": bool(site.properties.get("fictitious")),
    }


@dataclass(frozen=True, eq=False)
class Destinations:
    """The sites that one may go to; made once for as long as nothing is said of them, and what is found of them is kept
    by it.
    """

    every: tuple[Site, ...]

    @cached_property
    def some_are_poor(self) -> bool:
        return any(each.status is not NOTHING and each.status.is_poor for each in self.every)

    @cached_property
    def some_are_told_of(self) -> bool:
        return any(each.status is not NOTHING for each in self.every)

    @cached_property
    def good(self) -> frozenset[int]:
        """The numbers of those that are neither full nor unopened yet, for all that is known."""
        return frozenset(number for number, each in enumerate(self.every) if not each.status.is_poor)

    @cached_property
    def open(self) -> frozenset[int]:
        """The numbers of those that are known to be open."""
        return frozenset(number for number, each in enumerate(self.every) if each.status.is_open)


@dataclass(frozen=True)
class Sites:
    """The sites that are designated, each once, and the numbers of the others.

    offered:
        Those of them that are not closed now.
    """

    designated: tuple[Site, ...]
    not_designated: int
    unknown: int

    @cached_property
    def offered(self) -> Destinations:
        return Destinations(tuple(each for each in self.designated if not each.status.is_closed))

    @cached_property
    def closed(self) -> tuple[Site, ...]:
        return tuple(each for each in self.designated if each.status.is_closed)


def sites_for(hazard: str, in_zone: Sequence[bool], every: Sequence[Feature], known: Mapping[str, SiteStatus]) -> Sites:
    """Of all sites (``in_zone`` of each) those for a hazard; ``known``: of their opening, by common id.

    A flag that is absent is unknown and no designation.  A site that two lists name is one where name and place agree.
    """
    designated: list[Site] = []
    flags = [each.properties.get(f"for_{hazard}") for each in every]
    for each, flag, inside in zip(every, flags, in_zone, strict=True):
        if flag is not True or each.geometry is None:
            continue
        status = known.get(str(each.properties.get("common_id") or ""), NOTHING)
        site = _site(each, hazard, status, in_zone=inside)
        if not any(is_same(site, other) for other in designated):
            designated.append(site)
    return Sites(tuple(designated), sum(flag is False for flag in flags), sum(flag is None for flag in flags))


def every_site(context: Context) -> list[Feature]:
    """All sites that are served and have a place.

    Raises
    ------
    UnanswerableError
        If the layer is not loaded.
    """
    require_sites(context)
    layer = emergency_sites.LAYER
    every = context.layers.remember(
        "evacuation sites", [layer.id], lambda: [each for each in context.layers.features(layer.id) if each.geometry]
    )
    return list(every)


def require_sites(context: Context) -> None:
    """Raises ``UnanswerableError`` where the layer of sites is not loaded."""
    if context.layers.state(emergency_sites.LAYER.id) is None:
        raise UnanswerableError(NO_SITES)


def _site(each: Feature, hazard: str, status: SiteStatus, *, in_zone: bool) -> Site:
    remarks = each.properties.get("remarks")
    where = each.geometry.representative_point()  # type: ignore[union-attr]
    return Site(
        id=each.id,
        name=str(each.properties.get("name") or ""),
        lon=where.x,
        lat=where.y,
        properties=each.properties,
        from_floor=floor_rules(remarks).get(hazard),
        roof=needs_roof(remarks, hazard),
        in_zone=in_zone,
        status=status,
    )


class Named(Protocol):
    """What stands somewhere and has a name."""

    @property
    def name(self) -> str: ...

    @property
    def lon(self) -> float: ...

    @property
    def lat(self) -> float: ...


def is_same(site: Named, other: Named) -> bool:
    """Whether two lists name one site: name and place agree."""
    near = abs(site.lon - other.lon) < _SAME_DEGREES and abs(site.lat - other.lat) < _SAME_DEGREES
    return near and site.name == other.name
