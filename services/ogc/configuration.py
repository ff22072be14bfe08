"""pygeoapi's configuration, made out of the catalogue and the state of the database: there is no YAML to keep."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from geo.errors import InputError
from layers.model import Text, UpdateFrequency
from services.ogc.crs import CRS84, served_crs
from services.ogc.edr.sensor import provider_definition, sensor_of
from services.ogc.formats.formatter import formatters_of
from services.ogc.parameters import DEFAULT_ITEMS, MAX_ITEMS
from services.ogc.rasters.kinds import has_coverage, has_heights
from services.ogc.records import catalogue, records, schema_org
from services.ogc.rendering import TEMPLATES
from services.ogc.rights import FICTITIOUS, as_of, attribution, display_title, rights_of
from services.ogc.source import Source
from services.settings import City

_FREQUENCIES = {
    UpdateFrequency.CONTINUAL: Text("常時", "continual"),
    UpdateFrequency.DAILY: Text("毎日", "daily"),
    UpdateFrequency.MONTHLY: Text("毎月", "monthly"),
    UpdateFrequency.ANNUALLY: Text("毎年", "annually"),
    UpdateFrequency.AS_NEEDED: Text("随時", "as needed"),
    UpdateFrequency.IRREGULAR: Text("不定期", "irregular"),
    UpdateFrequency.NOT_PLANNED: Text("予定なし", "not planned"),
}
_MVT = {"name": "mvt", "mimetype": "application/vnd.mapbox-vector-tile"}
_PNG = {"name": "png", "mimetype": "image/png"}
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def pygeoapi_config(city: City, sources: Iterable[Source], manager: Mapping[str, Any]) -> dict[str, Any]:
    """The whole configuration; ``server.url`` is set per request (``CityApi.reached_at``).

    ``manager`` is what ``services.ogc.jobs.manager`` needs.
    """
    sources = list(sources)
    fictitious = any(source.state.fictitious for source in sources)
    title = Text(f"{city.name_ja} 統合型GIS OGC API", f"{city.name_en} integrated GIS OGC API")
    description = Text(
        f"{city.prefecture_ja}{city.name_ja}の防災、消防、オープンデータの地図データ。",
        f"Maps and data of {city.name_en}, {city.prefecture_en}, Japan: disaster prevention, fire service, open data.",
    )
    if fictitious:
        description = Text(
            f"{description.ja}この配信は架空データを含みます。", f"{description.en} Some of the data is fictitious."
        )
    return {
        "server": {
            "url": "/ogc",
            "languages": ["ja", "en"],
            "encoding": "utf-8",
            "gzip": False,
            "pretty_print": False,
            "limits": {"default_items": DEFAULT_ITEMS, "max_items": MAX_ITEMS, "on_exceed": "throttle"},
            "templates": {"path": str(TEMPLATES)},
            "manager": dict(manager),
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": _languages(title),
                "description": _languages(description),
                "keywords": {"ja": ["防災", "消防", "オープンデータ", city.name_ja], "en": ["GIS", city.name_en]},
                "keywords_type": "theme",
                "terms_of_service": city.contact_url,
                "url": city.contact_url,
            },
            "license": {
                "name": {"ja": "レイヤーごとに異なる", "en": "differs by collection"},
                "url": city.contact_url,
            },
            "provider": {"name": {"ja": city.name_ja, "en": city.name_en}, "url": city.contact_url},
            "contact": {"name": city.contact_name, "url": city.contact_url, "role": "pointOfContact"},
        },
        "resources": _resources(sources, city),
    }


def _resources(sources: list[Source], city: City) -> dict[str, Any]:
    layers = {source.layer.id: _collection(source, city) for source in sources}
    if catalogue.CATALOGUE in layers:
        raise InputError(f"No layer may have the id {catalogue.CATALOGUE!r}: it is that of the catalogue of layers.")
    whole = catalogue.catalogue_of(layers.values(), city)
    for entry in whole.entries:
        layers[entry.id]["linked"] = partial(schema_org.dataset, entry)
    described = {"document": partial(records.collection, whole)}
    return {**layers, catalogue.CATALOGUE: catalogue.resource(whole) | described}


def _collection(source: Source, city: City) -> dict[str, Any]:
    layer, state = source.layer, source.state
    sensor = sensor_of(source, city.time_zone)
    frequency = _FREQUENCIES[layer.update_frequency]
    notice = Text("【架空データ】", "[FICTITIOUS DATA] ") if state.fictitious else None
    description = {
        "ja": f"{notice.ja if notice else ''}{layer.description.ja}"
        f" 出典：{attribution(source, 'ja')}。データ時点：{as_of(source, 'ja')}。更新：{frequency.ja}。"
        f"所管：{layer.owner.ja}。",
        "en": f"{notice.en if notice else ''}{layer.description.en}"
        f" Source: {attribution(source, 'en')}. As of: {as_of(source, 'en')}. Updated: {frequency.en}."
        f" Owner: {layer.owner.en}.",
    }
    own = list(layer.keywords)
    return {
        "type": "collection",
        "title": _languages(display_title(source)),
        "description": description,
        "keywords": {
            "ja": [*own, layer.title.ja, *([FICTITIOUS.ja] if state.fictitious else [])],
            "en": [*own, layer.title.en, *([FICTITIOUS.en] if state.fictitious else [])],
        },
        "links": [
            {
                "type": "text/html",
                "rel": "license",
                "title": _languages(licence.title),
                "href": licence.url,
            }
            for licence in rights_of(source)
            if licence.url
        ],
        "extents": _extents(source, city),
        "providers": [*_providers(source), *([] if sensor is None else [provider_definition(sensor)])],
        "formatters": formatters_of(source, city),
        "source": source,
        "sensor": sensor,
    }


def _extents(source: Source, city: City) -> dict[str, Any]:
    extents: dict[str, Any] = {"spatial": {"bbox": list(source.bounds or city.bbox), "crs": CRS84}}
    times = source.times if source.observations is None else source.observations.times
    if times is not None:
        begin, end = (time.isoformat().replace("+00:00", "Z") for time in times)
        extents["temporal"] = {"begin": begin, "end": end, "trs": _GREGORIAN}
    return extents


def _providers(source: Source) -> list[dict[str, Any]]:
    layer = source.layer
    feature: dict[str, Any] = {
        "type": "feature",
        "default": True,
        "name": "services.ogc.features.provider.FeatureProvider",
        "data": source,
        "id_field": "id",
        "crs": list(served_crs(source.plane_crs)) if source.has_geometry else [CRS84],
        "storage_crs": CRS84,
    }
    found = [feature]  # of grids their footprints: what there is, of which date and source
    if has_coverage(layer):
        found += [
            {
                "type": kind,
                "name": f"services.ogc.rasters.providers.{name}",
                "data": source,
                "format": _PNG,
                "storage_crs": CRS84,
            }
            for kind, name in (("coverage", "CoverageProvider"), ("map", "MapProvider"))
        ]
    if not source.has_geometry or has_heights(layer):
        return found
    return [
        *found,
        {
            "type": "tile",
            "name": "services.ogc.tiles.provider.TileProvider",
            "data": source,
            "format": _MVT,
        },
    ]


def _languages(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}
