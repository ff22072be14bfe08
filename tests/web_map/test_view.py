"""The view: every layer, where its tiles are, and nothing that JSON cannot say."""

import json
from typing import Any

from layers.catalogue import catalogue
from tests.web_map import small_city
from web_map.view import MapUrls, map_view


def layers_of(view: dict[str, object]) -> dict[str, dict[str, Any]]:
    found: list[dict[str, Any]] = view["layers"]  # type: ignore[assignment]
    return {layer["id"]: layer for layer in found}


def test_addresses_follow_the_revision_in_the_order_row_before_column() -> None:
    flood = layers_of(small_city.view())["flood"]
    assert flood["tiles"] == "/ogc/collections/flood/tiles/WebMercatorQuad/{z}/{y}/{x}?f=mvt&revision=7"
    assert flood["items"] == "/ogc/collections/flood/items"
    assert flood["image"] is None


def test_a_raster_is_an_image_and_a_table_is_not_drawn() -> None:
    layers = layers_of(small_city.view())
    assert layers["relief"]["tiles"] is None
    assert "/map/tiles/WebMercatorQuad/{z}/{y}/{x}" in layers["relief"]["image"]
    assert layers["rain"]["tiles"] is None
    assert layers["rain"]["drawn"] is False


def test_a_layer_without_data_stays_and_is_unknown() -> None:
    layers = layers_of(small_city.view())
    assert layers["surge"]["available"] is False
    assert layers["sites"]["available"] is True
    empty = {"sites": small_city.State(row_count=0, datasets=())}
    again = layers_of(map_view(small_city.LAYERS, empty, MapUrls(), small_city.City()))["sites"]
    assert again["available"] is False
    assert again["as_of"] == {"oldest": None, "newest": None, "complete": False}


def test_sources_are_those_of_the_data_each_once() -> None:
    flood = layers_of(small_city.view())["flood"]
    assert flood["attributions"] == [{"ja": "試験市", "en": "Test City"}, {"ja": "国の<省>", "en": "国の<省>"}]
    assert len(flood["licences"]) == 1
    assert flood["as_of"] == {"oldest": "2022-01-01", "newest": "2022-01-01", "complete": False}


def test_a_feature_names_who_gave_the_data_not_who_usually_publishes_its_form() -> None:
    sources = layers_of(small_city.view())["flood"]["sources"]
    assert sources["flood-csv"]["attributions"] == [{"ja": "国の<省>", "en": "国の<省>"}]
    surge = layers_of(small_city.view())["surge"]["sources"]
    assert surge["surge-csv"]["attributions"] == [{"ja": "試験市", "en": "Test City"}]


def test_one_scenario_at_a_time() -> None:
    choice = layers_of(small_city.view())["flood"]["style"]["one_of"]
    assert choice["field"] == "scenario"
    assert [option["value"] for option in choice["options"]] == ["maximum", "planned"]


def test_internal_fields_are_left_out() -> None:
    assert "secret" not in [field["name"] for field in layers_of(small_city.view())["sites"]["fields"]]


def test_the_whole_catalogue_is_json() -> None:
    layers = list(catalogue().values())
    view = json.loads(json.dumps(map_view(layers, {}, MapUrls(), small_city.City()), allow_nan=False))
    assert [layer["id"] for layer in view["layers"]] == [layer.id for layer in layers]
