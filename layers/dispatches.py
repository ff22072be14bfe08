"""出動: which vehicle was sent to which incident, and when it pressed each of its status keys.

A row of its own for every time that a vehicle is sent; its place is where it was sent to.
"""

from layers import editors, licences, owners
from layers.chronology import Chronology
from layers.fields import REMARKS, code, moment, text
from layers.fire_codes import STRIKE_LEVELS
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
    id="dispatches",
    title=Text("出動", "Dispatches"),
    description=Text(
        "車両ごとの出動と、動態ボタンが押された時刻。位置は出動先。時刻のない動態は押されていない。",
        "Each dispatch of a vehicle with the time of each status key; the position is where it was sent. A key without a "
        "time was not pressed.",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.POINT,
    fields=(
        text("incident_id", "災害番号", "Incident number", required=True),
        text("call_sign", "呼出名称", "Call sign", required=True),
        code("strike_level", STRIKE_LEVELS),
        moment("dispatched_at", "出動時刻", "Dispatched at", required=True),
        moment("on_scene_at", "現着時刻", "On scene at"),
        moment("pumping_at", "放水開始時刻", "Pumping at"),
        moment("withdrawing_at", "引揚時刻", "Withdrawing at"),
        moment("returned_at", "帰署時刻", "Back at the station at"),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="ngis-dispatches",
            title=Text("出動一覧（CSV）", "List of dispatches, CSV"),
            columns={
                "災害番号": "incident_id",
                "呼出名称": "call_sign",
                "出動区分": "strike_level",
                "出動時刻": "dispatched_at",
                "現着時刻": "on_scene_at",
                "放水開始時刻": "pumping_at",
                "引揚時刻": "withdrawing_at",
                "帰署時刻": "returned_at",
                "備考": "remarks",
            },
            signature=frozenset({"災害番号", "呼出名称", "出動時刻"}),
            geometry=Coordinates(),
            identity=("incident_id", "call_sign", "dispatched_at"),
        ),
    ),
    style=Style(color="#b45309", radius=4, outline="#ffffff"),
    licence=licences.INTERNAL,
    attribution=owners.FIRE,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.CONTINUAL,
    visibility=Visibility.INTERNAL,
    title_field="call_sign",
    time_field="dispatched_at",
    keywords=("出動", "車両動態", "dispatch"),
    editable_by=editors.FIRE,
    chronologies=(Chronology(("dispatched_at", "on_scene_at", "pumping_at", "withdrawing_at", "returned_at")),),
    duty=Duty.DISPATCHES,
)
