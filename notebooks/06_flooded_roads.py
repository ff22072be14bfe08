# %% [markdown]
# # 6. 道路が断たれたらどこまで届くか / Flooded roads: coverage under each hazard
#
# **問い Question.** 災害ごとに、想定区域の道路が断たれたら、消防車はだれに届かなくなるか。孤立するのはだれか。
# Whom do fire engines no longer reach when the roads in the zones of each hazard are cut, and who is cut off?
#
# **データ Data.** 各災害の想定区域、道路網、署所、メッシュ人口。 Zones of each hazard, roads, stations, population mesh.
#
# **方法 Method.** 区域に触れる道路を閉じ、同じ時間行列をもう一度求める（Jenelius, Petersen & Mattsson, Transportation Research A 40
# (2006) の考え方：断たれた道路網での到達の低下）。浸水深の分かる区域では、その車両が渡れる深さまでは通す。人も署所も、乾いた別の道へは
# 移さない。 The roads that touch a zone are closed and the times found anew (loss of accessibility after Jenelius, Petersen &
# Mattsson 2006); where a depth is known, vehicles pass that can wade it; nobody is moved to a dry road.

# %%
import pandas as pd

from services.ogc.alone import opened
from services.ogc.processes._hazard.at_place import hazard_layers
from services.planning import coverage, layer
from web_map import folium_map

# %%
with opened() as city:
    found = {
        hazard: coverage(hazard=hazard, limits_s=[480], context=city)
        for hazard in hazard_layers()
        if city.layers.state(hazard) is not None
    }
{hazard: each.headline for hazard, each in found.items()}

# %%
cut = pd.DataFrame(
    {
        hazard: {
            "before": each.answer["limits"][0]["covered"],
            **{name: each.answer["cut"][name] for name in ("kept", "lost", "cut_off", "roads_m")},
            "stations_cut_off": len(each.answer["cut"]["facilities_cut_off"]),
        }
        for hazard, each in found.items()
    }
).T.sort_values("lost", ascending=False)
cut

# %% [markdown]
# ## 最も失う災害の町 / Towns that lose most

# %%
worst = cut.index[0]
pd.DataFrame(found[worst].answer["cut"]["towns"]).head(10)

# %%
zones = layer(worst)
folium_map(found[worst], (worst, zones), title=f"道路が断たれたとき：{worst}")

# %% [markdown]
# ## 答え / Answer

# %%
title = {each["layer"]: each["title"] for each in found[worst].answer["sources"]}.get(worst, worst)
row = cut.loc[worst]
answer = (
    f"8分以内の到達を最も失うのは{title}のときで、{row['before']:,.0f}人のうち{row['lost']:,.0f}人に届かなくなり、"
    f"{row['cut_off']:,.0f}人はどの署所からも道がなくなる（署所{row['stations_cut_off']:.0f}か所が孤立する）。"
)
answer

# %% [markdown]
# **限界 Limits.** 想定区域がすべて同時に浸水するわけではない。橋も区域に触れれば断たれるものとする。データのない災害は表にない（安全という
# 意味ではない）。 Not all of a zone floods at once; bridges over it count as cut; a hazard without data is not in the table, which
# is not safe.

# %%
assert len(found) >= 5
assert (cut["kept"] + cut["lost"] == cut["before"]).all()
assert cut["before"].nunique() == 1
assert (cut["roads_m"] > 0).all()
assert row["lost"] > 0
for each in found.values():
    rows = each.demand[each.demand["excluded"].isna()]
    # Where a crossing road is closed nobody has to wait for who comes along it: a few seconds may be gained.
    assert (rows["cut_first_s"].isna() | (rows["cut_first_s"] >= rows["first_s"] - 15)).all()
