"""消防水利施設: hydrants, cisterns and natural water, with the diameter of the main.

The standard sheet has neither a name nor a volume.  ``capacity_m3`` (internal column 容量_m3) is the ledger's: it is
kept from the public, because the ledger is not open data, and because a volume is what an attack on
the water supply would ask for.  So is ``condition``.  Volumes written into 備考 are public as part of the remarks.
"""

import re
import unicodedata
from collections.abc import Mapping

from layers import attributions, editors, licences, open_data, owners
from layers.fields import ADDRESS, ADDRESS_PARTS, LOCAL_ID, MUNICIPALITY, REMARKS, code, number
from layers.model import (
    Code,
    CodeList,
    Coordinates,
    Embedded,
    Field,
    FieldKind,
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
from layers.municipal import NEW_ADDRESS, NEW_HEAD, OLD_ADDRESS, OLD_HEAD
from layers.osm_tags import OSM_FIELDS, osm_reference
from layers.sheet import OpenDataSheet

KINDS = CodeList(
    "fire-water-kind",
    Text("種別", "Kind of water source"),
    (
        Code("hydrant", Text("消火栓", "Hydrant"), "#d7191c", aliases=("公設消火栓",)),
        Code("private-hydrant", Text("私設消火栓", "Private hydrant"), "#f08a80"),
        Code(
            "cistern",
            Text("防火水そう", "Cistern"),
            "#0571b0",
            aliases=("防火水槽", "防火水漕", "耐震性貯水槽", "耐震性防火水槽", "貯水槽"),
        ),
        Code("pool", Text("プール", "Swimming pool"), "#41a7c4"),
        Code("river", Text("河川・溝等", "River or ditch"), "#2c7fb8", aliases=("河川", "河川・溝")),
        Code("pond", Text("濠・池等", "Moat or pond"), "#4c9f70", aliases=("池", "濠・池", "ため池")),
        Code("sea", Text("海・湖", "Sea or lake"), "#08306b", aliases=("海", "湖")),
        Code("well", Text("井戸", "Well"), "#8c6bb1"),
        Code("sewer", Text("下水道", "Sewer"), "#7f7f7f"),
        Code("other", Text("その他", "Other"), "#bf812d"),
    ),
    source="自治体標準オープンデータセット 14 消防水利施設 種別、消防水利の基準（昭和39年消防庁告示第7号）第2条",
)
CONDITIONS = CodeList(
    "fire-water-condition",
    Text("使用の可否", "Condition"),
    (
        Code("usable", Text("使用可", "Usable"), aliases=("可", "異常なし")),
        Code("in-use", Text("使用中", "In use")),
        Code("out-of-service", Text("使用不能", "Out of service"), aliases=("不可", "使用不可", "断水", "故障")),
    ),
    source="本システムの分類（消防水利の点検と使用の状態）",
)
_OSM_KINDS = {
    "fire_hydrant": "hydrant",
    "water_tank": "cistern",
    "fire_water_pond": "pond",
    "suction_point": "other",
}
_COLUMNS: Mapping[str, str] = {
    "種別": "kind",
    "口径": "main_diameter_mm",
    "容量_m3": "capacity_m3",
    "使用の可否": "condition",
    "備考": "remarks",
}
_VOLUME = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m3|立方メートル|立米|トン|t(?![a-z]))", re.IGNORECASE)


def capacity_in_remarks(values: Values) -> Values:
    """The volume in m3 that 備考 states (40㎥, 40t, 40立方メートル), where the ledger column has none.

    Two different volumes in one remark say nothing certain: none is taken.
    """
    if values.get("capacity_m3") not in (None, ""):
        return {}
    remarks = unicodedata.normalize("NFKC", str(values.get("remarks") or ""))
    volumes = {float(found) for found in _VOLUME.findall(remarks)}
    return {"capacity_m3": volumes.pop()} if len(volumes) == 1 else {}


def _from_osm(values: Values) -> Values:
    derived: dict[str, object] = {"kind": _OSM_KINDS.get(str(values.get("kind")), values.get("kind"))}
    diameter = values.get("main_diameter_mm")
    if diameter is not None and str(diameter).strip().upper().startswith("Φ"):
        derived["main_diameter_mm"] = str(diameter).strip()[1:]
    if values.get("capacity_m3") is not None:
        derived["capacity_m3"] = None  # litres and cubic metres are both in use: no number is certain
    return {**derived, **osm_reference(values)}


