# %% [markdown]
# # 3. 9番目と10番目の署所をどこに置くか / The best ninth and tenth station
#
# **問い Question.** 署所を1つ、2つ増やすならどこがよいか。だれが得をし、北部は何を得るか。公平さを重んじると答えは変わるか。
# Where would a ninth and a tenth station be best, who gains, what does the north gain, and does equity change the answer?
#
# **データ Data.** 今の署所、候補地として市の公共施設、メッシュ人口、道路網。
# Today's stations, public facilities as candidates, population mesh, roads.
#
# **方法 Method.** 最大被覆（MCLP、Church & ReVelle 1974）をHiGHSで解き、最適性を証明するか、差の上限を示す。公平さは p-center
# （Hakimi 1964、最も遅い人を早くする）と、町ごとの得失、到達時間のジニ係数で見る。
# MCLP by HiGHS with its proof or gap; equity by the p-center (Hakimi 1964), gains by town, and the Gini coefficient of times.

# %%
import numpy as np

from services.planning import facility_location
from web_map import folium_map

most_people = facility_location("public-facilities", sites=9, compare=[10], facilities="fire-stations")
most_people.headline

# %%
most_people.plans

# %% [markdown]
# ## だれが得をするか / Who gains

# %%
towns = most_people.towns
towns.head(10)

# %% [markdown]
# ## 北部 / The north
#
# 山の北側（緯度34.80度以北）に住む人。 People north of the mountains (34.80 N and beyond).

# %%
demand = most_people.demand
is_north = demand.geometry.centroid.y >= 34.80 if demand.crs.is_projected else demand.geometry.bounds["miny"] >= 34.80
counted = demand["excluded"].isna()


def reached(rows, column):
    return float(demand.loc[rows & demand[column].eq(True), "demand"].sum())


north_today, north_then = (reached(counted & is_north, each) for each in ("covered_today", "covered"))
north_people = float(demand.loc[counted & is_north, "demand"].sum())
{"people": north_people, "today": north_today, "with a ninth": north_then}

# %% [markdown]
# ## 公平さ / Equity
#
# 到達時間のジニ係数（0で皆同じ）。道がない人は除く。 Gini coefficient of the times of all who are reached at all.


# %%
def gini(times, people):
    """Of people ordered by their time, twice the area between the Lorenz curve and equality (Gini 1912)."""
    order = np.argsort(times)
    times, people = times[order], people[order]
    share_people = np.cumsum(people) / people.sum()
    share_time = np.cumsum(times * people) / (times * people).sum()
    heights = np.concatenate([[0.0], share_time])
    return float(1 - np.sum(np.diff(np.concatenate([[0.0], share_people])) * (heights[1:] + heights[:-1])))


def of_plan(found, column):
    rows = found.demand[found.demand["excluded"].isna() & found.demand[column].notna() & (found.demand["demand"] > 0)]
    return rows[column].to_numpy(float), rows["demand"].to_numpy(float)


fairest = facility_location("public-facilities", sites=9, facilities="fire-stations", model="p-center")
{
    "today": gini(*of_plan(most_people, "today_s")),
    "most people": gini(*of_plan(most_people, "first_s")),
    "fairest": gini(*of_plan(fairest, "first_s")),
    "longest today": of_plan(most_people, "today_s")[0].max(),
    "longest, most people": of_plan(most_people, "first_s")[0].max(),
    "longest, fairest": of_plan(fairest, "first_s")[0].max(),
}

# %%
folium_map(most_people, title="9番目の署所")

# %% [markdown]
# ## 答え / Answer

# %%
nine, ten = most_people.plans.iloc[0], most_people.plans.iloc[1]
chosen = most_people.sites[(most_people.sites["plan"] == 1) & (most_people.sites["kind"] == "chosen")]
centre = fairest.sites[fairest.sites["kind"] == "chosen"]
longest = of_plan(fairest, "first_s")[0].max()
answer = (
    f"9番目は{chosen.iloc[0]['name']}がよく、4.5分以内に届く人が{nine['gained']:,.0f}人増える（10か所にすると"
    f"{ten['gained']:,.0f}人）が、北部で増えるのは{north_then - north_today:,.0f}人で、最も遅い人を早くするなら"
    f"{centre.iloc[0]['name']}になる（最長{longest:,.0f}秒）。"
)
answer

# %% [markdown]
# **限界 Limits.** 用地、法令、費用、隊の数は考えていない。候補地の外にもっとよい場所があるかもしれない（`candidates="at-demand"`で
# 確かめられる）。 Land, law, cost and crews are not considered; a better place may lie beside the candidates.

# %%
assert nine["gap"] <= 0.01
assert ten["gap"] <= 0.01
assert nine["lost"] == 0
assert ten["covered"] >= nine["covered"]
assert np.isclose(nine["gained"], towns["gained"].sum())
assert nine["gained"] > 0
assert longest <= of_plan(most_people, "first_s")[0].max()
assert north_then >= north_today
assert 0 < gini(*of_plan(fairest, "first_s")) < 1
assert gini(np.array([1.0, 1.0]), np.array([1.0, 3.0])) == 0
