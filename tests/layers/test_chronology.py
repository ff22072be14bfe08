"""Times of a feature that follow one another."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from layers.catalogue import layer_named
from layers.chronology import Chronology
from layers.fields import text, texts
from layers.fire_codes import VEHICLE_PROFILES
from layers.hazard_landslide import CLASSES
from layers.model import Field, FieldKind, Text

NAMES = ("a", "b", "c", "d")
times = st.dictionaries(st.sampled_from(NAMES), st.none() | st.integers(0, 5))


@given(times, st.booleans())
def test_without_what_is_too_early_the_rest_is_in_order(values: dict[str, int | None], strictly: bool) -> None:
    breaches = list(Chronology(NAMES, strictly).breaches(values))
    too_early = {later for _, later in breaches}
    left = [values[name] for name in NAMES if name not in too_early and values.get(name) is not None]
    known = [values[name] for name in NAMES if values.get(name) is not None]
    assert left == sorted(left)  # type: ignore[type-var]
    assert not strictly or len(left) == len(set(left))
    is_in_order = known == sorted(known) and not (strictly and len(known) > len(set(known)))  # type: ignore[type-var]
    assert is_in_order == (not breaches)
    for earlier, later in breaches:
        one, other = values[earlier], values[later]
        assert one is not None
        assert other is not None
        assert NAMES.index(earlier) < NAMES.index(later)
        assert other < one or (strictly and other == one)


@pytest.mark.parametrize("fields", [("from",), ("from", "depth_m"), ("name", "remarks"), ()])
def test_a_chronology_is_of_times(fields: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="chronology"):
        dataclasses.replace(layer_named("road-closures"), chronologies=(Chronology(fields),))


def test_a_chronology_is_of_declared_fields() -> None:
    with pytest.raises(InputError, match="undeclared"):
        dataclasses.replace(layer_named("road-closures"), chronologies=(Chronology(("from", "end")),))


def test_members_are_texts_of_a_list() -> None:
    assert texts("a", "あ", "a", members=VEHICLE_PROFILES).members is VEHICLE_PROFILES
    with pytest.raises(InputError, match="members"):
        dataclasses.replace(text("a", "あ", "a"), members=VEHICLE_PROFILES)
    numbers = dataclasses.replace(CLASSES, codes=tuple(dataclasses.replace(CLASSES.codes[0], value=n) for n in (1, 2)))
    with pytest.raises(InputError, match="members"):
        Field(name="a", kind=FieldKind.TEXT_LIST, title=Text("あ", "a"), members=numbers)
