"""AED設置箇所: defibrillators that anybody may use."""

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
    flag,
    text,
)
from layers.model import (
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

_COLUMNS: Mapping[str, str] = {
    **NAME_COLUMNS,
    **CONTACT_COLUMNS,
    **OPENING_COLUMNS,
    **ORGANISATION_COLUMNS,
    "設置位置": "placed_at",
    "高度の種別": "height_kind",
    "高度の値": "height_value",
    "小児対応設備の有無": "for_children",
    "小児対応機器設備の有無": "for_children",
    "画像1": "image_url",
    "画像1_ライセンス": "image_licence",
    "画像2": "second_image_url",
    "画像2_ライセンス": "second_image_licence",
    "外部利用不可": "closed_to_others",
    "備考": "remarks",
}
_OPEN_TO_ALL = frozenset({"", "0", "0.0", "なし", "無", "false", "×", "-", "－"})


def _is_for_everybody(values: Values) -> bool:
    """Rows with 外部利用不可 are devices for a house's own people; sending anybody there would cost minutes."""
    stated = values.get("closed_to_others")
    return str(stated if stated is not None else "").strip().lower() in _OPEN_TO_ALL


def _from_osm(values: Values) -> Values:
    name = values.get("name") or values.get("organisation") or "AED"
    return {"name": name, **contact_values(values), **osm_reference(values)}


LAYER = Layer(
    id="aeds",
    title=Text("AED設置箇所", "Defibrillators (AED)"),
    description=Text(
        "誰でも使えるAED（自動体外式除細動器）の設置場所。「外部利用不可」の機器は含まない。"
        "建物が閉まっている時間は使えない。",
        "Automated external defibrillators that anybody may use; those marked as closed to outsiders are left out. They "
        "cannot be reached while their building is closed.",
    ),
    theme=Theme.MEDICAL,
    geometry=Geometry.POINT,
    fields=(
        LOCAL_ID,
        *MUNICIPALITY,
        *NAMES,
        text("placed_at", "設置位置", "Where in the building"),
        text("height_kind", "高度の種別", "Kind of height"),
        text("height_value", "高度の値", "Height value"),
        flag("for_children", "小児対応設備", "Equipped for children"),
        flag("closed_to_others", "外部利用不可", "Closed to outsiders"),
        *OPENING,
        *ADDRESS,
        *ADDRESS_PARTS,
        *CONTACT,
        *FURTHER_CONTACT,
        *ORGANISATION,
        text("image_url", "画像1", "First image"),
        text("image_licence", "画像1のライセンス", "Licence of the first image"),
        text("second_image_url", "画像2", "Second image"),
        text("second_image_licence", "画像2のライセンス", "Licence of the second image"),
        *OSM_FIELDS,
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="municipal-aeds",
            title=Text("自治体標準オープンデータセット AED設置箇所", "Municipal standard open dataset: AED"),
            columns={**NEW_HEAD, **NEW_ADDRESS, **FURTHER_CONTACT_COLUMNS, **_COLUMNS},
            signature=frozenset({"ID", "名称", "所在地_連結表記", "設置位置", "利用可能曜日"}),
            excludes=frozenset({"種別", "診療科目", "災害種別_洪水"}),
            geometry=Coordinates(address=("所在地_連結表記",)),
            accepts=_is_for_everybody,
            series="municipal-aeds",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="municipal-aeds-old",
            title=Text("推奨データセット AED設置箇所一覧（旧）", "Recommended dataset (first generation): AED"),
            columns={**OLD_HEAD, **OLD_ADDRESS, **_COLUMNS},
            signature=frozenset({"NO", "名称", "住所", "設置位置", "利用可能曜日"}),
            excludes=frozenset({"種別", "診療科目", "災害種別_洪水"}),
            geometry=Coordinates(address=("住所",)),
            accepts=_is_for_everybody,
            series="municipal-aeds",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="osm-aeds",
            title=Text("OpenStreetMap AED", "OpenStreetMap defibrillators"),
            columns={
                **NAME_TAGS,
                **CONTACT_TAGS,
                "defibrillator:location:ja": "placed_at",
                "defibrillator:location": "placed_at",
                "opening_hours": "opening_remarks",
                "operator": "organisation",
                "description": "remarks",
            },
            signature=frozenset(),
            geometry=Embedded(),
            crs=4326,
            derive=_from_osm,
            identity=("osm_id",),
            osm=OsmSelector(elements=("node",), tags={"emergency": ("defibrillator",)}),
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
    ),
    style=Style(color="#e5007d", outline="#ffffff", radius=4, min_zoom=13),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
    editable_by=editors.FIRE,
    keywords=("AED", "救急", "defibrillator"),
    open_data=OpenDataSheet(
        number="08",
        name="aed",
        format_id="municipal-aeds",
        columns={
            **open_data.HEAD,
            **open_data.NAMES,
            **open_data.SEAT,
            "高度の種別": "height_kind",
            "高度の値": "height_value",
            "設置位置": "placed_at",
            **open_data.CONTACT,
            **open_data.ORGANISATION,
            **open_data.OPENING,
            "小児対応設備の有無": open_data.there_or_not("for_children"),
            **open_data.URL,
            "画像1": "image_url",
            "画像1_ライセンス": "image_licence",
            "画像2": "second_image_url",
            "画像2_ライセンス": "second_image_licence",
            "外部利用不可": "closed_to_others",
            **open_data.REMARKS,
        },
        order_verified=False,
    ),
)
