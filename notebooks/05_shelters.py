# %% [markdown]
# # 5. 避難場所：指定の空白、定員、津波までに歩けるか / Shelters
#
# **問い Question.** 災害ごとに、指定された避難場所は足りているか。区域の中の人は何人で、津波が来るまでに歩いて着けるか。
# Are there sites designated for each hazard, how many people live in its zones, and can they walk to one before the tsunami?
#
# **データ Data.** 指定緊急避難場所（災害種別ごとの指定）、各災害の想定区域、メッシュ人口、道路網。
# Emergency sites with their designations, hazard zones, population mesh, roads.
#
# **方法 Method.** 指定は災害対策基本法49条の4により災害種別ごとにある。区域の人口は面積按分。徒歩1.0 m/s（津波避難ビル等に係る
# ガイドライン、内閣府 2005）で、地震から5分後に歩き始め、津波の到達（`layers/tsunami_arrival.py`に出典）と比べる。
# Designations are by hazard (Basic Act on Disaster Management, art. 49-4). People in zones by area. Walking at 1.0 m/s (Cabinet
# Office 2005) from five minutes after the earthquake, against the arrival of the tsunami (source in `layers/tsunami_arrival.py`).

# %%
import numpy as np
import pandas as pd

from layers.catalogue import catalogue
from layers.tsunami_arrival import ARRIVALS
from services.ogc.alone import ask
from services.planning import coverage, layer, shelter_capacity
from services.settings import Settings
from web_map import folium_map

sites = layer("emergency-sites")

# %% [markdown]
# ## 指定の空白 / Gaps of designation
#
# 空欄は「指定なし」ではなく不明として数える。 An empty field is unknown, not a no.

# %%
flags = [each for each in sites.columns if each.startswith("for_")]
designated = pd.DataFrame(
    {
        "designated": sites[flags].eq(True).sum(),
        "not": sites[flags].eq(False).sum(),
        "unknown": sites[flags].isna().sum(),
    }
)
designated

# %%
titles = {each: catalogue()["emergency-sites"].by_name[each].title.ja for each in flags}
gaps = [titles[each] for each in flags if designated.loc[each, "designated"] == 0]
gaps

# %% [markdown]
# ## 収容力 / Room
#
# 津波の区域の人を、区域を避けて歩ける範囲の避難場所へ、収容力の中で割り当てる（`shelter-capacity`）。面積も定員も公表されていない
# 避難場所は不明のままで、下の400 m²は1か所あたりの仮の値である。
# People of the tsunami's zones are assigned to sites within walking reach and within their room. Sites without a published area or
# capacity are unknown; the 400 m² below are a supposition for each of them.

# %%
exposed = {
    hazard: ask("exposure", hazard=hazard, facilities=[])["population"]
    for hazard in ("hazard-flood", "hazard-storm-surge", "hazard-tsunami", "hazard-landslide")
}
exposed

# %%
room = shelter_capacity("hazard-tsunami", area_where_unknown_m2=400)
room.headline

# %%
room.designations

# %% [markdown]
# ## 津波までに歩けるか / On foot before the tsunami

# %%
for_tsunami = sites[sites["for_tsunami"].eq(True)]
START_S = 300
arrival = ARRIVALS[Settings().city.code]
within_s = arrival.seconds - START_S
walk = coverage(
    for_tsunami[["name", "geometry"]],
    "population-mesh",
    profile="walking",
    direction="to-facilities",
    limits_s=[within_s, 900],
)
zones = layer("hazard-tsunami").geometry.union_all()
inside = walk.demand[walk.demand.geometry.representative_point().within(zones)]
times = inside["first_s"].astype(float).fillna(np.inf)
people = inside["demand"].fillna(0)
in_time = float(people[times <= within_s].sum())
in_quarter = float(people[times <= 900].sum())
{"people in cells in the zone": float(people.sum()), "in time": in_time, "within 15 minutes": in_quarter}

# %% [markdown]
# 1人の例：区域を避けて歩く道（`evacuation-route`）。 One person's way, out of the zones.

# %%
here = inside.loc[people.idxmax()].geometry.centroid
way = ask("evacuation-route", origin=[here.x, here.y], hazard="tsunami", routes=1)
[(each["site"]["name"], each["travel_time_s"]) for each in way["routes"]]

# %%
folium_map(walk, ("hazard-tsunami", layer("hazard-tsunami")), title="津波避難場所まで歩く時間")

# %% [markdown]
# ## 答え / Answer

# %%
share = in_time / float(people.sum())
answer = (
    f"津波の区域に中心のある区画に住む{people.sum():,.0f}人のうち、地震の{START_S // 60}分後に歩き始めて津波の前に指定緊急避難場所に"
    f"着けるのは{share:.1%}（15分以内は{in_quarter / float(people.sum()):.1%}）で、"
    + (f"指定が1か所もない災害は{'、'.join(gaps)}である。" if gaps else "指定が1か所もない災害はない。")
)
answer

# %% [markdown]
# **限界 Limits.** 混雑、倒壊、夜間、歩けない人は考えていない。区画の人は皆その中心にいるものとする。津波避難場所の定員は分からない。
# Crowds, ruins, night and those who cannot walk are not considered; all of a cell are at its centre.

# %%
assert (designated.sum(axis=1) == len(sites)).all()
assert 0 < in_time <= float(people.sum())
assert 0 < len(for_tsunami) < len(sites)
assert walk.answer["limits"][0]["total"] == walk.demand["demand"].sum()
assert in_quarter <= in_time
at_two = room.answer["standards"][0]
assert (
    sum(at_two[name] for name in ("assigned", "room_unknown", "overflowed", "too_far"))
    == room.answer["people"]["in_zones"]
)
