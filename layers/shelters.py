"""指定避難所: where people whose homes are unsafe stay.  Never to be merged with ``emergency-sites``.

The two lists of one city share names and even addresses, but their ids do not join them.
"""

import re
from collections.abc import Mapping

from layers import attributions, editors, licences, owners
from layers.emergency_sites import municipality_of_common_id
from layers.fields import (
    ADDRESS,
    CONTACT,
    ELEVATION,
    LOCAL_ID,
    MUNICIPALITY,
    REMARKS,
    flag,
    integer,
    number,
    text,
    texts,
)
from layers.model import (
    Coordinates,
    Embedded,
    Field,
    FieldKind,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)
from layers.municipal import NAMES, OLD_ADDRESS

_GSI_COLUMNS: Mapping[str, str] = {
    "共通ID": "common_id",
    "都道府県名及び市町村名": "municipality_name",
    "施設・場所名": "name",
    "住所": "address",
    "指定緊急避難場所との住所同一": "same_address_as_emergency_site",
    "その他市町村長が必要と認める事項": "further_matters",
    "受入対象者": "admitted_persons",
    "備考": "remarks",
}
_GSI_SIGNATURE = frozenset({"共通ID", "施設・場所名", "指定緊急避難場所との住所同一", "受入対象者"})
_YAIZU_COLUMNS: Mapping[str, str] = {
    **NAMES,
    **OLD_ADDRESS,
    "NO": "local_id",
    "市区町村コード": "municipality_code",
    "市区町村名": "municipality_name",
    "電話番号": "telephone",
    "備考": "remarks",
}
_WAKAYAMA_COLUMNS: Mapping[str, str] = {
    "避難先名称": "name",
    "市町村名": "municipality_name",
    "管轄市町村名": "municipality_name",
    "避難種別": "category",
    "避難が予想される住民の地区名": "neighbourhoods",
    "標高（m）": "elevation_m",
    "標高（メートル）": "elevation_m",
    "収容人数": "capacity",
    "施設面積（平米）屋内": "floor_area_m2",
    "所在地": "address",
    "備考１": "remarks",
    "備考1": "remarks",
}
_LONGITUDE = "経度：東経（世界測地系10進法）"
_LATITUDE = "緯度：北緯（世界測地系10進法）"


def _is_shelter(values: Values) -> bool:
    """The lists of Wakayama name shelters (避難所) and places to flee to (避難場所, 避難先) together.

    避難所を兼ねる避難場所 is both, hence a shelter too.
    """
    return "避難所" in str(values.get("category") or "")


def _split_district(values: Values) -> Values:
    """Districts are separated by spaces; 0 stands for "not known" in 標高 and 収容人数."""
    derived: dict[str, object] = {
        name: None for name in ("elevation_m", "capacity", "floor_area_m2") if _is_zero(values.get(name))
    }
    districts = re.split(r"[\s　、，,;]+", str(values.get("neighbourhoods") or "").strip())
    derived["neighbourhoods"] = ";".join(filter(None, districts)) or None
    return derived


def _is_zero(value: object) -> bool:
    return str(value).strip() in ("0", "0.0")


