# %% [markdown]
# # 4. 消防水利は足りているか、地震のときは / Fire water by the notice, and in an earthquake
#
# **問い Question.** 消防水利の基準の距離の内に水のある所に、住民の何割が住むか。断水して消火栓が使えないときは。次に防火水槽を
# 置くならどこか。 Who lives within the distance of the standard from water for fire fighting, who when the mains have failed, and
# where do further cisterns help most?
#
# **データ Data.** 消防水利、メッシュ人口、行政区域。 Sources of water for fire fighting, population mesh.
#
# **方法 Method.** 消防水利の基準（昭和39年消防庁告示第7号、平成26年改正）：近隣商業・商業・工業・工業専用地域は100 m、その他の用途地域は
# 120 m、用途地域の定めのない地域は140 m。年間平均風速4 m/s以上では短くなる。消火栓は150 mm以上の管（または規定の管網）、貯水は
# 40 m³以上。分からないものは最も厳しい値による。次の水槽は最大被覆の貪欲法（Nemhauser, Wolsey & Fisher 1978の下限つき）。
# The standard for fire water (FDMA notice 7 of 1964): 100, 120 or 140 m by zone, less where windy, main and capacity rules; what
# is unknown gives the strictest radius. Further cisterns greedily, with the bound of Nemhauser, Wolsey & Fisher,
# Mathematical Programming 14 (1978).

# %%
from services.planning import water_supply_coverage
from web_map import folium_map

in_peace = water_supply_coverage(wind_m_s=2.5, further_cisterns=0)
along_roads = water_supply_coverage(wind_m_s=2.5, along_roads=True, further_cisterns=0)
in_an_earthquake = water_supply_coverage(wind_m_s=2.5, without_hydrants=True, further_cisterns=10)
in_an_earthquake.headline

# %%
ordinary, without = in_peace.answer["water"], in_an_earthquake.answer["water"]
in_peace.answer["sources_of_water"]

# %% [markdown]
# ## ホースの道のりで / By the way of a hose
#
# 基準の距離はふつう直線で測る。道に沿うと、崖や線路の向こうの水は遠い。 The standard is usually measured straight; along roads, water
# beyond a cliff or a railway is far.

# %%
along_roads.headline

# %% [markdown]
# ## 消火栓だけに頼る町 / Towns that depend on hydrants

# %%
in_an_earthquake.towns.head(10)

# %% [markdown]
# ## 次の10基 / The next ten cisterns

# %%
cisterns = in_an_earthquake.next_cisterns
cisterns[["town", "gains", "geometry"]]

# %%
folium_map(in_an_earthquake, title="消火栓が使えないとき")

# %% [markdown]
# ## 答え / Answer

# %%
hose = along_roads.answer["water"]
answer = (
    f"基準の距離内に確かに水があるのは住民の{ordinary['share']:.1%}（道に沿うと{hose['share']:.1%}）、断水すると{without['share']:.1%}に下がるが、"
    f"防火水槽を10基、{cisterns.iloc[0]['town']}などに置くと、断水のときに{cisterns['gains'].sum():,.0f}人が新たに充足する。"
)
answer

# %% [markdown]
# **限界 Limits.** 用途地域のデータがなければ最も厳しい100 mで数える。道に沿う距離のほかは直線で、崖や線路を考えない。水槽が
# 壊れること、水量を使い切ることは考えていない。 Without zones the strictest radius counts; distances are straight but for those along
# roads; broken and emptied cisterns are not considered.

# %%
assert without["covered"] < ordinary["covered"]
assert in_peace.answer["in_an_earthquake"] == without
assert hose["covered"] < ordinary["covered"]
for account in (ordinary, without, hose):
    whole = account["covered"] + account["unknown"] + account["uncovered"] + account["excluded"]
    assert abs(whole - account["total"]) < 1e-6
assert abs(ordinary["covered"] - without["covered"] - in_peace.answer["by_hydrants_only"]) < 1e-6
assert len(cisterns) == 10
assert cisterns["gains"].is_monotonic_decreasing
assert cisterns["gains"].sum() <= in_an_earthquake.answer["next_cisterns"]["bound"] + 1e-6
