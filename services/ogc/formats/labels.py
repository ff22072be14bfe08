"""What a file says of itself wherever its format has a place for it: a file travels without the page it came from."""

from layers.model import Text
from services.ogc.rights import as_of, attribution, display_title, rights_of
from services.ogc.source import Source

_FICTITIOUS = Text(
    "これは試用のための架空データです。実際の判断には使わないでください。",
    "This is fictitious data for trials. Do not use it for real decisions.",
)


def labels(source: Source, language: str) -> dict[str, str]:
    """Title, description, licence, attribution, owner, date, revision, and whether the data is fictitious."""
    licences = rights_of(source)
    return {
        "title": display_title(source).in_language(language),
        "description": description(source, language),
        "licence": ", ".join(licence.id for licence in licences),
        "licence_url": " ".join(licence.url for licence in licences if licence.url),
        "attribution": attribution(source, language),
        "owner": source.layer.owner.in_language(language),
        "as_of": as_of(source, language),
        "fictitious": "true" if source.state.fictitious else "false",
        "layer": source.layer.id,
        "revision": str(source.state.revision),
    }


def description(source: Source, language: str) -> str:
    """The layer's description; of fictitious data it begins with saying so."""
    text = source.layer.description.in_language(language)
    return f"{_FICTITIOUS.in_language(language)} {text}" if source.state.fictitious else text
