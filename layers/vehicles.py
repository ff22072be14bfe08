"""消防車両: what each can do, what it is doing, and where it was last seen."""

from layers import editors, licences, owners
from layers.fields import REMARKS, code, integer, moment, number, text
from layers.fire_codes import STATUS_KEYS, VEHICLE_PROFILES, classes
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

POSITION_SOURCES = CodeList(
    "vehicle-position-source",
    Text("位置の情報源", "Source of position"),
    (
        Code("avm", Text("車載端末の測位", "Positioning on board (AVM)"), aliases=("AVM", "GPS")),
        Code("station", Text("署所の位置", "Position of its station"), aliases=("署所",)),
        Code("manual", Text("手入力", "Entered by hand")),
    ),
    source="本システムの分類",
)

MATCH_QUALITIES = CodeList(
    "road-match-quality",
    Text("道路照合", "Match to roads"),
    (
        Code("matched", Text("照合済み", "Matched")),
        Code("ambiguous", Text("別の道路の可能性あり", "It may be another road")),
        Code("off-road", Text("道路外", "On no known road")),
        Code("too-coarse", Text("精度不足", "Position too coarse to tell")),
    ),
    source="本システムの分類",
)

LAYER = Layer(
    id="vehicles",
    title=Text("消防車両", "Fire service vehicles"),
    description=Text(
        "消防車両の能力、動態、最後に知られた位置。位置の時刻が古いものは、いまそこにいるとは限らない。",
        "Vehicles of the fire service: capability, status, last known position. A vehicle may no longer be where an old "
        "position says.",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.POINT,
    fields=(
        text("call_sign", "呼出名称", "Call sign", required=True),
        text("station", "配置署所", "Station"),
        code("profile", VEHICLE_PROFILES, required=True),
        text("vehicle_type", "車種", "Type of vehicle"),
        integer(
            "water_tank_l",
            "水槽容量",
            "Water tank",
            unit="L",
            minimum=0,
            maximum=20_000,
            description=Text("0は水槽なし、空欄は不明。", "0: without a tank; absent: unknown."),
        ),
        number(
            "ladder_height_m",
            "はしご地上高",
            "Height of ladder above ground",
            unit="m",
            minimum=0,
            maximum=60,
            description=Text("0ははしごなし、空欄は不明。", "0: without a ladder; absent: unknown."),
        ),
        number(
            "hose_length_m",
            "ホース総延長",
            "Length of hose",
            unit="m",
            minimum=0,
            maximum=5_000,
            description=Text("積載ホースの合計。", "Of all hoses on board."),
        ),
        integer("crew", "乗車人員", "Crew", unit="1", minimum=0, maximum=20),
        code(
            "status",
            STATUS_KEYS,
            description=Text(
                "空欄は不明であり、出動できることを意味しない。", "Absent: unknown, which is not available."
            ),
        ),
        moment("status_at", "動態時刻", "Time of status"),
        moment("position_at", "位置の時刻", "Time of position"),
        code("position_source", POSITION_SOURCES),
        code(
            "road_match",
            MATCH_QUALITIES,
            description=Text(
                "報告された位置を、それまでの位置とともに道路網に照合した結果。空欄は不明。位置そのものは変えない。",
                "Of the reported position, matched to the roads with those before it. Absent: unknown. The position "
                "itself stays as reported.",
            ),
        ),
        text("road_name", "走行道路", "Road"),
        text(
            "road_way_id", "道路のID", "Id of the road", description=Text("道路網での識別子。", "In the road network.")
        ),
        number("road_lon", "道路上の経度", "Longitude on the road", unit="deg", minimum=-180, maximum=180),
        number("road_lat", "道路上の緯度", "Latitude on the road", unit="deg", minimum=-90, maximum=90),
        number(
            "road_distance_m",
            "道路までの距離",
            "Distance from the road",
            unit="m",
            minimum=0,
            description=Text("報告された位置から。", "From the reported position."),
        ),
        moment(
            "road_matched_at",
            "照合した位置の時刻",
            "Time of the matched position",
            description=Text(
                "位置の時刻と異なるときは、いまの位置の照合ではない。",
                "Where it is not the time of position, the match is of another position.",
            ),
        ),
        text("incident_id", "災害番号", "Incident number"),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="ngis-vehicles",
            title=Text("消防車両一覧（CSV）", "List of vehicles, CSV"),
            columns={
                "呼出名称": "call_sign",
                "配置署所": "station",
                "車両区分": "profile",
                "車種": "vehicle_type",
                "水槽容量_L": "water_tank_l",
                "はしご地上高_m": "ladder_height_m",
                "ホース総延長_m": "hose_length_m",
                "乗車人員": "crew",
                "車両動態": "status",
                "動態時刻": "status_at",
                "位置の時刻": "position_at",
                "位置の情報源": "position_source",
                "災害番号": "incident_id",
                "備考": "remarks",
            },
            signature=frozenset({"呼出名称", "配置署所", "車両区分"}),
            geometry=Coordinates(),
            identity=("call_sign",),
        ),
    ),
    style=Style(color="#111827", by="status", classes=classes(STATUS_KEYS), radius=7, outline="#ffffff", visible=True),
    licence=licences.INTERNAL,
    attribution=owners.FIRE,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.CONTINUAL,
    visibility=Visibility.INTERNAL,
    title_field="call_sign",
    time_field="status_at",
    keywords=("消防車", "救急車", "車両動態", "fire engine"),
    editable_by=editors.FIRE,
    duty=Duty.VEHICLES,
)
