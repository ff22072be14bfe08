"""指定緊急避難場所: where to flee from a named hazard.  Never to be merged with ``shelters`` (指定避難所).

An empty hazard flag means "not designated for it in this file", neither safe nor unsafe; it is stored as absent.
"""

import re
import unicodedata
from collections.abc import Mapping

from layers import attributions, editors, licences, open_data, owners
from layers.fields import (
    ADDRESS,
    ADDRESS_PARTS,
    CONTACT,
    ELEVATION,
    FURTHER_CONTACT,
    LOCAL_ID,
    MUNICIPALITY,
    REMARKS,
    flag,
    text,
    texts,
)
from layers.hazard_types import DESIGNATED_HAZARDS
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
from layers.municipal import CONTACT as CONTACT_COLUMNS
from layers.municipal import FURTHER_CONTACT as FURTHER_CONTACT_COLUMNS
from layers.municipal import NAMES, NEW_ADDRESS, OLD_ADDRESS
from layers.sheet import OpenDataSheet

_GSI_COLUMNS: Mapping[str, str] = {
    "共通ID": "common_id",
    "都道府県名及び市町村名": "municipality_name",
    "施設・場所名": "name",
    "住所": "address",
    "指定避難所との住所同一": "same_address_as_shelter",
    "備考": "remarks",
    **{japanese: f"for_{hazard}" for hazard, japanese, _ in DESIGNATED_HAZARDS},
}
_GSI_SIGNATURE = frozenset({"共通ID", "施設・場所名", "洪水", "津波", "内水氾濫"})
_GSI_TILE_COLUMNS: Mapping[str, str] = {
    "name": "name",
    "address": "address",
    "remarks": "remarks",
    **{f"disaster{number}": f"for_{hazard}" for number, (hazard, _, _) in enumerate(DESIGNATED_HAZARDS, start=1)},
}
_MUNICIPAL_COLUMNS: Mapping[str, str] = {
    **NAMES,
    **CONTACT_COLUMNS,
    "標高": "elevation_m",
    "指定避難所との重複": "same_address_as_shelter",
    "想定収容人数": "capacity_text",
    "対象となる町会・自治会": "neighbourhoods",
    "画像": "image_url",
    "画像_ライセンス": "image_licence",
    "備考": "remarks",
    **{f"災害種別_{japanese}": f"for_{hazard}" for hazard, japanese, _ in DESIGNATED_HAZARDS},
}
_MUNICIPAL_SIGNATURE = frozenset({"名称", "災害種別_洪水", "災害種別_津波", "災害種別_大規模な火事"})

# Takamatsu publishes levels: ○ usable, △ usable under a condition (upper floors), × not usable.
_TAKAMATSU_FLAGS: Mapping[str, str] = {
    "flood_L1": "for_flood",
    "inundation": "for_inland_flood",
    "sedimentDisaster": "for_landslide",
    "stormSurge": "for_storm_surge",
    "tunami": "for_tsunami",
    "fire": "for_large_fire",
    "earthquake": "for_earthquake",
}
_TAKAMATSU_COLUMNS: Mapping[str, str] = {
    "#property": "local_id",
    "name": "name",
    "address": "address",
    "telephoneNumber": "telephone",
    "elevation": "elevation_m",
    "capacity": "capacity_text",
    "residentsAssociation": "neighbourhoods",
    "evacuationSpace": "same_address_as_shelter",
    **_TAKAMATSU_FLAGS,
}
_PERSONS = re.compile(r"約?\s*(\d+|\d{1,3}(?:,\d{3})+)\s*[人名]?(?:程度)?")
_CONDITIONAL = frozenset({"△", "▲"})
_NOT_STATED = frozenset({"-", "－", "ー", "―", "‐", ""})


def municipality_of_common_id(values: Values) -> Values:
    """GSI's 共通ID is ``E``, the 5-digit municipality code, a serial and a kind; otherwise it is opaque."""
    common_id = str(values.get("common_id") or "")
    return {"municipality_code": common_id[1:6]} if common_id[:1] == "E" and common_id[1:6].isdigit() else {}


def persons(capacity_text: object) -> int | None:
    """The number of people in a capacity as it is published, where that is one number and nothing else."""
    found = _PERSONS.fullmatch(unicodedata.normalize("NFKC", str(capacity_text or "")).strip())
    return None if found is None else int(found[1].replace(",", ""))


