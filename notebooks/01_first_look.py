# %% [markdown]
# # 1. はじめに：レイヤーを見る / A first look
#
# **問い Question.** 市の防災データには何があり、どこから来て、いつのものか。
# What is there, where does it come from, and as of when?
#
# **データ Data.** 公開面のOGC API（だれでも読める）と、庁内のデータベース（公開前のものも見える）。
# The OGC API of the public face, which anyone can read, and the database of the internal face.
#
# **方法 Method.** OGC API – Features（OGC 17-069r4）の `items` をGeoDataFrameとして読み、長さと面積は度ではなく平面直角座標系
# （EPSG:6673、平成14年国土交通省告示第9号）で測る。
# Items of OGC API – Features (OGC 17-069r4) as GeoDataFrames; lengths and areas in the plane coordinates of the city, never
# in degrees.

# %%
import io

import geopandas
import requests

from layers.catalogue import catalogue
from services.planning import layer
from services.settings import Settings
from web_map import folium_map

settings = Settings()
OGC = f"http://127.0.0.1:{settings.public_port}/ogc"

# %% [markdown]
# ## どんなレイヤーがあるか / Which layers there are

# %%
collections = requests.get(f"{OGC}/collections?f=json", timeout=30).json()["collections"]
titles = {each["id"]: each["title"] for each in collections}
titles

# %% [markdown]
# ## OGC APIから / From the OGC API
#
# 1回で全件（GDALやQGISでも同じアドレスを開ける）。検索条件（`for_tsunami=true`、`bbox`、CQL2の`filter`）はサーバーで絞り込まれる。
# All features at once (GDAL and QGIS open the same address); conditions are answered by the server.

# %%


def items(collection, **conditions):
    """Features of a collection, as many as there are, in FlatGeobuf."""
    answer = requests.get(f"{OGC}/collections/{collection}/items", {**conditions, "f": "fgb"}, timeout=60)
    answer.raise_for_status()
    return geopandas.read_file(io.BytesIO(answer.content))


sites = items("emergency-sites")
for_tsunami = items("emergency-sites", for_tsunami="true")
sites[["name", "address", "source_id", "as_of", "fictitious", "position_quality"]].head()

# %% [markdown]
# ## データベースから / From the database
#
# サーバーがなくても読める（`ngis db start`だけでよい）。公開していないレイヤーも見える。
# Without a server; what is not published is there too.

# %%
flood = layer("hazard-flood")
widest = flood[flood["scenario"] == "maximum"]
area_km2 = widest.to_crs(settings.city.plane_crs).union_all().area / 1e6
widest.groupby(catalogue()["hazard-flood"].style.by).size()

# %% [markdown]
# ## 地図 / A map
#
# 公式の色、凡例、出典、時点、架空データの表示のついた1つのHTML。外へは何も取りに行かない。`.save("map.html")`で保存し、そのまま送れる。
# One HTML with official colours, legend, sources and dates, which fetches nothing; `.save("map.html")` and send it.

# %%
shown = folium_map("emergency-sites", ("hazard-flood", flood), "districts", ogc=OGC, title="避難場所と洪水浸水想定区域")
shown

# %% [markdown]
# ## 答え / Answer

# %%
made_up = "（架空データ）" if sites["fictitious"].any() else ""
answer = (
    f"公開中のレイヤーは{len(titles)}、指定緊急避難場所は{len(sites)}か所（うち津波に対応{len(for_tsunami)}か所）、"
    f"想定最大規模の洪水で浸水しうるのは{area_km2:.1f} km²である{made_up}。"
)
answer

# %% [markdown]
# **限界 Limits.** 位置は`position_quality`の示す程度に正確である。指定の空欄は「指定なし」ではなく不明。色のない所は安全という
# 意味ではない。 Positions are as good as `position_quality` says; an empty designation is unknown, not a no; no colour is not safe.

# %%
assert {"emergency-sites", "hazard-flood", "fire-stations"} <= titles.keys()
assert set(for_tsunami["id"]) < set(sites["id"])
assert sites["as_of"].notna().all()
assert sites.crs.to_epsg() in (4326, 6668)
assert set(layer("emergency-sites").index) == set(sites["id"])
assert 1 < area_km2 < 99.7
assert "https://cdn" not in shown.html
