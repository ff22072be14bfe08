"""雨量観測値: a value for each station and time.  An hour without a value is absent; it is never zero."""

from layers import attributions, licences, owners
from layers.fields import code, number, text
from layers.model import (
    Code,
    CodeList,
    Field,
    FieldKind,
    Geometry,
    Layer,
    NoGeometry,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)

QUALITY = CodeList(
    "amedas-quality",
    Text("品質", "Quality"),
    (
        Code(0, Text("正常", "Normal")),
        Code(1, Text("準正常（やや疑わしい）", "Nearly normal (somewhat doubtful)")),
        Code(2, Text("非常に疑わしい", "Very doubtful")),
        Code(3, Text("利用に適さない", "Not fit for use")),
        Code(4, Text("期間内の資料数が不足", "Too few data in the period")),
        Code(5, Text("点検・計画休止のため欠測", "Missing: inspection or planned pause")),
        Code(6, Text("障害のため欠測", "Missing: failure")),
        Code(7, Text("この要素は観測していない", "Element not observed")),
    ),
    source="気象庁 アメダス 品質情報（AQC）",
)
_HIGHEST_HOUR_MM = 200.0  # the Japanese record is 153 mm (香取 1999, 長浦岳 1982)
_VALUES = ("precipitation_1h_mm", "precipitation_10m_mm", "precipitation_3h_mm", "precipitation_24h_mm")


def _has_a_value(values: Values) -> bool:
    """A station without rain values (temperature alone, or a failure) gives no row: nothing is made up for it."""
    return any(values.get(name) not in (None, "") for name in _VALUES)


def _rain(name: str, ja: str, en: str, hours: float) -> Field:
    return number(name, ja, en, unit="mm", minimum=0, maximum=_HIGHEST_HOUR_MM * max(1.0, hours / 2))


LAYER = Layer(
    id="rain-observations",
    title=Text("雨量観測値", "Rain observations"),
    description=Text(
        "観測所ごと・時刻ごとの雨量。時刻はその時間の終わり。値のない時刻の行はなく、0mmではない。",
        "Rain by station and time; the time is the end of the period. A missing time has no row: it is not 0 mm.",
    ),
    theme=Theme.OBSERVATION,
    geometry=Geometry.NONE,
    fields=(
        text("station_id", "観測所番号", "Station number", required=True),
        text("station_name", "観測所名", "Station"),
        Field(
            name="observed_at",
            kind=FieldKind.DATETIME,
            title=Text("観測時刻", "Time of observation"),
            required=True,
            description=Text("期間の終わり。", "End of the period."),
        ),
        _rain("precipitation_1h_mm", "1時間雨量", "Rain in 1 hour", 1),
        _rain("precipitation_10m_mm", "10分間雨量", "Rain in 10 minutes", 1),
        _rain("precipitation_3h_mm", "3時間雨量", "Rain in 3 hours", 3),
        _rain("precipitation_24h_mm", "24時間雨量", "Rain in 24 hours", 24),
        code(
            "quality",
            QUALITY,
            description=Text(
                "1時間雨量の品質。空欄は公表されていない。", "Of the hourly value; absent: not published."
            ),
        ),
    ),
    formats=(
        SourceFormat(
            id="amedas-hourly-csv",
            title=Text("アメダス毎時雨量（CSV）", "AMeDAS hourly rain, CSV"),
            columns={
                "amdno": "station_id",
                "kjName": "station_name",
                "obs_time_jst": "observed_at",
                "precipitation1h_mm": "precipitation_1h_mm",
            },
            signature=frozenset({"obs_time_jst", "amdno", "precipitation1h_mm"}),
            geometry=NoGeometry(),
            accepts=_has_a_value,
            series="amedas-observations",
            part_of_name="(.+)",  # a file is a period; a new one adds to the others
            identity=("station_id", "observed_at"),
            licence=licences.PDL_1_0,
            attribution=attributions.JMA,
        ),
        SourceFormat(
            id="amedas-map-json",
            title=Text("気象庁 アメダス観測値（JSON）", "JMA AMeDAS observations, JSON"),
            columns={
                "station_id": "station_id",
                "observed_at": "observed_at",
                "precipitation1h": "precipitation_1h_mm",
                "precipitation10m": "precipitation_10m_mm",
                "precipitation3h": "precipitation_3h_mm",
                "precipitation24h": "precipitation_24h_mm",
                "precipitation1h_flag": "quality",
            },
            signature=frozenset({"station_id", "observed_at", "precipitation1h"}),
            geometry=NoGeometry(),
            accepts=_has_a_value,
            series="amedas-observations",
            part_of_name="(.+)",
            identity=("station_id", "observed_at"),
            licence=licences.PDL_1_0,
            attribution=attributions.JMA,
        ),
    ),
    style=Style(color="#005ea2"),
    licence=licences.PDL_1_0,
    attribution=attributions.JMA,
    owner=owners.DISASTER,
    update_frequency=UpdateFrequency.CONTINUAL,
    title_field="station_name",
    time_field="observed_at",
    keywords=("雨量", "アメダス", "rain"),
)
