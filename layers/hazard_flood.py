"""洪水浸水想定区域: depth at two scales, duration and house-collapse zones, one collection by ``scenario``.

An absent area means "no estimate was published here", never "safe": the third state next to in and out.
"""

from collections.abc import Mapping

from layers import advice, attributions, licences, owners
from layers.fields import code, number, text
from layers.hazard import Hazard, Reach, SpeaksFor
from layers.hazard_classes import (
    DEPTH_FIELDS,
    FLOOD_CLASSES,
    RANK,
    SCENARIOS,
    flood_from_rank,
    style_classes,
)
from layers.model import (
    Embedded,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
)

# The leading digit of an attribute of A31 names the scenario (folders 10_計画規模 … 40_家屋倒壊等).
_SCENARIO_DIGITS: Mapping[int, str] = {1: "planned", 2: "maximum", 3: "duration", 4: "collapse"}
_CREDIT = attributions.ksj("洪水浸水想定区域データ", "Flood inundation areas")


def _by_river(digit: int, scenario: str) -> SourceFormat:
    prefix = f"A31a_{digit}0"
    title = SCENARIOS.by_value[scenario].title
    return SourceFormat(
        id=f"ksj-a31a-{scenario}",
        title=Text(f"国土数値情報 A31a {title.ja}（河川別）", f"KSJ A31a, by river: {title.en}"),
        columns={
            f"{prefix}1": "river_number",
            f"{prefix}2": "river_name",
            f"{prefix}3": "prefecture_code",
            f"{prefix}4": "prefecture_name",
            f"{prefix}5": "rank",
        },
        signature=frozenset({f"{prefix}1", f"{prefix}2", f"{prefix}5"}),
        geometry=Embedded(),
        constants={"scenario": scenario},
        derive=flood_from_rank(scenario),
        scope=("scenario", "river_number"),
        licence=licences.CC_BY_4_0,
        attribution=_CREDIT,
    )


def _by_mesh(series: str, digit: int, scenario: str) -> SourceFormat:
    """A31b and version 4 (A31): cut along the primary mesh, the rank alone."""
    rank = f"{series}_{digit}01"
    title = SCENARIOS.by_value[scenario].title
    return SourceFormat(
        id=f"ksj-{series.lower()}-{'' if series == 'A31b' else 'v4-'}{scenario}",
        title=Text(f"国土数値情報 {series} {title.ja}（1次メッシュ別）", f"KSJ {series}, by primary mesh: {title.en}"),
        columns={rank: "rank"},
        signature=frozenset({rank}),
        exact=True,
        geometry=Embedded(),
        constants={"scenario": scenario},
        derive=flood_from_rank(scenario),
        scope=("scenario",),
        part_of_name=r"(?<!\d)(\d{4})(?!\d)",  # A31b-23_10_5235_GEOJSON.zip: the primary mesh
        licence=licences.CC_BY_4_0,
        attribution=_CREDIT,
    )


LAYER = Layer(
    id="hazard-flood",
    title=Text("洪水浸水想定区域", "Flood inundation areas"),
    description=Text(
        "河川が氾濫した場合に想定される浸水深（計画規模・想定最大規模）、浸水継続時間、家屋倒壊等氾濫想定区域。"
        "区域の外は「想定が公表されていない」ことを示し、安全を意味しない。小さな川や水路は対象外のことがある。",
        "Depth of inundation if a river overflows (design scale and largest conceivable scale), its duration, and "
        "house-collapse zones. Outside the areas no estimate is published: it does not mean safe. Small rivers and "
        "channels may not have been studied.",
    ),
    theme=Theme.HAZARD,
    geometry=Geometry.MULTIPOLYGON,
    fields=(
        code("scenario", SCENARIOS, required=True),
        RANK,
        code("hazard_class", FLOOD_CLASSES),
        *DEPTH_FIELDS,
        number("duration_lower_h", "浸水継続時間の下限", "Duration, lower bound (inclusive)", unit="h", minimum=0),
        number("duration_upper_h", "浸水継続時間の上限", "Duration, upper bound (exclusive)", unit="h", minimum=0),
        text("river_number", "河川番号", "River number"),
        text("river_name", "河川名", "River"),
        text("prefecture_code", "作成主体の都道府県コード", "Prefecture code"),
        text("prefecture_name", "作成主体", "Prepared by"),
    ),
    formats=(
        *(_by_river(digit, scenario) for digit, scenario in _SCENARIO_DIGITS.items()),
        *(_by_mesh("A31b", digit, scenario) for digit, scenario in _SCENARIO_DIGITS.items()),
        *(_by_mesh("A31", digit, scenario) for digit, scenario in _SCENARIO_DIGITS.items()),
    ),
    style=Style(
        color="#9a7fb0",  # areas whose class is unknown: in no official colour
        by="hazard_class",
        classes=style_classes(FLOOD_CLASSES),
        one_of="scenario",
        opacity=0.6,
        outline="#8a6d6d",
        width=0.5,
        visible=True,
    ),
    licence=licences.CC_BY_4_0,
    attribution=_CREDIT,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.ANNUALLY,
    title_field="river_name",
    keywords=("洪水", "浸水", "ハザードマップ", "flood"),
    hazard=Hazard(
        type="flood",
        speaks_for=SpeaksFor(
            Reach.TOUCHED,
            Text(
                "想定は河川ごとに公表され、浸水が及ぶ市区町村に通知される（水防法第14条）。挙げた河川についてだけ言える。",
                "Areas are published river by river and notified to the municipalities that the water reaches (Flood "
                "Control Act, art. 14): they speak for the rivers named, and no others.",
            ),
            named_by="river_name",
        ),
        advise=advice.inundation,
        scenario="scenario",
        collapse="collapse",
    ),
)
