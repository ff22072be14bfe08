"""Emergency evacuation sites, shelters and fire stations of the sample city, in the forms of GSI and of P17.

The designation of a site follows from where it lies: outside of a hazard's area it is designated for it, inside only
if it has floors above the water, and then the remarks say from which floor on, as the published lists do.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from services.ingest.sample.facilities import site_of
from services.ingest.sample.hazards import Hazards
from services.ingest.sample.municipal import Site, beside, sites
from services.ingest.sample.network import Network
from services.ingest.sample.people import People
from services.ingest.sample.plane import path
from services.ingest.sample.towns import Towns, scatter_count

SHELTERS = 142
EMERGENCY_SITES = 108
_SHARED = 88  # emergency sites that are shelters, too; the others are parks

STATUS_HEADER = (
    "全国共通避難所・避難場所ID", "市区町村コード", "施設・場所名", "開設状況", "更新時刻", "開設日時", "閉鎖日時",
    "定員状況", "避難者数", "開設理由", "緯度", "経度", "備考", "公開",
)  # fmt: skip
_EXERCISE = (
    ("開設", "空き", 12, "2026-03-08T09:00+09:00", ""),
    ("開設", "満員", 240, "2026-03-08T09:00+09:00", ""),
    ("閉鎖", "", 0, "2026-03-08T09:00+09:00", "2026-03-08T11:30+09:00"),
    ("未開設", "", "", "", ""),
    ("不明", "", "", "", ""),
)
"""Opening, crowding, people there, opened, closed."""

Feature = tuple[BaseGeometry, Mapping[str, object]]

_KINDS = ("小学校",) * 46 + ("中学校",) * 22 + ("高等学校",) * 14 + ("公民館",) * 30 + ("市民館",) * 30
_CITY = "兵庫県西宮市"

# Name, P17 code (1 headquarters, 2 station, 3 branch), place.
_STATIONS = (
    ("架空中央消防署", 2, (135.3460, 34.7390)), ("架空夙瀬分署", 3, (135.3240, 34.7500)),
    ("架空東部消防署", 2, (135.3690, 34.7180)), ("架空西浜分署", 3, (135.3320, 34.7100)),
    ("架空瓦瀬消防署", 2, (135.3650, 34.7450)), ("架空山手分署", 3, (135.3480, 34.7660)),
    ("架空北消防署", 2, (135.3130, 34.8260)), ("架空谷口分署", 3, (135.2480, 34.8340)),
)  # fmt: skip


class Places:
    """Sites chosen once and used by both lists."""

    def __init__(self, people: People, towns: Towns, random: np.random.Generator) -> None:
        inhabited = people.places[people.persons.sum(axis=(1, 2)) > 10]
        chosen = inhabited[scatter_count(inhabited, SHELTERS + EMERGENCY_SITES - _SHARED, random)]
        places = sites(beside(chosen, random, 25.0), towns, random)
        used: dict[str, int] = {}
        kinds = random.permutation(np.array(_KINDS)).tolist()
        self.shelters = [(site_of(place, kind, used), kind, place) for place, kind in zip(places, kinds, strict=False)]
        self.parks = [(site_of(place, "公園", used), "公園", place) for place in places[SHELTERS:]]


def shelter_features(places: Places) -> list[Feature]:
    """Records of 指定避難所 as GSI publishes them; ``null`` and the empty text both mean missing, as there."""
    shared = {name for name, _, _ in _emergency(places)}
    return [
        (
            shapely.Point(round(place.longitude, 6), round(place.latitude, 6)),
            {
                "NO": 90000 + number,
                "共通ID": f"E28204{number:05d}111",
                "都道府県名及び市町村名": _CITY,
                "施設・場所名": name,
                "住所": place.address,
                "指定緊急避難場所との住所同一": "1" if name in shared else "",
                "その他市町村長が必要と認める事項": None,
                "受入対象者": None,
                "備考": "架空データ",
            },
        )
        for number, (name, _, place) in enumerate(places.shelters, start=1)
    ]


def emergency_features(places: Places, hazards: Hazards, landslide_zones: Sequence[BaseGeometry]) -> list[Feature]:
    """Records of 指定緊急避難場所 as GSI publishes them: flags are ``"1"`` or empty."""
    zones = STRtree(landslide_zones)
    features: list[Feature] = []
    for number, (name, kind, place) in enumerate(_emergency(places), start=1):
        point = shapely.Point(place.longitude, place.latitude)
        flags, remarks = _designations(kind, place, hazards, on_slope=bool(len(zones.query(point, "intersects"))))
        features.append(
            (
                shapely.Point(round(place.longitude, 6), round(place.latitude, 6)),
                {
                    "NO": 91000 + number,
                    "共通ID": f"E28204{number:05d}201",
                    "都道府県名及び市町村名": _CITY,
                    "施設・場所名": name,
                    "住所": place.address,
                    **flags,
                    "指定避難所との住所同一": "" if kind == "公園" else "1",
                    "備考": "、".join([*remarks, "架空データ"]),
                },
            )
        )
    return features


def _emergency(places: Places) -> list[tuple[str, str, Site]]:
    """The schools first, which have floors to flee to, then other shelters, then the parks."""
    by_kind = sorted(places.shelters, key=lambda shelter: "学校" not in shelter[1])
    return by_kind[:_SHARED] + places.parks


def _designations(kind: str, place: Site, hazards: Hazards, *, on_slope: bool) -> tuple[dict[str, str], list[str]]:
    """The eight flags in their legal order, and what the remarks say about floors."""
    point = shapely.Point(place.xy)
    has_floors = "学校" in kind
    remarks = []

    def designated(ja: str, shallow: BaseGeometry, deep: BaseGeometry) -> str:
        if not shallow.intersects(point):
            return "1"
        if not has_floors:
            return ""
        remarks.append(f"{ja}は{'３' if deep.intersects(point) else '２'}階以上が対象")
        return "1"

    flood = designated("洪水", hazards.flood_area, hazards.deep_flood_area)
    surge = designated("高潮", hazards.surge[0], hazards.surge[3])
    tsunami = designated("津波", hazards.tsunami[0], hazards.tsunami[1])
    inland = designated("内水氾濫", hazards.inland[0], hazards.inland[-1])
    open_ground = kind in ("公園", "小学校", "中学校")
    return {
        "洪水": flood,
        "崖崩れ、土石流及び地滑り": "" if on_slope or place.latitude < 34.765 else "1",
        "高潮": surge,
        "地震": "1" if open_ground else "",
        "津波": tsunami,
        "大規模な火事": "1" if kind == "公園" else "",
        "内水氾濫": inland if kind != "公園" else "",
        "火山現象": "",
    }, remarks


def status_rows(places: Places, remark: str) -> Iterator[list[object]]:
    """What a desk said of a few sites in an exercise that is over: of all others nothing is known."""
    for (number, (name, kind, place)), state in zip(enumerate(_emergency(places), start=1), _EXERCISE, strict=False):
        status, crowding, people, opened, closed = state
        yield [
            f"E28204{number:05d}201", "28204", name, status, "2026-03-08T12:00+09:00", opened, closed, crowding, people,
            "" if kind == "公園" else "架空の訓練", f"{place.latitude:.6f}", f"{place.longitude:.6f}", remark, "1",
        ]  # fmt: skip


def fire_station_features(network: Network, towns: Towns, random: np.random.Generator) -> list[Feature]:
    """Records of P17: four stations and four branches, each at a larger road."""
    wanted = path([place for _, _, place in _STATIONS])
    roads = network.junctions(frozenset({"primary", "secondary", "tertiary"}))
    nodes, _ = network.nearest(wanted, roads)
    places = sites(beside(network.coordinates()[nodes], random, 18.0), towns, random)
    return [
        (
            shapely.Point(place.longitude, place.latitude),
            {"P17_001": name, "P17_002": "28204", "P17_003": code, "P17_004": place.address, "備考": "架空データ"},
        )
        for (name, code, _), place in zip(_STATIONS, places, strict=True)
    ]
