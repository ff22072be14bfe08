"""CQL2 filters (OGC 21-065r2), text and JSON, as conditions for PostGIS.

``parse`` reads a filter without knowing a layer; ``condition`` makes SQL of it for one.  Between them is the tree of
``tree``.  Everything that is wrong with a filter is a ``ParameterError``; no filter makes the database fail on a row.
"""

from typing import Literal, get_args

from layers.model import Text
from services.ogc import filters
from services.ogc.cql2.conditions.compiler import Compiler
from services.ogc.cql2.encodings import cql2_json, cql2_text
from services.ogc.cql2.gdal import standardised
from services.ogc.cql2.tree import Expression
from services.ogc.crs import CRS84, served_crs
from services.ogc.errors import ParameterError
from services.ogc.source import Source

Language = Literal["cql2-text", "cql2-json", "cql-text"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""``cql-text`` is what GDAL calls the text: it sends its filters only to servers whose definition names it."""

_CONFORMANCE = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMANCE: tuple[str, ...] = tuple(
    _CONFORMANCE + name
    for name in (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "accent-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "temporal-functions",
        "array-functions",
        "property-property",
        "arithmetic",
    )
)
"""All classes of the standard but ``functions``: there are none beside those it defines."""


def parse(text: str, language: Language) -> Expression:
    """The tree of a filter.

    Takes milliseconds, whatever the text; filters longer than ``encodings.limits.MAX_LENGTH`` characters or deeper
    than ``MAX_DEPTH`` levels are refused.

    Raises
    ------
    ParameterError
        For parameter ``filter``, with the character (text) or path (JSON) where it cannot be read.
    """
    if language == "cql2-json":
        return cql2_json.parse(text)
    return cql2_text.parse(text, ilike=language == "cql-text")


def condition(expression: Expression, source: Source, filter_crs: str = CRS84) -> filters.Condition:
    """What a ``WHERE`` needs: features for which the filter is true; not those for which it is false or unknown (NULL).

    ``filter_crs`` is the URI of the system of its geometries, which are in that system's axis order.

    Raises
    ------
    ParameterError
        For parameter ``filter``: unknown properties and functions, types that do not go together, geometries that
        are not valid.  For parameter ``filter-crs``: a system that is not served.
    """
    known = served_crs(source.plane_crs)
    if filter_crs not in known:
        raise ParameterError(
            "filter-crs",
            Text(f"次のいずれかを指定してください: {', '.join(known)}", f"give one of {', '.join(known)}."),
        )
    found = Compiler(source, known[filter_crs]).condition(expression)
    return found.sql, list(found.values)


__all__ = ["CONFORMANCE", "LANGUAGES", "Expression", "Language", "condition", "parse", "standardised"]
