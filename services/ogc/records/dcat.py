"""The catalogue as DCAT 3 in the profile DCAT-AP, in JSON-LD whose context is part of the document.

Texts are in both languages at once.  A layer is a ``dcat:Dataset`` with a distribution for each form of its data; the
OGC API itself is the ``dcat:DataService`` that serves them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from layers.model import Licence, Text
from services.database.quality import LayerQuality
from services.ogc.face import Face
from services.ogc.records import vocabulary
from services.ogc.records.access import Access, accesses
from services.ogc.records.catalogue import CATALOGUE, TITLE, Catalogue, Entry
from services.ogc.records.measures import Measurement, measured
from services.ogc.records.records import rfc3339
from services.ogc.records.vocabulary import METRICS, Metric
from services.ogc.rights import FICTITIOUS, attribution, display_title, rights_of
from services.settings import City

Node = dict[str, Any]

CONTEXT: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IANA = "https://www.iana.org/assignments/media-types"


def document(
    catalogue: Catalogue,
    entries: Sequence[Entry],
    qualities: Mapping[str, LayerQuality],
    conforms_to: Iterable[str],
    base: str,
) -> Node:
    """The catalogue of these entries; ``qualities`` of those that were measured."""
    city = catalogue.city
    publisher = _publisher(city, base)
    measures = [metric(each, base) for each in METRICS] if qualities else []
    return {
        "@context": dict(CONTEXT),
        "@graph": [
            {
                "@id": f"{base}/collections/{CATALOGUE}",
                "@type": "dcat:Catalog",
                "dct:title": both(TITLE),
                "dct:description": both(catalogue.description()),
                "dct:publisher": publisher,
                "dct:language": [_iri(each) for each in vocabulary.LANGUAGES.values()],
                "dct:spatial": _place(catalogue.city.bbox),
                "dcat:themeTaxonomy": _iri(vocabulary.THEME_SCHEME),
                "foaf:homepage": _iri(f"{base}/collections/{CATALOGUE}?f=html"),
                "dcat:dataset": [dataset(each, qualities.get(each.id), base) for each in entries],
                "dcat:service": _service(city, entries, conforms_to, base),
                **_optional("dct:modified", _moment(catalogue.updated)),
            },
            *measures,
        ],
    }


def dataset(entry: Entry, quality: LayerQuality | None, base: str) -> Node:
    """One layer."""
    source, layer = entry.source, entry.source.layer
    iri = f"{base}/collections/{layer.id}"
    licences = rights_of(source)
    theme = vocabulary.THEMES[layer.theme]
    is_public = source.face is Face.PUBLIC
    node: Node = {
        "@id": iri,
        "@type": "dcat:Dataset",
        "dct:identifier": layer.id,
        "dct:title": both(display_title(source)),
        "dct:description": both(layer.description),
        "dcat:keyword": [
            {"@value": word, "@language": "ja" if _is_japanese(word) else "en"} for word in layer.keywords
        ],
        "dcat:theme": _iri(f"{vocabulary.THEME_SCHEME}/{theme}"),
        "dct:publisher": _iri(f"{base}#publisher"),
        "dcat:contactPoint": _contact(entry),
        "dct:language": _iri(vocabulary.LANGUAGES["ja"]),
        "dct:accessRights": _iri(vocabulary.PUBLIC_ACCESS if is_public else vocabulary.RESTRICTED_ACCESS),
        "dct:accrualPeriodicity": _iri(vocabulary.FREQUENCIES[layer.update_frequency]),
        "dct:spatial": _place(entry.bounds),
        "dct:license": [_licence(each) for each in licences],
        "dct:rights": {
            "@type": "dct:RightsStatement",
            "rdfs:label": both(Text(attribution(source, "ja"), attribution(source, "en"))),
        },
        "dcat:landingPage": _iri(f"{iri}?f=html"),
        "dcat:distribution": [
            _distribution(each, licences, base) for each in accesses(source, entry.providers, base) if each.is_data
        ],
        **_optional("dct:issued", _moment(entry.created)),
        **_optional("dct:modified", _moment(entry.updated)),
        **_optional("dct:temporal", _period(entry)),
    }
    if origins := {each.url for each in source.state.datasets if each.url}:
        node["dct:source"] = [_iri(url) for url in sorted(origins)]
    if source.state.fictitious:
        node["skos:editorialNote"] = both(FICTITIOUS)
    if quality is not None:
        node["dqv:hasQualityMeasurement"] = [
            measurement(each, iri, base) for each in measured(source, quality) if each.about is None
        ]
        node["foaf:page"] = _iri(f"{iri}/quality?f=html")
    return node


def metric(told: Metric, base: str) -> Node:
    """How a quality is measured."""
    return {
        "@id": f"{base}/dcat#metric-{told.id}",
        "@type": "dqv:Metric",
        "skos:prefLabel": both(told.title),
        "skos:definition": both(told.definition),
        "skos:notation": f"ISO 19157-1 {told.element}",
        "dqv:expectedDataType": _iri("xsd:decimal"),
        "dqv:inDimension": _iri(told.dimension),
    }


def measurement(told: Measurement, dataset_iri: str, base: str) -> Node:
    """One value of a metric; a field that it is of is named by its place in the schema."""
    node: Node = {
        "@type": "dqv:QualityMeasurement",
        "dqv:computedOn": _iri(dataset_iri),
        "dqv:isMeasurementOf": _iri(f"{base}/dcat#metric-{told.metric.id}"),
        "dqv:value": {"@value": str(told.value), "@type": "xsd:decimal"},
    }
    if told.about is not None and told.name is not None:
        node["rdfs:label"] = both(told.name)
        node["dct:subject"] = _iri(f"{dataset_iri}/schema#{told.about}")
    return node


def both(text: Text) -> list[dict[str, str]]:
    """A text in Japanese and English."""
    return [{"@value": text.ja, "@language": "ja"}, {"@value": text.en, "@language": "en"}]


def _distribution(access: Access, licences: Sequence[Licence], base: str) -> Node:
    node: Node = {
        "@id": access.href,
        "@type": "dcat:Distribution",
        "dct:title": both(access.title),
        "dcat:accessURL": _iri(access.page_href),
        "dcat:mediaType": _iri(f"{_IANA}/{access.format.bare_type}"),
        "dct:format": access.format.media_type,
        "dcat:accessService": _iri(base),
        "dct:license": [_iri(each.url) for each in licences if each.url],
    }
    if access.is_file:
        node["dcat:downloadURL"] = _iri(access.href)
    return node


def _service(city: City, entries: Sequence[Entry], conforms_to: Iterable[str], base: str) -> Node:
    name = Text(f"{city.name_ja} 統合型GIS OGC API", f"{city.name_en} integrated GIS OGC API")
    return {
        "@id": base,
        "@type": "dcat:DataService",
        "dct:title": both(name),
        "dct:publisher": _iri(f"{base}#publisher"),
        "dcat:endpointURL": _iri(base),
        "dcat:endpointDescription": _iri(f"{base}/openapi"),
        "dct:conformsTo": [_iri(each) for each in sorted(conforms_to)],
        "dcat:servesDataset": [_iri(f"{base}/collections/{each.id}") for each in entries],
    }


def _publisher(city: City, base: str) -> Node:
    return {
        "@id": f"{base}#publisher",
        "@type": "foaf:Agent",
        "foaf:name": both(Text(city.name_ja, city.name_en)),
        "foaf:homepage": _iri(city.contact_url),
    }


def _contact(entry: Entry) -> Node:
    return {
        "@type": "vcard:Organization",
        "vcard:fn": both(entry.source.layer.owner),
        "vcard:hasURL": _iri(entry.city.contact_url),
    }


def _licence(licence: Licence) -> Node:
    node: Node = {"@type": "dct:LicenseDocument", "rdfs:label": both(licence.title), "dct:identifier": licence.id}
    return {"@id": licence.url, **node} if licence.url else node


def _place(bounds: Sequence[float]) -> Node:
    west, south, east, north = bounds
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return {
        "@type": "dct:Location",
        "dcat:bbox": {"@value": f"POLYGON(({ring}))", "@type": "geo:wktLiteral"},
    }


def _period(entry: Entry) -> Node | None:
    if entry.times is None:
        return None
    first, last = entry.times
    return {"@type": "dct:PeriodOfTime", "dcat:startDate": _moment(first), "dcat:endDate": _moment(last)}


def _moment(moment: datetime | None) -> Node | None:
    return None if moment is None else {"@value": str(rfc3339(moment)), "@type": "xsd:dateTime"}


def _optional(name: str, value: Node | None) -> Node:
    return {} if value is None else {name: value}


def _iri(value: str) -> dict[str, str]:
    return {"@id": value}


def _is_japanese(text: str) -> bool:
    return not text.isascii()
