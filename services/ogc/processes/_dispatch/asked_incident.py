"""Where something happened: an incident that was reported, by its number, or a place as it is given."""

from collections.abc import Mapping
from typing import Any

from layers import incidents
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes import _place
from services.ogc.processes._model import Context, Input, Values, or_null

INCIDENTS = incidents.LAYER.id
INPUTS: Mapping[str, Input] = {
    **_place.INPUTS,
    "incident": Input(
        title=Text("災害番号", "Incident"),
        description=Text(
            "災害事案（incidents）の災害番号。庁内のみ。位置、住所のかわりに指定する。",
            "Number of an incident of the layer incidents, on the internal face, in place of a location or an address.",
        ),
        schema={"type": "string", "minLength": 1, "maxLength": 100},
        required=False,
    ),
}
"""The inputs that name an incident; a process that takes them says so in ``exactly_one_of``."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "kind", "strike_level", "status", "reported_at", "closed_at"],
    "properties": {
        "id": {"type": "string"},
        "kind": or_null({"type": "string"}),
        "strike_level": or_null({"type": "string"}),
        "status": or_null({"type": "string"}),
        "reported_at": or_null({"type": "string"}),
        "closed_at": or_null({"type": "string"}),
    },
}
"""Of a reported incident in an output."""

OVER = Text("この事案は終了している。", "This incident is closed.")


def incident_of(inputs: Values, context: Context) -> tuple[_place.Place, Feature | None]:
    """The place, and the incident where a number names it.

    Raises
    ------
    ParameterError
        If not exactly one of the inputs is given, no incident has the number, or as of ``place_of``.
    UnanswerableError
        If incidents are not served here, the incident has no place, or as of ``place_of``.
    """
    if sum(inputs.get(name) is not None for name in INPUTS) != 1:
        raise ParameterError(
            "location",
            Text(
                "位置（location）、住所（address）、災害番号（incident）のどれか1つを指定してください。",
                "give one of location, address and incident.",
            ),
        )
    number = inputs.get("incident")
    if number is None:
        return _place.place_of(inputs, context), None
    if context.layers.state(INCIDENTS) is None:
        raise UnanswerableError(
            Text(
                "災害事案はここでは参照できない。位置（location）か住所（address）を指定すること。",
                "Incidents are not served here. Give a location or an address.",
            )
        )
    found = context.layers.features(INCIDENTS, equal={"incident_id": number})
    if not found:
        raise ParameterError(
            "incident", Text("この災害番号の事案はありません。", "there is no incident of this number.")
        )
    return _place_of(found[0], context), found[0]


def _place_of(incident: Feature, context: Context) -> _place.Place:
    about, point = incident.properties, incident.geometry
    if point is not None:
        error_m = about.get("position_error_m")
        quality = about.get("position_quality")
        return _place.Place(
            point.x,
            point.y,
            quality if quality in ("town", "town-inferred") else _place.AS_GIVEN,
            float(error_m or 0.0),
            about.get("address"),
            fictitious=bool(about.get("fictitious")),
        )
    if about.get("address"):
        return _place.place_named("incident", about["address"], context)
    raise UnanswerableError(
        Text(
            "この事案は位置が分からない。位置（location）か住所（address）を指定すること。",
            "The place of this incident is not known. Give a location or an address.",
        )
    )


def incident_document(incident: Feature | None) -> dict[str, Any] | None:
    """A reported incident as an output has it."""
    if incident is None:
        return None
    about = incident.properties
    names = ("kind", "strike_level", "status", "reported_at", "closed_at")
    return {"id": about["incident_id"], **{name: about.get(name) for name in names}}


def is_over(incident: Feature | None) -> bool:
    """Whether it is a reported one that was closed."""
    return incident is not None and incident.properties.get("closed_at") is not None
