"""通行止め・通行規制: what somebody in charge has closed, or found under water, from when until when."""

from layers import attributions, editors, licences, owners
from layers.chronology import Chronology
from layers.fields import RELEASED, code, moment, number, text, texts
from layers.fire_codes import VEHICLE_PROFILES, classes
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

REASONS = CodeList(
    "closure-reason",
    Text("規制理由", "Reason"),
    (
        Code("fire", Text("火災現場", "Fire ground"), "#d7191c"),
        Code("flooding", Text("冠水", "Flooding"), "#2166ac"),
        Code("landslide", Text("土砂崩れ", "Landslide"), "#8c510a"),
        Code("fallen-tree", Text("倒木", "Fallen tree"), "#4d7c0f"),
        Code("bridge", Text("落橋・橋梁損傷", "Bridge down or damaged"), "#762a83", aliases=("落橋", "橋梁損傷")),
        Code("roadworks", Text("工事", "Roadworks"), "#b45309"),
        Code("event", Text("行事", "Event"), "#0e7490"),
        Code("accident", Text("事故", "Accident"), "#be185d"),
        Code("other", Text("その他", "Other"), "#525252"),
    ),
    source="本システムの分類（道路法46条、災害対策基本法76条、消防法28条、水防法21条による規制の理由をまとめたもの）",
)

LAYER = Layer(
    id="road-closures",
    title=Text("通行止め・通行規制", "Road closures"),
    description=Text(
        "通行止めと冠水の区域。点は最寄りの道路、線はそれに沿う・交わる道路、面はそれに触れる道路を閉じる。"
        "経路探索は有効な規制を直ちに反映し、終了日時を過ぎた規制は自動的に解ける。「公開」とした規制だけが、保存と同時に庁外にも"
        "公開される。",
        "Closed and flooded places. A point closes the roads nearest to it, a line those along or across it, an area "
        "those it touches. Routes honour a closure at once; it lapses by itself at its end. Closures marked for the public, and "
        "no others, are public as soon as they are saved.",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.ANY,
    fields=(
        text("name", "路線・区間", "Road and stretch"),
        moment("from", "開始日時", "From", required=True, description=Text("この時刻を含む。", "Inclusive.")),
        moment(
            "until",
            "終了日時",
            "Until",
            description=Text(
                "この時刻を含まない。開始日時よりあと。空欄は当分の間。",
                "Exclusive, and later than its beginning. Absent: until further notice.",
            ),
        ),
        code("reason", REASONS),
        texts(
            "applies_to",
            "対象車両",
            "Applies to",
            members=VEHICLE_PROFILES,
            description=Text("空欄はすべての車両・歩行者。", "Absent: every vehicle, and people on foot."),
        ),
        number(
            "depth_m",
            "水深",
            "Depth of water",
            unit="m",
            minimum=0,
            maximum=20,  # the deepest class of hazard maps begins here
            description=Text(
                "冠水の深さ。車両の渡河能力により減速または通行不能となる。空欄は深さによらず通行止め。",
                "Of water on the road: slows vehicles, or stops them by what they can wade. Absent: simply closed.",
            ),
        ),
        text(
            "declared_by",
            "規制者・情報源",
            "Declared by",
            public=False,
            description=Text(
                "規制した機関、通報者、センサーなど。", "The authority that closed it, who reported it, or a sensor."
            ),
        ),
        text("remarks", "備考", "Remarks", public=False),
        RELEASED,
    ),
    formats=(
        SourceFormat(
            id="ngis-road-closures",
            title=Text("通行規制一覧（GeoJSON等）", "List of closures with their geometries"),
            columns={
                "路線・区間": "name",
                "開始日時": "from",
                "終了日時": "until",
                "規制理由": "reason",
                "対象車両": "applies_to",
                "水深_m": "depth_m",
                "規制者": "declared_by",
                "備考": "remarks",
                "公開": "public",
            },
            signature=frozenset({"開始日時", "終了日時", "規制理由"}),
            geometry=Embedded(),
        ),
    ),
    style=Style(
        color="#525252",
        by="reason",
        classes=classes(REASONS),
        opacity=0.85,
        width=5,
        radius=8,
        outline="#ffffff",
        visible=True,
    ),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.CONTINUAL,
    title_field="name",
    time_field="from",
    keywords=("通行止め", "通行規制", "冠水", "road closure"),
    editable_by=editors.FIRE | editors.DISASTER,
    place_required=True,
    chronologies=(Chronology(("from", "until"), strictly=True),),
    released_by="public",
    duty=Duty.CLOSURES,
    holds=("from", "until"),
)
