"""内水（雨水出水）浸水想定区域: where rain that sewers and channels cannot carry off stands."""

from layers import attributions, licences, owners
from layers.fields import MUNICIPALITY
from layers.hazard_classes import DEPTH_CLASSES, EIGHT_RANK_FIELDS, depth_from_text, style_classes
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

_CREDIT = attributions.ksj("雨水出水（内水）浸水想定区域データ", "Inland flood inundation areas")


LAYER = Layer(
    id="hazard-inland-flood",
    title=Text("内水（雨水出水）浸水想定区域", "Inland flood inundation areas"),
    description=Text(
        "下水道や水路で排水しきれない雨水による浸水の想定。区域の外は「想定が公表されていない」ことを示し、"
        "安全を意味しない。",
        "Inundation by rain water that sewers and channels cannot carry off. Outside the areas no estimate is "
        "published: it does not mean safe.",
    ),
    theme=Theme.HAZARD,
    geometry=Geometry.MULTIPOLYGON,
    fields=(*EIGHT_RANK_FIELDS, *MUNICIPALITY),
    formats=(
        SourceFormat(
            id="ksj-a51",
            title=Text("国土数値情報 A51 雨水出水（内水）浸水想定区域", "KSJ A51 inland flood inundation areas"),
            columns={
                "A51_003": "municipality_name",
                "A51_004": "municipality_code",
                "A51_005": "depth_text",
            },
            signature=frozenset({"A51_004", "A51_005"}),
            geometry=Embedded(),
            derive=depth_from_text,
            scope=("municipality_code",),
            licence=licences.CC_BY_4_0,
            attribution=_CREDIT,
        ),
        SourceFormat(
            id="municipal-inland-flood",
            title=Text("自治体の内水浸水想定区域（最大浸水深）", "Inland flood areas of a municipality, maximum depth"),
            columns={"最大浸水深": "depth_text"},
            signature=frozenset({"最大浸水深"}),
            geometry=Embedded(),
            derive=depth_from_text,
            licence=licences.PDL_1_0,
            attribution=attributions.MUNICIPALITY,
        ),
    ),
    style=Style(
        color="#9a7fb0",
        by="hazard_class",
        classes=style_classes(DEPTH_CLASSES),
        opacity=0.6,
        outline="#8a6d6d",
        width=0.5,
    ),
    licence=licences.CC_BY_4_0,
    attribution=_CREDIT,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.ANNUALLY,
    title_field="depth_text",
    keywords=("内水", "雨水出水", "浸水", "inland flood"),
)
