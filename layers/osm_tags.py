"""Tags of OpenStreetMap that several layers read, and what their values mean."""

import re
from collections.abc import Mapping

from layers.fields import text
from layers.model import Field, Text, Values

OSM_FIELDS: tuple[Field, ...] = (
    text(
        "osm_id",
        "OSM番号",
        "OSM id",
        description=Text(
            "n（点）、w（線）、r（関係）と、資料の中の番号。",
            "n (node), w (way) or r (relation) and the number in the file; extracts made by other programs renumber.",
        ),
    ),
    text("osm_type", "OSM要素の種類", "OSM element type"),
)
NAME_TAGS: Mapping[str, str] = {
    "osm_id": "osm_id",
    "osm_type": "osm_type",
    "name:ja": "name",
    "name": "name",
    "name:ja-Hira": "name_kana",
    "name:ja_kana": "name_kana",
    "name:en": "name_english",
}
CONTACT_TAGS: Mapping[str, str] = {
    "addr:full": "address",
    "phone": "telephone",
    "contact:phone": "telephone",
    "website": "url",
    "contact:website": "url",
    "addr:postcode": "postal_code",
}

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(m|metres?|meters?|cm|mm|km|ft|')?")
_METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001, "km": 1000.0, "ft": 0.3048, "'": 0.3048}
_FEET_AND_INCHES = re.compile(r"(\d+)'\s*(?:(\d+(?:\.\d+)?)\")?")
_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?")
_KPH = {"mph": 1.609344, "knots": 1.852}
WALKING_PACE_KPH = 5.0
"""What ``maxspeed=walk`` stands for here (OSM gives no number)."""


def metres(value: object) -> object:
    """A length of OSM in metres (default unit m); what is no length is returned as it is, for the checks to report."""
    text = str(value).strip()
    if matched := _FEET_AND_INCHES.fullmatch(text):
        return round((int(matched[1]) + float(matched[2] or 0) / 12) * 0.3048, 3)
    if matched := _LENGTH.fullmatch(text):
        unit = matched[2] or "m"
        return round(float(matched[1]) * _METRES.get(unit, 1.0), 3)
    return value


def kilometres_per_hour(value: object) -> object:
    """A speed of OSM in km/h (default unit km/h); None for ``none`` and ``signals``; else returned as it is."""
    text = str(value).strip()
    if text == "walk":
        return WALKING_PACE_KPH
    if text in ("none", "signals", "variable"):
        return None
    if matched := _SPEED.fullmatch(text):
        return round(float(matched[1]) * _KPH.get(matched[2] or "", 1.0), 1)
    return value


def is_yes(value: object) -> bool | None:
    """Whether a tag whose values are ``no`` or a kind (bridge, tunnel) is set; None where it is absent."""
    text = str(value or "").strip()
    return None if not text else text not in ("no", "false", "0")


def contact_values(values: Values) -> Values:
    """The first of several telephone numbers or addresses that a tag lists with ``;``."""
    return {
        name: str(values[name]).split(";")[0].strip()
        for name in ("telephone", "url")
        if name in values and values[name] is not None
    }


def osm_reference(values: Values) -> Values:
    """``osm_id`` with its element's initial (n123, w123, r123): the members of relations are named so."""
    element = str(values.get("osm_type") or "way")
    return {"osm_id": f"{element[0]}{values['osm_id']}"}