LAYER = Layer(
    id="shelters",
    title=Text("指定避難所", "Designated shelters"),
    description=Text(
        "災害で家に戻れない人が一定期間滞在する施設（災害対策基本法第49条の7）。緊急に逃げる場所は"
        "指定緊急避難場所であり、別のものである。開設状況は含まない。",
        "Facilities where people who cannot return home stay for some time (Disaster Countermeasures Basic Act, art. "
        "49-7). Where to flee at once is another layer, the emergency evacuation sites. Whether a shelter is open is "
        "not part of this layer.",
    ),
    theme=Theme.EVACUATION,
    geometry=Geometry.POINT,
    fields=(
        text("common_id", "共通ID", "Common id"),
        LOCAL_ID,
        *MUNICIPALITY,
        Field(name="name", kind=FieldKind.TEXT, title=Text("施設・場所名", "Name"), required=True),
        text("name_kana", "名称（カナ）", "Name in kana"),
        text("name_english", "名称（英字）", "Name in English"),
        *ADDRESS,
        text("category", "避難種別", "Kind as published"),
        flag(
            "same_address_as_emergency_site",
            "指定緊急避難場所と同じ住所",
            "Same address as a designated emergency evacuation site",
        ),
        text("admitted_persons", "受入対象者", "Persons admitted"),
        text("further_matters", "その他市町村長が必要と認める事項", "Further matters stated by the mayor"),
        flag("opens_for_earthquake_tsunami", "開設：地震・津波", "Opens for earthquake and tsunami"),
        flag("opens_for_storm_flood", "開設：風水害", "Opens for storm and flood"),
        flag("opens_for_landslide", "開設：土砂災害", "Opens for landslide"),
        flag("opens_for_nankai_trough", "開設：南海トラフ地震臨時情報", "Opens for Nankai Trough extra information"),
        integer("capacity", "収容人数", "Capacity", minimum=0),
        number("floor_area_m2", "避難所面積", "Floor area", unit="m2", minimum=0),
        ELEVATION,
        *CONTACT,
        texts("neighbourhoods", "対象となる地区", "Districts served"),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="gsi-shelters",
            title=Text("国土地理院 指定避難所データ", "GSI designated shelters"),
            columns=_GSI_COLUMNS,
            signature=_GSI_SIGNATURE,
            geometry=Embedded(),
            derive=municipality_of_common_id,
            series="gsi-shelters",
            scope=("municipality_code",),
            identity=("common_id",),
            licence=licences.GSI,
            attribution=attributions.GSI_SHELTERS,
        ),
        SourceFormat(
            id="gsi-shelters-csv",
            title=Text("国土地理院 指定避難所CSV", "GSI designated shelters, CSV"),
            columns=_GSI_COLUMNS,
            signature=_GSI_SIGNATURE | {"緯度", "経度"},
            geometry=Coordinates(address=("住所",)),
            derive=municipality_of_common_id,
            series="gsi-shelters",
            scope=("municipality_code",),
            identity=("common_id",),
            licence=licences.GSI,
            attribution=attributions.GSI_SHELTERS,
        ),
        SourceFormat(
            id="municipal-shelters",
            title=Text("自治体の避難所一覧（焼津市型）", "Shelters of a municipality (form of Yaizu)"),
            columns={
                **_YAIZU_COLUMNS,
                "開設される災害の種類（地震・津波）": "opens_for_earthquake_tsunami",
                "開設される災害の種類（風水害）": "opens_for_storm_flood",
                "開設される災害の種類（土砂災害）": "opens_for_landslide",
                "開設される災害の種類（南海トラフ地震臨時情報）": "opens_for_nankai_trough",
                "避難所面積平方メートル": "floor_area_m2",
            },
            signature=frozenset({"NO", "名称", "住所", "避難所面積平方メートル"}),
            geometry=Coordinates(address=("住所",)),
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="wakayama-shelters",
            title=Text("和歌山県 避難先一覧（見出し3行）", "Wakayama Prefecture list of refuges (three header rows)"),
            columns=_WAKAYAMA_COLUMNS,
            signature=frozenset({"避難先名称", "市町村名", "避難種別", "避難所区分", "所在地"}),
            geometry=Coordinates(longitude=_LONGITUDE, latitude=_LATITUDE, address=("所在地",)),
            accepts=_is_shelter,
            derive=_split_district,
            series="wakayama-shelters",
            scope=("municipality_name",),
            licence=licences.CC_BY_4_0,
            attribution=Text("和歌山県", "Wakayama Prefecture"),
        ),
        SourceFormat(
            id="wakayama-shelters-2021",
            title=Text("和歌山県 避難先一覧（2021年版）", "Wakayama Prefecture list of refuges (2021)"),
            columns=_WAKAYAMA_COLUMNS,
            signature=frozenset({"避難先名称", "管轄市町村名", "避難種別", "災害区分", "所在地"}),
            geometry=Coordinates(longitude=_LONGITUDE, latitude=_LATITUDE, address=("所在地",)),
            accepts=_is_shelter,
            derive=_split_district,
            series="wakayama-shelters",
            scope=("municipality_name",),
            licence=licences.CC_BY_4_0,
            attribution=Text("和歌山県", "Wakayama Prefecture"),
        ),
    ),
    style=Style(color="#0b57a4", outline="#ffffff", radius=6, visible=True),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
    editable_by=editors.DISASTER,
    keywords=("避難所", "防災", "shelter"),
)
