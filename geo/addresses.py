"""Japanese addresses: normalisation, and placing an address at the point of its town (町丁目).

There are no house positions in open data for the whole city; a town's point is what an address can be placed at, with
an error that is stated.  Nothing is placed by likeness: the municipality must be the gazetteer's own, and the town's
name must be one that it knows.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from geo.errors import InputError

PREFECTURES = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県",
    "千葉県", "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県",
    "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県",
    "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県",
    "宮崎県", "鹿児島県", "沖縄県",
)  # fmt: skip

# --- normalisation -----------------------------------------------------------------------------------------

_IGNORED = re.compile(r"[\s\u200b\ufeff]+")
_POSTCODE = re.compile(r"^(?:〒?[0-9]{3}-?[0-9]{4}(?=[^0-9\-]))+")
# A dash of any kind; the prolonged sound mark only after a digit, for it is a letter elsewhere (ガーデン).
_DASHES = re.compile("[‐‑‒–—―−─━﹣]|(?<=[0-9])ー")
_DIGITS = {"〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_KANJI_NUMBER = re.compile("([〇一二三四五六七八九十]+)(?=丁目|番町|番地|番|号|条)")
VARIANTS = (
    "ヶヵがガ之の乃ツつっ濱澤龍惠櫻國壽廣邊邉冨嶋﨑髙埜檜籠曾鶯蘆藪瀧德禮舘條圓會區縣應淺黑鹽關假萬礒",
    "ケケケケノノノッッッ浜沢竜恵桜国寿広辺辺富島崎高野桧篭曽鴬芦薮滝徳礼館条円会区県応浅黒塩関仮万磯",
)
"""Old or variant characters, and those in use.  One direction only, on both sides of every comparison."""
_VARIANTS = str.maketrans(*VARIANTS)


def normalise_address(text: str) -> str:
    """The key under which addresses and town names are compared.  Normalising twice is normalising once.

    NFKC, no blanks and no postal code, one dash, ヶ/ガ/が as ケ, 之/の as ノ, kanji numbers before 丁目, 番町, 番
    and 号 as digits, 大字 left out, old characters as those in use.  A key, not a text to show.

    >>> normalise_address("甲子園口三丁目３ー１") == normalise_address("甲子園口3丁目3-1")
    True
    >>> normalise_address("上ヶ原一番町") == normalise_address("上ケ原１番町")
    True
    """
    folded = text
    while (step := _normalise_once(folded)) != folded:
        folded = step
    return folded


def _normalise_once(text: str) -> str:
    folded = _IGNORED.sub("", unicodedata.normalize("NFKC", text))
    folded = _POSTCODE.sub("", _DASHES.sub("-", folded))
    folded = folded.translate(_VARIANTS).replace("大字", "")
    return _KANJI_NUMBER.sub(lambda matched: str(_number(matched[1])), folded)


def _number(kanji: str) -> int | str:
    """A kanji number below one hundred (十五, 二十, 一〇); left as it is where it is no such number."""
    if "十" in kanji:
        tens, _, ones = kanji.partition("十")
        if len(tens) <= 1 and len(ones) <= 1 and "十" not in ones:
            return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
        return kanji
    return int("".join(str(_DIGITS[digit]) for digit in kanji))


# --- the gazetteer -----------------------------------------------------------------------------------------


class AddressQuality(StrEnum):
    """How an address was placed; the values are those of ``position_quality``."""

    TOWN = "town"
    TOWN_INFERRED = "town-inferred"


class Refusal(StrEnum):
    """Why an address was not placed; the values are ids of ingest rules."""

    MISSING = "address-missing"
    OTHER_MUNICIPALITY = "address-other-municipality"
    NOT_FOUND = "address-not-found"


@dataclass(frozen=True, slots=True)
class Located:
    """An address placed at its town.

    Attributes
    ----------
    town:
        Name of the town as the gazetteer's source writes it.
    lon, lat:
        Its point, degrees, in the reference system of the source.
    quality:
        ``TOWN_INFERRED`` where the 丁目 was not written but taken from the first number of the address.
    position_error_m:
        Radius about the point that holds nine of ten true places (see ``Gazetteer``).
    """

    town: str
    lon: float
    lat: float
    quality: AddressQuality
    position_error_m: float


@dataclass(frozen=True, slots=True)
class _Town:
    name: str
    lon: float
    lat: float
    error_m: float


_CHOME = re.compile(r"(.+?)([0-9]+)丁目")
# What may follow a town's name: the end, a number, a lot sign, a 字.  Other letters mean that the name goes on.
_AFTER_TOWN = re.compile(r"$|[0-9\-(（、,]|番|無番|地先|地内|内|小?字|[甲乙丙丁イロハニホ](?=[0-9\-])")
# A first number that may be a 丁目 left unmarked, and one that is (three numbers: 丁目-番-号).
_FIRST_NUMBER = re.compile(r"([0-9]+)(?=-|丁(?!目)|$)")
_FIRST_OF_THREE = re.compile(r"([0-9]+)-[0-9]+-[0-9]+")
_OTHER_MUNICIPALITY = re.compile(r"[^0-9]{1,8}?[市区郡]")

# Radius that holds nine of ten true places, as a share of the mean distance from a town's point to its three
# nearest neighbours.  Measured on the 249 of 250 designated sites and shelters of Nishinomiya (GSI, 2025-10-27) that
# can be placed by their address and have coordinates of their own, against the town points of geolonia: the share is
# 0.44 at the median and 0.79 at the 90th percentile; in metres 149 and 345.
_ERROR_SHARE = 0.8
_NEIGHBOURS = 3
_FALLBACK_ERROR_M = 500.0  # where there are too few towns to measure by
_DEGREE_M = 111_195.0  # one degree of latitude on a sphere of 6,371 km: ample for distances between towns


class Gazetteer:
    """Town points of one municipality, to place addresses at.

    Parameters
    ----------
    towns:
        Name (without prefecture and municipality), longitude, latitude of each town.  Towns of one name become one,
        at the mean of their points, with an error that covers their spread.
    prefecture, municipality:
        As addresses write them (兵庫県, 西宮市).
    other_names:
        Former or further names of the municipality that addresses may begin with.

    Raises
    ------
    InputError
        If a town has no name or no finite position.
    """

    def __init__(
        self,
        towns: Iterable[tuple[str, float, float]],
        prefecture: str,
        municipality: str,
        other_names: Sequence[str] = (),
    ) -> None:
        self._prefecture = normalise_address(prefecture)
        self._municipalities = tuple(normalise_address(name) for name in (municipality, *other_names))
        self._other_prefectures = tuple(
            name for name in map(normalise_address, PREFECTURES) if name != self._prefecture
        )
        self._towns = _merge(towns)
        self._chome: dict[str, dict[int, _Town]] = {}
        for key, town in self._towns.items():
            if matched := _CHOME.fullmatch(key):
                self._chome.setdefault(matched[1], {})[int(matched[2])] = town
        # 越水字社家郷山 is also written without its 字.
        for key, town in tuple(self._towns.items()):
            self._towns.setdefault(key.replace("字", ""), town)
        self._longest = max(map(len, self._towns), default=0)

    def __len__(self) -> int:
        return len({town.name for town in self._towns.values()})

    def locate(self, address: str) -> Located | None:
        """The point of the address's town, or None (``explain`` says why).

        >>> gazetteer = Gazetteer([("甲子園口三丁目", 135.376, 34.741)], "兵庫県", "西宮市")
        >>> gazetteer.locate("西宮市甲子園口３－１").quality.value
        'town-inferred'
        >>> gazetteer.locate("福岡県行橋市西宮市3-1") is None
        True
        """
        found = self.explain(address)
        return found if isinstance(found, Located) else None

    def explain(self, address: str) -> Located | Refusal:
        """The point of the address's town, or why there is none.

        Prefecture and municipality may be left out, but where one is written it must be the gazetteer's own.  Of
        several towns that the address could begin with, the longest name wins.  A 丁目 that is not written is
        inferred from the first number where only towns with a 丁目 bear the name, or where three numbers follow
        it; where a town without 丁目 exists too, two numbers are taken for its 番地, and the error covers both.
        """
        key = normalise_address(address)
        if not key:
            return Refusal.MISSING
        if key.startswith(self._other_prefectures):
            return Refusal.OTHER_MUNICIPALITY
        stated = key.startswith(self._prefecture)
        rest = key.removeprefix(self._prefecture) if stated else key
        ours = next((name for name in self._municipalities if rest.startswith(name)), None)
        if ours is None and stated:
            return Refusal.OTHER_MUNICIPALITY
        rest = rest.removeprefix(ours or "")
        found = self._match(rest) or self._match(rest.replace("字", ""))
        if found is not None:
            return found
        # Neither our municipality nor one of our towns: 芦屋市大原町 is somebody else's, 大原町 merely unknown.
        if ours is None and _OTHER_MUNICIPALITY.match(rest):
            return Refusal.OTHER_MUNICIPALITY
        return Refusal.NOT_FOUND

    def members(self, name: str) -> list[Located]:
        """The town of this name and those that are its 丁目, these in their order; none where there is no such name.

        >>> towns = [("甲子園口一丁目", 135.37, 34.74), ("甲子園口二丁目", 135.37, 34.75), ("甲子園口北", 135.3, 34.7)]
        >>> [town.town for town in Gazetteer(towns, "兵庫県", "西宮市").members("甲子園口")]
        ['甲子園口一丁目', '甲子園口二丁目']
        """
        key = self.without_city(name)
        whole = self._towns.get(key)
        numbered = [town for _, town in sorted(self._chome.get(key, {}).items())]
        return [_located(town, AddressQuality.TOWN) for town in ([] if whole is None else [whole]) + numbered]

    def without_city(self, address: str) -> str:
        """The key of an address without the gazetteer's own prefecture and municipality before it."""
        rest = normalise_address(address).removeprefix(self._prefecture)
        return rest.removeprefix(next((name for name in self._municipalities if rest.startswith(name)), ""))

    def is_city_alone(self, address: str) -> bool:
        """Whether an address names the gazetteer's own prefecture or municipality and nothing in it."""
        return bool(normalise_address(address)) and not self.without_city(address)

    def names(self) -> list[str]:
        """The names of all towns, as their source writes them."""
        return list(dict.fromkeys(town.name for town in self._towns.values()))

    def _match(self, rest: str) -> Located | None:
        for length in range(min(self._longest, len(rest)), 0, -1):
            head, tail = rest[:length], rest[length:]
            town = self._towns.get(head)
            if town is not None and not (head.endswith("丁目") or _AFTER_TOWN.match(tail)):
                town = None
            chome = self._chome.get(head)
            if chome is None:
                if town is not None:
                    return _located(town, AddressQuality.TOWN)
                continue
            number = (_FIRST_NUMBER if town is None else _FIRST_OF_THREE).match(tail)
            inferred = chome.get(int(number[1])) if number else None
            if inferred is not None:
                return _located(inferred, AddressQuality.TOWN_INFERRED)
            if town is not None:
                doubtful = _FIRST_NUMBER.match(tail)
                other = chome.get(int(doubtful[1])) if doubtful else None
                return _located(town, AddressQuality.TOWN, covering=other)
        return None


