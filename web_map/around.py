"""The map of the surroundings inside the answer page: which hazards it can show, their legends, where its parts are.

What it draws comes from the OGC API; which layers that are is in no page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.model import Code, Layer
from web_map.card import CardAsked, CardUrls
from web_map.ruby import without_ruby
from web_map.texts import texts

_CLIENT = ("around.", "client.maplibre.")
_ALSO = (
    "client.list_separator",
    "client.no_data",
    "client.tiles_failed",
    "client.tiles_recovered",
    "card.walk_minutes",
    "card.class_unknown",
)

type Legends = Mapping[str, Sequence[Mapping[str, Any]]]
"""By hazard layer, as ``legend`` makes them; the same each time."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A hazard that has areas of its own: its layer, and whether there are any data of it."""

    layer: Layer
    is_known: bool


def around_view(
    answer: Mapping[str, Any],
    asked: CardAsked,
    urls: CardUrls,
    legends: Legends,
) -> dict[str, Any] | None:
    """What the answer page says of the map: None where the answer is of no place, or of one beyond the border.

    Shown is the hazard that the address names, else the first that the place is inside of, else the first.
    """
    place = answer["place"]
    found = [each for each in answer["hazards"] if each["id"] in legends]
    if place is None or place["in_city"] is False or not found:
        return None
    named = [each for each in found if each["id"] == asked.show]
    inside = [each for each in found if each["state"] == "inside"]
    shown = (named or inside or found)[0]
    error = f"&error={place['position_error_m']:.0f}" if place["position_error_m"] else ""
    return {
        "lon": place["lon"],
        "lat": place["lat"],
        "asked": asked.begun(urls),
        "where": f"lon={place['lon']:.6f}&lat={place['lat']:.6f}{error}",
        "shown": shown,
        "hazards": tuple([(each["id"], each["type"], each["name"]) for each in found]),
        "legend": legends[shown["id"]],
    }


def around_data(
    ground: Sequence[Layer], mapped: Sequence[Mapped], urls: CardUrls, language: str, legends: Legends
) -> dict[str, Any]:
    """What the module of the map needs, once for all places."""
    words = texts(language)
    wanted = (key for key in words if key.startswith(_CLIENT) or key in _ALSO)
    return {
        "language": language,
        "texts": {key: without_ruby(words[key]) for key in wanted},
        "urls": {"ogc": urls.ogc, "static": urls.static, "page": urls.page},
        "ground": [layer.id for layer in ground],
        "hazards": [
            {
                "id": each.layer.id,
                "type": each.layer.hazard.type if each.layer.hazard else "",
                "known": each.is_known,
                "by": each.layer.style.by,
                "legend": legends[each.layer.id],
            }
            for each in mapped
        ],
    }


def legend(layer: Layer, hatches: Mapping[str | int | bool, str], language: str) -> list[dict[str, Any]]:
    """The classes of a hazard's scenario that is shown first, and what is in none of them.

    hatches:
        By class, the lines of its pattern on a swatch as an SVG path; what is absent is plain.
    """
    words = texts(language)
    field = layer.by_name[layer.style.by] if layer.style.by is not None else None
    codes = {} if field is None or field.codes is None else field.codes.by_value
    entries = [
        {
            "value": entry.value,
            "title": _title(codes.get(str(entry.value)), language) or without_ruby(entry.title.in_language(language)),
            "color": entry.color,
            "hatch": hatches.get(entry.value, ""),
        }
        for entry in layer.style.classes
        if _is_shown(str(entry.value), layer)
    ]
    other = {"value": None, "title": without_ruby(words["card.class_unknown"]), "color": layer.style.color, "hatch": ""}
    return [*entries, other]


def _is_shown(value: str, layer: Layer) -> bool:
    """Where scenarios lie upon one another the first is shown, and the first says how classes of it begin."""
    if layer.style.one_of is None:
        return True
    first = str(layer.style.classes[0].value).partition("-")[0]
    return value.partition("-")[0] == first


def _title(code: Code | None, language: str) -> str | None:
    """A depth or a duration by its figures, in the words of the card; None of what is told by its name."""
    if code is None or (code.lower is None and code.upper is None):
        return None
    kind = "depth" if str(code.value).startswith("depth") else "duration"
    form = "from" if code.upper is None else "below" if not code.lower else "between"
    text = without_ruby(texts(language)[f"card.{kind}_{form}"])
    for name, value in (("lower", code.lower), ("upper", code.upper)):
        text = text.replace(f"{{{name}}}", "" if value is None else f"{value:g}")
    return text
