"""消防署: headquarters, stations, branches, and the posts of the volunteer corps."""

from layers import attributions, editors, licences, owners
from layers.fields import ADDRESS, CONTACT, MUNICIPALITY, NAMES, REMARKS, code, text
from layers.model import (
    Code,
    CodeList,
    Embedded,
    Geometry,
    Layer,
    OsmSelector,
    SourceFormat,
    Style,
    StyleClass,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)
from layers.osm_tags import CONTACT_TAGS, NAME_TAGS, OSM_FIELDS, contact_values, osm_reference

KINDS = CodeList(
    "fire-facility-kind",
    Text("施設の種別", "Kind of fire facility"),
    (
        Code("headquarters", Text("消防本部・消防局", "Fire headquarters"), "#7f0000", aliases=("消防本部", "消防局")),
        Code("station", Text("消防署", "Fire station"), "#d7191c"),
        Code(
            "branch",
            Text("分署・出張所", "Branch station"),
            "#f4633a",
            aliases=("分署", "出張所", "消防署分署", "消防分署", "消防出張所", "分遣所"),
        ),
        Code("corps-headquarters", Text("消防団本部", "Headquarters of the volunteer fire corps"), "#7a4b9e"),
        Code(
            "corps-post",
            Text("消防団車庫・詰所", "Post of the volunteer fire corps"),
            "#a989c9",
            aliases=("分団車庫・詰所", "消防団", "消防団詰所", "消防団車庫", "分団詰所"),
        ),
    ),
    source="国土数値情報 P17（消防署データ）種別コード、市町村の消防施設一覧",
)
_KSJ_KINDS = {"1": "headquarters", "2": "station", "3": "branch"}


def _from_ksj(values: Values) -> Values:
    published = str(values.get("kind") if values.get("kind") is not None else "").removesuffix(".0").strip()
    return {"kind": _KSJ_KINDS.get(published, values.get("kind"))}


def _from_osm(values: Values) -> Values:
    """OSM has one tag for all; the Japanese name tells the kind, where it tells it."""
    name = str(values.get("name") or "")
    endings = (
        ("headquarters", ("消防局", "消防本部")),
        ("branch", ("分署", "出張所", "分遣所")),
        ("station", ("消防署",)),
        ("corps-post", ("分団", "詰所", "消防団")),
    )
    kind = next((kind for kind, words in endings if any(word in name for word in words)), None)
    return {"name": name or "消防署", "kind": kind, **contact_values(values), **osm_reference(values)}


LAYER = Layer(
    id="fire-stations",
    title=Text("消防署・消防施設", "Fire stations"),
    description=Text(
        "消防局、消防署、分署、消防団の施設。一部の資料の位置は町丁目の代表点である（position_quality）。",
        "Fire headquarters, stations, branches and posts of the volunteer corps. Positions of some sources are town "
        "points (see position_quality).",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.POINT,
    fields=(
        *MUNICIPALITY,
        *NAMES,
        code("kind", KINDS),
        *ADDRESS,
        *CONTACT,
        text("organisation", "運営", "Operator"),
        text("postal_code", "郵便番号", "Postal code"),
        *OSM_FIELDS,
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="ksj-p17",
            title=Text("国土数値情報 P17 消防署", "KSJ P17 fire stations"),
            columns={
                "P17_001": "name",
                "P17_002": "municipality_code",
                "P17_003": "kind",
                "P17_004": "address",
            },
            signature=frozenset({"P17_001", "P17_002", "P17_003", "P17_004"}),
            geometry=Embedded(),
            derive=_from_ksj,
            scope=("municipality_code",),
            licence=licences.KSJ,
            attribution=attributions.ksj("消防署データ", "Fire stations"),
        ),
        SourceFormat(
            id="municipal-fire-facilities",
            title=Text("自治体の消防施設", "Fire facilities of a municipality"),
            columns={"種別": "kind", "名称": "name", "住所": "address"},
            signature=frozenset({"種別", "名称", "住所"}),
            exact=True,
            geometry=Embedded(),
            licence=licences.PDL_1_0,
            attribution=attributions.MUNICIPALITY,
        ),
        SourceFormat(
            id="osm-fire-stations",
            title=Text("OpenStreetMap 消防署", "OpenStreetMap fire stations"),
            columns={**NAME_TAGS, **CONTACT_TAGS, "operator": "organisation"},
            signature=frozenset(),
            geometry=Embedded(),
            crs=4326,
            derive=_from_osm,
            identity=("osm_id",),
            osm=OsmSelector(elements=("node", "area"), tags={"amenity": ("fire_station",)}),
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
    ),
    style=Style(
        color="#8c510a",
        by="kind",
        classes=tuple(
            StyleClass(entry.value, entry.title, entry.color) for entry in KINDS.codes if entry.color is not None
        ),
        outline="#ffffff",
        radius=7,
        visible=True,
    ),
    licence=licences.KSJ,
    attribution=attributions.ksj("消防署データ", "Fire stations"),
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.ANNUALLY,
    title_field="name",
    editable_by=editors.FIRE,
    keywords=("消防署", "消防団", "fire station"),
)
