"""The HTML pages of the OGC side: small templates of our own, compiled once, with nothing from outside."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.ogc import about, geojson, links, rights, words
from services.ogc.asked import current_or_none
from services.ogc.records import schema_org

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """The one Jinja environment of the process; templates are not looked for again."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False, undefined=StrictUndefined
    )
    made.filters["to_json"] = geojson.dumps
    made.filters["shown"] = shown
    made.filters["web_link"] = web_link
    made.filters["linked_data"] = linked_data
    return made


def render(
    config: dict[str, Any],
    _template_config: dict[str, Any],
    template: str | Path,
    data: dict[str, Any],
    locale: Locale | str | None = None,
) -> str:
    """What replaces ``pygeoapi.util.render_j2_template``; JSON-LD is written without a template."""
    if str(template).endswith(".jsonld"):
        text = geojson.to_json(data)
        return text if isinstance(text, str) else text.decode()
    language = "en" if str(locale or "ja").startswith("en") else "ja"
    return (
        environment()
        .get_template(str(template))
        .render(
            config=config,
            data=data,
            language=language,
            base=config["server"]["url"],
            pages=links.pages_about_data(config["server"]["url"]),
            resources=config["resources"],
            metadata=about.collection_metadata,
            described=about.described,
            attribution=rights.attribution,
            as_of=rights.as_of,
            same_page=_same_page,
            say=lambda text: words.in_language(text, language),
            pick=lambda texts: texts.get(language) or next(iter(texts.values())) if isinstance(texts, dict) else texts,
        )
    )


def _same_page(language: str) -> str:
    """The address of the page in hand in a language, with all else that was asked."""
    asked = current_or_none()
    given = {} if asked is None else asked.given
    return "?" + urlencode({**given, "f": "html", "lang": language})


def shown(value: Any) -> str:
    """A property's value as a cell of a table; absent is an empty cell, never a zero."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


def linked_data(value: dict[str, Any]) -> Markup:
    """A node of schema.org as the content of a ``script`` element, out of which no text of the data leads."""
    text = geojson.dumps({"@context": schema_org.CONTEXT, **value})
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - nothing of HTML is left


def web_link(value: Any) -> bool:
    """True for a text that is an http(s) address: only those become links."""
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https") and " " not in value
