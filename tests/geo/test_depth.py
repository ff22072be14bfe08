"""Depth texts, ranks, and the speed of traffic in water."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.depth import (
    DEPTH_RANKS_6,
    DEPTH_RANKS_8,
    DURATION_RANKS,
    SLOW_DECLINE,
    STEEP_DECLINE,
    DepthInterval,
    Rank,
    flood_rank,
    flooded_speed_kph,
    parse_depth,
)
from geo.errors import InputError


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("0.3m未満", 0, 0.3),
        ("～0.3m未満", 0, 0.3),
        ("0.3m以上0.5m未満", 0.3, 0.5),
        ("0.5m以上1m未満", 0.5, 1),
        ("1m以上3m未満", 1, 3),
        ("1.0～2.0m", 1, 2),
        ("20.0m以上", 20, None),
        ("0.3m以上 ～ 1m未満", 0.3, 1),  # 兵庫県, 津波
        ("0.01m以上 ～ 0.3m未満", 0.01, 0.3),
        ("5m以上", 5, None),
        ("5m以上～10m未満", 5, 10),
        ("0.3~0.5m未満の区域", 0.3, 0.5),  # 焼津市, 内水
        ("5.0~10.0m未満の区域", 5, 10),
        ("0.5-3.0m", 0.5, 3),
        ("０．５ｍ以上３．０ｍ未満", 0.5, 3),
        ("50cm未満", 0, 0.5),
        ("30～50cm", 0.3, 0.5),
        ("80cm以上1.2m未満", 0.8, 1.2),
        ("2.0メートル以上5.0メートル未満", 2, 5),
        ("浸水深0.5m以上", 0.5, None),
        ("5m～", 5, None),
        ("0.5m以下", 0, 0.5),
    ],
)
def test_published_texts(text: str, lower: float, upper: float | None) -> None:
    assert parse_depth(text) == DepthInterval(lower, upper)


@pytest.mark.parametrize(
    "text", ["", "不明", "1.5m", "0.5", "3～1m", "-1m未満", "−1m以上", "1m2m", "～", "災害危険区域"]
)
def test_an_unknown_depth_stays_unknown(text: str) -> None:
    with pytest.raises(InputError):
        parse_depth(text)


_DEPTHS = st.integers(0, 2000).map(lambda centimetres: centimetres / 100)


@given(_DEPTHS, _DEPTHS, st.sampled_from(["{}m以上{}m未満", "{}m以上 ～ {}m未満", "{}～{}m", "{}ｍ以上～{}ｍ未満"]))
def test_any_two_bounds_come_back(a: float, b: float, form: str) -> None:
    if a == b:
        return
    lower, upper = sorted((a, b))
    assert parse_depth(form.format(lower, upper)) == DepthInterval(lower, upper)


@pytest.mark.parametrize(("lower", "upper"), [(-1, 2), (2, 2), (3, 1), (float("nan"), 1), (0, float("inf"))])
def test_no_interval(lower: float, upper: float) -> None:
    with pytest.raises(InputError):
        DepthInterval(lower, upper)


@pytest.mark.parametrize("ranks", [DEPTH_RANKS_6, DEPTH_RANKS_8, DURATION_RANKS])
def test_ranks_have_neither_gap_nor_overlap(ranks: tuple[Rank, ...]) -> None:
    assert [rank.lower for rank in ranks] == [0, *(rank.upper for rank in ranks[:-1])]
    assert ranks[-1].upper is None
    assert [rank.value for rank in ranks] == list(range(1, len(ranks) + 1))
    assert len({rank.color for rank in ranks}) == len(ranks)


def test_official_colours() -> None:
    assert [rank.color for rank in DEPTH_RANKS_8] == [
        f"#{r:02x}{g:02x}{b:02x}"
        for r, g, b in [
            (255, 255, 179),
            (247, 245, 169),
            (248, 225, 166),
            (255, 216, 192),
            (255, 183, 183),
            (255, 145, 145),
            (242, 133, 201),
            (220, 122, 220),
        ]
    ]
    assert [rank.color for rank in DEPTH_RANKS_6[2:]] == [rank.color for rank in DEPTH_RANKS_8[4:]]
    assert DURATION_RANKS[0].color == "#a0d2ff"


@pytest.mark.parametrize(
    ("depth", "rank"), [(0.01, 1), (0.49, 1), (0.5, 2), (2.99, 2), (3, 3), (5, 4), (10, 5), (20, 6), (55, 6)]
)
def test_six_ranks(depth: float, rank: int) -> None:
    assert flood_rank(depth) == rank


@pytest.mark.parametrize("ranks", [DEPTH_RANKS_6, DEPTH_RANKS_8])
def test_a_ranks_interval_is_of_that_rank(ranks: tuple[Rank, ...]) -> None:
    for rank in ranks:
        assert flood_rank(DepthInterval(rank.lower, rank.upper), ranks) == rank.value


def test_a_class_across_two_ranks_takes_the_higher() -> None:
    assert flood_rank(DepthInterval(0.3, 1.0)) == 2
    assert flood_rank(DepthInterval(1.0, 3.0)) == 2  # 3 m itself is not in it
    assert flood_rank(DepthInterval(5.0, None)) == 6
    assert flood_rank(DepthInterval(0.3, 1.0), DEPTH_RANKS_8) == 3


def test_no_depth_has_no_rank() -> None:
    assert flood_rank(0.0) is None
    assert flood_rank(float("nan")) is None
    with pytest.raises(InputError):
        flood_rank(-0.1)


def test_speed_in_water() -> None:
    assert float(flooded_speed_kph(0)) == pytest.approx(86.9448)
    assert float(flooded_speed_kph(150)) == pytest.approx(0.0009 * 150**2 - 0.5529 * 150 + 86.9448)
    assert float(flooded_speed_kph(299.999)) == pytest.approx(2.07, abs=0.05)
    assert float(flooded_speed_kph(300)) == 0
    assert flooded_speed_kph([320, 1000, np.inf]).tolist() == [0, 0, 0]  # the parabola turns up again there
    assert float(flooded_speed_kph(50, 40)) == 40
    assert np.isnan(float(flooded_speed_kph(np.nan, 40)))  # unknown is not dry
    with pytest.raises(InputError):
        flooded_speed_kph(-1)


@given(st.floats(0, 2000), st.floats(0, 2000), st.floats(0, 120))
def test_deeper_is_never_faster(a: float, b: float, free: float) -> None:
    shallow, deep = sorted((a, b))
    for curve in (None, SLOW_DECLINE, STEEP_DECLINE):
        speeds = flooded_speed_kph([shallow, deep], free, curve) if curve else flooded_speed_kph([shallow, deep], free)
        assert 0 <= speeds[1] <= speeds[0] + 1e-9 <= free + 1e-6
