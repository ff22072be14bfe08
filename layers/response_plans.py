"""出動計画: which units a kind of incident is sent at each strike level; a table without places."""

from layers import licences, owners
from layers.fields import REMARKS, code, integer, texts
from layers.fire_codes import INCIDENT_KINDS, STRIKE_LEVELS, VEHICLE_PROFILES
from layers.model import (
    Geometry,
    Layer,
    NoGeometry,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Visibility,
)

LAYER = Layer(
    id="response-plans",
    title=Text("出動計画", "Response plans"),
    description=Text(
        "災害種別と出動区分ごとに出動させる車両の区分と台数。第2出動と第3出動は、それぞれの段階で追加する台数である。",
        "Units to be sent to each kind of incident at each strike level. The second and third strike are what is sent in "
        "addition at that level.",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.NONE,
    fields=(
        code("kind", INCIDENT_KINDS, required=True),
        code("strike_level", STRIKE_LEVELS, required=True),
        code("profile", VEHICLE_PROFILES, required=True),
        integer(
            "count",
            "台数",
            "Count",
            unit="1",
            minimum=1,
            maximum=50,
            description=Text("空欄は不明であり、その計画は使えない。", "Absent: unknown, and the plan cannot be used."),
        ),
        texts(
            "stand_ins",
            "代替車両",
            "Stand-ins",
            members=VEHICLE_PROFILES,
            description=Text(
                "代わりに出動させてよい車両の区分。望ましい順。", "What may be sent instead, the preferred first."
            ),
        ),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="ngis-response-plans",
            title=Text("出動計画表（CSV）", "Table of response plans, CSV"),
            columns={
                "災害種別": "kind",
                "出動区分": "strike_level",
                "車両区分": "profile",
                "台数": "count",
                "代替車両": "stand_ins",
                "備考": "remarks",
            },
            signature=frozenset({"災害種別", "出動区分", "車両区分", "台数"}),
            geometry=NoGeometry(),
            identity=("kind", "strike_level", "profile"),
        ),
    ),
    style=Style(color="#8c510a"),
    licence=licences.INTERNAL,
    attribution=owners.FIRE,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.ANNUALLY,
    visibility=Visibility.INTERNAL,
    title_field="kind",
    keywords=("出動計画", "出場計画", "response plan", "run card"),
)
