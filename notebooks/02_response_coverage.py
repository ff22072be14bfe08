# %% [markdown]
# # 2. 今の署所でどこまで届くか / Response coverage of today's stations
#
# **問い Question.** 今の署所から走行4.5分以内に最初のポンプ車、次いで2隊目が届くのは、住民の何割か。どの町が届いていないか。
# Who is reached by a first pumper, and by a second, within 4.5 minutes of travel? Which towns are not?
#
# **データ Data.** 隊のある署所、道路網と今の通行止め、250 mメッシュ人口（国勢調査）。
# Stations with crews, roads and closures as of now, population by 250 m mesh.
#
# **方法 Method.** 消防力の整備指針（平成12年消防庁告示第1号）は走行4.5分で考える。時間は道路網の行列から（直線や到達圏の面からではなく）
# 求め、人は区画の中心にいるものとする。充足の考え方は Church & ReVelle (1974)、2隊目は Hogan & ReVelle (1986) の重複充足による。
# 4.5 minutes of travel are those of the national standard. Times are those of the road network and people are counted from the
# matrix, not from isochrones. Coverage after Church & ReVelle, Papers of the RSA 32 (1974); the second unit after Hogan &
# ReVelle, Management Science 32 (1986).

# %%
from services.planning import coverage
from web_map import folium_map

found = coverage("fire-stations", "population-mesh", limits_s=[270, 480], second_limit_s=270)
found.headline

# %% [markdown]
# ## 時間 / Times

# %%
first, later = found.answer["limits"]
second = found.answer["second"]["within"]
{
    "first": found.answer["first"]["percentiles"],
    "second": found.answer["second"]["percentiles"],
}

# %% [markdown]
# ## 届いていない町 / The worst towns

# %%
found.towns.head(10)

# %% [markdown]
# ## 1署が欠けたら / If one station fails

# %%
failing = found.facilities.sort_values("lost_if_it_fails", ascending=False)
failing[["name", "within_reach", "served", "lost_if_it_fails", "delay_if_it_fails_s"]]

# %% [markdown]
# ## 地図 / The map

# %%
folium_map(found, title="今の署所からの到達")

# %% [markdown]
# ## 答え / Answer

# %%
worst = found.towns.iloc[0]
answer = (
    f"4.5分以内に最初の隊が届くのは住民の{first['share']:.1%}、2隊目も届くのは{second['share']:.1%}で、"
    f"届かない人が最も多い町は{worst['town']}（{worst['uncovered']:,.0f}人）、欠けたときの影響が最も大きいのは"
    f"{failing.iloc[0]['name']}（{failing.iloc[0]['lost_if_it_fails']:,.0f}人）である。"
)
answer

# %% [markdown]
# **限界 Limits.** 指令から出発までは含まない。信号待ち、渋滞、時間帯は考えていない（`ngis calibrate`で実績に合わせられる）。人は住んで
# いる場所で数え、昼の人口ではない。 Without turnout, signals, congestion or time of day; people are where they live, not where they
# are by day.

# %%
assert first["covered"] + first["uncovered"] + first["excluded"] == first["total"]
assert first["covered"] <= later["covered"]
assert second["covered"] <= first["covered"]
assert found.demand["demand"].sum() == first["total"]
assert (found.demand["covered"] == (found.demand["first_s"] <= 270))[found.demand["excluded"].isna()].all()
assert found.towns["uncovered"].is_monotonic_decreasing
assert found.towns["covered"].sum() == first["covered"]
assert 0.3 < first["share"] < 0.95
