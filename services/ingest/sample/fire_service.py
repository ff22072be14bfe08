"""The fire service of the sample city at work: vehicles, plans, incidents that are over, closed roads.

Nothing of it exists; all names begin with 架空.  No incident is open, so that a demonstration begins with its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from services.ingest.sample.municipal import beside, sites
from services.ingest.sample.network import Network
from services.ingest.sample.plane import geometry_to_degrees
from services.ingest.sample.towns import Towns

Feature = tuple[BaseGeometry, Mapping[str, object]]

_JST = timezone(timedelta(hours=9))
_MORNING = datetime(2026, 4, 1, 8, 30, tzinfo=_JST)  # change of shifts on the day of the sample city

VEHICLE_HEADER = (
    "呼出名称", "配置署所", "車両区分", "車種", "水槽容量_L", "はしご地上高_m", "ホース総延長_m", "乗車人員",
    "車両動態", "動態時刻", "位置の時刻", "位置の情報源", "災害番号", "緯度", "経度", "備考",
)  # fmt: skip
INCIDENT_HEADER = (
    "災害番号", "災害種別", "出動区分", "災害地点", "覚知時刻", "地点決定時刻", "終了時刻", "状況", "緯度", "経度",
    "備考",
)  # fmt: skip
DISPATCH_HEADER = (
    "災害番号", "呼出名称", "出動区分", "出動時刻", "現着時刻", "放水開始時刻", "引揚時刻", "帰署時刻", "緯度", "経度",
    "備考",
)  # fmt: skip
PLAN_HEADER = ("災害種別", "出動区分", "車両区分", "台数", "代替車両", "備考")


@dataclass(frozen=True, slots=True)
class _Type:
    profile: str
    name: str
    tank_l: int
    ladder_m: float
    hose_m: int
    crew: int


_PUMPER = _Type("pumper", "消防ポンプ自動車（CD-I型）", 0, 0.0, 400, 4)
_TANK = _Type("tank", "水槽付消防ポンプ自動車", 1500, 0.0, 300, 4)
_LADDER = _Type("ladder", "30m級はしご付消防自動車", 0, 30.0, 100, 3)
_RESCUE = _Type("rescue", "救助工作車（II型）", 0, 0.0, 100, 5)
_AMBULANCE = _Type("ambulance", "高規格救急自動車", 0, 0.0, 0, 3)
_COMMAND = _Type("command", "指揮車", 0, 0.0, 0, 3)
_OF_BRANCHES = (_TANK, _AMBULANCE)
_OF_STATIONS = (_PUMPER, _TANK, _AMBULANCE, _COMMAND)
_SPECIAL: Mapping[int, tuple[_Type, ...]] = {0: (_LADDER, _RESCUE, _AMBULANCE), 3: (_LADDER,), 1: (_RESCUE,)}
"""What the first, second and fourth of the stations have beside."""


def vehicle_rows(stations: Sequence[Feature], remark: str) -> Iterator[list[object]]:
    """All vehicles, standing by at their stations, but for one that is being inspected.

    ``stations`` are features as P17 has them: 2 is a station, any other kind a branch.
    """
    of_rank = 0
    for point, about in stations:
        types: tuple[_Type, ...] = _OF_BRANCHES
        if about["P17_003"] == 2:
            types = (*_OF_STATIONS, *_SPECIAL.get(of_rank, ()))
            of_rank += 1
        name = str(about["P17_001"])
        for number, each in enumerate(types, start=1):
            is_inspected = of_rank == 1 and each is _COMMAND
            yield [
                f"{name.removesuffix('消防署').removesuffix('分署')}{number}", name, each.profile, each.name,
                each.tank_l, f"{each.ladder_m:g}", each.hose_m, each.crew, "点検・不能" if is_inspected else "待機",
                _time(_MORNING), _time(_MORNING), "署所の位置", "", f"{point.y:.6f}", f"{point.x:.6f}", remark,
            ]  # fmt: skip


# Number, kind, strike level, minutes after the morning, and of each vehicle the minutes from the report to each key.
_INCIDENTS: Sequence[tuple[str, str, str, int, Mapping[str, tuple[int | None, ...]]]] = (
    ("架空-2026-0001", "火災", "第1出動", -2_310, {
        "架空東部2": (2, 7, 9, 74, 88), "架空東部1": (2, 7, 11, 70, 83), "架空中央1": (2, 10, None, 41, 55),
    }),
    ("架空-2026-0002", "救急", "", -1_042, {"架空山手2": (1, 8, None, 43, 61)}),
    ("架空-2026-0003", "救助", "特命", -388, {"架空中央6": (3, 11, None, 52, 66), "架空中央3": (3, 10, None, 35, 58)}),
)  # fmt: skip


class Incidents:
    """The incidents of the last days, all of them over, and the vehicles that were sent."""

    def __init__(self, network: Network, towns: Towns, random: np.random.Generator) -> None:
        streets = network.midpoints()[[n for n, edge in enumerate(network.edges) if edge.highway == "residential"]]
        chosen = streets[random.choice(len(streets), len(_INCIDENTS), replace=False)]
        self._sites = sites(beside(chosen, random), towns, random)

    def rows(self, remark: str) -> Iterator[list[object]]:
        for (number, kind, level, minutes, sent), site in zip(_INCIDENTS, self._sites, strict=True):
            reported = _MORNING + timedelta(minutes=minutes)
            over = max(times[-1] or 0 for times in sent.values())
            yield [
                number, kind, level, site.address, _time(reported), _time(reported + timedelta(minutes=1)),
                _time(reported + timedelta(minutes=over)), "終了", f"{site.latitude:.6f}", f"{site.longitude:.6f}",
                remark,
            ]  # fmt: skip

    def dispatch_rows(self, remark: str) -> Iterator[list[object]]:
        for (number, _, level, minutes, sent), site in zip(_INCIDENTS, self._sites, strict=True):
            reported = _MORNING + timedelta(minutes=minutes)
            for call_sign, keys in sent.items():
                times = ["" if key is None else _time(reported + timedelta(minutes=key)) for key in keys]
                yield [
                    number, call_sign, level, *times, f"{site.latitude:.6f}", f"{site.longitude:.6f}", remark,
                ]  # fmt: skip


# Kind and strike level, and of each profile how many, with what may be sent instead.
_PLANS: Mapping[tuple[str, str], Mapping[str, tuple[int, str]]] = {
    ("火災", "第1出動"): {
        "pumper": (3, "tank"), "ladder": (1, ""), "rescue": (1, ""), "ambulance": (1, ""), "command": (1, ""),
    },
    ("火災", "第2出動"): {"pumper": (3, "tank"), "rescue": (1, ""), "ambulance": (1, ""), "command": (1, "")},
    ("火災", "第3出動"): {"pumper": (4, "tank"), "ladder": (1, ""), "ambulance": (2, "")},
    ("火災", "特命"): {"ladder": (1, ""), "tank": (1, "pumper")},
    ("救助", "第1出動"): {"rescue": (1, ""), "pumper": (1, "tank"), "ambulance": (1, ""), "command": (1, "")},
    ("救助", "特命"): {"rescue": (1, "")},
    ("救急", "第1出動"): {"ambulance": (1, "")},
    ("救急", "特命"): {"ambulance": (1, ""), "pumper": (1, "tank;rescue")},
    ("危険物", "第1出動"): {
        "tank": (2, "pumper"), "rescue": (1, ""), "ambulance": (1, ""), "command": (1, ""),
    },
    ("林野", "第1出動"): {"tank": (3, "pumper"), "command": (1, "")},
    ("水防", "第1出動"): {"rescue": (1, ""), "pumper": (1, "tank"), "command": (1, "ambulance")},
    ("その他", "第1出動"): {"pumper": (1, "tank;rescue")},
}  # fmt: skip


def plan_rows(remark: str) -> Iterator[list[object]]:
    """Response plans that nobody has decided on: an assumption of this project."""
    for (kind, level), units in _PLANS.items():
        for profile, (count, stand_ins) in units.items():
            yield [kind, level, profile, count, stand_ins, f"{remark}（仮定）"]


def closure_features(network: Network, remark: str, random: np.random.Generator) -> list[Feature]:
    """A flooded area of last autumn, which is over, and roadworks so far ahead that no route meets them."""
    points = network.coordinates()
    streets = [n for n, edge in enumerate(network.edges) if edge.highway == "residential"]
    flooded = shapely.Point(network.midpoints()[streets[int(random.integers(len(streets)))]]).buffer(90, quad_segs=4)
    roads = [edge for edge in network.edges if edge.highway == "secondary" and len(edge.nodes) > 2]
    works = shapely.LineString(points[roads[int(random.integers(len(roads)))].nodes])
    return [
        (geometry_to_degrees(flooded), _closure(
            "架空冠水区域", datetime(2025, 9, 20, 4, tzinfo=_JST), datetime(2025, 9, 20, 13, tzinfo=_JST), "冠水", "",
            0.4, "架空市道路管理者", remark,
        )),
        (geometry_to_degrees(works), _closure(
            "架空線 橋梁架替工事", datetime(2099, 4, 1, tzinfo=_JST), datetime(2099, 10, 1, tzinfo=_JST), "工事",
            "pumper;tank;ladder;rescue;ambulance;command;car", None, "架空市道路管理者", remark,
        )),
    ]  # fmt: skip


def sensor_features(network: Network, remark: str, random: np.random.Generator) -> list[Feature]:
    """Two sensors of flooding, each of which stands for a piece of a road; nothing was read yet."""
    points = network.coordinates()
    roads = [edge for edge in network.edges if edge.highway == "tertiary"]
    chosen = random.choice(len(roads), 2, replace=False)
    return [
        (geometry_to_degrees(shapely.LineString(points[roads[int(road)].nodes])), {
            "センサーID": f"架空冠水{number}",
            "名称": f"架空アンダーパス{number}",
            "規制の水深_cm": 20.0,
            "再開の水深_cm": 10.0,
            "途絶とみなす時間_s": 900,
            "備考": remark,
        })
        for number, road in enumerate(chosen, start=1)
    ]  # fmt: skip


def _closure(
    name: str,
    begins: datetime,
    ends: datetime,
    reason: str,
    applies_to: str,
    depth_m: float | None,
    by: str,
    remark: str,
) -> Mapping[str, object]:
    return {
        "路線・区間": name,
        "開始日時": _time(begins),
        "終了日時": _time(ends),
        "規制理由": reason,
        "対象車両": applies_to,
        "水深_m": depth_m,
        "規制者": by,
        "備考": remark,
        "公開": "1",
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
