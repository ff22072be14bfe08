"""The quality report of a layer: what was measured, as JSON, as DQV and as a page."""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import API, APIRequest

from layers.model import Text
from services.database.failures import store_errors
from services.database.quality import LayerQuality, LoadQuality, layer_quality, published_qualities
from services.ogc import geojson, rendering
from services.ogc.asked import current
from services.ogc.errors import ResourceError
from services.ogc.face import Face
from services.ogc.records import dcat
from services.ogc.records.catalogue import Catalogue
from services.ogc.records.measures import Measurement, measured
from services.ogc.records.records import rfc3339
from services.ogc.records.vocabulary import METRICS
from services.ogc.rights import as_of, display_title
from services.ogc.source import Source

_JSON = Text("品質の報告（JSON）", "Quality report (JSON)")
_HTML = Text("品質の報告（HTML）", "Quality report (HTML)")
_DQV = Text("品質の報告（DQV）", "Quality report (DQV)")


def report(api: API, request: APIRequest, _collection: str) -> tuple[dict[str, str], int, str]:
    """Handler of the report; ``ResourceError`` where the layer was published before it could be measured."""
    asked = current()
    source = asked.source
    assert source is not None  # noqa: S101 - the page has a collection
    with store_errors(), source.pool.connection() as connection:
        found = layer_quality(connection, source.layer.id, source.face.schema)
    if found is None:
        raise ResourceError(
            Text(
                "品質はまだ測定していません。次の公開のときに測定します。",
                "Not measured yet; the next publication does it.",
            )
        )
    measurements = list(measured(source, found))
    if asked.format.name == "jsonld":
        return {}, HTTPStatus.OK, geojson.dumps(_linked(source, measurements, asked.base))
    document = _document(source, found, measurements, asked.language, asked.base)
    if asked.format.name == "html":
        page = rendering.render(api.tpl_config, {}, "collections/quality.html", document, request.locale)
        return {}, HTTPStatus.OK, page
    return {}, HTTPStatus.OK, geojson.dumps(document)


def qualities_for(catalogue: Catalogue) -> dict[str, LayerQuality]:
    """The qualities that a catalogue tells: those kept at publication; the staff's layers are measured one by one."""
    if not catalogue.entries or catalogue.entries[0].source.face is not Face.PUBLIC:
        return {}
    with store_errors(), catalogue.entries[0].source.pool.connection() as connection:
        return published_qualities(connection)


def _document(
    source: Source, found: LayerQuality, measurements: list[Measurement], language: str, base: str
) -> dict[str, Any]:
    path = f"{base}/collections/{source.layer.id}"
    return {
        "id": source.layer.id,
        "title": display_title(source).in_language(language),
        "measuredAt": rfc3339(found.measured_at),
        "asOf": as_of(source, language),
        "fictitious": source.state.fictitious,
        "numberOfFeatures": found.rows,
        "measurements": [_measurement(each, language) for each in measurements],
        "loads": [_load(source, each, language) for each in found.loads],
        "links": [
            {"rel": rel, "href": f"{path}{more}", "type": media_type, "title": title.in_language(language)}
            for rel, more, media_type, title in (
                ("self", "/quality?f=json", "application/json", _JSON),
                ("alternate", "/quality?f=html", "text/html", _HTML),
                ("alternate", "/quality?f=jsonld", "application/ld+json", _DQV),
                ("describes", "", "application/json", source.layer.title),
            )
        ],
    }


def _measurement(told: Measurement, language: str) -> dict[str, Any]:
    known = {
        "metric": told.metric.id,
        "element": told.metric.element,
        "title": told.metric.title.in_language(language),
        "definition": told.metric.definition.in_language(language),
        "attribute": told.about,
        "attributeTitle": None if told.name is None else told.name.in_language(language),
        "value": told.value,
        "unit": told.metric.unit,
        "count": told.count,
        "of": told.of,
    }
    return {name: value for name, value in known.items() if value is not None}


def _load(source: Source, load: LoadQuality, language: str) -> dict[str, Any]:
    titles = {each.id: each.title for each in source.layer.formats}
    title = titles.get(load.format_id, Text(load.format_id, load.format_id))
    return {
        "format": load.format_id,
        "title": title.in_language(language),
        "loadedAt": rfc3339(load.loaded_at),
        "asOf": None if load.as_of is None else load.as_of.isoformat(),
        "datasets": load.datasets,
        "rowsRead": load.rows_read,
        "rowsLoaded": load.rows_loaded,
        "rowsMended": load.rows_mended,
        "rowsRejected": load.rows_rejected,
        "rowsOfOtherLayers": load.rows_other,
        "findings": [{"rule": rule, "action": action, "count": n} for (rule, action), n in load.rules.items()],
    }


def _linked(source: Source, measurements: list[Measurement], base: str) -> dict[str, Any]:
    iri = f"{base}/collections/{source.layer.id}"
    used = {each.metric.id for each in measurements}
    return {
        "@context": dict(dcat.CONTEXT),
        "@graph": [
            {
                "@id": iri,
                "@type": "dcat:Dataset",
                "dct:title": dcat.both(display_title(source)),
                "dqv:hasQualityMeasurement": [dcat.measurement(each, iri, base) for each in measurements],
            },
            *(dcat.metric(each, base) for each in METRICS if each.id in used),
        ],
    }
