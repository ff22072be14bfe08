"""Who may edit a layer by hand: declared with the layer, and only for features that have a place."""

import dataclasses

import pytest

from geo.errors import InputError
from layers.catalogue import catalogue, layer_named
from layers.editors import ROLE_TITLES
from layers.model import Geometry, Role


def test_every_role_has_a_title() -> None:
    assert set(ROLE_TITLES) == set(Role)


def test_what_officials_publish_is_not_edited_by_hand() -> None:
    editable = {layer.id for layer in catalogue().values() if layer.editable_by}
    assert editable == {
        *("shelters", "emergency-sites", "aeds", "fire-water-sources"),
        *("fire-stations", "medical-facilities", "public-facilities"),
        *("building-notes", "road-closures", "road-sensors", "incidents", "vehicles", "dispatches", "site-status"),
        "evacuation-orders",
    }


@pytest.mark.parametrize("geometry", [Geometry.NONE, Geometry.RASTER])
def test_only_features_with_a_place_are_edited(geometry: Geometry) -> None:
    with pytest.raises(InputError, match="by hand"):
        dataclasses.replace(layer_named("shelters"), geometry=geometry)
