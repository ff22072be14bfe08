"""The hazard types: those for which sites are designated, and those whose zones are classes of depth.

A depth hazard is one entry of ``DEPTH_HAZARDS``; table, collection, colours, legend and reading follow from it.
Hazards of another nature have modules of their own (``hazard_flood``, ``hazard_landslide``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from layers import advice, attributions, licences, owners
from layers.advice import Advice, Finding
from layers.fields import MUNICIPALITY, text
from layers.hazard import Hazard, Reach, SpeaksFor
from layers.hazard_classes import DEPTH_CLASSES, EIGHT_RANK_FIELDS, depth_from_text, style_classes
from layers.model import Embedded, Geometry, Layer, SourceFormat, Style, Text, Theme, UpdateFrequency

# The eight hazards in their legal order (災害対策基本法施行令 第20条の4): the tiles and files of GSI number them so.
DESIGNATED_HAZARDS: tuple[tuple[str, str, Text], ...] = (
    ("flood", "洪水", Text("洪水", "Flood")),
    ("landslide", "崖崩れ、土石流及び地滑り", Text("崖崩れ、土石流及び地滑り", "Landslide")),
    ("storm_surge", "高潮", Text("高潮", "Storm surge")),
    ("earthquake", "地震", Text("地震", "Earthquake")),
    ("tsunami", "津波", Text("津波", "Tsunami")),
    ("large_fire", "大規模な火事", Text("大規模な火事", "Large fire")),
    ("inland_flood", "内水氾濫", Text("内水氾濫", "Inland flood")),
    ("volcano", "火山現象", Text("火山現象", "Volcanic phenomena")),
)

_OUTSIDE = Text(
    "区域の外は「想定が公表されていない」ことを示し、安全を意味しない。",
    "Outside the areas no estimate is published: it does not mean safe.",
)
_OF_A_MUNICIPALITY = SpeaksFor(
    Reach.TOUCHED,
    Text(
        "市区町村が公表した資料は、その市区町村についてだけ言える。",
        "What a municipality publishes speaks for that municipality alone.",
    ),
)


@dataclass(frozen=True, slots=True)
class DepthHazard:
    """A hazard whose zones are published as polygons with a text that states an interval of depth.

    ``formats`` empty: files with the column 浸水深 are read, as municipalities publish them; of several such hazards
    the one meant is named on loading (``ngis ingest --layer hazard-<id>``).
    """

    id: str
    title: Text
    description: Text
    formats: tuple[SourceFormat, ...] = ()
    speaks_for: SpeaksFor = _OF_A_MUNICIPALITY
    advise: Callable[[Finding], tuple[Advice, ...]] = advice.inundation


def _ksj(series: str, title: Text, columns: Mapping[str, str], scope: str) -> SourceFormat:
    """国土数値情報: one series, its depth text and the field by whose values it is published in parts."""
    return SourceFormat(
        id=f"ksj-{series.lower()}",
        title=Text(f"国土数値情報 {series} {title.ja}", f"KSJ {series} {title.en}"),
        columns=columns,
        signature=frozenset(
            column for column, field in columns.items() if field in {"depth_text", "municipality_code"}
        ),
        geometry=Embedded(),
        derive=depth_from_text,
        scope=(scope,),
        licence=licences.CC_BY_4_0,
        attribution=attributions.ksj(f"{title.ja}データ", title.en),
    )


def _municipal(format_id: str, title: Text, column: str) -> SourceFormat:
    return SourceFormat(
        id=format_id,
        title=title,
        columns={column: "depth_text"},
        signature=frozenset({column}),
        geometry=Embedded(),
        derive=depth_from_text,
        licence=licences.PDL_1_0,
        attribution=attributions.MUNICIPALITY,
    )


def _by_prefecture(series: str) -> dict[str, str]:
    return {f"{series}_001": "prefecture_name", f"{series}_002": "prefecture_code", f"{series}_003": "depth_text"}


_SURGE = Text("高潮浸水想定区域", "Storm surge inundation areas")
_TSUNAMI = Text("津波浸水想定", "Tsunami inundation areas")
_INLAND = Text("内水（雨水出水）浸水想定区域", "Inland flood inundation areas")

DEPTH_HAZARDS: tuple[DepthHazard, ...] = (
    DepthHazard(
        "inland-flood",
        _INLAND,
        Text(
            "下水道や水路で排水しきれない雨水による浸水の想定。",
            "Inundation by rain water that sewers and channels cannot carry off.",
        ),
        (
            _ksj(
                "A51",
                Text("雨水出水（内水）浸水想定区域", "Inland flood inundation areas"),
                {"A51_003": "municipality_name", "A51_004": "municipality_code", "A51_005": "depth_text"},
                "municipality_code",
            ),
            _municipal(
                "municipal-inland-flood",
                Text("自治体の内水浸水想定区域（最大浸水深）", "Inland flood areas of a municipality, maximum depth"),
                "最大浸水深",
            ),
        ),
        SpeaksFor(
            Reach.MUNICIPALITY,
            Text(
                "下水道等の管理者である市区町村が公表する（水防法第14条の2）。",
                "Published by the municipality that runs the sewers (Flood Control Act, art. 14-2).",
            ),
        ),
    ),
    DepthHazard(
        "storm-surge",
        _SURGE,
        Text(
            "想定し得る最大規模の高潮による浸水の想定（水防法）。",
            "Inundation by the largest conceivable storm surge (Flood Control Act).",
        ),
        (_ksj("A49", _SURGE, _by_prefecture("A49"), "prefecture_code"),),
        SpeaksFor(
            Reach.PREFECTURE,
            Text(
                "都道府県知事が沿岸ごとに指定する（水防法第14条の3）。",
                "Designated by the governor for the coast of the prefecture (Flood Control Act, art. 14-3).",
            ),
        ),
    ),
    DepthHazard(
        "tsunami",
        _TSUNAMI,
        Text(
            "最大クラスの津波による浸水の想定（津波防災地域づくり法）。",
            "Inundation by a tsunami of the largest class (Act on Tsunami-Resilient Cities).",
        ),
        (_ksj("A40", _TSUNAMI, _by_prefecture("A40"), "prefecture_code"),),
        SpeaksFor(
            Reach.PREFECTURE,
            Text(
                "都道府県知事が都道府県の全域について設定する（津波防災地域づくり法第8条）。",
                "Set by the governor for the whole prefecture (Act on Tsunami-Resilient Cities, art. 8).",
            ),
        ),
        advice.tsunami,
    ),
)


def _layer(hazard: DepthHazard) -> Layer:
    formats = hazard.formats or (
        _municipal(
            f"municipal-{hazard.id}",
            Text(f"自治体の{hazard.title.ja}（浸水深）", f"{hazard.title.en} of a municipality"),
            "浸水深",
        ),
    )
    return Layer(
        id=f"hazard-{hazard.id}",
        title=hazard.title,
        description=Text(
            f"{hazard.description.ja}{_OUTSIDE.ja}",
            f"{hazard.description.en} {_OUTSIDE.en}",
        ),
        theme=Theme.HAZARD,
        geometry=Geometry.MULTIPOLYGON,
        fields=(
            *EIGHT_RANK_FIELDS,
            *MUNICIPALITY,
            text("prefecture_code", "都道府県コード", "Prefecture code"),
            text("prefecture_name", "都道府県名", "Prefecture"),
        ),
        formats=formats,
        style=Style(
            color="#9a7fb0",  # areas whose class is unknown: in no official colour
            by="hazard_class",
            classes=style_classes(DEPTH_CLASSES),
            opacity=0.6,
            outline="#8a6d6d",
            width=0.5,
        ),
        licence=formats[0].licence or licences.PDL_1_0,
        attribution=formats[0].attribution or attributions.MUNICIPALITY,
        owner=owners.DISASTER,
        update_frequency=UpdateFrequency.ANNUALLY,
        title_field="depth_text",
        keywords=("浸水", "ハザードマップ", *hazard.id.split("-")),
        hazard=Hazard(type=hazard.id.replace("-", "_"), speaks_for=hazard.speaks_for, advise=hazard.advise),
    )


LAYERS: tuple[Layer, ...] = tuple(_layer(hazard) for hazard in DEPTH_HAZARDS)
