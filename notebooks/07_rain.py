# %% [markdown]
# # 7. 雨：雨量計の記録と2023年8月15日の台風 / Rain: the gauges' series and the storm of 2023-08-15
#
# **問い Question.** 雨量計の記録はどこまで揃っているか。台風（2023年8月15日）では、いつ、どこで、どれだけ降ったか。
# How complete are the gauges' series, and when, where and how much did it rain in the storm of 15 August 2023?
#
# **データ Data.** 気象庁アメダスの時間雨量（`../shared/data/rain`にあれば実データ、なければ見本都市の架空データ。どちらかは答えに書く）。
# Hourly rain of AMeDAS: the real series where its file is there, else the fictitious one of the sample city; the answer says
# which.
#
# **方法 Method.** 雨の切れ目6時間で一雨を分ける（気象庁の統計に倣う独立降雨の分け方；Restrepo-Posada & Eagleson, Journal of Hydrology 55
# (1982)）。欠けた時間は0 mmではなく不明として数える。 Events are parted by six dry hours (Restrepo-Posada & Eagleson 1982); an hour
# that is missing is unknown and not 0 mm.

# %%
import pandas as pd

from services.planning import layer
from services.settings import ROOT

REAL = ROOT.parent / "shared" / "data" / "rain" / "amedas_hanshin_hourly_2023-07-13_2023-12-06.csv"
is_real = REAL.is_file()
if is_real:
    rain = pd.read_csv(REAL, dtype={"amdno": str}).rename(
        columns={"obs_time_jst": "time", "amdno": "station", "kjName": "name", "precipitation1h_mm": "mm"}
    )
    source = "気象庁アメダスの実データ（PDL1.0）"
else:
    rows, gauges = layer("rain-observations"), layer("rain-gauges")
    names = dict(zip(gauges["station_id"], gauges["name"], strict=True))
    rain = rows.rename(columns={"observed_at": "time", "station_id": "station", "precipitation_1h_mm": "mm"})
    rain = rain.assign(name=rain["station"].map(names))
    source = "見本都市の架空データ"
rain["time"] = pd.to_datetime(rain["time"], utc=True).dt.tz_convert("Asia/Tokyo")
source

# %% [markdown]
# ## 揃い具合 / Completeness

# %%
table = rain.pivot_table(index="time", columns="name", values="mm")
hours = pd.date_range(table.index.min(), table.index.max(), freq="h")
hourly = table.reindex(hours)
completeness = pd.DataFrame({"hours": hourly.notna().sum(), "missing": hourly.isna().sum(), "highest_mm": hourly.max()})
completeness

# %% [markdown]
# ## 一雨ごと / Events


# %%
def events(series, dry_hours=6):
    """From the first to the last hour with rain of each event; hours without a figure neither join nor part."""
    wet = series[series > 0]
    breaks = wet.index.to_series().diff() > pd.Timedelta(hours=dry_hours)
    grouped = wet.groupby(breaks.cumsum())
    found = grouped.agg(total_mm="sum", highest_mm="max", wet_hours="count")
    times = wet.index.to_series().groupby(breaks.cumsum())
    found["begins"], found["ends"] = times.min(), times.max()
    found["unknown_hours"] = [int(series[row.begins : row.ends].isna().sum()) for row in found.itertuples()]
    return found.sort_values("total_mm", ascending=False)


station = "西宮" if "西宮" in hourly.columns else completeness.index[0]
largest = events(hourly[station])
largest.head()

# %% [markdown]
# ## 台風 / The storm

# %%
day = pd.Timestamp("2023-08-15", tz="Asia/Tokyo")
in_series = hourly.index.min() <= day <= hourly.index.max()
if not in_series:  # the sample city has a storm of its own
    day = largest.iloc[0]["begins"]
storm = hourly[day : day + pd.Timedelta(hours=23)]
by_gauge = pd.DataFrame({"total_mm": storm.sum(), "highest_mm": storm.max(), "at": storm.idxmax()})
by_gauge = by_gauge.join(storm.isna().sum().rename("unknown_hours")).sort_values("total_mm", ascending=False)
by_gauge

# %% [markdown]
# ## 答え / Answer

# %%
here = by_gauge.loc[station]
most = by_gauge.iloc[0]
answer = (
    f"{source}では、{day:%Y年%m月%d日%H時}からの24時間に{station}で{here['total_mm']:.1f} mm（最大1時間{here['highest_mm']:.1f} mm、"
    f"{here['at']:%H時}まで）、最も多い{by_gauge.index[0]}で{most['total_mm']:.1f} mm降り、"
    f"記録のない時間は全期間で{completeness['missing'].sum():,}（観測所×時間）である。"
)
answer

# %% [markdown]
# **限界 Limits.** 1時間値なので短い強雨は平らになる。欠けた時間に降った雨は入らず、合計は下限である。実データの時刻は1時間ずれている
# かもしれない（出典の注）。 Hourly values flatten short bursts; rain in missing hours is not in the totals, which are lower bounds.

# %%
assert (completeness["hours"] + completeness["missing"] == len(hours)).all()
assert (hourly.min() >= 0).all()
assert abs(largest["total_mm"].sum() - hourly[station].sum()) < 1e-6
gaps = largest.sort_values("begins")
assert (gaps["begins"].to_numpy()[1:] - gaps["ends"].to_numpy()[:-1] > pd.Timedelta(hours=6)).all()
assert here["total_mm"] > 0
if is_real:
    assert in_series
    assert completeness.loc["西宮", "highest_mm"] == 19.0
    assert 10 <= here["at"].hour <= 14
