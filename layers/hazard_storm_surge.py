"""高潮浸水想定区域: depth classes published as text, kept beside the interval they mean."""

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

_CREDIT = attributions.ksj("高潮浸水想定区域データ", "Storm surge inundation areas")

LAYER = Layer(
    id="hazard-storm-surge",
    title=Text("高潮浸水想定区域", "Storm surge inundation areas"),
    description=Text(
        "想定し得る最大規模の高潮による浸水の想定（水防法）。"
        "区域の外は「想定が公表されていない」ことを示し、安全を意味しない。",
        "Inundation by the largest conceivable storm surge (Flood Control Act). "
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
            id="ksj-a49",
            title=Text("国土数値情報 A49 高潮浸水想定区域", "KSJ A49 Storm surge inundation areas"),
            columns={
                "A49_001": "prefecture_name",
                "A49_002": "prefecture_code",
                "A49_003": "depth_text",
            },
            signature=frozenset({"A49_003"}),
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
    keywords=("高潮", "浸水", "storm surge"),
)
