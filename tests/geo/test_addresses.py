"""Normalising addresses and placing them at their town."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses import AddressQuality, Gazetteer, Located, Refusal, normalise_address
from geo.crs import distance_m
from geo.errors import InputError

TOWNS = [
    ("甲子園口一丁目", 135.372, 34.744),
    ("甲子園口三丁目", 135.376, 34.741),
    ("甲子園口北町", 135.374, 34.747),
    ("上ケ原一番町", 135.3466, 34.7686),
    ("六湛寺町", 135.3419, 34.7376),
    ("市庭町", 135.3322, 34.7349),
    ("山口町下山口", 135.246, 34.836),
    ("山口町下山口四丁目", 135.262, 34.823),
    ("越水字社家郷山", 135.2956, 34.7844),
    ("塩瀬町名塩", 135.2912, 34.84),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(TOWNS, "兵庫県", "西宮市")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("甲子園口三丁目３－１", "甲子園口3丁目3-1"),
        ("上ヶ原一番町", "上ケ原１番町"),
        ("上が原", "上ケ原"),
        ("樋之口町", "樋ノ口町"),
        ("塩瀬町大字名塩", "塩瀬町名塩"),
        ("〒662-8567 兵庫県西宮市　六湛寺町１０番３号", "兵庫県西宮市六湛寺町10番3号"),
        ("髙須町二十一丁目", "高須町21丁目"),
        ("名塩２ー６ー１", "名塩2-6-1"),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert normalise_address(one) == normalise_address(other)


def test_different_towns_stay_different() -> None:
    assert len({normalise_address(name) for name, _, _ in TOWNS}) == len(TOWNS)
    assert normalise_address("名塩ガーデン") != normalise_address("名塩ガ-デン1")


@given(st.text(alphabet="西宮市町字大一二十〇0123１９-－ー―〒丁目番号条ヶがの 　゛か", max_size=25))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise_address(text)
    assert normalise_address(once) == once


@pytest.mark.parametrize(
    ("address", "town", "quality"),
    [
        ("兵庫県西宮市六湛寺町10番3号", "六湛寺町", "town"),
        ("西宮市六湛寺町１０－３", "六湛寺町", "town"),
        ("六湛寺町10-3", "六湛寺町", "town"),
        ("西宮市甲子園口３丁目３番３３号", "甲子園口三丁目", "town"),
        ("西宮市甲子園口3-1", "甲子園口三丁目", "town-inferred"),
        ("西宮市甲子園口北町24-9", "甲子園口北町", "town"),
        ("西宮市上ケ原１番町１番１５５号", "上ケ原一番町", "town"),
        ("西宮市市庭町9", "市庭町", "town"),
        ("西宮市山口町下山口1637-5", "山口町下山口", "town"),
        ("西宮市山口町下山口4-23-1", "山口町下山口四丁目", "town-inferred"),
        ("西宮市越水社家郷山1", "越水字社家郷山", "town"),
        ("西宮市塩瀬町名塩字高座4441", "塩瀬町名塩", "town"),
    ],
)
def test_placed_at_the_town(gazetteer: Gazetteer, address: str, town: str, quality: str) -> None:
    located = gazetteer.locate(address)
    assert located is not None
    assert (located.town, located.quality) == (town, quality)
    assert (located.town, located.lon, located.lat) in TOWNS


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("福岡県行橋市西宮市", Refusal.OTHER_MUNICIPALITY),
        ("福岡県行橋市西宮市3-1", Refusal.OTHER_MUNICIPALITY),
        ("行橋市西宮市3-1", Refusal.OTHER_MUNICIPALITY),
        ("兵庫県芦屋市六湛寺町1", Refusal.OTHER_MUNICIPALITY),
        ("芦屋市大原町1", Refusal.OTHER_MUNICIPALITY),
        ("西宮市甲子園口5-1", Refusal.NOT_FOUND),  # no such 丁目
        ("西宮市甲子園口3番33号", Refusal.NOT_FOUND),  # 3番 is a block, not a 丁目
        ("西宮市甲子園綱引町8-20", Refusal.NOT_FOUND),
        ("西宮市六湛寺町通1", Refusal.NOT_FOUND),  # the name goes on
        ("西宮市", Refusal.NOT_FOUND),
        ("　", Refusal.MISSING),
    ],
)
def test_refused_with_the_reason(gazetteer: Gazetteer, address: str, refusal: Refusal) -> None:
    assert gazetteer.explain(address) is refusal
    assert gazetteer.locate(address) is None


def test_an_address_that_could_be_either_covers_both(gazetteer: Gazetteer) -> None:
    surely = gazetteer.locate("西宮市山口町下山口1637-5")
    perhaps = gazetteer.locate("西宮市山口町下山口4-23")
    assert surely is not None
    assert perhaps is not None
    assert perhaps.town == surely.town
    apart = distance_m(135.246, 34.836, 135.262, 34.823)
    assert perhaps.position_error_m > apart > 0
    assert perhaps.position_error_m > surely.position_error_m


def test_towns_of_one_name_become_one() -> None:
    gazetteer = Gazetteer([("鷲林寺", 135.30, 34.77), ("鷲林寺", 135.31, 34.77)], "兵庫県", "西宮市")
    located = gazetteer.locate("西宮市鷲林寺1")
    assert located is not None
    assert located.lon == pytest.approx(135.305)
    assert located.position_error_m > distance_m(135.30, 34.77, 135.31, 34.77) / 2
    assert len(gazetteer) == 1


@pytest.mark.parametrize("town", [("", 135.0, 34.0), ("相生町", float("nan"), 34.0)])
def test_a_town_needs_a_name_and_a_position(town: tuple[str, float, float]) -> None:
    with pytest.raises(InputError):
        Gazetteer([town], "兵庫県", "西宮市")


def test_no_towns_place_nothing() -> None:
    assert Gazetteer([], "兵庫県", "西宮市").explain("西宮市六湛寺町1") is Refusal.NOT_FOUND


# --- the real city -------------------------------------------------------------------------------------------


def _real_gazetteer(folder: Path) -> Gazetteer:
    path = folder / "address" / "geolonia_japanese_addresses_28204.json"
    towns = json.loads(path.read_text(encoding="utf-8"))
    assert len(towns) == 436
    named = [(town["town"] + town["koaza"], town["lng"], town["lat"]) for town in towns]
    return Gazetteer(named, "兵庫県", "西宮市")


@pytest.mark.real_data
def test_medical_institutions(real_data: Path) -> None:
    gazetteer = _real_gazetteer(real_data)
    path = real_data / "medical" / "kinki_kouseikyoku_medical_institutions_nishinomiya.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = [gazetteer.explain(row["住所"]) for row in csv.DictReader(file)]
    counts = Counter(str(each.quality) if isinstance(each, Located) else str(each) for each in found)
    assert len(found) == 553
    assert counts["town"] >= 536
    assert counts["town-inferred"] == 15
    assert counts["town"] + counts["town-inferred"] >= 551
    assert counts["address-other-municipality"] == 0


@pytest.mark.real_data
def test_the_stated_error_holds_nine_of_ten_shelters(real_data: Path) -> None:
    gazetteer = _real_gazetteer(real_data)
    errors, stated = [], []
    for name in ("emergency", "evacuation"):
        path = real_data / "shelters" / f"gsi_{name}_282049.geojson"
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            located = gazetteer.locate(feature["properties"]["住所"])
            if located is not None:
                lon, lat = feature["geometry"]["coordinates"][:2]
                errors.append(distance_m(lon, lat, located.lon, located.lat))
                stated.append(located.position_error_m)
    assert len(errors) >= 248
    assert np.median(errors) == pytest.approx(150, abs=10)
    assert np.mean(np.array(errors) <= np.array(stated)) == pytest.approx(0.9, abs=0.02)


@pytest.mark.real_data
def test_every_real_town_is_found_by_its_own_name(real_data: Path) -> None:
    gazetteer = _real_gazetteer(real_data)
    path = real_data / "address" / "geolonia_japanese_addresses_28204.json"
    for town in json.loads(path.read_text(encoding="utf-8")):
        name = town["town"] + town["koaza"]
        located = gazetteer.locate(f"兵庫県西宮市{name}")
        assert located is not None, name
        assert (located.town, located.quality) == (name, AddressQuality.TOWN)
