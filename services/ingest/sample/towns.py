"""The 町丁目 of the sample city: 430 points among the streets, with invented names, numbers and addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from services.ingest.sample.plane import Floats, Ints, to_degrees, to_plane

TOWNS = 430
_BASES = 92  # names; the 町丁目 near one base carry its name and a number
CITY = "兵庫県西宮市"
POSTAL_HEADER = ("postal_code", "jisx0402", "pref", "city", "town", "town_kana", "note")
_CHOME = re.compile("[一二三四五六七八九十]+丁目$")

# Every name contains 瀬 so that the invented town is recognised at sight.
_STEMS = tuple(
    f"{first}瀬"
    for first in "朝夕若高花松梅藤桐楠柳白青緑東西南北中上下大小長広深浅早鳴月星雲風雪霞虹泉岩石砂玉鈴鶴亀鷺雁鷹鹿"
)
_READINGS = {
    "朝": "アサ", "夕": "ユウ", "若": "ワカ", "高": "タカ", "花": "ハナ", "松": "マツ", "梅": "ウメ",
    "藤": "フジ", "桐": "キリ", "楠": "クス", "柳": "ヤナギ", "白": "シロ", "青": "アオ", "緑": "ミドリ",
    "東": "ヒガシ", "西": "ニシ", "南": "ミナミ", "北": "キタ", "中": "ナカ", "上": "カミ", "下": "シモ",
    "大": "オオ", "小": "コ", "長": "ナガ", "広": "ヒロ", "深": "フカ", "浅": "アサ", "早": "ハヤ",
    "鳴": "ナル", "月": "ツキ", "星": "ホシ", "雲": "クモ", "風": "カゼ", "雪": "ユキ", "霞": "カスミ",
    "虹": "ニジ", "泉": "イズミ", "岩": "イワ", "石": "イシ", "砂": "スナ", "玉": "タマ", "鈴": "スズ",
    "鶴": "ツル", "亀": "カメ", "鷺": "サギ", "雁": "カリ", "鷹": "タカ", "鹿": "シカ", "瀬": "セ",
    "新": "シン", "本": "ホン", "元": "モト", "奥": "オク", "が": "ガ", "谷": "ダニ", "台": "ダイ",
    "山": "ヤマ", "丘": "オカ", "坂": "ザカ", "浜": "ハマ", "町": "マチ", "港": "ミナト", "里": "サト",
    "野": "ノ",
}  # fmt: skip
_KANJI = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


@dataclass(frozen=True)
class Towns:
    """Names and numbers of the 町丁目 and their points in the plane, (n, 2)."""

    names: tuple[str, ...]
    ids: tuple[str, ...]  # 町字ID: 4 digits for the name, 3 for the 丁目
    points: Floats

    def of(self, points: Floats) -> Ints:
        """Index of the town (the nearest town point) of every place."""
        tree = STRtree(shapely.points(self.points))
        index = tree.query_nearest(shapely.points(points), all_matches=False)
        return np.asarray(index[1][np.argsort(index[0])])

    def address(self, town: int, block: int, house: int) -> str:
        return f"{CITY}{self.names[town]}{self.remainder(block, house)}"

    @staticmethod
    def remainder(block: int, house: int) -> str:
        """The part of an address after the town."""
        return f"{block}番{house}号"


def scatter(points: Floats, distance_m: float, random: np.random.Generator) -> Ints:
    """Indices of points in random order, none nearer than ``distance_m`` to one before it, as many as there can be."""
    order = random.permutation(len(points))
    cells: dict[tuple[int, int], list[int]] = {}
    taken = []
    for index in order.tolist():
        x, y = points[index]
        column, row = int(x // distance_m), int(y // distance_m)
        neighbours = (
            other
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for other in cells.get((i, j), ())
        )
        if all((points[other][0] - x) ** 2 + (points[other][1] - y) ** 2 >= distance_m**2 for other in neighbours):
            cells.setdefault((column, row), []).append(index)
            taken.append(index)
    return np.array(taken)


def scatter_count(points: Floats, count: int, random: np.random.Generator) -> Ints:
    """Exactly ``count`` of the points (there are at least so many), spread as evenly as a simple search finds."""
    distance = np.sqrt(len(points) / count) * 70.0
    seed = int(random.integers(2**32))
    while len(chosen := scatter(points, distance, np.random.default_rng(seed))) < count:
        distance *= 0.94
    return chosen[:count]


def settle(streets: Floats, random: np.random.Generator) -> Towns:
    """Towns among places (n, 2) of the streets."""
    points = streets[scatter_count(streets, TOWNS, random)]
    bases = points[scatter_count(points, _BASES, random)]
    base_of = STRtree(shapely.points(bases)).query_nearest(shapely.points(points), all_matches=False)
    members: dict[int, list[int]] = {}
    for town, base in base_of.T.tolist():
        members.setdefault(base, []).append(town)
    names, ids = [""] * TOWNS, [""] * TOWNS
    _, latitude = to_degrees(bases[:, 0], bases[:, 1])
    repeated: dict[str, int] = {}
    for number, base in enumerate(sorted(members), start=1):
        stem = _STEMS[(number * 7) % len(_STEMS)] + _ending(float(latitude[base]), random)
        repeated[stem] = repeated.get(stem, 0) + 1
        name = ("", "新", "本", "元", "奥")[repeated[stem] - 1] + stem
        ordered = sorted(members[base], key=lambda town: (-points[town][1] // 250, points[town][0]))
        for chome, town in enumerate(ordered, start=1):
            names[town] = name if len(ordered) == 1 else f"{name}{kanji_number(chome)}丁目"
            ids[town] = f"{number:04d}{0 if len(ordered) == 1 else chome:03d}"
    by_id = sorted(range(TOWNS), key=ids.__getitem__)
    return Towns(tuple(names[town] for town in by_id), tuple(ids[town] for town in by_id), points[np.array(by_id)])


def reading(name: str) -> str:
    """How the name of a town without its 丁目 is read, in katakana."""
    return "".join(_READINGS[letter] for letter in name)


def postal_rows(towns: Towns, note: str) -> Iterator[list[object]]:
    """A postal code for each name; none of them begins with 000 in Japan."""
    names = dict.fromkeys(_CHOME.sub("", name) for name in towns.names)
    for number, name in enumerate(names, start=1):
        yield [f"000{number:04d}", "28204", "兵庫県", "西宮市", name, reading(name), note]


def kanji_number(number: int) -> str:
    """1-19 in kanji, as 丁目 are written in addresses."""
    return _KANJI[number] if number <= 10 else f"十{_KANJI[number - 10]}"


def _ending(latitude: float, random: np.random.Generator) -> str:
    """What the place looks like: shore, plain, hillside or mountain valley."""
    endings: tuple[str, ...]
    if latitude > 34.805:
        endings = ("谷", "台", "山", "が丘")
    elif latitude > 34.762:
        endings = ("台", "が丘", "坂")
    elif latitude < 34.722:
        endings = ("浜", "浜町", "港町")
    else:
        endings = ("町", "本町", "里", "野")
    return endings[int(random.integers(len(endings)))]


def middle_of_city() -> tuple[float, float]:
    """Where the city is densest, in the plane."""
    (x,), (y,) = to_plane([135.3460], [34.7390])
    return float(x), float(y)
