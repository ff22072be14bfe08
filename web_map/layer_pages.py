"""The pages of the data themselves: the catalogue of layers, and of each layer what it is and how to get it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from web_map.drawing import shared_environment
from web_map.pages import CONTENT_SECURITY_POLICY as STRICT
from web_map.pages import by_theme, fill, localise
from web_map.ruby import with_ruby, without_ruby
from web_map.texts import languages, texts

PAGE = "/layers"
"""Path of the catalogue; a layer's page is below it, by its id."""

CONTENT_SECURITY_POLICY = f"{STRICT}; frame-src 'self'"
"""The pages' policy, and the map of the same origin on demand."""


def catalogue_page(view: Mapping[str, Any], base: str, language: str) -> str:
    """The catalogue of the layers of a map's view (``web_map.view.map_view``) as HTML.

    ``base`` is the address of the server, without a final slash.
    """
    local = localise(view, language)
    return _drawn("layers.html", local, base, PAGE, language, themes=by_theme(local))


def layer_page(view: Mapping[str, Any], about: Mapping[str, Any], base: str, language: str) -> str:
    """The page of one layer as HTML; it reads and works without JavaScript.

    Parameters
    ----------
    view:
        Of a map of this layer alone.
    about:
        What the view does not say: ``fields``, ``downloads`` (``size`` None: not known), ``accesses``, ``examples``
        (``tool``, ``code`` and ``menu``, None where the code is for a shell), ``quality`` (None: not measured),
        ``bounds``, ``updated``, ``picture`` (None: there is none), ``embed`` (address of its map) and ``dataset`` for
        search engines (None: there are no data).
    """
    local = localise(view, language)
    (layer,) = local["layers"]
    path = f"{PAGE}/{quote(layer['id'])}"
    return _drawn("layer.html", local, base, path, language, layer=layer, about=localise(about, language))


def _drawn(template: str, view: Mapping[str, Any], base: str, path: str, language: str, **values: object) -> str:
    words = texts(language)

    def say(key: str, **given: object) -> str:
        return fill(words[key], given)

    return (
        shared_environment()
        .get_template(template)
        .render(
            view=view,
            language=language,
            languages=[(tag, texts(tag)["language.name"]) for tag in languages()],
            address=lambda tag: f"{base}{path}?lang={tag}",
            path=path,
            layers=PAGE,
            t=lambda key, **given: with_ruby(say(key, **given)),
            p=lambda key, **given: without_ruby(say(key, **given)),
            number=lambda value: f"{value:,}",
            **values,
        )
    )
