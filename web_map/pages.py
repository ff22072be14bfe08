"""The pages, rendered on the server from plain data; each is a whole document that reads without JavaScript."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from layers.model import Theme
from web_map.texts import client_texts, languages, texts

_FOLDER = Path(__file__).parent

STATIC_FOLDER = _FOLDER / "static"
"""Served under ``urls.static``."""
MAPLIBRE_FOLDER = _FOLDER.parent / "node_modules" / "maplibre-gl" / "dist"
"""Served under ``urls.static`` + ``/vendor/maplibre-gl``: the installed npm package, never copied."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # data: for the icons inside MapLibre's own style sheet
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""What the pages need and no more: nothing inline, no eval, no blob, nothing from another origin."""


def map_page(view: Mapping[str, object], language: str) -> str:
    """The map page in ``language`` (one of ``web_map.texts.languages()``) as HTML.

    Parameters
    ----------
    view:
        As made by ``web_map.view.map_view``.
    language:
        Raises ``NotFoundError`` where there are no texts in it.
    """
    words = texts(language)
    local = localise(view, language)
    return (
        _environment()
        .get_template("map.html")
        .render(
            view=local,
            themes=_by_theme(local),
            language=language,
            languages=[(tag, texts(tag)["language.name"]) for tag in languages()],
            t=lambda key, **values: _fill(words[key], values),
            number=lambda value: f"{value:,}",
            data={"language": language, "texts": client_texts(language), **_for_browser(local)},
        )
    )


def localise(value: Any, language: str) -> Any:
    """``value`` with every pair ``{"ja": ..., "en": ...}`` in it replaced by the text of ``language``.

    Languages without a text of their own read the English one.
    """
    if isinstance(value, Mapping):
        if value.keys() == {"ja", "en"}:
            return value["ja" if language.split("-")[0] == "ja" else "en"]
        return {key: localise(item, language) for key, item in value.items()}
    if isinstance(value, list):
        return [localise(item, language) for item in value]
    return value


def _for_browser(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the ES modules need; long texts that stand in the HTML already are left out."""
    layers = [{key: item for key, item in layer.items() if key != "description"} for layer in view["layers"]]
    return {**view, "layers": layers}


def _by_theme(view: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Theme and its layers, in the order of the model; themes without a layer are left out."""
    groups = ((theme.value, [layer for layer in view["layers"] if layer["theme"] == theme.value]) for theme in Theme)
    return [(theme, members) for theme, members in groups if members]


def _fill(text: str, values: Mapping[str, object]) -> str:
    """``{name}`` in a text replaced by its value; escaping is left to the template."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # tojson also escapes <, >, & and ', so that no value can end the script element it stands in.
    environment.policies["json.dumps_kwargs"] = {
        "ensure_ascii": False,
        "sort_keys": False,
        "separators": (",", ":"),
        "allow_nan": False,
    }
    return environment
