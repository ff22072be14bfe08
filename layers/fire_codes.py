"""The code lists that incidents, vehicles, dispatches and closures share."""

from geo.network.profiles import PROFILES
from layers.model import Code, CodeList, StyleClass, Text

VEHICLE_PROFILES = CodeList(
    "vehicle-profile",
    Text("車両区分", "Vehicle profile"),
    tuple(Code(each.id, Text(each.title_ja, each.title_en)) for each in PROFILES.values()),
    source="本システムの経路探索の車両条件（geo.network.profiles）。車種名は消防力の整備指針（平成12年消防庁告示第1号）による",
)
INCIDENT_KINDS = CodeList(
    "incident-kind",
    Text("災害種別", "Kind of incident"),
    (
        Code("fire", Text("火災", "Fire"), "#d7191c"),
        Code("rescue", Text("救助", "Rescue"), "#e66101"),
        Code("medical", Text("救急", "Medical emergency"), "#2166ac"),
        Code("hazardous-materials", Text("危険物", "Hazardous materials"), "#762a83"),
        Code("wildland", Text("林野", "Wildland fire"), "#4d7c0f"),
        Code("flood-defence", Text("水防", "Flood defence"), "#0e7490"),
        Code("other", Text("その他", "Other"), "#525252"),
    ),
    source="各消防本部の出動計画・出場計画で用いられる災害の種別",
)
INCIDENT_STATUS = CodeList(
    "incident-status",
    Text("状況", "Status"),
    (
        Code("received", Text("受付", "Call received")),
        Code("dispatched", Text("出動中", "Units on the way")),
        Code("working", Text("活動中", "Units at work")),
        Code("under-control", Text("鎮圧・収束", "Under control"), aliases=("鎮圧", "収束")),
        Code("closed", Text("終了", "Closed"), aliases=("鎮火",)),
        Code("false-alarm", Text("誤報", "False alarm")),
    ),
    source="本システムの分類（119番受付から終了まで）",
)
STRIKE_LEVELS = CodeList(
    "strike-level",
    Text("出動区分", "Strike level"),
    (
        Code("first", Text("第1出動", "First strike"), aliases=("第一出動", "1次出動")),
        Code("second", Text("第2出動", "Second strike"), aliases=("第二出動", "2次出動")),
        Code("third", Text("第3出動", "Third strike"), aliases=("第三出動", "3次出動")),
        Code("special", Text("特命", "Special order"), aliases=("特命出動",)),
    ),
    source="各消防本部の出動計画・出場計画",
)
STATUS_KEYS = CodeList(
    "vehicle-status",
    Text("車両動態", "Vehicle status"),
    (
        Code("standby", Text("待機", "Standing by"), "#1a7f37"),
        Code("dispatched", Text("出動", "On the way"), "#d97706"),
        Code("on-scene", Text("現着", "On scene"), "#c2185b", aliases=("現場到着",)),
        Code("pumping", Text("放水", "Pumping"), "#b30000", aliases=("放水開始",)),
        Code("withdrawing", Text("引揚", "Withdrawing"), "#2166ac", aliases=("引き揚げ", "引揚げ")),
        Code("returned", Text("帰署", "Back at the station"), "#5aae61"),
        Code("out-of-service", Text("点検・不能", "Out of service"), "#6b7280", aliases=("点検", "不能")),
    ),
    source="車両運用端末（AVM）の動態ボタン。消防指令システムの一般的な区分",
)
KEYS_OF_A_DISPATCH = ("dispatched", "on-scene", "pumping", "withdrawing", "returned")
"""The keys that a crew presses from its order until it is back, in their order."""


def time_field(key: str) -> str:
    """The field of a dispatch that is the time of a key."""
    return f"{key.replace('-', '_')}_at"


READY = frozenset({"standby", "returned"})
"""Keys after which a vehicle can be sent."""
RETURNING = "withdrawing"
"""The key after which it can be sent where the desk says so."""


def classes(codes: CodeList) -> tuple[StyleClass, ...]:
    """The classes of a legend: the codes that have a colour."""
    return tuple(StyleClass(each.value, each.title, each.color) for each in codes.codes if each.color is not None)
