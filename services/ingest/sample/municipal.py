"""The heads and address blocks of 自治体標準オープンデータセット, second generation, as the sample city writes them."""

from dataclasses import dataclass

import numpy as np

from services.ingest.sample.plane import Floats, to_degrees
from services.ingest.sample.towns import CITY, Towns

CODE6 = "282049"
HEAD = ("全国地方公共団体コード", "ID", "地方公共団体名")
SEAT = (
    "所在地_全国地方公共団体コード", "町字ID", "所在地_連結表記", "所在地_都道府県", "所在地_市区町村",
    "所在地_町字", "所在地_番地以下", "建物名等(方書)", "緯度", "経度",
)  # fmt: skip
NAMES = ("名称", "名称_カナ", "名称_英字")
CONTACT = ("電話番号", "内線番号", "連絡先メールアドレス", "連絡先FormURL", "連絡先備考（その他、SNSなど）", "郵便番号")


@dataclass(frozen=True)
class Site:
    """A place of something: its town, the numbers of its address, and where it is, in the plane and in degrees."""

    town: int
    town_name: str
    town_id: str
    remainder: str
    xy: tuple[float, float]
    longitude: float
    latitude: float

    @property
    def address(self) -> str:
        return f"{CITY}{self.town_name}{self.remainder}"

    @property
    def base_name(self) -> str:
        """The town's name without its number."""
        return self.town_name.rstrip("丁目").rstrip("一二三四五六七八九十")

    def seat(self, building: str = "") -> list[object]:
        """The cells of ``SEAT``."""
        place = [CODE6, self.town_id, self.address, "兵庫県", "西宮市", self.town_name, self.remainder, building]
        return [*place, f"{self.latitude:.6f}", f"{self.longitude:.6f}"]


def sites(points: Floats, towns: Towns, random: np.random.Generator) -> list[Site]:
    """The places with the town they are in and an address of their own."""
    longitude, latitude = to_degrees(points[:, 0], points[:, 1])
    blocks, houses = random.integers(1, 28, len(points)), random.integers(1, 36, len(points))
    return [
        Site(
            town, towns.names[town], towns.ids[town], towns.remainder(int(blocks[index]), int(houses[index])),
            (float(points[index, 0]), float(points[index, 1])), float(longitude[index]), float(latitude[index]),
        )
        for index, town in enumerate(towns.of(points).tolist())
    ]  # fmt: skip


def beside(points: Floats, random: np.random.Generator, metres: float = 11.0) -> Floats:
    """Places at the side of the street instead of in its middle."""
    angle = random.uniform(0, 2 * np.pi, len(points))
    return points + metres * np.column_stack((np.cos(angle), np.sin(angle)))


def telephone(number: int) -> str:
    """A number that nobody has: 00 after the area code is not given out."""
    return f"0798-00-{number % 10000:04d}"
