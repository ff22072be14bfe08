"""A layer as a ``Dataset`` of schema.org, for the search engines that read the page of its collection."""

from typing import Any

from services.ogc.records.access import accesses
from services.ogc.records.catalogue import CATALOGUE, Entry
from services.ogc.records.records import rfc3339
from services.ogc.rights import attribution, display_title, rights_of

# Written out: nothing has to be loaded to read the document.
CONTEXT: dict[str, Any] = {
    "@vocab": "https://schema.org/",
    **{name: {"@type": "@id"} for name in ("url", "license", "contentUrl", "includedInDataCatalog", "termsOfService")},
}


def dataset(entry: Entry, language: str, base: str) -> dict[str, Any]:
    """The dataset, without its context."""
    source, city = entry.source, entry.city
    west, south, east, north = entry.bounds
    iri = f"{base}/collections/{entry.id}"
    found: dict[str, Any] = {
        "@type": "Dataset",
        "@id": iri,
        "url": iri,
        "identifier": entry.id,
        "name": display_title(source).in_language(language),
        "description": source.layer.description.in_language(language),
        "inLanguage": language,
        "keywords": list(source.layer.keywords),
        "license": [each.url for each in rights_of(source) if each.url],
        "creditText": attribution(source, language),
        "isAccessibleForFree": True,
        "includedInDataCatalog": f"{base}/collections/{CATALOGUE}",
        "publisher": {
            "@type": "Organization",
            "name": city.name_ja if language == "ja" else city.name_en,
            "url": city.contact_url,
        },
        "spatialCoverage": {
            "@type": "Place",
            "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"},
        },
        "distribution": [
            {"@type": "DataDownload", "contentUrl": each.href, "encodingFormat": each.format.bare_type}
            for each in accesses(source, entry.providers, base)
            if each.is_data
        ],
    }
    if entry.times is not None:
        found["temporalCoverage"] = "/".join(str(rfc3339(each)) for each in entry.times)
    if entry.updated is not None:
        found["dateModified"] = rfc3339(entry.updated)
    return found
