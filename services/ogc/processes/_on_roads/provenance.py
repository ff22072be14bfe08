"""What every process on the road network takes and says: the vehicle, places on roads, and where all is from."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from geo.network.profiles import PROFILES
from geo.travel.conditions import Conditions
from geo.travel.snapping import Snap
from layers import elevation, road_barriers, turn_restrictions
from layers import road_closures as closures
from layers import roads as road_layer
from layers.model import Layer
from layers.text import Text
from services.ogc.processes._model import Context, Input, or_null
from services.ogc.processes._on_roads.slope import notes as slope_notes
from services.ogc.processes._place import Place
from services.ogc.processes._sources import SCHEMA, source_document

_JAPAN = ZoneInfo("Asia/Tokyo")
REACH_M = 500.0
"""How far from a road a place may lie."""

A_PLACE = Text("経度と緯度（度）、GeoJSONのPoint、または住所。", "Longitude and latitude, a Point, or an address.")
PROFILE = Input(
    title=Text("車両", "Vehicle"),
    description=Text(
        "車両の種類、徒歩、車いすなど。通れる幅員、高さ、重さ、水深と速さが決まる。",
        "Kind of vehicle, walking, wheelchair: it says what roads it needs and how fast it goes.",
    ),
    schema={"type": "string", "enum": list(PROFILES), "default": "pumper"},
    required=False,
)

_CALIBRATION = {
    "type": "object",
    "required": ["calibrated", "source", "as_of", "digest"],
    "properties": {
        "calibrated": {"type": "boolean"},
        "source": {"type": "string"},
        "as_of": or_null({"type": "string", "format": "date"}),
        "digest": {"type": "string"},
    },
}
PROVENANCE: Mapping[str, Any] = {
    "vehicle": {"type": "object", "required": ["id", "title"]},
    "calibration": _CALIBRATION,
    "sources": {"type": "array", "items": SCHEMA},
    "fictitious": {"type": "boolean"},
    "notes": {"type": "array", "items": {"type": "string"}},
}
"""Members of an answer by which it says for whom it is and where it is from; schemas by name.

``calibration`` is where speeds, sizes and widths are from that nobody measured on the road itself.
"""

FREE_FLOW = Text(
    "所要時間は、渋滞や信号を含まない、道路の種別ごとの標準的な速さによる。",
    "Times are of usual speeds by class of road, without congestion and signals.",
)
_FICTITIOUS = Text(
    "架空データによるものである。実際の判断には使わないこと。",
    "This is of fictitious data. Do not use it for real decisions.",
)
_NO_CLOSURES = Text(
    "いまの通行止めや冠水は考慮していない。",
    "Roads that are closed or flooded now are not taken into account.",
)
_RELEASED = Text(
    "通行止めと冠水は、市が公開したもの（{at}現在）だけを反映している。公開されていない規制があり得る。現地の規制に従うこと。",
    "Of closed and flooded roads only those are honoured that the city has made public (as of {at}); there may be "
    "others: follow what is posted there.",
)
_BEFORE = Text(
    "道路データが更新され、道路網を作り直している。これは更新前の道路によるものである。",
    "The roads were updated and the network is being rebuilt; this is on the roads before.",
)
_NO_BARRIERS = Text(
    "車止めや門のデータが読み込まれていない。ないのではなく、不明である。",
    "Barriers (bollards, gates) are not loaded: they are not absent but unknown.",
)
_OLD = Text(
    "道路データは{as_of}時点のもので、{days}日より古い。その後の道路や規制は含まれない。",
    "The road data are as of {as_of}, more than {days} days ago: roads and rules since then are not in them.",
)
_UNDATED = Text("道路データの時点が不明である。", "It is not known of which date the road data are.")
_DEFAULTS = Text("本システムの初期値（未校正）", "defaults, not calibrated")


def near(now: Conditions, place: Place, most: int = 1) -> list[Snap]:
    """The places on roads of this vehicle that are nearest to a place; none where no road is near."""
    return now.topology.places.near(place.lon, place.lat, now.usable, REACH_M, most)


def _of_closures(context: Context) -> list[Text]:
    """What is to be said of closures: that none are known, or which ones on the public face."""
    if not context.roads.knows_closures():
        return [_NO_CLOSURES]
    state = context.layers.state(closures.LAYER.id)
    if state is None or state.published_at is None:  # the staff see them all
        return []
    at = f"{state.published_at.astimezone(_JAPAN):%Y-%m-%d %H:%M}"
    return [Text(_RELEASED.ja.format(at=at), _RELEASED.en.format(at=at))]


def provenance(
    now: Conditions,
    context: Context,
    notes: list[Text],
    *,
    fictitious: bool,
    beside: Sequence[Layer] = (),
    by_length: bool = False,
) -> dict[str, Any]:
    """The members of ``PROVENANCE``; ``fictitious`` where a place is, ``beside`` what was read beside the roads,
    ``by_length`` where times, and so slopes, are none of it.
    """
    of_closures = [closures.LAYER] if context.roads.knows_closures() else []
    has_slopes = not (now.profile.drives or by_length)
    of_heights = [elevation.LAYER] if has_slopes else []
    read = (road_layer.LAYER, turn_restrictions.LAYER, road_barriers.LAYER, *of_heights, *of_closures, *beside)
    sources = [source for layer in read if (source := source_document(layer, context)) is not None]
    made_up = fictitious or any(source["fictitious"] for source in sources)
    said = [
        *notes,
        *(slope_notes(context) if has_slopes else []),
        *_of_closures(context),
        *([] if context.roads.is_current() else [_BEFORE]),
        *_on_age(sources, context),
        *([] if _has_rows(road_barriers.LAYER, context) else [_NO_BARRIERS]),
        *([_FICTITIOUS] if made_up else []),
    ]
    profile = now.profile
    return {
        "vehicle": {
            "id": profile.id,
            "title": profile.title_ja if context.language == "ja" else profile.title_en,
            "width_m": profile.width_m,
            "height_m": profile.height_m,
            "length_m": profile.length_m,
            "mass_t": profile.mass_t,
            "min_road_width_m": profile.min_road_width_m,
            "wading_depth_m": profile.wading_depth_m,
        },
        "calibration": _calibration(context),
        "sources": sources,
        "fictitious": made_up,
        "notes": [context.say(note) for note in said],
    }


def _on_age(sources: Sequence[Mapping[str, Any]], context: Context) -> list[Text]:
    """What is to be said of the age of the roads: nothing where they are younger than the city has set."""
    source = next((each for each in sources if each["layer"] == road_layer.LAYER.id), None)
    if source is None:
        return []
    if source["as_of"] is None:
        return [_UNDATED]
    days = context.city.road_data_max_age_days
    today = context.clock().astimezone(ZoneInfo(context.city.time_zone)).date()
    if (today - date.fromisoformat(source["as_of"])).days <= days:
        return []
    return [Text(*(each.format(as_of=source["as_of"], days=days) for each in (_OLD.ja, _OLD.en)))]


def _has_rows(layer: Layer, context: Context) -> bool:
    state = context.layers.state(layer.id)
    return state is not None and bool(state.row_count)


def _calibration(context: Context) -> dict[str, Any]:
    found = context.roads.figures()
    return {
        "calibrated": found.is_calibrated,
        "source": found.source if found.is_calibrated and found.source else context.say(_DEFAULTS),
        "as_of": found.as_of.isoformat() if found.is_calibrated and found.as_of else None,
        "digest": found.digest,
    }
