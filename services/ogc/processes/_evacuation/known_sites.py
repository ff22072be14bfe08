"""The sites for a hazard as they are now: their lists and zones are read once for each state, the opening each time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from layers import emergency_sites
from services.ogc.analysis.city import DISTRICTS
from services.ogc.analysis.layers import Feature
from services.ogc.processes._evacuation.site_status import NOTHING, Openings, SiteStatus, openings
from services.ogc.processes._evacuation.sites import Site, Sites, every_site, require_sites, sites_for
from services.ogc.processes._evacuation.ways import in_zones
from services.ogc.processes._evacuation.zones import Zones
from services.ogc.processes._model import Context


def sites_now(hazard: str, zones: Zones, context: Context, known: Openings | None = None) -> Sites:
    """The sites for a hazard; ``UnanswerableError`` where the layer of sites is not loaded.

    known:
        What ``openings`` says, where it was asked already.
    """
    return sites_listed(hazard, zones, context).under(openings(context) if known is None else known)


def sites_listed(hazard: str, zones: Zones, context: Context) -> "Listed":
    """The same for whatever is known of their opening."""
    require_sites(context)
    read = [emergency_sites.LAYER.id, *([] if zones.layer is None else [zones.layer.id, DISTRICTS])]
    return context.layers.remember(
        f"sites for {hazard}", read, lambda: Listed(_listed(hazard, zones, every_site(context)))
    )


@dataclass
class Listed:
    """Sites as they are listed, and as they were under the openings that were asked for last."""

    sites: Sites
    last: tuple[Openings, Sites] | None = None

    def under(self, known: Openings) -> Sites:
        if not known.by_id:
            return self.sites
        last = self.last
        if last is None or last[0] is not known:
            last = self.last = known, _opened(self.sites, known.by_id)
        return last[1]


def _opened(listed: Sites, known: Mapping[str, SiteStatus]) -> Sites:
    return replace(
        listed,
        designated=tuple(
            each if (status := known.get(_common_id(each), NOTHING)) is NOTHING else _with(each, status)
            for each in listed.designated
        ),
    )


def _listed(hazard: str, zones: Zones, every: Sequence[Feature]) -> Sites:
    return sites_for(hazard, in_zones(zones, [_position(each) for each in every]), every, {})


def _with(site: Site, status: SiteStatus) -> Site:
    return replace(site, status=status)


def _common_id(site: Site) -> str:
    return str(site.properties.get("common_id") or "")


def _position(site: Feature) -> tuple[float, float]:
    assert site.geometry is not None  # noqa: S101 - those without are left out
    where = site.geometry.representative_point()
    return where.x, where.y
