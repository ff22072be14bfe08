"""Records of the catalogue as GeoJSON (OGC 20-004r1), and the description of the catalogue itself."""

from datetime import UTC, datetime
from typing import Any

from layers.model import Text
from services.ogc.crs import CRS84
from services.ogc.records import vocabulary
from services.ogc.records.access import accesses
from services.ogc.records.catalogue import CATALOGUE, TITLE, Catalogue, Entry
from services.ogc.records.provider import TYPE, identifiers
from services.ogc.rights import FICTITIOUS, attribution, display_title, rights_of

_OGC = "http://www.opengis.net/def/rel/ogc/1.0"
_CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"
_PROFILE = "http://www.opengis.net/def/profile/OGC/0/ogc-record"


def record(entry: Entry, language: str, base: str) -> dict[str, Any]:
    """The record of one layer, in one language."""
    west, south, east, north = entry.bounds
    return {
        "type": "Feature",
        "id": entry.id,
        "conformsTo": [_CORE],
        "time": time_of(entry),
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        },
        "properties": properties(entry, language, base),
        "links": list(_links(entry, language, base)),
    }


def properties(entry: Entry, language: str, base: str) -> dict[str, Any]:
    """Of one record; what is not known is left out."""
    source, layer = entry.source, entry.source.layer
    fictitious = source.state.fictitious
    known = {
        "type": TYPE,
        "title": display_title(source).in_language(language),
        "description": layer.description.in_language(language),
        "keywords": [*layer.keywords, *([FICTITIOUS.in_language(language)] if fictitious else [])],
        "language": _language(language),
        "languages": [_language(each) for each in vocabulary.LANGUAGES],
        "resourceLanguages": [_language("ja")],
        "created": rfc3339(entry.created),
        "updated": rfc3339(entry.updated),
        "contacts": contacts(entry, language),
        "license": vocabulary.spdx_expression(rights_of(source)),
        "rights": attribution(source, language),
        "externalIds": identifiers(entry) or None,
        "formats": _formats(entry, base),
        "theme": str(layer.theme),
        "themes": [
            {
                "scheme": vocabulary.THEME_SCHEME,
                "concepts": [
                    {
                        "id": vocabulary.THEMES[layer.theme],
                        "title": vocabulary.theme_title(layer.theme).in_language(language),
                        "url": f"{vocabulary.THEME_SCHEME}/{vocabulary.THEMES[layer.theme]}",
                    }
                ],
            }
        ],
        "updateFrequency": str(layer.update_frequency),
        "numberOfFeatures": source.row_count,
        "fictitious": fictitious,
    }
    return {name: value for name, value in known.items() if value is not None}


def contacts(entry: Entry, language: str) -> list[dict[str, Any]]:
    """Whom to ask, who publishes, and whose data it is."""
    city = entry.city
    name = city.name_ja if language == "ja" else city.name_en
    about = [{"href": city.contact_url, "rel": "about", "type": "text/html"}]
    return [
        {
            "name": entry.source.layer.owner.in_language(language),
            "organization": name,
            "links": about,
            "roles": ["pointOfContact", "custodian"],
        },
        {"organization": name, "links": about, "roles": ["publisher"]},
        {"organization": attribution(entry.source, language), "roles": ["originator"]},
    ]


def time_of(entry: Entry) -> dict[str, Any] | None:
    """The time that a layer tells of: moments of rows, else days of datasets; None where nobody said."""
    source = entry.source
    of_rows = source.times or (source.observations.times if source.observations else None)
    if of_rows is not None:
        found: dict[str, Any] = {"interval": [rfc3339(each) for each in of_rows]}
        told = source.layer.observations
        if told is not None and told.every is not None:
            found["resolution"] = f"PT{int(told.every.total_seconds())}S"
        return found
    oldest, newest = source.state.oldest, source.state.newest
    if oldest is None or newest is None:
        return None
    return {"date": oldest.isoformat()} if oldest == newest else {"interval": [oldest.isoformat(), newest.isoformat()]}


