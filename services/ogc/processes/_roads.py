"""What every process on the road network takes and says: the vehicle, places on roads, and where all is from."""

from collections.abc import Mapping, Sequence
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
from services.ogc.processes._model import Context, Input
from services.ogc.processes._place import Place
from services.ogc.processes._slope import notes as slope_notes
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

PROVENANCE: Mapping[str, Any] = {
    "vehicle": {"type": "object", "required": ["id", "title"]},
    "sources": {"type": "array", "items": SCHEMA},
    "fictitious": {"type": "boolean"},
    "notes": {"type": "array", "items": {"type": "string"}},
}
"""Members of an answer by which it says for whom it is and where it is from; schemas by name."""

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
        *([_FICTITIOUS] if made_up else []),
    ]
    profile = now.profile
    return {
        "vehicle": {
            "id": profile.id,
            "title": profile.title_ja if context.language == "ja" else profile.title_en,
            "width_m": profile.width_m,
            "height_m": profile.height_m,
            "mass_t": profile.mass_t,
            "min_road_width_m": profile.min_road_width_m,
            "wading_depth_m": profile.wading_depth_m,
        },
        "sources": sources,
        "fictitious": made_up,
        "notes": [context.say(note) for note in said],
    }
