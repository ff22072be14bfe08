"""The floor of a site out of its remarks, in the forms that the published lists have."""

import pytest

from geo.evacuation.floors import WORDS, floor_rules, needs_roof
from layers.hazard_types import DESIGNATED_HAZARDS


@pytest.mark.parametrize(
    ("remarks", "rules"),
    [
        ("洪水は２階以上、高潮、津波は３階以上が対象", {"flood": 2, "storm_surge": 3, "tsunami": 3}),
        ("洪水は2階以上が対象、高潮は3階以上が対象、架空データ", {"flood": 2, "storm_surge": 3}),
        ("津波は三階以上", {"tsunami": 3}),
        ("津波・高潮は校舎の4階以上", {"tsunami": 4, "storm_surge": 4}),
        ("3階以上", dict.fromkeys(WORDS, 3)),
        ("内水氾濫は２階以上", {"inland_flood": 2}),
        ("津波は２階以上、津波は４階以上", {"tsunami": 4}),
        ("津波は屋上", {}),
        ("グラウンドのみ", {}),
        ("", {}),
        (None, {}),
    ],
)
def test_floors(remarks: str | None, rules: dict[str, int]) -> None:
    assert dict(floor_rules(remarks)) == rules


def test_the_roof() -> None:
    assert needs_roof("津波は屋上", "tsunami")
    assert not needs_roof("津波は屋上", "flood")
    assert not needs_roof("津波は３階以上", "tsunami")


def test_every_hazard_of_the_law_has_its_words() -> None:
    assert list(WORDS) == [hazard for hazard, _, _ in DESIGNATED_HAZARDS]