def rfc3339(moment: datetime | None) -> str | None:
    """A moment of UTC, to the second."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def collection(catalogue: Catalogue, language: str, base: str) -> dict[str, Any]:
    """The description of the catalogue as a collection of records."""
    path = f"{base}/collections/{CATALOGUE}"
    schema = "application/schema+json"
    geo = "application/geo+json"
    return {
        "id": CATALOGUE,
        "type": "Collection",
        "itemType": "record",
        "conformsTo": [_CORE, _CORE.replace("record-core", "record-collection")],
        "title": TITLE.in_language(language),
        "description": catalogue.description().in_language(language),
        "keywords": ["目録", "カタログ"] if language == "ja" else ["catalogue", "metadata"],
        "language": _language(language),
        "languages": [_language(each) for each in vocabulary.LANGUAGES],
        "updated": rfc3339(catalogue.updated),
        "license": "other",
        "extent": {"spatial": {"bbox": [list(catalogue.city.bbox)], "crs": CRS84}},
        "crs": [CRS84],
        "numberOfFeatures": len(catalogue.entries),
        "links": [
            *_forms("self", path, "application/json", language),
            _link("root", f"{base}?f=json", "application/json", Text("入口", "Landing page"), language),
            *_forms("items", f"{path}/items", geo, language),
            _link("alternate", f"{base}/dcat", "application/ld+json", Text("DCAT", "DCAT"), language),
            _link(f"{_OGC}/ogc-catalog", f"{path}/items", geo, TITLE, language),
            _link(f"{_OGC}/queryables", f"{path}/queryables", schema, _QUERYABLES, language),
            _link(f"{_OGC}/sortables", f"{path}/sortables", schema, _SORTABLES, language),
            _link(f"{_OGC}/schema", f"{path}/schema", schema, _SCHEMA, language),
            _link("license", catalogue.city.contact_url, "text/html", _LICENCES, language),
        ],
    }


def catalogue_links(language: str, base: str) -> list[dict[str, str]]:
    """Where the catalogue is found from the landing page and from the list of collections."""
    items = f"{base}/collections/{CATALOGUE}/items"
    return [
        _link(f"{_OGC}/ogc-catalog", items, "application/geo+json", TITLE, language),
        _link(f"{_OGC}/ogc-catalog", f"{items}?f=html", "text/html", TITLE, language),
        _link("describedby", f"{base}/dcat", "application/ld+json", Text("目録（DCAT）", "Catalogue (DCAT)"), language),
    ]


def report_links(layer_id: str, language: str, base: str) -> list[dict[str, str]]:
    """Where the collection of a layer leads to its record and its quality report."""
    path = f"{base}/collections"
    report = Text("品質の報告", "Quality report")
    return [
        _link("describedby", f"{path}/{CATALOGUE}/items/{layer_id}", "application/geo+json", TITLE, language),
        _link("describedby", f"{path}/{layer_id}/quality?f=json", "application/json", report, language),
        _link("describedby", f"{path}/{layer_id}/quality?f=html", "text/html", report, language),
    ]


_QUERYABLES = Text("検索できる項目", "Queryables")
_SORTABLES = Text("並べ替えできる項目", "Sortables")
_SCHEMA = Text("スキーマ", "Schema")
_LICENCES = Text("ライセンスはレイヤーごとに異なる", "Licences differ by layer")


def _links(entry: Entry, language: str, base: str) -> list[dict[str, str]]:
    path = f"{base}/collections/{CATALOGUE}"
    layer = entry.source.layer
    found = [
        *_forms("self", f"{path}/items/{entry.id}", "application/geo+json", language),
        _link("collection", path, "application/json", TITLE, language),
        _link("profile", _PROFILE, "text/html", Text("OGC API Records", "OGC API Records"), language),
        _link("data", f"{base}/collections/{entry.id}", "application/json", layer.title, language),
    ]
    found += [
        _link(each.rel, each.href, each.format.media_type, each.title, language)
        for each in accesses(entry.source, entry.providers, base)
    ]
    found += [
        _link("license", licence.url, "text/html", licence.title, language)
        for licence in rights_of(entry.source)
        if licence.url
    ]
    origins = {each.url: each.title or each.url for each in entry.source.state.datasets if each.url}
    found += [_link("via", url, "text/html", Text(title, title), language) for url, title in origins.items()]
    return found


def _forms(rel: str, href: str, media_type: str, language: str) -> list[dict[str, str]]:
    """An address in its three forms; of ``self`` the others are alternates."""
    others = "alternate" if rel == "self" else rel
    return [
        _link(rel, f"{href}?f=json", media_type, Text("JSON", "JSON"), language),
        _link(others, f"{href}?f=html", "text/html", Text("HTML", "HTML"), language),
        _link(others, f"{href}?f=jsonld", "application/ld+json", Text("DCAT（JSON-LD）", "DCAT (JSON-LD)"), language),
    ]


def _link(rel: str, href: str, media_type: str, title: Text, language: str) -> dict[str, str]:
    return {"rel": rel, "href": href, "type": media_type, "title": title.in_language(language)}


def _formats(entry: Entry, base: str) -> list[dict[str, str]]:
    found = {
        each.format.bare_type: each.format.title.en
        for each in accesses(entry.source, entry.providers, base)
        if each.is_data
    }
    return [{"name": name, "mediaType": media_type} for media_type, name in found.items()]


def _language(code: str) -> dict[str, str]:
    name, alternate = vocabulary.LANGUAGE_NAMES[code]
    return {"code": code, "name": name, "alternate": alternate}
