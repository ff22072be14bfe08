"""Links to what this system offers beyond pygeoapi's own pages: of the landing page, and of collections."""

from layers.model import Geometry, Text
from layers.results import name_of
from services.ogc.source import Source
from services.ogc.styles.choices import is_styled
from web_map.layer_pages import PAGE

Link = dict[str, str]

RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"


def pages_about_data(base: str) -> str:
    """Where the pages are that tell people of the data; ``base`` is the address of ``/ogc`` without a final slash."""
    return base.removesuffix("/ogc") + PAGE


def of_landing_page(base: str, language: str) -> list[Link]:
    """Tilesets and styles of the whole city, and the pages about its data; ``base`` as ``pages_about_data`` has it."""
    tiles, styles = Text("全レイヤーのベクトルタイル", "Vector tiles of all layers"), Text("スタイル", "Styles")
    return [
        _link(f"{base}/tiles?f=json", f"{RELATIONS}/tilesets-vector", tiles, language),
        _link(f"{base}/styles?f=json", f"{RELATIONS}/styles", styles, language),
        _page(pages_about_data(base), Text("データの一覧（ページ）", "The data, as pages"), language),
    ]


def of_collection(source: Source, base: str, language: str) -> list[Link]:
    """The page about it, the schema of its features, the styles of a layer that is drawn, the history of one that is
    edited.
    """
    page = _page(
        f"{pages_about_data(base)}/{source.layer.id}", Text("このデータのページ", "The page of this data"), language
    )
    address = f"{base}/collections/{source.layer.id}"
    styles = _link(f"{address}/styles?f=json", f"{RELATIONS}/styles", Text("スタイル", "Styles"), language)
    if source.layer.geometry is Geometry.RASTER:
        return [page, styles] if is_styled(source) else [page]
    # In the spelling that every GDAL knows; relations have no case (RFC 8288).
    schema = _link(f"{address}/schema/feature", "describedBy", Text("地物のスキーマ", "Schema of a feature"), language)
    found = [page, schema | {"type": "application/schema+json"}]
    if is_styled(source):
        found.append(styles)
    if source.layer.is_result:
        title = Text("求め方と、もう一度求めるためのもの", "How it was made, and what makes it again")
        found.append(_link(f"{base}/results/{name_of(source.layer)}", "describedby", title, language))
    if source.is_editable:  # RFC 5829
        title = Text("編集の履歴", "History of edits")
        found.append(_link(f"{address}/history?f=json", "version-history", title, language))
    return found


def _page(address: str, title: Text, language: str) -> Link:
    """A page for people, in their language."""
    return _link(f"{address}?lang={language}", "describedby", title, language) | {"type": "text/html"}


def _link(href: str, relation: str, title: Text, language: str) -> Link:
    return {"href": href, "rel": relation, "type": "application/json", "title": title.in_language(language)}
