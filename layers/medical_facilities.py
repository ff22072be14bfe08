"""医療機関: hospitals, clinics and dental clinics, from whichever of the official lists is at hand."""

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
    REMARKS,
    code,
    flag,
    integer,
    text,
)
from layers.fields import texts as text_list
from layers.model import (
    Address,
    Code,
    CodeList,
    Coordinates,
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
from layers.municipal import (
    CONTACT as CONTACT_COLUMNS,
)
from layers.municipal import (
    FURTHER_CONTACT as FURTHER_CONTACT_COLUMNS,
)
from layers.municipal import (
    NAMES as NAME_COLUMNS,
)
from layers.municipal import (
    NEW_ADDRESS,
    NEW_HEAD,
    OLD_ADDRESS,
    OLD_HEAD,
)
from layers.municipal import (
    OPENING as OPENING_COLUMNS,
)
from layers.osm_tags import CONTACT_TAGS, NAME_TAGS, OSM_FIELDS, contact_values, osm_reference
from layers.sheet import OpenDataSheet

KINDS = CodeList(
    "medical-facility-kind",
    Text("医療機関の種類", "Kind of medical facility"),
    (
        Code("hospital", Text("病院", "Hospital"), "#c1121f"),
        Code("clinic-with-beds", Text("有床診療所", "Clinic with beds"), "#d95f02"),
        Code("clinic-without-beds", Text("無床診療所", "Clinic without beds"), "#e7a977"),
        Code("clinic", Text("診療所", "Clinic"), "#e08fa8", aliases=("一般診療所",)),  # beds or not is not said
        Code("dental-clinic", Text("歯科診療所", "Dental clinic"), "#7a6c9e", aliases=("歯科",)),
    ),
    source="医療法第1条の5、自治体標準オープンデータセット 10 医療機関",
)
DISASTER_BASES = CodeList(
    "disaster-base-hospital",
    Text("災害拠点病院", "Disaster base hospital"),
    (
        Code("core", Text("基幹災害拠点病院", "Core disaster base hospital")),
        Code("regional", Text("地域災害拠点病院", "Regional disaster base hospital")),
        Code("none", Text("指定なし", "Not designated"), aliases=("無", "なし")),
    ),
    source="国土数値情報 P04（医療機関データ）コード表",
)
_KSJ_KINDS = {"1": "hospital", "2": "clinic", "3": "dental-clinic"}
_KSJ_EMERGENCY = {"1": True, "9": False}
_KSJ_BASES = {"1": "core", "2": "regional", "9": "none"}
_OSM_KINDS = {"hospital": "hospital", "clinic": "clinic", "doctors": "clinic", "dentist": "dental-clinic"}

_MUNICIPAL_COLUMNS: Mapping[str, str] = {
    **NAME_COLUMNS,
    **CONTACT_COLUMNS,
    **OPENING_COLUMNS,
    "医療機関の種類": "kind",
    "診療曜日": "open_days",
    "診療開始時間": "opens_at",
    "診療終了時間": "closes_at",
    "診療日時特記事項": "opening_remarks",
    "時間外における対応": "after_hours",
    "診療科目": "departments",
    "病床数": "beds",
    "災害拠点分類": "disaster_base",
    "医療機関コード": "institution_code",
    "法人番号": "corporate_number",
    "法人の名称": "organisation",
    "FAX番号": "fax",
    "状況": "status",
    "備考": "remarks",
}
_KSJ_CREDIT = attributions.ksj("医療機関データ", "Medical institutions")


def _code_text(value: object) -> str:
    return str(value if value is not None else "").removesuffix(".0").strip()


def _from_ksj(values: Values) -> Values:
    """Codes of P04: kind 1-3, emergency 1/9, disaster base 1/2/9; the specialities stand in up to three columns."""
    derived: dict[str, object] = {}
    for field, table in (("kind", _KSJ_KINDS), ("emergency", _KSJ_EMERGENCY), ("disaster_base", _KSJ_BASES)):
        published = _code_text(values.get(field))
        derived[field] = table.get(published, values.get(field))
    return {**derived, **_departments(values)}


def _from_name(values: Values) -> Values:
    """Only a hospital may be named 病院 (医療法第3条); nothing follows from a name without it."""
    return {"kind": "hospital"} if "病院" in str(values.get("name") or "") else {}


def _from_kinki(values: Values) -> Values:
    digits = str(values.get("institution_code") or "")
    return {**_from_name(values), "prefecture_code": digits[:2] if digits[:2].isdigit() else None}


def _from_medical_net(values: Values) -> Values:
    """都道府県コード (2 digits) and 市区町村コード (3 digits) of 医療情報ネット make the municipality code."""
    prefecture, municipality = _code_text(values.get("prefecture_code")), _code_text(values.get("municipality_code"))
    both = f"{prefecture.zfill(2)}{municipality.zfill(3)}" if prefecture and municipality else None
    return {"municipality_code": both if len(municipality) <= 3 else municipality[:5], **_from_name(values)}


def _departments(values: Values) -> Values:
    """Specialities are separated by 、 or ; or spaces, depending on the source."""
    published = str(values.get("departments") or "")
    for separator in ("、", "，", "・", "　", "；"):
        published = published.replace(separator, ";")
    return {"departments": ";".join(filter(None, (part.strip() for part in published.split(";")))) or None}


def _join_departments(records: list[Values]) -> list[Values]:
    """P04 spreads the specialities over three columns, in the order of the list."""
    columns = ("P04_004", "P04_005", "P04_006")
    return [
        {**record, "P04_004": ";".join(str(record[name]) for name in columns if record.get(name)) or None}
        for record in records
    ]


def _from_osm(values: Values) -> Values:
    derived: dict[str, object] = {
        "kind": _OSM_KINDS.get(str(values.get("kind"))),
        "emergency": values.get("emergency") if values.get("emergency") in ("yes", "no") else None,
    }
    return {**derived, **contact_values(values), **osm_reference(values), **_departments(values)}


LAYER = Layer(
    id="medical-facilities",
    title=Text("医療機関", "Medical facilities"),
    description=Text(
        "病院、診療所、歯科診療所。住所しか公表されていない一覧では位置は町丁目の代表点であり、建物ではない"
        "（position_quality）。",
        "Hospitals, clinics and dental clinics. Where a list gives only addresses the position is that of the town, not "
        "of the building (see position_quality).",
    ),
    theme=Theme.MEDICAL,
    geometry=Geometry.POINT,
    fields=(
        LOCAL_ID,
        text("institution_code", "医療機関コード", "Institution code"),
        text("prefecture_code", "都道府県コード", "Prefecture code"),
        *MUNICIPALITY,
        *NAMES,
        code("kind", KINDS),
        flag("emergency", "救急告示病院", "Emergency hospital"),
        code("disaster_base", DISASTER_BASES),
        integer("beds", "病床数", "Beds", minimum=0, maximum=5000),
        text_list("departments", "診療科目", "Departments"),
        text("after_hours", "時間外における対応", "Outside opening hours"),
        *OPENING,
        *ADDRESS,
        *ADDRESS_PARTS,
        *CONTACT,
        *FURTHER_CONTACT,
        text("fax", "FAX番号", "Fax"),
        text("corporate_number", "法人番号", "Corporate number"),
        text("organisation", "開設者・法人の名称", "Establisher"),
        text("status", "状況", "Status"),
        *OSM_FIELDS,
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="municipal-medical-facilities",
            title=Text(
                "自治体標準オープンデータセット 医療機関", "Municipal standard open dataset: medical facilities"
            ),
            columns={**NEW_HEAD, **NEW_ADDRESS, **FURTHER_CONTACT_COLUMNS, **_MUNICIPAL_COLUMNS},
            signature=frozenset({"ID", "名称", "医療機関の種類", "所在地_連結表記", "診療科目"}),
            geometry=Coordinates(address=("所在地_連結表記",)),
            derive=_departments,
            series="municipal-medical-facilities",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="municipal-medical-facilities-old",
            title=Text(
                "推奨データセット 医療機関一覧（旧）", "Recommended dataset (first generation): medical facilities"
            ),
            columns={**OLD_HEAD, **OLD_ADDRESS, **_MUNICIPAL_COLUMNS},
            signature=frozenset({"NO", "名称", "医療機関の種類", "住所", "診療科目"}),
            geometry=Coordinates(address=("住所",)),
            derive=_departments,
            series="municipal-medical-facilities",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="kinki-medical-institutions",
            title=Text("近畿厚生局 保険医療機関一覧", "Kinki Regional Bureau: insured medical institutions"),
            columns={
                "医療機関コード9桁": "institution_code",
                "医療機関名称": "name",
                "郵便番号": "postal_code",
                "住所": "address",
            },
            signature=frozenset({"医療機関コード9桁", "医療機関名称", "住所"}),
            geometry=Address(columns=("住所",)),
            derive=_from_kinki,
            identity=("institution_code",),
            licence=licences.PDL_1_0,
            attribution=attributions.KOUSEI,
        ),
        SourceFormat(
            id="medical-information-net",
            title=Text("医療情報ネット オープンデータ（施設票）", "Medical Information Net, facilities"),
            columns={
                "ID": "local_id",
                "正式名称": "name",
                "正式名称（フリガナ）": "name_kana",
                "英語表記（ローマ字表記）": "name_english",
                "都道府県コード": "prefecture_code",
                "市区町村コード": "municipality_code",
                "所在地": "address",
                "案内用ホームページアドレス": "url",
                "合計病床数": "beds",
            },
            signature=frozenset({"ID", "正式名称", "所在地", "所在地座標（緯度）", "所在地座標（経度）"}),
            geometry=Coordinates(longitude="所在地座標（経度）", latitude="所在地座標（緯度）", address=("所在地",)),
            derive=_from_medical_net,
            scope=("municipality_code",),
            identity=("local_id",),
            licence=licences.PDL_1_0,
            attribution=attributions.MEDICAL_NET,
        ),
        SourceFormat(
            id="ksj-p04",
            title=Text("国土数値情報 P04 医療機関", "KSJ P04 medical institutions"),
            columns={
                "P04_001": "kind",
                "P04_002": "name",
                "P04_003": "address",
                "P04_004": "departments",
                "P04_008": "beds",
                "P04_009": "emergency",
                "P04_010": "disaster_base",
            },
            signature=frozenset({"P04_001", "P04_002", "P04_010"}),
            geometry=Embedded(),
            prepare=_join_departments,
            derive=_from_ksj,
            part_of_name=r"P04-\d{2}_(\d{2})",
            series="ksj-p04",
            licence=licences.KSJ,
            attribution=_KSJ_CREDIT,
        ),
        SourceFormat(
            id="ksj-p04-2014",
            title=Text("国土数値情報 P04 医療機関（2014年版まで）", "KSJ P04 medical institutions (up to 2014)"),
            columns={
                "P04_001": "kind",
                "P04_002": "name",
                "P04_003": "address",
                "P04_004": "departments",
                "P04_006": "beds",
            },
            signature=frozenset({"P04_001", "P04_002", "P04_003", "P04_004"}),
            excludes=frozenset({"P04_010"}),
            geometry=Embedded(),
            derive=_from_ksj,
            part_of_name=r"P04-\d{2}_(\d{2})",
            series="ksj-p04",
            licence=licences.KSJ,
            attribution=_KSJ_CREDIT,
        ),
        SourceFormat(
            id="takamatsu-hospitals",
            title=Text("高松市 医療機関（#property形式）", "Takamatsu medical facilities (#property)"),
            columns={
                "#property": "local_id",
                "name": "name",
                "alternativeName": "kind",
                "address": "address",
                "telephone　number": "telephone",
                "medicalSubjects": "departments",
                "numberOfBeds": "beds",
                "establisher": "organisation",
                "city": "municipality_name",
                "prefCode": "municipality_code",
                "note": "remarks",
            },
            signature=frozenset({"#property", "name", "medicalSubjects", "numberOfBeds", "latitude", "longitude"}),
            geometry=Coordinates(longitude="longitude", latitude="latitude", address=("address",)),
            derive=_departments,
            scope=("municipality_code",),
            identity=("local_id",),
            licence=licences.CC_BY_4_0,
            attribution=Text("高松市", "City of Takamatsu"),
        ),
        SourceFormat(
            id="osm-medical-facilities",
            title=Text("OpenStreetMap 医療機関", "OpenStreetMap medical facilities"),
            columns={
                **NAME_TAGS,
                **CONTACT_TAGS,
                "amenity": "kind",
                "healthcare:speciality": "departments",
                "emergency": "emergency",
                "beds": "beds",
                "operator": "organisation",
            },
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
    style=Style(
        color="#8d5a6b",
        by="kind",
        classes=tuple(
            StyleClass(entry.value, entry.title, entry.color) for entry in KINDS.codes if entry.color is not None
        ),
        outline="#ffffff",
        radius=5,
        min_zoom=11,
    ),
    licence=licences.PDL_1_0,
    attribution=attributions.KOUSEI,
    owner=owners.HEALTH,
    update_frequency=UpdateFrequency.MONTHLY,
    title_field="name",
    editable_by=editors.FACILITIES,
    keywords=("医療機関", "病院", "hospital"),
    open_data=OpenDataSheet(
        number="10",
        name="hospital",
        format_id="municipal-medical-facilities",
        columns={
            **open_data.HEAD,
            **open_data.NAMES,
            "医療機関の種類": "kind",
            **open_data.SEAT,
            **open_data.CONTACT,
            "FAX番号": "fax",
            "法人番号": "corporate_number",
            "法人の名称": "organisation",
            "医療機関コード": "institution_code",
            **open_data.OPENING,
            "時間外における対応": "after_hours",
            "診療科目": "departments",
            "病床数": "beds",
            "災害拠点分類": "disaster_base",
            "状況": "status",
            **open_data.URL,
            **open_data.REMARKS,
        },
        order_verified=False,
    ),
)