def _located(town: _Town, quality: AddressQuality, covering: _Town | None = None) -> Located:
    error_m = town.error_m
    if covering is not None:
        error_m = max(error_m, _distance_m(town, covering) + covering.error_m)
    return Located(town.name, town.lon, town.lat, quality, error_m)


def _distance_m(a: _Town, b: _Town) -> float:
    shrink = np.cos(np.radians((a.lat + b.lat) / 2))
    return float(np.hypot((a.lon - b.lon) * shrink, a.lat - b.lat) * _DEGREE_M)


def _merge(towns: Iterable[tuple[str, float, float]]) -> dict[str, _Town]:
    """The towns by key, one per name, each with its error."""
    points: dict[str, list[tuple[float, float]]] = {}
    names: dict[str, str] = {}
    for name, lon, lat in towns:
        key = normalise_address(name)
        if not key or not (np.isfinite(lon) and np.isfinite(lat)):
            raise InputError(f"The town {name!r} at lon {lon}, lat {lat} has no name or no position.")
        points.setdefault(key, []).append((float(lon), float(lat)))
        names.setdefault(key, name)
    if not points:
        return {}
    centres = np.array([np.mean(group, axis=0) for group in points.values()])
    middle = centres.mean(axis=0)
    plane = (centres - middle) * [np.cos(np.radians(middle[1])) * _DEGREE_M, _DEGREE_M]
    errors = _errors_m(plane)
    merged = {}
    for (key, group), (lon, lat), error_m in zip(points.items(), centres.tolist(), errors.tolist(), strict=True):
        town = _Town(names[key], lon, lat, error_m)
        spread = max(_distance_m(town, _Town("", *point, 0.0)) for point in group)
        merged[key] = _Town(names[key], lon, lat, float(np.ceil((error_m + spread) / 10) * 10))
    return merged


def _errors_m(plane: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The error of each town point, from points in metres, shape (n, 2)."""
    count = len(plane)
    if count <= _NEIGHBOURS:
        return np.full(count, _FALLBACK_ERROR_M)
    errors = np.empty(count)
    length = (plane**2).sum(axis=1)
    for start in range(0, count, 256):  # in slices: a whole prefecture has 20,000 towns
        block = slice(start, start + 256)
        squared = np.maximum(length[block, None] + length[None, :] - 2 * plane[block] @ plane.T, 0.0)
        nearest = np.partition(squared, _NEIGHBOURS, axis=1)[:, : _NEIGHBOURS + 1]  # the town itself is one of them
        errors[block] = _ERROR_SHARE * np.sqrt(nearest).sum(axis=1) / _NEIGHBOURS
    return errors
