"""Styles and legends (OGC API Styles, draft 20-009), of one collection and of the whole map."""

from layers.model import Text
from services.ogc.pages.model import Format, Page, Parameter, Schema
from services.ogc.source import Source
from services.ogc.styles.choices import CITY_STYLE, DEFAULT, choices, is_styled

_TAG = "Styles"
MAPBOX = Format("mapbox", "application/vnd.mapbox.style+json", Text("MapLibreスタイル", "MapLibre style"))
MAPLIBRE = Format("maplibre", "application/vnd.mapbox.style+json", Text("MapLibreスタイル", "MapLibre style"))
SLD_10 = Format("sld10", "application/vnd.ogc.sld+xml;version=1.0", Text("SLD 1.0", "SLD 1.0"))
SLD_11 = Format("sld11", "application/vnd.ogc.sld+xml;version=1.1", Text("SLD 1.1", "SLD 1.1"))
LEGEND_PNG = Format("png", "image/png", Text("PNG", "PNG"))
LEGEND_SVG = Format("svg", "image/svg+xml", Text("SVG", "SVG"))
_SPRITE_JSON = Format("json", "application/json", Text("スプライトの索引", "Index of the sprite"))

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/{each}"
    for each in ("core", "html", "mapbox-styles", "sld-10", "sld-11")
)

_HANDLERS = "services.ogc.styles.handlers"


def _known_styles(source: Source) -> Schema:
    return {"type": "string", "enum": list(dict.fromkeys((DEFAULT, *(each.id for each in choices(source.layer)))))}


_WHICH = Text("スタイル。", "Style.")
_STYLE_OF_LAYER = Parameter("style", _WHICH, _known_styles, example=DEFAULT)
_STYLE = Parameter("style", _WHICH, {"type": "string", "enum": [CITY_STYLE]}, example=CITY_STYLE)

PAGES = (
    Page(
        path="/collections/{collection}/styles",
        handler=f"{_HANDLERS}:collection_styles",
        tag=_TAG,
        summary=Text("スタイルの一覧", "Styles of a collection"),
        offered=is_styled,
    ),
    Page(
        path="/collections/{collection}/styles/{style}",
        handler=f"{_HANDLERS}:collection_style",
        path_parameters=(_STYLE_OF_LAYER,),
        tag=_TAG,
        summary=Text("スタイル", "One style"),
        formats=(MAPBOX, MAPLIBRE, SLD_10, SLD_11),
        offered=is_styled,
    ),
    Page(
        path="/collections/{collection}/styles/{style}/metadata",
        handler=f"{_HANDLERS}:collection_style_metadata",
        path_parameters=(_STYLE_OF_LAYER,),
        tag=_TAG,
        summary=Text("スタイルの説明", "What is said of a style"),
        offered=is_styled,
    ),
    Page(
        path="/collections/{collection}/styles/{style}/legend",
        handler=f"{_HANDLERS}:collection_legend",
        path_parameters=(_STYLE_OF_LAYER,),
        tag=_TAG,
        summary=Text("凡例", "Legend"),
        formats=(LEGEND_PNG, LEGEND_SVG),
        offered=is_styled,
    ),
    Page(
        path="/styles",
        handler=f"{_HANDLERS}:city_styles",
        tag=_TAG,
        summary=Text("地図全体のスタイルの一覧", "Styles of the whole map"),
    ),
    Page(
        path="/styles/{style}",
        handler=f"{_HANDLERS}:whole_city_style",
        path_parameters=(_STYLE,),
        tag=_TAG,
        summary=Text("地図全体のスタイル", "The style of the whole map"),
        formats=(MAPBOX, MAPLIBRE),
    ),
    *(
        Page(
            path=f"/styles/sprite{scale}.{suffix}",
            handler=f"{_HANDLERS}:sprite",
            tag=_TAG,
            summary=Text("模様のスプライト", "Sprite of the patterns"),
            formats=(form,),
        )
        for scale in ("", "@2x")
        for suffix, form in (("json", _SPRITE_JSON), ("png", LEGEND_PNG))
    ),
)
