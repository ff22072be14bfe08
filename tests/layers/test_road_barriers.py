"""Barriers of OpenStreetMap as rows of the layer."""

import pytest

from layers.road_barriers import KINDS, LAYER

(FORMAT,) = LAYER.formats


def test_a_kind_that_is_not_listed_is_kept_as_stated() -> None:
    assert FORMAT.derive is not None
    found = FORMAT.derive({"osm_id": 5, "osm_type": "node", "barrier": "dragon's teeth"})
    assert found == {"osm_id": "n5", "barrier": "other", "barrier_stated": "dragon's teeth"}


def test_widths_are_metres() -> None:
    assert FORMAT.derive is not None
    found = FORMAT.derive({"osm_id": 5, "barrier": "bollard", "max_width_m": "120 cm", "max_height_m": "2.3"})
    assert (found["max_width_m"], found["max_height_m"]) == (1.2, 2.3)


@pytest.mark.parametrize("kind", [*KINDS.by_value, "strange"])
def test_no_kind_but_none_is_left_out(kind: str) -> None:
    assert FORMAT.accepts is not None
    assert FORMAT.accepts({"barrier": kind})
    assert not FORMAT.accepts({"barrier": "no"})