def _levels_to_flags(values: Values) -> Values:
    """○ designated, × not designated; a condition (△) is no designation and is said in the remarks."""
    titles = {f"for_{hazard}": title.ja for hazard, _, title in DESIGNATED_HAZARDS}
    derived: dict[str, object] = {}
    conditional: list[str] = []
    for field in _TAKAMATSU_FLAGS.values():
        level = str(values.get(field) or "").strip()
        if level in _CONDITIONAL:
            conditional.append(titles[field])
        if level in _CONDITIONAL | _NOT_STATED:
            derived[field] = None
    if conditional:
        derived["remarks"] = f"条件付き（△）：{'、'.join(conditional)}"
    return derived


def _split_location(records: list[Values]) -> list[Values]:
    """``location`` holds "latitude,longitude" in one cell."""
    prepared: list[Values] = []
    for record in records:
        latitude, _, longitude = str(record.get("location") or "").partition(",")
        prepared.append({**record, "latitude": latitude.strip(), "longitude": longitude.strip()})
    return prepared


def _is_tsunami_building(values: Values) -> bool:
    return "津波" in str(values.get("category") or "")


LAYER = Layer(
    id="emergency-sites",
    title=Text("指定緊急避難場所", "Designated emergency evacuation sites"),
    description=Text(
        "災害の危険から命を守るために緊急に避難する場所（災害対策基本法第49条の4）。災害の種類ごとに指定される。"
        "指定の記載がないことは、安全とも危険とも意味しない。",
        "Places to flee to from an imminent hazard, designated per hazard type (Disaster Countermeasures Basic Act, "
        "art. 49-4). A missing designation means neither safe nor unsafe.",
    ),
    theme=Theme.EVACUATION,
    geometry=Geometry.POINT,
    fields=(
        text("common_id", "共通ID", "Common id"),
        LOCAL_ID,
        *MUNICIPALITY,
        Field(name="name", kind=FieldKind.TEXT, title=Text("施設・場所名", "Name"), required=True),
        text("category", "区分（公表された表記）", "Kind as published"),
        text("name_kana", "名称（カナ）", "Name in kana"),
        text("name_english", "名称（英字）", "Name in English"),
        *ADDRESS,
        *ADDRESS_PARTS,
        *(
            flag(
                f"for_{hazard}",
                f"対象：{title.ja}",
                f"Designated for: {title.en.lower()}",
                description=Text(
                    "空欄は、この資料に指定の記載がないことを示す。", "Absent: not stated in this source."
                ),
            )
            for hazard, _, title in DESIGNATED_HAZARDS
        ),
        flag("same_address_as_shelter", "指定避難所と同じ住所", "Same address as a designated shelter"),
        ELEVATION,
        text("capacity_text", "想定収容人数", "Expected capacity"),
        *CONTACT,
        *FURTHER_CONTACT,
        text("image_url", "画像", "Image"),
        text("image_licence", "画像のライセンス", "Licence of the image"),
        texts("neighbourhoods", "対象となる町会・自治会", "Neighbourhood associations served"),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="gsi-emergency-sites",
            title=Text("国土地理院 指定緊急避難場所データ", "GSI designated emergency evacuation sites"),
            columns=_GSI_COLUMNS,
            signature=_GSI_SIGNATURE,
            geometry=Embedded(),
            derive=municipality_of_common_id,
            series="gsi-emergency-sites",
            scope=("municipality_code",),
            identity=("common_id",),
            licence=licences.GSI,
            attribution=attributions.GSI_SITES,
        ),
        SourceFormat(
            id="gsi-emergency-sites-csv",
            title=Text("国土地理院 指定緊急避難場所CSV", "GSI designated emergency evacuation sites, CSV"),
            columns=_GSI_COLUMNS,
            signature=_GSI_SIGNATURE | {"緯度", "経度"},
            geometry=Coordinates(address=("住所",)),
            derive=municipality_of_common_id,
            series="gsi-emergency-sites",
            scope=("municipality_code",),
            identity=("common_id",),
            licence=licences.GSI,
            attribution=attributions.GSI_SITES,
        ),
        SourceFormat(
            id="gsi-emergency-sites-tile",
            title=Text("国土地理院 指定緊急避難場所タイル", "GSI designated emergency evacuation sites, tile"),
            columns=_GSI_TILE_COLUMNS,
            signature=frozenset(_GSI_TILE_COLUMNS) - {"remarks"},
            geometry=Embedded(),
            part_of_name=r"(skhb0[1-8].*)\.geojson",
            licence=licences.GSI,
            attribution=attributions.GSI_SITES,
        ),
        SourceFormat(
            id="municipal-emergency-sites",
            title=Text(
                "自治体標準オープンデータセット 指定緊急避難場所",
                "Municipal standard open dataset: emergency evacuation sites",
            ),
            columns={
                **_MUNICIPAL_COLUMNS,
                **NEW_ADDRESS,
                **FURTHER_CONTACT_COLUMNS,
                "ID": "local_id",
                # 市区町村コード is the place's own; 全国地方公共団体コード the publisher's.
                "市区町村コード": "municipality_code",
                "全国地方公共団体コード": "municipality_code",
                "地方公共団体名": "municipality_name",
            },
            signature=_MUNICIPAL_SIGNATURE | {"ID", "所在地_連結表記"},
            geometry=Coordinates(address=("所在地_連結表記",)),
            series="municipal-emergency-sites",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="municipal-emergency-sites-old",
            title=Text(
                "推奨データセット 指定緊急避難場所一覧（旧）",
                "Recommended dataset (first generation): emergency evacuation sites",
            ),
            columns={
                **_MUNICIPAL_COLUMNS,
                **OLD_ADDRESS,
                "NO": "local_id",
                "市区町村コード": "municipality_code",
                "都道府県コード又は市区町村コード": "municipality_code",
                "市区町村名": "municipality_name",
            },
            signature=_MUNICIPAL_SIGNATURE | {"NO", "住所"},
            geometry=Coordinates(address=("住所",)),
            series="municipal-emergency-sites",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="municipal-tsunami-buildings",
            title=Text("自治体の津波避難ビル一覧（焼津市型）", "Tsunami evacuation buildings (form of Yaizu)"),
            columns={
                **NAMES,
                **OLD_ADDRESS,
                "NO": "local_id",
                "市区町村コード": "municipality_code",
                "市区町村名": "municipality_name",
                "電話番号": "telephone",
                "備考": "category",
            },
            signature=frozenset({"NO", "市区町村コード", "名称", "住所", "区分"}),
            excludes=frozenset({"災害種別_津波", "避難所面積平方メートル", "種別"}),
            geometry=Coordinates(address=("住所",)),
            constants={"for_tsunami": True},
            accepts=_is_tsunami_building,
            derive=lambda values: {"local_id": f"tsunami-{values.get('local_id')}"},
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="takamatsu-emergency-sites",
            title=Text("高松市 指定緊急避難場所（#property形式）", "Takamatsu emergency evacuation sites (#property)"),
            columns=_TAKAMATSU_COLUMNS,
            signature=frozenset({"#property", "name", "flood_L1", "tunami", "latitude", "longitude"}),
            geometry=Coordinates(longitude="longitude", latitude="latitude", address=("address",)),
            derive=_levels_to_flags,
            constants={"municipality_code": "37201"},
            series="takamatsu-emergency-sites",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
            licence=licences.CC_BY_4_0,
            attribution=Text("高松市", "City of Takamatsu"),
        ),
        SourceFormat(
            id="takamatsu-emergency-sites-old",
            title=Text("高松市 指定緊急避難場所（#LINK形式）", "Takamatsu emergency evacuation sites (#LINK preamble)"),
            columns=_TAKAMATSU_COLUMNS,
            signature=frozenset({"#property", "name", "flood_L1", "tunami", "location"}),
            geometry=Coordinates(longitude="longitude", latitude="latitude", address=("address",)),
            prepare=_split_location,
            derive=_levels_to_flags,
            constants={"municipality_code": "37201"},
            series="takamatsu-emergency-sites",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
            licence=licences.CC_BY_4_0,
            attribution=Text("高松市", "City of Takamatsu"),
        ),
    ),
    style=Style(color="#1a7f37", outline="#ffffff", radius=6, visible=True),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
    editable_by=editors.DISASTER,
    keywords=("避難", "防災", "evacuation"),
    open_data=OpenDataSheet(
        number="03",
        name="evacuation_space",
        format_id="municipal-emergency-sites",
        columns={
            "全国地方公共団体コード": open_data.six_digits("municipality_code"),
            "ID": open_data.own_id,
            **open_data.NAMES,
            **open_data.SEAT,
            "標高": "elevation_m",
            **open_data.CONTACT,
            "市区町村コード": open_data.six_digits("municipality_code"),
            "地方公共団体名": "municipality_name",
            **{f"災害種別_{japanese}": f"for_{hazard}" for hazard, japanese, _ in DESIGNATED_HAZARDS},
            "指定避難所との重複": "same_address_as_shelter",
            "想定収容人数": "capacity_text",
            "対象となる町会・自治会": "neighbourhoods",
            **open_data.URL,
            "画像": "image_url",
            "画像_ライセンス": "image_licence",
            **open_data.REMARKS,
        },
        order_verified=True,
    ),
)
