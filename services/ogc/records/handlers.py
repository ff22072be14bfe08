"""The handlers of the catalogue, in pygeoapi's form.

pygeoapi 0.24 has handlers of its own for records, which know neither ``ids``, ``externalIds`` nor ``type``, answer as a
draft of the standard did, and link to forms that are not offered.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from pygeoapi.api import APIRequest
from pygeoapi.plugin import load_plugin

from layers.model import Text
from services.ogc import geojson, rendering
from services.ogc.api import CityApi
from services.ogc.asked import Asked, current
from services.ogc.pages import conformance_classes
from services.ogc.parameters import DEFAULT_ITEMS, MAX_ITEMS
from services.ogc.records import dcat, records
from services.ogc.records.catalogue import CATALOGUE, Entry
from services.ogc.records.provider import QUERYABLES, SORTABLES, RecordProvider
from services.ogc.records.quality import qualities_for
from services.ogc.rights import as_of

Answer = tuple[dict[str, str], int, str]

_TITLES: Mapping[str, Text] = {
    "id": Text("ID", "Id"),
    "title": Text("名称", "Title"),
    "theme": Text("分類", "Theme"),
    "license": Text("ライセンス", "Licence"),
    "created": Text("登録日時", "Created"),
    "updated": Text("更新日時", "Updated"),
    "type": Text("種類", "Type"),
    "description": Text("説明", "Description"),
    "keywords": Text("キーワード", "Keywords"),
    "fictitious": Text("架空データ", "Fictitious"),
}


def collection(api: CityApi, request: APIRequest) -> Answer:
    """The catalogue as a collection."""
    asked, provider = current(), _provider(api)
    if asked.format.name == "jsonld":
        return _catalogue(api, provider, provider.catalogue.entries, asked)
    document = records.collection(provider.catalogue, asked.language, asked.base)
    return _written(api, request, asked, "collections/catalogue/collection.html", document)


def items(api: CityApi, request: APIRequest) -> Answer:
    """The records that are asked for, a page at a time."""
    asked, provider = current(), _provider(api)
    # A parameter without a value is as if it were not there (OGC 20-004r1, /req/record-core-query-parameters).
    given = {name: value for name, value in asked.given.items() if value and name not in ("f", "lang")}
    offset = int(given.pop("offset", "0"))
    limit = min(int(given.pop("limit", DEFAULT_ITEMS)), MAX_ITEMS)
    found = provider.query(given, asked.language)
    page = found[offset : offset + limit]
    if asked.format.name == "jsonld":
        return _catalogue(api, provider, page, asked)
    document = {
        "type": "FeatureCollection",
        "numberMatched": len(found),
        "numberReturned": len(page),
        "features": [records.record(entry, asked.language, asked.base) for entry in page],
        "links": _paging(asked, given, offset, limit, len(found)),
    }
    return _written(api, request, asked, "collections/catalogue/items.html", document)


def item(api: CityApi, request: APIRequest, identifier: str) -> Answer:
    """One record."""
    asked, provider = current(), _provider(api)
    entry = provider.get(identifier)
    if asked.format.name == "jsonld":
        return _catalogue(api, provider, [entry], asked)
    document = records.record(entry, asked.language, asked.base)
    if asked.format.name == "html":
        document |= {"as_of": as_of(entry.source, asked.language), "source": entry.source}
    return _written(api, request, asked, "collections/catalogue/item.html", document)


def queryables(_api: CityApi, _request: APIRequest) -> Answer:
    """The properties that records can be searched by."""
    geometry = {"geometry": {"format": "geometry-polygon", "x-ogc-role": "primary-geometry"}}
    return _schema("queryables", {**geometry, **QUERYABLES})


def sortables(_api: CityApi, _request: APIRequest) -> Answer:
    """The properties that records can be sorted by."""
    return _schema("sortables", SORTABLES)


def schema(_api: CityApi, _request: APIRequest) -> Answer:
    """The properties that every record has."""
    geometry = {"geometry": {"format": "geometry-polygon", "x-ogc-role": "primary-geometry"}}
    return _schema("schema", {**geometry, **QUERYABLES})


def catalogue(api: CityApi, _request: APIRequest) -> Answer:
    """The whole catalogue as DCAT."""
    provider = _provider(api)
    return _catalogue(api, provider, provider.catalogue.entries, current())


def _catalogue(api: CityApi, provider: RecordProvider, entries: Sequence[Entry], asked: Asked) -> Answer:
    resources = api.config["resources"].values()
    types = {each["type"] for resource in resources for each in resource["providers"]}
    document = dcat.document(
        provider.catalogue,
        entries,
        qualities_for(provider.catalogue),
        conformance_classes(api.face, types),
        asked.base,
    )
    return {}, HTTPStatus.OK, geojson.dumps(document)


def _provider(api: CityApi) -> RecordProvider:
    (definition,) = api.config["resources"][CATALOGUE]["providers"]
    provider: RecordProvider = load_plugin("provider", definition)
    return provider


def _written(api: CityApi, request: APIRequest, asked: Asked, template: str, document: dict[str, Any]) -> Answer:
    if asked.format.name == "html":
        return {}, HTTPStatus.OK, rendering.render(api.tpl_config, {}, template, document, request.locale)
    return {}, HTTPStatus.OK, geojson.dumps(document)


def _paging(asked: Asked, given: Mapping[str, str], offset: int, limit: int, matched: int) -> list[dict[str, str]]:
    path = f"{asked.base}/collections/{CATALOGUE}"
    types = {"json": "application/geo+json", "html": "text/html", "jsonld": "application/ld+json"}

    def link(rel: str, form: str, start: int) -> dict[str, str]:
        shown = {"lang": asked.given["lang"]} if "lang" in asked.given else {}
        query = urlencode({**given, **shown, "limit": limit, "offset": start, "f": form})
        return {"rel": rel, "href": f"{path}/items?{query}", "type": types[form]}

    form = asked.format.name
    found = [link("self" if each == form else "alternate", each, offset) for each in types]
    if offset + limit < matched:
        found.append(link("next", form, offset + limit))
    if offset:
        found.append(link("prev", form, max(0, offset - limit)))
    found.append({"rel": "collection", "href": path, "type": "application/json"})
    return found


def _schema(name: str, properties: Mapping[str, Mapping[str, Any]]) -> Answer:
    asked = current()
    titled = {
        each: {**told, **({"title": _TITLES[each].in_language(asked.language)} if each in _TITLES else {})}
        for each, told in properties.items()
    }
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{asked.base}/collections/{CATALOGUE}/{name}",
        "type": "object",
        "properties": titled,
        "additionalProperties": False,
    }
    return {}, HTTPStatus.OK, geojson.dumps(document)