LAYER = Layer(
    id="fire-water-sources",
    title=Text("消防水利", "Fire water sources"),
    description=Text(
        "消火栓、防火水そう、その他の消防水利。断水時には消火栓は使えない。",
        "Hydrants, cisterns and other sources of water for fire fighting. Hydrants fail when the mains do.",
    ),
    theme=Theme.FIRE,
    geometry=Geometry.POINT,
    fields=(
        LOCAL_ID,
        *MUNICIPALITY,
        code("kind", KINDS, required=True),
        number(
            "main_diameter_mm",
            "口径",
            "Diameter of the main",
            unit="mm",
            minimum=10,
            maximum=2000,
            description=Text("消火栓が取り付く配水管の口径。", "Diameter of the pipe that feeds the hydrant."),
        ),
        number(
            "capacity_m3",
            "容量",
            "Volume",
            unit="m3",
            minimum=0,
            maximum=100_000,
            public=False,
            description=Text("内部の台帳による。公開しない。", "From the internal ledger; not published."),
        ),
        Field(
            name="condition",
            kind=FieldKind.CODE,
            title=CONDITIONS.title,
            codes=CONDITIONS,
            public=False,
            description=Text(
                "空欄は不明であり、使えることを意味しない。公開しない。",
                "Absent: unknown, which is not usable. Not published.",
            ),
        ),
        *ADDRESS,
        *ADDRESS_PARTS,
        *OSM_FIELDS,
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="municipal-fire-water",
            title=Text("自治体標準オープンデータセット 消防水利施設", "Municipal standard open dataset: fire water"),
            columns={**NEW_HEAD, **NEW_ADDRESS, **_COLUMNS},
            signature=frozenset({"ID", "種別", "所在地_連結表記", "口径"}),
            geometry=Coordinates(address=("所在地_連結表記",)),
            derive=capacity_in_remarks,
            series="municipal-fire-water",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="municipal-fire-water-old",
            title=Text("推奨データセット 消防水利施設一覧（旧）", "Recommended dataset (first generation): fire water"),
            columns={**OLD_HEAD, **OLD_ADDRESS, **_COLUMNS},
            signature=frozenset({"NO", "種別", "住所", "口径"}),
            geometry=Coordinates(address=("住所",)),
            derive=capacity_in_remarks,
            series="municipal-fire-water",
            scope=("municipality_code",),
            identity=("municipality_code", "local_id"),
        ),
        SourceFormat(
            id="osm-fire-water",
            title=Text("OpenStreetMap 消防水利", "OpenStreetMap fire water sources"),
            columns={
                "osm_id": "osm_id",
                "osm_type": "osm_type",
                "emergency": "kind",
                "fire_hydrant:diameter": "main_diameter_mm",
                "water_tank:volume": "capacity_m3",
                "addr:full": "address",
                "note": "remarks",
            },
            signature=frozenset(),
            geometry=Embedded(),
            crs=4326,
            derive=_from_osm,
            identity=("osm_id",),
            osm=OsmSelector(elements=("node", "area"), tags={"emergency": tuple(_OSM_KINDS)}),
            licence=licences.ODBL_1_0,
            attribution=attributions.OSM,
        ),
    ),
    style=Style(
        color="#bf812d",
        by="kind",
        classes=tuple(
            StyleClass(entry.value, entry.title, entry.color) for entry in KINDS.codes if entry.color is not None
        ),
        outline="#ffffff",
        radius=3.5,
        min_zoom=14,
    ),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.ANNUALLY,
    title_field="kind",
    editable_by=editors.FIRE,
    keywords=("消防水利", "消火栓", "防火水そう", "hydrant"),
    open_data=OpenDataSheet(
        number="14",
        name="fire_hydrant",
        format_id="municipal-fire-water",
        columns={
            **open_data.HEAD,
            "種別": "kind",
            **open_data.SEAT,
            "口径": "main_diameter_mm",
            **open_data.REMARKS,
        },
        order_verified=True,
    ),
)
