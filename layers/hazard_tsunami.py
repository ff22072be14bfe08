"""津波浸水想定: depth classes published as text, kept beside the interval they mean."""

from layers import attributions, licences, owners
from layers.fields import text
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

_CREDIT = attributions.ksj("津波浸水想定データ", "Tsunami inundation areas")

LAYER = Layer(
    id="hazard-tsunami",
    title=Text("津波浸水想定", "Tsunami inundation areas"),
    description=Text(
        "最大クラスの津波による浸水の想定（津波防災地域づくり法）。"
        "区域の外は「想定が公表されていない」ことを示し、安全を意味しない。",
        "Inundation by a tsunami of the largest class (Act on Tsunami-Resilient Cities). "
        "Outside the areas no estimate is published: it does not mean safe.",
    ),
    theme=Theme.HAZARD,
    geometry=Geometry.MULTIPOLYGON,
    fields=(
        *EIGHT_RANK_FIELDS,
        text("prefecture_code", "都道府県コード", "Prefecture code"),
        text("prefecture_name", "都道府県名", "Prefecture"),
    ),
    formats=(
        SourceFormat(
            id="ksj-a40",
            title=Text("国土数値情報 A40 津波浸水想定", "KSJ A40 Tsunami inundation areas"),
            columns={
                "A40_001": "prefecture_name",
                "A40_002": "prefecture_code",
                "A40_003": "depth_text",
            },
            signature=frozenset({"A40_003"}),
            geometry=Embedded(),
            derive=depth_from_text,
            scope=("prefecture_code",),
            licence=licences.CC_BY_4_0,
            attribution=_CREDIT,
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
    keywords=("津波", "浸水", "tsunami"),
)
