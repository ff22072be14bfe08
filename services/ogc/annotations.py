"""What pygeoapi's descriptions leave out or say wrongly, put into the documents that it writes."""

from collections.abc import Mapping
from typing import Any

from services.ogc import about, links
from services.ogc.asked import Asked
from services.ogc.edr import metadata
from services.ogc.rasters import description
from services.ogc.records import records, schema_org
from services.ogc.transactions import schemas

_SCHEMA = "pygeoapi.api:get_collection_schema"
_QUERYABLES = "pygeoapi.api.itemtypes:get_collection_queryables"
HANDLERS = frozenset(
    {
        "pygeoapi.api:landing_page",
        "pygeoapi.api:describe_collections",
        _SCHEMA,
        _QUERYABLES,
    }
)
"""Those whose documents are completed here."""

Document = dict[str, Any]
Resources = Mapping[str, Mapping[str, Any]]


def annotated(document: Document, resources: Resources, asked: Asked) -> Document:
    """A JSON document with titles of properties, and what collections say beyond the standard, in one language."""
    source, language, base = asked.source, asked.language, asked.base
    if source is not None and "properties" in document:
        if asked.page.handler == _QUERYABLES:
            about.queryables(document, source, language)
        if asked.page.handler == _SCHEMA:
            document["properties"] = {**description.fields(source, language), **document["properties"]}
        titles = about.described(source, language)
        for name, schema in document["properties"].items():
            schema.update(titles.get(name, {}))
        if asked.page.handler == _SCHEMA and source.is_editable:
            schemas.receivable(source, document)
        return document
    for link in [each for each in document["links"] if each["rel"] == "service-desc"]:
        # pygeoapi knows one definition, of 3.0.
        address, _, _ = link["href"].partition("?")
        document["links"].append({**link, "href": f"{address}?f=oas30"})
        link |= {"href": f"{address}?f=json", "type": link["type"].replace("3.0", "3.1")}
    for collection in document.get("collections", [document]):
        if (resource := resources.get(collection.get("id", ""))) is not None:
            _complete(collection, resource, language, base)
    if "conformance" in {link["rel"] for link in document["links"]}:  # the landing page
        document["links"] += links.of_landing_page(base, language)
    if source is None:
        document["links"] += records.catalogue_links(language, base)
    return document


def linked(document: Document, resources: Resources, asked: Asked) -> Document:
    """A JSON-LD document of schema.org that names no context to be fetched, each dataset with its own licence."""
    document["@context"] = schema_org.CONTEXT
    if "dataset" in document:
        chosen = [asked.source.layer.id] if asked.source is not None else list(resources)
        told = [resources[each]["linked"](asked.language, asked.base) for each in chosen if "linked" in resources[each]]
        document["dataset"] = told[0] if asked.source is not None else told
    return document


def _complete(collection: Document, resource: Mapping[str, Any], language: str, base: str) -> None:
    source = resource.get("source")
    if source is None:  # the catalogue, of which pygeoapi knows too little
        collection.clear()
        collection.update(resource["document"](language, base))
        return
    collection.update(about.collection_metadata(source, language))
    collection["links"] += [
        *links.of_collection(source, base, language),
        *records.report_links(source.layer.id, language, base),
    ]
    description.describe(collection, source, base, language)
    if (sensor := resource["sensor"]) is not None:
        members = metadata.collection_metadata(sensor, language, base)
        collection["links"] += members.pop("links")
        collection.update(members)
