"""地域・年齢別人口: population by named area, sex and five-year age band, placed by the name of the area."""

from collections.abc import Mapping

from geo.errors import InputError
from layers import attributions, licences, open_data, owners
from layers.census import merge_suppressed, without_totals
from layers.fields import MUNICIPALITY, REMARKS, persons, text, texts
from layers.model import (
    Address,
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
from layers.sheet import OpenDataSheet

_LOWER_AGES = range(0, 85, 5)
_TOP_AGE = 85
_SEXES: Mapping[str, str] = {"male": "男性", "female": "女性"}
# 昭島市 publishes these in place of 85歳以上.
_FINER_BANDS: Mapping[str, str] = {
    "85-89歳": "85_to_89",
    "90-94歳": "90_to_94",
    "95-99歳": "95_to_99",
    "100歳以上": "100_plus",
}


def _band(age: int) -> str:
    return f"{age}_plus" if age == _TOP_AGE else f"{age}_to_{age + 4}"


def _band_ja(age: int) -> str:
    return f"{age}歳以上" if age == _TOP_AGE else f"{age}-{age + 4}歳"


_AGES = (*_LOWER_AGES, _TOP_AGE)
_AGE_COLUMNS: Mapping[str, str] = {
    f"{_band_ja(age)}の{word}": f"{sex}_{_band(age)}" for age in _AGES for sex, word in _SEXES.items()
}
_FINER_COLUMNS: Mapping[str, str] = {
    f"{published}の{word}": f"{sex}_{band}" for published, band in _FINER_BANDS.items() for sex, word in _SEXES.items()
}
_MUNICIPAL_COLUMNS: Mapping[str, str] = {
    "地域コード": "area_code",
    "調査年月日": "surveyed_on",
    "地域名": "area_name",
    "総人口": "population",
    "男性": "male",
    "女性": "female",
    **_AGE_COLUMNS,
    **_FINER_COLUMNS,
    "年齢不詳": "age_unknown",
    "不詳者": "age_unknown",
    "世帯数": "households",
    "備考": "remarks",
}


def _count(value: object) -> int | None:
    """A number of persons; None where the cell is empty or suppressed."""
    text_value = "" if value is None else str(value).strip().replace(",", "").removesuffix(".0")
    if not text_value or text_value in ("*", "X", "-"):
        return None
    try:
        return int(text_value)
    except ValueError:
        raise InputError(f"{value!r} is not a number of persons.") from None


def age_bands(values: Values) -> Values:
    """Sums of the five-year bands; a sum is given only where every band of it is published."""
    counts = {name: _count(values.get(name)) for name in _AGE_COLUMNS.values()}
    derived: dict[str, object] = {}
    for sex in _SEXES:
        finer = [_count(values.get(name)) for name in _FINER_COLUMNS.values() if name.startswith(f"{sex}_")]
        if counts[f"{sex}_{_TOP_AGE}_plus"] is None and all(value is not None for value in finer):
            counts[f"{sex}_{_TOP_AGE}_plus"] = sum(value for value in finer if value is not None)
            derived[f"{sex}_{_TOP_AGE}_plus"] = counts[f"{sex}_{_TOP_AGE}_plus"]
    for field, first, last in (
        ("aged_under_15", 0, 10),
        ("aged_15_to_64", 15, 60),
        ("aged_65_plus", 65, _TOP_AGE),
        ("aged_75_plus", 75, _TOP_AGE),
    ):
        members = [counts[f"{sex}_{_band(age)}"] for sex in _SEXES for age in _AGES if first <= age <= last]
        known = [value for value in members if value is not None]
        derived[field] = sum(known) if len(known) == len(members) else None
    return derived


def _key(record: Values) -> str:
    return str(record.get("KEY_CODE") or "").strip().removesuffix(".0")


def _destination(record: Values) -> str:
    """HTKSAKI of a small area lacks the municipality: 4 digits for a town, 6 for a chome."""
    target = str(record.get("HTKSAKI") or "").strip().removesuffix(".0")
    if not target:
        return ""
    return target if len(target) > 6 else _key(record)[:5] + target


def merge_areas(records: list[Values]) -> list[Values]:
    """Small areas without totals and without the suppressed ones, see ``layers.census``."""
    return merge_suppressed(without_totals(records, key=_key), key=_key, destination=_destination)


def _from_estat(values: Values) -> Values:
    return {"municipality_code": str(values.get("area_code") or "")[:5]}


LAYER = Layer(
    id="population-areas",
    title=Text("地域・年齢別人口", "Population by area and age"),
    description=Text(
        "地域ごとの年齢別・男女別の人口。位置は地域名から求めた町丁目の代表点である。",
        "Population of named areas by age and sex. The position is the point of the town that the name of the area names.",
    ),
    theme=Theme.POPULATION,
    geometry=Geometry.POINT,
    fields=(
        *MUNICIPALITY,
        text("area_code", "地域コード", "Area code"),
        text("area_name", "地域名", "Area", required=True),
        texts("merged_areas", "合算された地域", "Areas merged into this one"),
        Field(name="surveyed_on", kind=FieldKind.DATE, title=Text("調査年月日", "Date of survey")),
        persons("population", "総人口", "Population"),
        persons("male", "男性", "Male"),
        persons("female", "女性", "Female"),
        persons("aged_under_15", "15歳未満", "Aged under 15"),
        persons("aged_15_to_64", "15〜64歳", "Aged 15 to 64"),
        persons("aged_65_plus", "65歳以上", "Aged 65 and over"),
        persons("aged_75_plus", "75歳以上", "Aged 75 and over"),
        *(
            persons(field, column, f"{field.split('_', 1)[0].title()}, {field.split('_', 1)[1].replace('_', ' ')}")
            for column, field in {**_AGE_COLUMNS, **_FINER_COLUMNS}.items()
        ),
        persons("age_unknown", "年齢不詳", "Age unknown"),
        persons("households", "世帯数", "Households"),
        REMARKS,
    ),
    formats=(
        SourceFormat(
            id="municipal-population",
            title=Text(
                "自治体標準オープンデータセット 地域・年齢別人口", "Municipal standard open dataset: population"
            ),
            columns={
                **_MUNICIPAL_COLUMNS,
                "全国地方公共団体コード": "municipality_code",
                "地方公共団体名": "municipality_name",
            },
            signature=frozenset({"全国地方公共団体コード", "調査年月日", "地域名", "総人口", "0-4歳の男性"}),
            geometry=Address(columns=("地域名",)),
            derive=age_bands,
            series="municipal-population",
            scope=("municipality_code",),
            identity=("municipality_code", "area_code"),
        ),
        SourceFormat(
            id="municipal-population-old",
            title=Text("推奨データセット 地域・年齢別人口（旧）", "Recommended dataset (first generation): population"),
            columns={
                **_MUNICIPAL_COLUMNS,
                "都道府県コード又は市区町村コード": "municipality_code",
                "市区町村名": "municipality_name",
            },
            signature=frozenset({"都道府県コード又は市区町村コード", "調査年月日", "地域名", "総人口", "0-4歳の男性"}),
            geometry=Address(columns=("地域名",)),
            derive=age_bands,
            series="municipal-population",
            scope=("municipality_code",),
            identity=("municipality_code", "area_code"),
        ),
        SourceFormat(
            id="estat-small-areas",
            title=Text("e-Stat 国勢調査2020 小地域 T001082（年齢別人口）", "e-Stat census 2020, small areas T001082"),
            columns={
                "KEY_CODE": "area_code",
                "CITYNAME": "municipality_name",
                "NAME": "area_name",
                "GASSAN": "merged_areas",
                "T001082001": "population",
                "T001082017": "aged_under_15",
                "T001082018": "aged_15_to_64",
                "T001082019": "aged_65_plus",
                "T001082020": "aged_75_plus",
            },
            signature=frozenset({"KEY_CODE", "HYOSYO", "CITYNAME", "NAME", "HTKSYORI", "T001082001"}),
            geometry=Address(columns=("CITYNAME", "NAME")),
            prepare=merge_areas,
            derive=_from_estat,
            scope=("municipality_code",),
            identity=("area_code",),
            licence=licences.STATISTICS,
            attribution=attributions.CENSUS,
        ),
    ),
    style=Style(color="#7a5195", outline="#ffffff", radius=4, min_zoom=12),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.STATISTICS,
    update_frequency=UpdateFrequency.MONTHLY,
    title_field="area_name",
    keywords=("人口", "年齢", "population"),
    open_data=OpenDataSheet(
        number="04",
        name="population",
        format_id="municipal-population",
        columns={
            "全国地方公共団体コード": open_data.six_digits("municipality_code"),
            "地域コード": "area_code",
            "地方公共団体名": "municipality_name",
            "調査年月日": "surveyed_on",
            "地域名": "area_name",
            "総人口": "population",
            "男性": "male",
            "女性": "female",
            **_AGE_COLUMNS,
            "世帯数": "households",
            **open_data.REMARKS,
        },
        order_verified=False,
    ),
)
