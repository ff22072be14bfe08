"""What pygeoapi's descriptions leave out or say wrongly, put into the documents that it writes."""

from collections.abc import Mapping
from typing import Any

from services.ogc import about
from services.ogc.asked import Asked
from services.ogc.records import records, schema_org

_QUERYABLES = "pygeoapi.api.itemtypes:get_collection_queryables"
HANDLERS = frozenset(
    {
        "pygeoapi.api:landing_page",
        "pygeoapi.api:describe_collections",
        "pygeoapi.api:get_collection_schema",
        _QUERYABLES,
    }
)
"""Those whose documents are completed here."""

Document = dict[str, Any]
Resources = Mapping[str, Mapping[str, Any]]


def annotated(document: Document, resources: Resources, asked: Asked) -> Document:
    """A JSON document with titles of properties, and what collections say beyond the standard, in one language."""
    if asked.source is not None and "properties" in document:
        if asked.page.handler == _QUERYABLES:
            about.queryables(document, asked.source, asked.language)
        titles = about.described(asked.source, asked.language)
        for name, schema in document["properties"].items():
            schema.update(titles.get(name, {}))
        return document
    if "collection" not in asked.page.arguments:
        document["links"] += records.landing_links(asked.language, asked.base)
    for link in [each for each in document["links"] if each["rel"] == "service-desc"]:
        # pygeoapi knows one definition, of 3.0.
        address, _, _ = link["href"].partition("?")
        document["links"].append({**link, "href": f"{address}?f=oas30"})
        link |= {"href": f"{address}?f=json", "type": link["type"].replace("3.0", "3.1")}
    for collection in document.get("collections", [document]):
        _complete(collection, resources.get(collection.get("id", ""), {}), asked)
    return document


def linked(document: Document, resources: Resources, asked: Asked) -> Document:
    """A JSON-LD document of schema.org that names no context to be fetched, each dataset with its own licence."""
    document["@context"] = schema_org.CONTEXT
    if "dataset" in document:
        chosen = [asked.source.layer.id] if asked.source is not None else list(resources)
        told = [resources[each]["linked"](asked.language, asked.base) for each in chosen if "linked" in resources[each]]
        document["dataset"] = told[0] if asked.source is not None else told
    return document


def _complete(collection: Document, resource: Mapping[str, Any], asked: Asked) -> None:
    if (document := resource.get("document")) is not None:
        collection.clear()
        collection.update(document(asked.language, asked.base))
    for say in resource.get("says", ()):
        members = say(asked.language, asked.base)
        collection["links"] += members.pop("links", [])
        collection.update(members)
