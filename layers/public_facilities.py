"""公共施設: town halls, libraries, schools and other facilities open to the public."""

from collections.abc import Mapping

from layers import attributions, editors, licences, open_data, owners
from layers.fields import (
    ADDRESS,
    ADDRESS_PARTS,
    CONTACT,
    FURTHER_CONTACT,
    LOCAL_ID,
    MUNICIPALITY,
    NAMES,
    OPENING,
    ORGANISATION,
    REMARKS,
    code,
    text,
)
from layers.model import (
    Code,
    CodeList,
    Coordinates,
    Embedded,
    Geometry,
    Layer,
    OsmSelector,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)
from layers.municipal import CONTACT as CONTACT_COLUMNS
from layers.municipal import FURTHER_CONTACT as FURTHER_CONTACT_COLUMNS
from layers.municipal import NAMES as NAME_COLUMNS
from layers.municipal import NEW_ADDRESS, NEW_HEAD, OLD_ADDRESS, OLD_HEAD
from layers.municipal import OPENING as OPENING_COLUMNS
from layers.municipal import ORGANISATION as ORGANISATION_COLUMNS
from layers.osm_tags import CONTACT_TAGS, NAME_TAGS, OSM_FIELDS, contact_values, osm_reference
from layers.sheet import OpenDataSheet

KINDS = CodeList(
    "public-facility-kind",
    Text("施設の種類", "Kind of facility"),
    (
        Code("townhall", Text("役所・支所", "Town hall")),
        Code("library", Text("図書館", "Library")),
        Code("community-centre", Text("公民館・集会所", "Community centre")),
        Code("school", Text("学校", "School")),
        Code("kindergarten", Text("幼稚園・保育所", "Kindergarten or nursery")),
        Code("university", Text("大学・短期大学", "University or college")),
        Code("social-facility", Text("福祉施設", "Social facility")),
        Code("police", Text("警察署・交番", "Police")),
        Code("post-office", Text("郵便局", "Post office")),
    ),
    source="OpenStreetMap amenity=*",
)
_OSM_KINDS: Mapping[str, str] = {
    "townhall": "townhall",
    "library": "library",
    "community_centre": "community-centre",
    "school": "school",
    "kindergarten": "kindergarten",
    "university": "university",
    "college": "university",
    "social_facility": "social-facility",
    "police": "police",
    "post_office": "post-office",
}
_COLUMNS: Mapping[str, str] = {
    **NAME_COLUMNS,
    **CONTACT_COLUMNS,
    **OPENING_COLUMNS,
    **ORGANISATION_COLUMNS,
    "名称_通称": "name_common",
    "POIコード": "poi_code",
    "説明": "explanation",
    "バリアフリー情報": "accessibility",
    "アクセス方法": "access",
    "駐車場情報": "parking",
    "備考": "remarks",
}
# Sheets of other subjects share these columns, and have one of their own.
_OTHER_SHEETS = frozenset({"設置位置", "診療科目", "災害種別_洪水", "種別"})


def _from_osm(values: Values) -> Values:
    return {"kind": _OSM_KINDS.get(str(values.get("kind"))), **contact_values(values), **osm_reference(values)}


LAYER = Layer(
    id="public-facilities",
    title=Text("公共施設", "Public facilities"),
    description=Text(
        "市役所、図書館、公民館、学校などの公共施設。避難先であるかどうかは指定緊急避難場所・指定避難所で確かめる。",
        "Town halls, libraries, community centres, schools and the like. Whether one is a place of refuge is said by the "
        "layers of evacuation sites and shelters.",
    ),
    theme=Theme.BASE,
    geometry=Geometry.POINT,
    fields=(
        LOCAL_ID,
        *MUNICIPALITY,
        *NAMES,
        text("name_common", "通称", "Common name"),
        code("kind", KINDS),
        text("poi_code", "POIコード", "POI code"),
        *ADDRESS,
        *ADDRESS_PARTS,
        *CONTACT,
        *FURTHER_CONTACT,
        *ORGANISATION,
        *OPENING,
        text("explanation", "説明", "Description"),
        text("accessibility", "バリアフリー情報", "Accessibility"),
        text("access", "アクセス方法", "How to get there"),
        text("parking", "駐車場情報", "Parking"),
        *OSM_FIELDS,
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="municipal-public-facilities",
            title=Text("自治体標準オープンデータセット 公共施設", "Municipal standard open dataset: public facilities"),
            columns={**NEW_HEAD, **NEW_ADDRESS, **FURTHER_CONTACT_COLUMNS, **_COLUMNS},
            signature=frozenset({"ID", "名称", "所在地_連結表記", "POIコード"}),
            excludes=_OTHER_SHEETS,
            geometry=Coordinates(address=("所在地_連結表記",)),
            series="municipal-public-facilities",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="municipal-public-facilities-old",
            title=Text(
                "推奨データセット 公共施設一覧（旧）", "Recommended dataset (first generation): public facilities"
            ),
            columns={**OLD_HEAD, **OLD_ADDRESS, **_COLUMNS},
            signature=frozenset({"NO", "名称", "住所", "POIコード"}),
            excludes=_OTHER_SHEETS,
            geometry=Coordinates(address=("住所",)),
            series="municipal-public-facilities",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="osm-public-facilities",
            title=Text("OpenStreetMap 公共施設", "OpenStreetMap public facilities"),
            columns={**NAME_TAGS, **CONTACT_TAGS, "amenity": "kind", "operator": "organisation"},
            signature=frozenset(),
            geometry=Embedded(),
            crs=4326,
            accepts=lambda values: bool(values.get("name")),
            derive=_from_osm,
            identity=("osm_id",),
            osm=OsmSelector(elements=("node", "area"), tags={"amenity": tuple(_OSM_KINDS)}),
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
    ),
    style=Style(color="#4a6b8a", outline="#ffffff", radius=4, min_zoom=13),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.FACILITIES,
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
    editable_by=editors.FACILITIES,
    keywords=("公共施設", "学校", "public facility"),
    open_data=OpenDataSheet(
        number="01",
        name="public_facility",
        format_id="municipal-public-facilities",
        columns={
            **open_data.HEAD,
            **open_data.NAMES,
            "名称_通称": "name_common",
            "POIコード": "poi_code",
            **open_data.SEAT,
            **open_data.CONTACT,
            **open_data.ORGANISATION,
            **open_data.OPENING,
            "説明": "explanation",
            "バリアフリー情報": "accessibility",
            "アクセス方法": "access",
            "駐車場情報": "parking",
            **open_data.URL,
            **open_data.REMARKS,
        },
        order_verified=False,
    ),
)
