"""避難場所・避難所の開設状況: which sites are open now, as the desk keeps it; keyed by the common id of the site."""

from layers import attributions, editors, licences, owners
from layers.chronology import Chronology
from layers.fields import MUNICIPALITY_CODE, RELEASED, code, moment, persons, text
from layers.fire_codes import classes
from layers.model import (
    Code,
    CodeList,
    Coordinates,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
)

STATES = CodeList(
    "site-opening",
    Text("開設状況", "Opening"),
    (
        Code("not-open", Text("未開設", "Not open"), "#525252"),
        Code("open", Text("開設", "Open"), "#0f766e", aliases=("開設中",)),
        Code("closed", Text("閉鎖", "Closed"), "#be185d"),
        Code("unknown", Text("不明", "Unknown"), "#b45309"),
        Code("permanent", Text("常設", "Always open"), "#2166ac"),
    ),
    source="災害対応基本共有情報（EEI）第1.1版（内閣府、令和7年6月）21 避難所",
)
CROWDING = CodeList(
    "site-crowding",
    Text("定員状況", "Crowding"),
    (
        Code("vacant", Text("空き", "Vacant")),
        Code("somewhat-crowded", Text("やや混雑", "Somewhat crowded")),
        Code("crowded", Text("混雑", "Crowded")),
        Code("full", Text("満員", "Full"), aliases=("満杯", "定員")),
    ),
    source="各市が公開する避難所の混雑状況に共通する区分（EEI 21 定員状況の値）",
)

LAYER = Layer(
    id="site-status",
    title=Text("避難場所・避難所の開設状況", "Opening of evacuation sites and shelters"),
    description=Text(
        "指定緊急避難場所と指定避難所の開設状況、定員状況、避難者数。共通IDで施設と結ばれる。行のない施設の開設状況は分からない。"
        "「公開」とされた行だけが、保存と同時に庁外に公開される。",
        "Which emergency sites and shelters are open, how crowded they are, and how many people are there, by the common "
        "id of the site. Of a site without a row it is not known. Rows marked for the public, and no others, are public "
        "as soon as they are saved.",
    ),
    theme=Theme.EVACUATION,
    geometry=Geometry.POINT,
    fields=(
        text("common_id", "共通ID", "Common id", required=True),
        MUNICIPALITY_CODE,
        text("name", "施設・場所名", "Name"),
        code("status", STATES, required=True),
        moment("updated_at", "更新時刻", "Stated at", required=True),
        moment("opened_at", "開設日時", "Opened at"),
        moment("closed_at", "閉鎖日時", "Closed at"),
        code("crowding", CROWDING),
        persons("evacuees", "避難者数", "People there"),
        persons("evacuees_male", "避難者数（男性）", "People there, men"),
        persons("evacuees_female", "避難者数（女性）", "People there, women"),
        text("opening_reason", "開設理由", "Reason of opening"),
        text("needed_staff", "必要な人的支援", "Staff needed", public=False),
        text("drinking_water", "飲料水", "Drinking water", public=False),
        text("toilets", "トイレの数", "Toilets", public=False),
        text("needed_supplies", "支援が必要な物資", "Supplies needed", public=False),
        text("infection_supplies", "感染症対策物資", "Supplies against infection", public=False),
        text("living_conditions", "居住環境", "Living conditions", public=False),
        text("remarks", "備考", "Remarks", public=False),
        RELEASED,
    ),
    formats=(
        SourceFormat(
            id="ngis-site-status",
            title=Text("開設状況一覧（CSV）", "List of openings, CSV"),
            columns={
                "全国共通避難所・避難場所ID": "common_id",
                "市区町村コード": "municipality_code",
                "施設・場所名": "name",
                "開設状況": "status",
                "更新時刻": "updated_at",
                "開設日時": "opened_at",
                "閉鎖日時": "closed_at",
                "定員状況": "crowding",
                "避難者数": "evacuees",
                "避難者数_男性": "evacuees_male",
                "避難者数_女性": "evacuees_female",
                "開設理由": "opening_reason",
                "必要な人的支援": "needed_staff",
                "飲料水": "drinking_water",
                "トイレの数": "toilets",
                "支援が必要な物資": "needed_supplies",
                "感染症対策物資": "infection_supplies",
                "居住環境": "living_conditions",
                "備考": "remarks",
                "公開": "public",
            },
            signature=frozenset({"全国共通避難所・避難場所ID", "開設状況", "更新時刻"}),
            geometry=Coordinates(),
            identity=("common_id",),
        ),
    ),
    style=Style(color="#525252", by="status", classes=classes(STATES), radius=7, outline="#ffffff"),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.CONTINUAL,
    title_field="name",
    time_field="updated_at",
    keywords=("開設状況", "避難所", "混雑", "shelter status"),
    editable_by=editors.DISASTER,
    chronologies=(Chronology(("opened_at", "closed_at")),),
    released_by="public",
)
