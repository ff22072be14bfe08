"""Links to what this system offers beyond pygeoapi's own pages: of the landing page, and of collections."""

from layers.model import Geometry, Text
from layers.results import name_of
from services.ogc.source import Source
from services.ogc.styles.choices import is_styled

Link = dict[str, str]

RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"


def of_landing_page(base: str, language: str) -> list[Link]:
    """Tilesets and styles of the whole city; ``base`` is the address of ``/ogc`` without a final slash."""
    tiles, styles = Text("全レイヤーのベクトルタイル", "Vector tiles of all layers"), Text("スタイル", "Styles")
    return [
        _link(f"{base}/tiles?f=json", f"{RELATIONS}/tilesets-vector", tiles, language),
        _link(f"{base}/styles?f=json", f"{RELATIONS}/styles", styles, language),
    ]


def of_collection(source: Source, base: str, language: str) -> list[Link]:
    """The schema of its features, the styles of a layer that is drawn, the history of one that is edited."""
    address = f"{base}/collections/{source.layer.id}"
    styles = _link(f"{address}/styles?f=json", f"{RELATIONS}/styles", Text("スタイル", "Styles"), language)
    if source.layer.geometry is Geometry.RASTER:
        return [styles] if is_styled(source) else []
    # In the spelling that every GDAL knows; relations have no case (RFC 8288).
    schema = _link(f"{address}/schema/feature", "describedBy", Text("地物のスキーマ", "Schema of a feature"), language)
    found = [schema | {"type": "application/schema+json"}]
    if is_styled(source):
        found.append(styles)
    if source.layer.is_result:
        title = Text("求め方と、もう一度求めるためのもの", "How it was made, and what makes it again")
        found.append(_link(f"{base}/results/{name_of(source.layer)}", "describedby", title, language))
    if source.is_editable:  # RFC 5829
        title = Text("編集の履歴", "History of edits")
        found.append(_link(f"{address}/history?f=json", "version-history", title, language))
    return found


def _link(href: str, relation: str, title: Text, language: str) -> Link:
    return {"href": href, "rel": relation, "type": "application/json", "title": title.in_language(language)}
