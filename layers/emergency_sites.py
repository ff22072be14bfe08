"""指定緊急避難場所: where to flee from a named hazard.  Never to be merged with ``shelters`` (指定避難所).

An empty hazard flag means "not designated for it in this file", neither safe nor unsafe; it is stored as absent.
"""

from layers import licences
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
)

# The eight hazards in their legal order (災害対策基本法施行令 第20条の4): the tiles and files of GSI number them so.
HAZARDS: tuple[tuple[str, str, Text], ...] = (
    ("flood", "洪水", Text("洪水", "Flood")),
    ("landslide", "崖崩れ、土石流及び地滑り", Text("崖崩れ、土石流及び地滑り", "Landslide")),
    ("storm_surge", "高潮", Text("高潮", "Storm surge")),
    ("earthquake", "地震", Text("地震", "Earthquake")),
    ("tsunami", "津波", Text("津波", "Tsunami")),
    ("large_fire", "大規模な火事", Text("大規模な火事", "Large fire")),
    ("inland_flood", "内水氾濫", Text("内水氾濫", "Inland flood")),
    ("volcano", "火山現象", Text("火山現象", "Volcanic phenomena")),
)

_GSI_COLUMNS = {
    "共通ID": "common_id",
    "施設・場所名": "name",
    "住所": "address",
    "指定避難所との住所同一": "same_address_as_shelter",
    "備考": "remarks",
    **{japanese: f"for_{hazard}" for hazard, japanese, _ in HAZARDS},
}
_MUNICIPAL_FLAGS = {f"災害種別_{japanese}": f"for_{hazard}" for hazard, japanese, _ in HAZARDS}
_MUNICIPAL_COLUMNS = {
    "名称": "name",
    "名称_カナ": "name_kana",
    "名称_英字": "name_english",
    "標高": "elevation_m",
    "電話番号": "telephone",
    "市区町村コード": "municipality_code",
    "指定避難所との重複": "same_address_as_shelter",
    "想定収容人数": "capacity_text",
    "対象となる町会・自治会": "neighbourhoods",
    "URL": "url",
    "備考": "remarks",
    **_MUNICIPAL_FLAGS,
}

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
        Field(name="common_id", kind=FieldKind.TEXT, title=Text("共通ID", "Common id")),
        Field(name="local_id", kind=FieldKind.TEXT, title=Text("自治体ID", "Municipal id")),
        Field(name="municipality_code", kind=FieldKind.TEXT, title=Text("市区町村コード", "Municipality code")),
        Field(name="name", kind=FieldKind.TEXT, title=Text("施設・場所名", "Name"), required=True),
        Field(name="name_kana", kind=FieldKind.TEXT, title=Text("名称（カナ）", "Name in kana")),
        Field(name="name_english", kind=FieldKind.TEXT, title=Text("名称（英字）", "Name in English")),
        Field(name="address", kind=FieldKind.TEXT, title=Text("住所", "Address")),
        *(
            Field(
                name=f"for_{hazard}",
                kind=FieldKind.FLAG,
                title=Text(f"対象：{title.ja}", f"Designated for: {title.en.lower()}"),
            )
            for hazard, _, title in HAZARDS
        ),
        Field(
            name="same_address_as_shelter",
            kind=FieldKind.FLAG,
            title=Text("指定避難所と同じ住所", "Same address as a designated shelter"),
        ),
        Field(
            name="elevation_m",
            kind=FieldKind.NUMBER,
            title=Text("標高", "Elevation"),
            unit="m",
            minimum=-10,
            maximum=3776,
        ),
        Field(name="capacity_text", kind=FieldKind.TEXT, title=Text("想定収容人数", "Expected capacity")),
        Field(name="telephone", kind=FieldKind.TEXT, title=Text("電話番号", "Telephone")),
        Field(
            name="neighbourhoods",
            kind=FieldKind.TEXT_LIST,
            title=Text("対象となる町会・自治会", "Neighbourhood associations served"),
        ),
        Field(name="url", kind=FieldKind.TEXT, title=Text("URL", "URL")),
        Field(name="remarks", kind=FieldKind.TEXT, title=Text("備考", "Remarks")),
    ),
    formats=(
        SourceFormat(
            id="gsi-emergency-sites",
            title=Text("国土地理院 指定緊急避難場所データ", "GSI designated emergency evacuation sites"),
            columns=_GSI_COLUMNS,
            signature=frozenset({"共通ID", "施設・場所名", "洪水", "津波", "内水氾濫"}),
            geometry=Embedded(),
            derive=lambda values: {"municipality_code": str(values["common_id"])[1:6]},
            scope=("municipality_code",),
            identity=("common_id",),
            licence=licences.GSI,
            attribution=Text("国土地理院 指定緊急避難場所データ", "Geospatial Information Authority of Japan"),
        ),
        SourceFormat(
            id="gsi-emergency-sites-csv",
            title=Text("国土地理院 指定緊急避難場所CSV", "GSI designated emergency evacuation sites, CSV"),
            columns=_GSI_COLUMNS,
            signature=frozenset({"共通ID", "施設・場所名", "洪水", "津波", "内水氾濫", "緯度", "経度"}),
            geometry=Coordinates(address=("住所",)),
            derive=lambda values: {"municipality_code": str(values["common_id"])[1:6]},
            scope=("municipality_code",),
            identity=("common_id",),
            licence=licences.GSI,
            attribution=Text("国土地理院 指定緊急避難場所データ", "Geospatial Information Authority of Japan"),
        ),
        SourceFormat(
            id="municipal-emergency-sites",
            title=Text(
                "自治体標準オープンデータセット 指定緊急避難場所",
                "Municipal standard open dataset: emergency evacuation sites",
            ),
            columns={
                **_MUNICIPAL_COLUMNS,
                "ID": "local_id",
                "所在地_連結表記": "address",
            },
            signature=frozenset({"ID", "名称", "所在地_連結表記", "災害種別_洪水", "災害種別_津波"}),
            geometry=Coordinates(address=("所在地_連結表記",)),
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="municipal-emergency-sites-old",
            title=Text(
                "推奨データセット 指定緊急避難場所一覧（旧）",
                "Recommended dataset (first generation): emergency evacuation sites",
            ),
            columns={**_MUNICIPAL_COLUMNS, "NO": "local_id", "住所": "address"},
            signature=frozenset({"NO", "名称", "住所", "災害種別_洪水", "災害種別_津波"}),
            geometry=Coordinates(address=("住所",)),
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
    ),
    style=Style(color="#1a7f37", outline="#ffffff", radius=6, visible=True),
    licence=licences.PDL_1_0,
    attribution=Text("西宮市", "City of Nishinomiya"),
    owner=Text("西宮市 災害対策課", "Disaster Countermeasures Division, City of Nishinomiya"),
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
    keywords=("避難", "防災", "evacuation"),
)
