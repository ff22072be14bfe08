"""災害事案: what was reported to the fire service, where, and when it was over."""

from layers import editors, licences, owners
from layers.chronology import Chronology
from layers.fields import REMARKS, code, moment, text
from layers.fire_codes import INCIDENT_KINDS, INCIDENT_STATUS, STRIKE_LEVELS, classes
from layers.model import (
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

LAYER = Layer(
    id="incidents",
    title=Text("災害事案", "Incidents"),
    description=Text(
        "消防が受けた災害の事案。通報者や傷病者の情報は持たない。終了時刻のないものが対応中である。",
        "Incidents reported to the fire service, without anything of callers or patients. Those without a time of "
        "closing are open.",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.POINT,
    fields=(
        text("incident_id", "災害番号", "Incident number", required=True),
        code("kind", INCIDENT_KINDS, required=True),
        code("strike_level", STRIKE_LEVELS),
        text("address", "災害地点", "Address"),
        moment("reported_at", "覚知時刻", "Reported at", required=True),
        moment("located_at", "地点決定時刻", "Located at"),
        moment("closed_at", "終了時刻", "Closed at", description=Text("空欄は対応中。", "Absent: open.")),
        code("status", INCIDENT_STATUS),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="ngis-incidents",
            title=Text("災害事案一覧（CSV）", "List of incidents, CSV"),
            columns={
                "災害番号": "incident_id",
                "災害種別": "kind",
                "出動区分": "strike_level",
                "災害地点": "address",
                "覚知時刻": "reported_at",
                "地点決定時刻": "located_at",
                "終了時刻": "closed_at",
                "状況": "status",
                "備考": "remarks",
            },
            signature=frozenset({"災害番号", "災害種別", "覚知時刻"}),
            geometry=Coordinates(address=("災害地点",)),
            identity=("incident_id",),
        ),
    ),
    style=Style(color="#525252", by="kind", classes=classes(INCIDENT_KINDS), radius=9, outline="#1d2733", visible=True),
    licence=licences.INTERNAL,
    attribution=owners.FIRE,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.CONTINUAL,
    visibility=Visibility.INTERNAL,
    title_field="incident_id",
    time_field="reported_at",
    keywords=("災害", "火災", "救急", "incident"),
    editable_by=editors.FIRE,
    chronologies=(Chronology(("reported_at", "located_at", "closed_at")),),
    duty=Duty.INCIDENTS,
)
