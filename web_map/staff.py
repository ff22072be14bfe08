"""What the staff's pages are drawn from: the layers of the map, and what these are in the fire service's work."""

from collections.abc import Mapping, Sequence

from layers import evacuation_orders, fire_codes
from layers.model import Duty, Layer
from web_map.view import CityFacts, LayerState, MapUrls, map_view

PAGES: Mapping[str, str] = {"/responder": "responder", "/desk": "desk"}
"""Templates by the path of their page; the first is where one goes who has just signed in."""


def sign_in_view(urls: MapUrls, city: CityFacts, wanted: str, name: str, problem: str | None) -> dict[str, object]:
    """The view of the form.  ``wanted``: the page to go on to; ``name``: as it was given; ``problem``: why in vain."""
    return {
        "city": {"name": {"ja": city.name_ja, "en": city.name_en}},
        "urls": {"static": urls.static, "page": "/sign-in"},
        "wanted": wanted,
        "name": name,
        "problem": problem,
    }


def staff_view(
    layers: Sequence[Layer], states: Mapping[str, LayerState], urls: MapUrls, city: CityFacts, public: str
) -> dict[str, object]:
    """The view of the responder's screen and the desk's: that of the map, with the layers' duties and status keys.

    ``public``: where citizens find the answer page, without a final slash.
    """
    view = map_view(layers, states, urls, city)
    addresses = view["urls"]
    assert isinstance(addresses, dict)  # noqa: S101 - made a line above
    found = {layer.duty: layer for layer in layers if layer.duty is not None}
    keys = found[Duty.VEHICLES].by_name["status"].codes
    assert keys is not None  # noqa: S101 - it is declared as a field of codes
    return {
        **view,
        "urls": {**addresses, "public": public},
        "order_actions": {
            str(level): {"ja": action.ja, "en": action.en} for level, action in evacuation_orders.ACTIONS.items()
        },
        "duties": {str(duty): layer.id for duty, layer in found.items()},
        "keys": [
            {
                "value": key,
                "title": {"ja": keys.by_value[key].title.ja, "en": keys.by_value[key].title.en},
                "color": keys.by_value[key].color,
                "field": fire_codes.time_field(key),
            }
            for key in fire_codes.KEYS_OF_A_DISPATCH
        ],
    }
