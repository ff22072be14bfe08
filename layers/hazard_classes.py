"""Code lists of the hazard layers, with the official colours, and what turns published values into them.

Depths and durations: 洪水浸水想定区域図作成マニュアル（第4版） and 水害ハザードマップ作成の手引き, through
``geo.depth``.  A class that straddles two ranks is given the higher one, and its own interval is kept beside it.
"""

from collections.abc import Callable, Sequence

from geo.depth import DEPTH_RANKS_6, DEPTH_RANKS_8, DURATION_RANKS, DepthInterval, Rank, flood_rank, parse_depth
from geo.errors import InputError
from layers.fields import code, integer, number, text
from layers.model import Code, CodeList, Field, StyleClass, Text, Values

_MANUAL = "洪水浸水想定区域図作成マニュアル（第4版）、水害ハザードマップ作成の手引き（国土交通省）"
COLLAPSE_COLOUR = "#ff0000"


def _depth_code(rank: Rank) -> Code:
    return Code(
        f"depth-{rank.value}",
        Text(f"浸水深 {rank.ja}", f"Depth {rank.en}"),
        rank.color,
        rank.lower,
        rank.upper,
        aliases=(rank.ja,),
    )


SCENARIOS = CodeList(
    "flood-scenario",
    Text("想定の種類", "Scenario"),
    (
        Code("maximum", Text("想定最大規模（L2）の浸水深", "Depth at the largest conceivable scale (L2)")),
        Code("planned", Text("計画規模（L1）の浸水深", "Depth at the design scale (L1)")),
        Code("duration", Text("浸水継続時間（想定最大規模）", "Duration of inundation (largest conceivable scale)")),
        Code("collapse", Text("家屋倒壊等氾濫想定区域", "House-collapse zone")),
    ),
    source="国土数値情報 A31（洪水浸水想定区域データ）の区分 20、10、30、40",
)
COLLAPSE = (
    (1, "bank-overflow", Text("家屋倒壊等（氾濫流）", "House collapse by overflowing water")),
    (2, "bank-erosion", Text("家屋倒壊等（河岸侵食）", "House collapse by bank erosion")),
    (3, "bank-overflow-and-erosion", Text("家屋倒壊等（氾濫流・河岸侵食）", "House collapse by overflow and erosion")),
)
_COLLAPSE_VALUES = frozenset(value for _, value, _ in COLLAPSE)
FLOOD_CLASSES = CodeList(
    "flood-class",
    Text("洪水の区分", "Flood class"),
    (
        *(_depth_code(rank) for rank in DEPTH_RANKS_6),
        *(
            Code(
                f"duration-{rank.value}",
                Text(f"浸水継続 {rank.ja}", f"Inundated {rank.en}"),
                rank.color,
                rank.lower,
                rank.upper,
                aliases=(rank.ja,),
            )
            for rank in DURATION_RANKS
        ),
        *(Code(value, title, COLLAPSE_COLOUR) for _, value, title in COLLAPSE),
    ),
    source=_MANUAL,
    unit="m; h",
)
DEPTH_CLASSES = CodeList(
    "depth-class",
    Text("浸水深の区分", "Depth class"),
    tuple(_depth_code(rank) for rank in DEPTH_RANKS_8),
    source=_MANUAL,
    unit="m",
)

DEPTH_FIELDS: tuple[Field, ...] = (
    number(
        "depth_lower_m",
        "浸水深の下限",
        "Depth, lower bound",
        unit="m",
        minimum=0,
        description=Text("この値を含む。", "Inclusive."),
    ),
    number(
        "depth_upper_m",
        "浸水深の上限",
        "Depth, upper bound",
        unit="m",
        minimum=0,
        description=Text(
            "この値を含まない。ない場合は上限なし。安全の判断にはこの値を使う。",
            "Exclusive; absent: no limit is stated. Decisions on safety use this bound.",
        ),
    ),
    text("depth_text", "浸水深（公表された表記）", "Depth as published"),
)
RANK = integer(
    "rank",
    "公式の区分番号",
    "Official rank",
    minimum=1,
    description=Text(
        "色分けの区分の番号。公表された幅が複数の区分にまたがるときは高い方。",
        "Number of the class; where a published interval straddles two classes, the higher one.",
    ),
)
EIGHT_RANK_FIELDS: tuple[Field, ...] = (
    RANK,
    code("hazard_class", DEPTH_CLASSES),
    *DEPTH_FIELDS,
)


def style_classes(codes: CodeList) -> tuple[StyleClass, ...]:
    """The legend of a code list: one class for each code that has a colour.

    House-collapse zones are hatched, as on official maps: they lie upon those of depth.
    """
    return tuple(
        StyleClass(entry.value, entry.title, entry.color, hatched=entry.value in _COLLAPSE_VALUES)
        for entry in codes.codes
        if entry.color is not None
    )


def depth_from_text(values: Values) -> Values:
    """Rank, class (of eight) and interval from ``depth_text``; ``InputError`` where the text states no interval."""
    published = values.get("depth_text")
    if published is None or not str(published).strip():
        return {}
    interval = parse_depth(str(published))
    rank = flood_rank(interval, DEPTH_RANKS_8)
    return {"rank": rank, "hazard_class": f"depth-{rank}", **_bounds("depth", "m", interval)}


def flood_from_rank(scenario: str) -> Callable[[Values], Values]:
    """The ``derive`` of a flood format of one scenario: class and interval from the official rank.

    Raises ``InputError`` for a rank that the official table does not have: the area stays, its depth is unknown.
    """

    def derive(values: Values) -> Values:
        published = values.get("rank")
        if published is None or str(published).strip() == "":
            return {}
        rank = whole_number(published)
        if scenario == "collapse":
            value = next((value for number, value, _ in COLLAPSE if number == rank), None)
            if value is None:
                raise InputError(f"{published!r} is no code of a house-collapse zone (1-{len(COLLAPSE)}).")
            return {"rank": rank, "hazard_class": value}
        kind, unit, ranks = (
            ("duration", "h", DURATION_RANKS) if scenario == "duration" else ("depth", "m", DEPTH_RANKS_6)
        )
        found = _rank_named(rank, ranks)
        return {
            "rank": rank,
            "hazard_class": f"{kind}-{rank}",
            f"{kind}_lower_{unit}": found.lower,
            f"{kind}_upper_{unit}": found.upper,
        }

    return derive


def whole_number(value: object) -> int:
    """An integer that may have come as text or, from a shapefile, as a float; ``InputError`` for anything else."""
    try:
        number = float(str(value))
    except ValueError:
        number = float("nan")
    if not number.is_integer():
        raise InputError(f"{value!r} is not a whole number.")
    return int(number)


def _rank_named(value: int, ranks: Sequence[Rank]) -> Rank:
    for rank in ranks:
        if rank.value == value:
            return rank
    raise InputError(f"{value!r} is not an official rank (1-{ranks[-1].value}).")


def _bounds(kind: str, unit: str, interval: DepthInterval) -> dict[str, object]:
    return {f"{kind}_lower_{unit}": interval.lower_m, f"{kind}_upper_{unit}": interval.upper_m}
