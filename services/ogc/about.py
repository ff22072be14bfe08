"""What collections and their properties say beyond the standard, in one language."""

from typing import Any

from layers.model import FieldKind, Geometry
from services.ogc.rights import as_of, attribution, rights_of
from services.ogc.source import IDENTIFIER, Source


def collection_metadata(source: Source, language: str) -> dict[str, Any]:
    """What a collection says beyond the standard: licence, attribution, owner, date, fictitious or not."""
    layer, state = source.layer, source.state
    return {
        "license": ", ".join(licence.id for licence in rights_of(source)),
        "attribution": attribution(source, language),
        "owner": layer.owner.in_language(language),
        "updateFrequency": str(layer.update_frequency),
        "asOf": as_of(source, language),
        "fictitious": state.fictitious,
        "revision": state.revision,
        "numberOfFeatures": source.row_count,
    }


def queryables(document: dict[str, Any], source: Source, language: str) -> None:
    """Completes a queryables document: the id, the kind of geometry, nothing else than what is listed.

    pygeoapi lists a geometry of any kind for every collection, and no id.
    """
    listed: dict[str, Any] = document["properties"]
    geometry = listed.pop("geometry", None)
    identifier = {"type": "string", "title": IDENTIFIER.title.in_language(language), "x-ogc-role": "id"}
    first: dict[str, Any] = {IDENTIFIER.name: identifier}
    if geometry is not None and source.has_geometry:
        named = {Geometry.RASTER: "multipolygon", Geometry.ANY: "any"}
        kind = named.get(source.layer.geometry, source.layer.geometry.value.lower())
        first["geometry"] = {"format": f"geometry-{kind}", "x-ogc-role": "primary-geometry"}
    document["properties"] = first | listed
    document["additionalProperties"] = False


def described(source: Source, language: str) -> dict[str, dict[str, Any]]:
    """Title, unit and codes of each property, as JSON Schema annotations in one language."""
    found: dict[str, dict[str, Any]] = {}
    for name, column in source.columns.items():
        about: dict[str, Any] = {"title": column.title.in_language(language)}
        if column.description is not None:
            about["description"] = column.description.in_language(language)
        if column.unit is not None:
            about["x-ogc-unit"] = column.unit
        if column.kind is FieldKind.CODE and column.codes is not None:
            about["oneOf"] = [
                {"const": code.value, "title": code.title.in_language(language)} for code in column.codes.codes
            ]
        if column.members is not None:
            listed = [{"const": each.value, "title": each.title.in_language(language)} for each in column.members.codes]
            about["items"] = {"type": "string", "oneOf": listed}
        found[name] = about
    return found
