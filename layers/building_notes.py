"""対象物の注意事項（警防計画）: what crews have to know of a building before they go in."""

from layers import editors, licences, owners
from layers.fields import REMARKS, integer, text, texts
from layers.model import (
    Code,
    CodeList,
    Coordinates,
    Duty,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Visibility,
)

DANGERS = CodeList(
    "building-danger",
    Text("危険", "Danger"),
    (
        Code("hazardous-materials", Text("危険物", "Hazardous materials")),
        Code("gas", Text("高圧ガス", "Compressed gas")),
        Code("electricity", Text("電気（変電・太陽光・蓄電池）", "Electricity: substation, solar, batteries")),
        Code("poison", Text("毒劇物・放射性物質", "Poison or radioactive material")),
        Code("collapse", Text("倒壊・床抜けのおそれ", "May collapse")),
        Code("no-water", Text("禁水性物質", "Material that must not meet water")),
        Code("people-in-need", Text("避難に支援を要する人", "People who need help to get out")),
    ),
    source="本システムの分類（警防調査・特殊消防対象物の調査事項をまとめたもの）",
)

LAYER = Layer(
    id="building-notes",
    title=Text("対象物の注意事項", "Building notes"),
    description=Text(
        "警防調査で分かった建物の注意事項。記載のない建物が安全であることを意味しない。居住者など個人の情報は持たない。",
        "What surveys of the fire service found out about buildings. A building without a note is not said to be safe. "
        "Without anything about persons.",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.POINT,
    fields=(
        text("name", "対象物名", "Building", required=True),
        text("address", "所在地", "Address"),
        integer("floors_above", "地上階数", "Floors above ground", unit="1", minimum=0, maximum=100),
        integer("floors_below", "地下階数", "Floors below ground", unit="1", minimum=0, maximum=20),
        texts(
            "dangers",
            "危険",
            "Dangers",
            members=DANGERS,
            description=Text("空欄は不明であり、危険がないことを意味しない。", "Absent: unknown, which is not none."),
        ),
        text("access", "進入・部署位置", "Access"),
        text("installations", "消防用設備（送水口・操作盤）", "Inlets and control panels"),
        text("notes", "注意事項", "Notes"),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="ngis-building-notes",
            title=Text("対象物注意事項一覧（CSV）", "List of building notes, CSV"),
            columns={
                "対象物名": "name",
                "所在地": "address",
                "地上階数": "floors_above",
                "地下階数": "floors_below",
                "危険": "dangers",
                "進入・部署位置": "access",
                "消防用設備": "installations",
                "注意事項": "notes",
                "備考": "remarks",
            },
            signature=frozenset({"対象物名", "危険", "注意事項"}),
            geometry=Coordinates(address=("所在地",)),
            identity=("name", "address"),
        ),
    ),
    style=Style(color="#7c2d12", radius=6, outline="#ffffff"),
    licence=licences.INTERNAL,
    attribution=owners.FIRE,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.AS_NEEDED,
    visibility=Visibility.INTERNAL,
    title_field="name",
    keywords=("警防計画", "警防調査", "対象物", "pre-incident plan"),
    editable_by=editors.FIRE,
    place_required=True,
    duty=Duty.BUILDING_NOTES,
)
