"""The ways to a layer's data and descriptions, as its pages offer them: nothing here knows a format by heart."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from layers.model import Text
from services.ogc.pages import pages
from services.ogc.pages.model import Format, Page
from services.ogc.source import Source

_OGC = "http://www.opengis.net/def/rel/ogc/1.0"
_PREFIX = "/collections/{collection}/"
_RELATIONS = {
    "items": "items",
    "coverage": f"{_OGC}/coverage",
    "coverage/domainset": f"{_OGC}/coverage-domainset",
    "coverage/rangetype": f"{_OGC}/coverage-rangetype",
    "map": f"{_OGC}/map",
    "map/tiles": f"{_OGC}/tilesets-map",
    "tiles": f"{_OGC}/tilesets-vector",
    "locations": "data",
    "schema": f"{_OGC}/schema",
    "queryables": f"{_OGC}/queryables",
    "sortables": f"{_OGC}/sortables",
    "styles": f"{_OGC}/styles",
    "quality": "describedby",
}
_DATA = frozenset({"items", "coverage", "map", "map/tiles", "tiles", "locations"})
_FILES = frozenset({"image/tiff", "image/png"})


@dataclass(frozen=True, slots=True)
class Access:
    """One page of a layer in one form.

    whole:
        What its address needs besides, with ``&`` before it, so that all of the layer is answered.
    is_data:
        The layer's content, not a description of it.
    is_file:
        All of it at once, to be kept.
    """

    page: Page
    rel: str
    page_href: str
    title: Text
    format: Format
    is_data: bool
    is_file: bool
    whole: str = ""

    @property
    def form_href(self) -> str:
        """For who adds what is wanted of it."""
        return f"{self.page_href}?f={self.format.name}"

    @property
    def href(self) -> str:
        return f"{self.form_href}{self.whole}"


def accesses(source: Source, providers: Iterable[str], base: str) -> Iterator[Access]:
    """Every page of a layer that needs no more than its address, in each of its forms, each media type once."""
    types = frozenset(providers)
    for page in pages():
        if not _is_plain(page, source, types):
            continue
        name = page.path.removeprefix(_PREFIX)
        seen: set[str] = set()
        for form in page.offer(source).formats:
            if form.media_type in seen:
                continue
            seen.add(form.media_type)
            title = Text(f"{page.summary.ja}（{form.title.ja}）", f"{page.summary.en} ({form.title.en})")
            yield Access(
                page=page,
                rel=_RELATIONS.get(name, "related"),
                page_href=f"{base}/collections/{source.layer.id}/{name}",
                title=title,
                format=form,
                is_data=name in _DATA and form.name != "html",
                is_file=form.bulk or (name in _DATA and form.bare_type in _FILES),
                whole="" if page.whole is None else page.whole(source, form.name),
            )


def _is_plain(page: Page, source: Source, providers: frozenset[str]) -> bool:
    return (
        page.method == "GET"
        and page.path.startswith(_PREFIX)
        and page.arguments == ("collection",)
        and page.documented
        and source.face in page.faces
        and not any(parameter.required for parameter in page.parameters)
        and page.is_offered(source, providers)
    )
