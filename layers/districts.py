"""行政区域: the boundaries of municipalities.  Nishinomiya has no wards, eight parcels and islands far offshore."""

import re
from collections.abc import Mapping

from layers import attributions, licences, owners
from layers.fields import MUNICIPALITY_CODE, text
from layers.model import (
    Embedded,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)

_CREDIT = attributions.ksj("行政区域データ", "Administrative boundaries")
_FULL_NAME = re.compile(r"(?P<prefecture>東京都|北海道|京都府|大阪府|.{2,3}県)(?P<name>.+[市区町村])")
_COLUMNS: Mapping[str, str] = {
    "N03_001": "prefecture_name",
    "N03_002": "subprefecture_name",
    "N03_003": "county_name",
    "N03_004": "city_name",
    "N03_005": "ward_name",
    "N03_007": "municipality_code",
}


def _from_n03(values: Values) -> Values:
    """N03_003 holds a county (郡), or before 2024 the designated city whose ward N03_004 names: both go before."""
    parts = [str(values[name]) for name in ("county_name", "city_name", "ward_name") if values.get(name)]
    return {"name": "".join(parts) or "所属未定地"}


def _is_municipality(values: Values) -> bool:
    return _FULL_NAME.fullmatch(str(values.get("name") or "")) is not None


def _from_full_name(values: Values) -> Values:
    found = _FULL_NAME.fullmatch(str(values["name"]))
    return {} if found is None else {"prefecture_name": found["prefecture"], "name": found["name"]}


LAYER = Layer(
    id="districts",
    title=Text("行政区域", "Administrative districts"),
    description=Text(
        "市区町村の境界。1つの市が複数の区画（飛地、島、防波堤）からなることがある。",
        "Boundaries of municipalities. One city may consist of several parcels (exclaves, islands, breakwaters).",
    ),
    theme=Theme.BASE,
    geometry=Geometry.MULTIPOLYGON,
    fields=(
        MUNICIPALITY_CODE,
        text("name", "市区町村名", "Municipality", required=True),
        text("prefecture_name", "都道府県名", "Prefecture"),
        text("subprefecture_name", "支庁・振興局名", "Subprefecture"),
        text("county_name", "郡・政令指定都市名", "County or designated city"),
        text("city_name", "市区町村（公表された表記）", "Municipality as published"),
        text("ward_name", "政令指定都市の行政区名", "Ward"),
    ),
    formats=(
        SourceFormat(
            id="ksj-n03",
            title=Text("国土数値情報 N03 行政区域", "KSJ N03 administrative boundaries"),
            columns=_COLUMNS,
            signature=frozenset({"N03_001", "N03_004", "N03_007"}),
            geometry=Embedded(),
            derive=_from_n03,
            scope=("municipality_code",),
            licence=licences.CC_BY_4_0,
            attribution=_CREDIT,
        ),
        SourceFormat(
            id="geolonia-n03",
            title=Text("geolonia/japanese-admins 行政区域（N03の加工）", "geolonia/japanese-admins, made from N03"),
            columns={"name": "name"},
            signature=frozenset({"name"}),
            exact=True,
            geometry=Embedded(),
            # The files say WGS 84, or nothing, and hold the JGD2011 coordinates of N03.
            crs=6668,
            crs_overrides=True,
            accepts=_is_municipality,
            derive=_from_full_name,
            scope=("prefecture_name", "name"),
            licence=licences.KSJ,
            attribution=_CREDIT,
        ),
    ),
    style=Style(color="#5b5b73", opacity=0.06, outline="#5b5b73", width=1.6, visible=True),
    licence=licences.CC_BY_4_0,
    attribution=_CREDIT,
    owner=owners.MAPPING,
    update_frequency=UpdateFrequency.ANNUALLY,
    title_field="name",
    keywords=("行政区域", "市域", "boundary"),
)
