"""What to do at a place that a hazard may reach: the official words, each with its source.

Nothing here is our own advice.  避難情報に関するガイドライン (内閣府, 2021) knows two ways: 立退き避難, to leave, which
is the rule, and 屋内安全確保, to stay on a dry floor, under three conditions, of which the first excludes house-collapse
zones.  For landslides and tsunami leaving is the only one.  The English is a translation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from layers.text import Text


class State(StrEnum):
    """A place and the areas of a hazard; touching their edge is inside."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """The worst that may be the case at a place for one hazard.

    depth_upper_m:
        Exclusive upper bound of the depth in metres; None where none is stated.
    collapse:
        In a house-collapse zone.
    municipality:
        Five-digit code of the municipality whose rules hold there; None where it is not known.
    """

    state: State
    depth_upper_m: float | None = None
    collapse: bool = False
    municipality: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where the words stand: title, publisher, address."""

    title: Text
    publisher: Text
    url: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to do: ``action`` is the official term, ``words`` the official sentence."""

    id: str
    action: Text
    words: Text
    source: Citation


_CABINET = Text("内閣府（防災担当）・消防庁", "Cabinet Office (Disaster Management) and FDMA, Japan")
_GUIDELINE = Citation(
    Text("避難情報に関するガイドライン（2021年5月）", "Guideline on evacuation information (May 2021)"),
    _CABINET,
    "https://www.bousai.go.jp/oukyu/hinanjouhou/r3_hinanjouhou_guideline/",
)
_FLOW = Citation(
    Text("避難行動判定フロー（2021年5月）", "Flow chart of evacuation behaviour (May 2021)"),
    _CABINET,
    "https://www.bousai.go.jp/oukyu/hinanjouhou/r3_hinanjouhou_guideline/",
)
_WARNINGS = Citation(
    Text("津波警報・注意報、津波情報、津波予報について", "Tsunami warnings and advisories"),
    Text("気象庁", "Japan Meteorological Agency"),
    "https://www.data.jma.go.jp/eqev/data/joho/tsunamiinfo.html",
)
_NISHINOMIYA_TSUNAMI = Citation(
    Text("西宮市津波避難行動指針（2017年）", "Nishinomiya guideline on tsunami evacuation (2017)"),
    Text("西宮市", "City of Nishinomiya"),
    "https://www.nishi.or.jp/kurashi/anshin/bosaijoho/shinotaisaku/bosaikeikaku/tunami_mamoru.html",
)

_LEAVE_TERM = Text("立退き避難", "Evacuate to a safe place")
_STAY_TERM = Text("屋内安全確保", "Stay safe indoors")
_CHECK_TERM = Text("避難行動の確認", "Check what to do")

LEAVE = Advice(
    "leave",
    _LEAVE_TERM,
    Text(
        "災害の危険があるので、原則として、自宅の外に避難が必要です。",
        "There is a danger of disaster: as a rule you need to evacuate from your home.",
    ),
    _FLOW,
)
STAY = Advice(
    "stay-on-a-dry-floor",
    _STAY_TERM,
    Text(
        "浸水の危険があっても、①洪水により家屋が倒壊又は崩落してしまうおそれの高い区域の外側である、"
        "②浸水する深さよりも高いところにいる、③浸水しても水がひくまで我慢できる、水・食糧などの備えが十分にある"
        "場合は自宅に留まり安全確保をすることも可能です。",
        "Even where inundation is expected, you may stay at home and keep safe there if (1) it is outside of the areas "
        "where houses are likely to collapse or be washed away, (2) you are higher than the water will rise, and (3) you "
        "can bear it until the water is gone, with enough water, food and other supplies.",
    ),
    _FLOW,
)
COLLAPSE = Advice(
    "leave-collapse-zone",
    _LEAVE_TERM,
    Text(
        "家屋倒壊等氾濫想定区域では、流速が速いため木造家屋は倒壊するおそれ、地面が削られ家屋は建物ごと崩落する"
        "おそれがあります。",
        "In a house-collapse zone wooden houses may be brought down by the fast flow, or fall with the ground that is "
        "washed away under them.",
    ),
    _FLOW,
)
LEVELS = Advice(
    "alert-levels",
    Text("警戒レベル", "Alert levels"),
    Text(
        "警戒レベル3「高齢者等避難」で危険な場所から高齢者等は避難、警戒レベル4「避難指示」で危険な場所から全員避難。"
        "警戒レベル4までに必ず避難。",
        "Alert level 3 (高齢者等避難): the elderly and others who need time leave dangerous places. Alert level 4 "
        "(避難指示): everybody leaves dangerous places. Be gone before level 5.",
    ),
    _GUIDELINE,
)
LANDSLIDE = Advice(
    "leave-landslide-zone",
    _LEAVE_TERM,
    Text(
        "土砂災害の危険がある区域では立退き避難が原則です。",
        "In areas in danger of landslides the rule is to evacuate to a safe place.",
    ),
    _GUIDELINE,
)
TSUNAMI = Advice(
    "leave-at-once",
    _LEAVE_TERM,
    Text(
        "沿岸部や川沿いにいる人は、ただちに高台や避難ビルなど安全な場所へ避難してください。",
        "People on the coast or by a river: move at once to high ground, an evacuation building or another safe place.",
    ),
    _WARNINGS,
)
NOT_COLOURED = Advice(
    "outside-is-not-safe",
    _CHECK_TERM,
    Text(
        "着色されていないところでも災害が起こる可能性があります。色が塗られていなくても、周りと比べて低い土地や崖の"
        "そばなどにお住まいの方は、市区町村からの避難情報を参考に必要に応じて避難してください。",
        "Disasters can also happen where the map has no colour. Even there, if you live on ground lower than its "
        "surroundings or close to a cliff, evacuate where necessary, as your municipality advises.",
    ),
    _FLOW,
)
UNKNOWN = Advice(
    "unknown-is-not-safe",
    _CHECK_TERM,
    Text(
        "ハザードマップは浸水や土砂災害が発生するおそれの高い区域を着色した地図です。"
        "着色されていないところでも災害が起こる可能性があります。",
        "A hazard map colours the areas that are likely to be flooded or hit by landslides. Disasters can also happen "
        "where it has no colour.",
    ),
    _FLOW,
)
_NISHINOMIYA = (
    Advice(
        "nishinomiya-horizontal",
        Text("水平避難", "Go inland"),
        Text("鳴尾御影線より北側へ避難する。", "Go to the north of the road 鳴尾御影線 (Naruo-Mikage line)."),
        _NISHINOMIYA_TSUNAMI,
    ),
    Advice(
        "nishinomiya-vertical",
        Text("垂直避難", "Go up"),
        Text(
            "津波避難ビル等の3階以上へ退避する。",
            "Go to the third floor or higher of a tsunami evacuation building.",
        ),
        _NISHINOMIYA_TSUNAMI,
    ),
    Advice(
        "nishinomiya-stay",
        Text("自宅等待避", "Stay where you are"),
        Text(
            "鉄筋コンクリート造等の3階以上に居る場合は、その場にとどまる。",
            "Stay if you are on the third floor or higher of a building of reinforced concrete.",
        ),
        _NISHINOMIYA_TSUNAMI,
    ),
)
_NISHINOMIYA_WIDER = Advice(
    "nishinomiya-wider-area",
    _CHECK_TERM,
    Text(
        "津波浸水の想定は、推定や予測に限界があるため、安全側に考え、避難対象地域は広めに設定しています。",
        "Estimates of tsunami inundation have their limits: to be on the safe side the area to be evacuated is wider.",
    ),
    _NISHINOMIYA_TSUNAMI,
)
LOCAL_TSUNAMI: Mapping[str, tuple[tuple[Advice, ...], tuple[Advice, ...]]] = {
    "28204": (_NISHINOMIYA, (_NISHINOMIYA_WIDER,)),
}
"""What a municipality adds for tsunami, by its code: inside of the areas, and elsewhere."""


def inundation(found: Finding) -> tuple[Advice, ...]:
    """What to do about water from rivers, sewers, ponds and storm surges."""
    if found.state is State.OUTSIDE:
        return (NOT_COLOURED,)
    if found.state is State.UNKNOWN:
        return (UNKNOWN,)
    return (LEAVE, COLLAPSE, LEVELS) if found.collapse else (LEAVE, STAY, LEVELS)


def landslide(found: Finding) -> tuple[Advice, ...]:
    """What to do about landslides."""
    if found.state is State.OUTSIDE:
        return (NOT_COLOURED,)
    return (UNKNOWN,) if found.state is State.UNKNOWN else (LANDSLIDE, LEVELS)


def tsunami(found: Finding) -> tuple[Advice, ...]:
    """What to do about a tsunami, with the rules of the municipality."""
    inside, elsewhere = LOCAL_TSUNAMI.get(found.municipality or "", ((), ()))
    if found.state is State.INSIDE:
        return (TSUNAMI, *inside)
    return ((NOT_COLOURED if found.state is State.OUTSIDE else UNKNOWN), *elsewhere)


# --- what a depth means in a house -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FloorReach:
    """How far up a house water of less than ``below_m`` comes; ``dry_floor`` is the lowest floor that stays dry."""

    below_m: float
    dry_floor: int
    words: Text


FLOORS = (
    FloorReach(0.5, 1, Text("1階床下浸水", "water below the ground floor")),
    FloorReach(3.0, 2, Text("1階床上～軒下浸水", "ground floor flooded, up to its eaves")),
    FloorReach(5.0, 3, Text("2階床上～軒下浸水", "first upper floor (2階) flooded, up to its eaves")),
    FloorReach(10.0, 5, Text("3階床上浸水～4階軒下浸水", "third and fourth storeys (3・4階) flooded")),
)
"""水害ハザードマップ作成の手引き (国土交通省): 0.5 m is the ground floor, 3 m the ceiling of the first storey, 5 m the roof
of two; the words are those of the Cabinet Office's leaflet on the hazard map.  ``dry_floor`` counts storeys as Japan does
(1階 is the ground floor)."""
ABOVE_FLOORS = Text("4階の軒を超える浸水", "water above the eaves of the fourth storey")
"""From the last bound of ``FLOORS`` on; no floor is known to stay dry."""


def floors_reached(depth_upper_m: float | None) -> tuple[Text, int | None]:
    """What depths below this bound mean in a house, and the lowest floor that stays dry (None: none is known to)."""
    for floor in FLOORS:
        if depth_upper_m is not None and depth_upper_m <= floor.below_m:
            return floor.words, floor.dry_floor
    return ABOVE_FLOORS, None
