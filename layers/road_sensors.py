"""冠水センサー: sensors that close the road they stand for while it is under water."""

from layers import editors, licences, owners
from layers.fields import REMARKS, code, flag, integer, moment, number, text
from layers.fire_codes import classes
from layers.model import (
    Code,
    CodeList,
    Embedded,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Visibility,
)

SILENT_AFTER_S = 900
"""A sensor is silent after so long without a reading, where it is not declared otherwise."""
_DEEPEST_CM = 1_000

STATES = CodeList(
    "road-sensor-state",
    Text("センサーの状態", "State of the sensor"),
    (
        Code("not-flooded", Text("規制なし", "Not flooded"), "#15803d"),
        Code("flooded", Text("規制中", "Flooded"), "#2166ac"),
        Code("silent", Text("途絶（状況不明）", "Silent: not known"), "#7c3aed"),
    ),
    source="本システムの分類",
)

LAYER = Layer(
    id="road-sensors",
    title=Text("冠水センサー", "Flood sensors on roads"),
    description=Text(
        "道路の水深を測るセンサーと、それが規制する区間。測定値が規制の水深以上になると通行規制（road-closures）を設け、再開の"
        "水深を下回ると終える。測定値が途絶えたときは規制を続け、道路が通れるとはみなさない。",
        "Sensors of the depth of water on roads, with the place that each closes. A reading at the closing depth or "
        "above draws a road closure; one below the reopening depth ends it. A sensor that falls silent opens no road.",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.ANY,
    fields=(
        text("sensor_id", "センサーID", "Sensor id", required=True),
        text("name", "名称", "Name"),
        number(
            "close_depth_cm",
            "規制の水深",
            "Closing depth",
            unit="cm",
            minimum=1,
            maximum=_DEEPEST_CM,
            required=True,
            description=Text("この水深以上で規制する。", "Closed at this depth of water on the road or more."),
        ),
        number(
            "reopen_depth_cm",
            "再開の水深",
            "Reopening depth",
            unit="cm",
            minimum=0.1,
            maximum=_DEEPEST_CM,
            required=True,
            description=Text(
                "この水深を下回ると規制を終える。規制の水深より小さくする。",
                "Opened below this depth, which is less than the closing depth.",
            ),
        ),
        integer(
            "silent_after_s",
            "途絶とみなす時間",
            "Silent after",
            unit="s",
            minimum=1,
            maximum=7 * 86_400,
            description=Text(f"空欄は{SILENT_AFTER_S}秒。", f"Absent: {SILENT_AFTER_S} s."),
        ),
        flag(
            "closes_publicly",
            "規制を公開",
            "Closes publicly",
            description=Text(
                "はいのとき、このセンサーの規制は市民にも公開する。空欄は公開しない。",
                "True: its closures are shown to the public as soon as they are drawn. Absent: not shown.",
            ),
        ),
        code("state", STATES, description=Text("空欄は測定値なし。", "Absent: nothing has been read.")),
        number("depth_cm", "水深", "Depth of water", unit="cm", minimum=0, maximum=_DEEPEST_CM),
        moment("read_at", "測定時刻", "Time of reading"),
        text("closure_id", "通行規制のID", "Id of its closure"),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="ngis-road-sensors",
            title=Text("冠水センサー一覧（GeoJSON等）", "List of flood sensors with their places"),
            columns={
                "センサーID": "sensor_id",
                "名称": "name",
                "規制の水深_cm": "close_depth_cm",
                "再開の水深_cm": "reopen_depth_cm",
                "途絶とみなす時間_s": "silent_after_s",
                "規制を公開": "closes_publicly",
                "備考": "remarks",
            },
            signature=frozenset({"センサーID", "規制の水深_cm", "再開の水深_cm"}),
            geometry=Embedded(),
            identity=("sensor_id",),
        ),
    ),
    style=Style(
        color="#525252",
        by="state",
        classes=classes(STATES),
        opacity=0.85,
        width=4,
        radius=6,
        outline="#ffffff",
        visible=True,
    ),
    licence=licences.INTERNAL,
    attribution=owners.FIRE,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.CONTINUAL,
    visibility=Visibility.INTERNAL,
    title_field="sensor_id",
    time_field="read_at",
    keywords=("冠水", "センサー", "水位", "flood sensor"),
    editable_by=editors.FIRE | editors.DISASTER,
    place_required=True,
)
