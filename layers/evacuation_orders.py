"""避難情報: what the mayor has issued for which area, from when until when, with the alert level of the guideline."""

from dataclasses import replace
from typing import Any

from layers import attributions, editors, licences, owners
from layers.chronology import Chronology
from layers.fields import RELEASED, code, flag, moment, text
from layers.fire_codes import classes
from layers.hazard_types import DESIGNATED_HAZARDS
from layers.model import (
    Code,
    CodeList,
    Duty,
    Embedded,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
)

LEVELS = CodeList(
    "alert-level",
    Text("警戒レベル", "Alert level"),
    (
        Code(
            5,
            Text("警戒レベル5 緊急安全確保", "Alert level 5: Emergency safety measures (緊急安全確保)"),
            "#0c000c",
            aliases=("緊急安全確保", "警戒レベル5", "レベル5"),
        ),
        Code(
            4,
            Text("警戒レベル4 避難指示", "Alert level 4: Evacuation instruction (避難指示)"),
            "#aa00aa",
            aliases=("避難指示", "警戒レベル4", "レベル4"),
        ),
        Code(
            3,
            Text("警戒レベル3 高齢者等避難", "Alert level 3: Evacuation of the elderly and others (高齢者等避難)"),
            "#ff2800",
            aliases=("高齢者等避難", "警戒レベル3", "レベル3"),
        ),
    ),
    source="避難情報に関するガイドライン（内閣府、令和3年5月）",
)
ACTIONS: dict[int, Text] = {
    5: Text("命の危険 直ちに安全確保！", "Your life is in danger: secure your safety at once!"),
    4: Text("危険な場所から全員避難", "Everybody leaves dangerous places"),
    3: Text(
        "危険な場所から高齢者等は避難",
        "The elderly and others who need time leave dangerous places",
    ),
}
"""What is to be done at each level, in the words of the guideline."""
_LOOKS: dict[int, dict[str, Any]] = {
    5: {"pattern": "on-black", "opacity": 0.75},
    4: {"pattern": "slash"},
    3: {"pattern": "dots"},
}
"""Black that shines through is the grey of what is unknown; and levels are told apart by more than their colour."""
HAZARDS = CodeList(
    "order-hazard",
    Text("対象の災害", "Hazard"),
    tuple(
        Code(hazard, title, aliases=() if hazard != "landslide" else ("土砂災害", "崖崩れ", "がけ崩れ"))
        for hazard, _, title in DESIGNATED_HAZARDS
    ),
    source="災害対策基本法施行令 第20条の4",
)

LAYER = Layer(
    id="evacuation-orders",
    title=Text("避難情報（警戒レベル）", "Evacuation orders (alert levels)"),
    description=Text(
        "市長が発令した避難情報（高齢者等避難、避難指示、緊急安全確保）の対象区域。解除日時を過ぎたものは自動的に効力を失う。"
        "「公開」とした避難情報は、保存と同時に庁外に公開される。ここに行がないことは、発令されていないことも安全も意味しない。",
        "Areas for which the mayor has issued evacuation information of level 3, 4 or 5. One ends by itself at its end. Those "
        "marked for the public are public as soon as they are saved. That there is no row here means neither that "
        "nothing was issued nor that a place is safe.",
    ),
    theme=Theme.EVACUATION,
    geometry=Geometry.MULTIPOLYGON,
    fields=(
        code("level", LEVELS, required=True),
        text("area_name", "対象地域", "Area", required=True),
        code("hazard", HAZARDS),
        text("reason", "発令理由", "Reason"),
        moment("from", "発令日時", "Issued at", required=True, description=Text("この時刻を含む。", "Inclusive.")),
        moment(
            "until",
            "解除日時",
            "Lifted at",
            description=Text(
                "この時刻を含まない。発令日時よりあと。空欄は解除されるまで有効。",
                "Exclusive, and later than its issue. Absent: it holds until it is lifted.",
            ),
        ),
        text("issued_by", "発令者", "Issued by"),
        flag(
            "exercise",
            "訓練",
            "Exercise",
            description=Text("はいは訓練の発令。空欄は訓練ではない。", "True: of an exercise. Absent: it is meant."),
        ),
        text("remarks", "備考", "Remarks", public=False),
        RELEASED,
    ),
    formats=(
        SourceFormat(
            id="ngis-evacuation-orders",
            title=Text("避難情報一覧（GeoJSON等）", "List of evacuation orders with their areas"),
            columns={
                "警戒レベル": "level",
                "対象地域": "area_name",
                "対象の災害": "hazard",
                "発令理由": "reason",
                "発令日時": "from",
                "解除日時": "until",
                "発令者": "issued_by",
                "訓練": "exercise",
                "備考": "remarks",
                "公開": "public",
            },
            signature=frozenset({"警戒レベル", "対象地域", "発令日時"}),
            geometry=Embedded(),
        ),
    ),
    style=Style(
        color="#9aa3ab",
        by="level",
        classes=tuple(replace(each, **_LOOKS[int(each.value)]) for each in classes(LEVELS)),
        opacity=0.45,
        width=3,
        label_zoom=11,
        visible=True,
    ),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.CONTINUAL,
    title_field="area_name",
    time_field="from",
    keywords=("避難情報", "警戒レベル", "避難指示", "高齢者等避難", "緊急安全確保", "evacuation order"),
    editable_by=editors.DISASTER,
    place_required=True,
    chronologies=(Chronology(("from", "until"), strictly=True),),
    released_by="public",
    holds=("from", "until"),
    duty=Duty.EVACUATION_ORDERS,
)
