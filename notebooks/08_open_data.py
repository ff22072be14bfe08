# %% [markdown]
# # 8. 分析をオープンデータにする / Publishing an analysis as an open-data layer
#
# **問い Question.** 分析の結果を、出典、前提、利用条件をつけて、だれでも使えるデータとして出すには。
# How does an analysis become data that anyone can use, with its source, assumptions and terms?
#
# **データ Data.** 到達の充足（ノート2）の町ごとの表、町の代表点。 Coverage by town (notebook 2), and the points of the towns.
#
# **方法 Method.** 結果そのものは名前をつけてレイヤーとして残せ、残した条件とデータの版から作り直せる。表にして出すときは町ごとにまとめ、
# 10人に満たない町の人数は示さない（地域メッシュ統計の秘匿に倣う、k = 10）。オープンデータ基本指針（2017）に従い機械可読の形式（CSV、
# GeoJSON）とPDL 1.0で出し、メタデータにDCATの項目を持たせる。レイヤーは宣言1つ（`layers/`の1ファイル）で、表、取込の検査、API、地図の
# 凡例、目録がそこから出る。 The result itself is kept as a layer under a name, and made again from its parameters and versions. As a
# table: aggregated by town, small counts withheld (k = 10), as CSV and GeoJSON under PDL 1.0 with metadata in DCAT's terms. A layer is
# one declaration, from which table, checks, API, legend and record follow.

# %%
import importlib.util
import json

import geopandas as gpd
import pandas as pd

from services.database.connect import connect, role_urls
from services.database.results import remove_result
from services.planning import coverage, layer
from services.results import repeat
from services.settings import Settings
from web_map import folium_map

settings = Settings()
folder = settings.var / "notebooks" / "coverage-by-town"
folder.mkdir(parents=True, exist_ok=True)
found = coverage(limits_s=[270, 480])

# %% [markdown]
# ## 結果をそのままレイヤーに / The result itself as a layer
#
# 区画ごとの結果が庁内面のコレクションになる（区画の人口は公表済みの国勢調査のもの）。確かめた人の名で
# `ngis results publish 名前 --by 人`とすると公開面のAPI、地図、目録に載り、`ngis publish --undo`で戻せる。ここでは作り直して
# 同じになることを確かめ、例なので片づける。
# By cell (the people are those of the published census) it becomes a collection of the internal face; `ngis results publish` puts
# it on the public one. Here it is made again, compared, and, being an example, taken away.

# %%
name = "coverage-" + "".join(each for each in found.answer["answered_at"] if each.isdigit())[:14]
kept = found.keep(name, by="ノート8", title="到達の充足")
repeated = repeat(name)
with connect(role_urls(settings).owner, autocommit=True) as connection:
    remove_result(connection, name, "ノート8", "例")
kept.layer.id, repeated.same, [each["title"] for each in kept.about["sources"]], kept.about["code"]["version"]

# %% [markdown]
# ## まとめて、秘匿する / Aggregate and withhold

# %%
K = 10
towns = layer("towns")
table = found.towns[["town", "total", "covered", "uncovered"]].copy()
small = (table["total"] < K) | table["covered"].between(1, K - 1) | table["uncovered"].between(1, K - 1)
table.loc[small, ["total", "covered", "uncovered"]] = pd.NA
table["withheld"] = small
places = towns.drop_duplicates("name").set_index("name").geometry
table["geometry"] = table["town"].map(places)
published = gpd.GeoDataFrame(table, geometry="geometry", crs=towns.crs)
published.head()

# %% [markdown]
# ## ファイルとメタデータ / Files and metadata

# %%
written = pd.DataFrame(
    {
        "町名": published["town"],
        "人口": published["total"],
        "到達人口": published["covered"],
        "未到達人口": published["uncovered"],
        "秘匿": published["withheld"].map({True: "1", False: "0"}),
        "経度": published.geometry.x.round(6),
        "緯度": published.geometry.y.round(6),
    }
)
written.to_csv(folder / "coverage_by_town.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n")
published.to_file(folder / "coverage_by_town.geojson", driver="GeoJSON")
metadata = {
    "dct:title": {"ja": "消防車の到達（町別）", "en": "Fire engines in time, by town"},
    "dct:description": found.headline,
    "dct:license": "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
    "dct:issued": found.answer["answered_at"][:10],
    "dct:source": found.answer["sources"],
    "parameters": found.answer["parameters"],
    "assumptions": found.answer["assumptions"],
    "notes": found.answer["notes"],
    "code": found.answer["code"],
    "fictitious": found.answer["fictitious"],
    "withheld_below": K,
}
(folder / "coverage_by_town.json").write_text(json.dumps(metadata, ensure_ascii=False, indent=1, default=str), "utf-8")
sorted(each.name for each in folder.glob("coverage_by_town.*"))

# %% [markdown]
# ## 宣言 / The declaration
#
# 秘匿した町別の表も、年々続くレイヤーにできる。これを `layers/coverage_by_town.py` に置き、`ngis db migrate`、
# `ngis ingest coverage_by_town.csv`、`ngis publish coverage-by-town --by 名前`とすると、APIと地図に載る。
# Put it into `layers/`, migrate, ingest, publish: it is on the API and the map.

# %%
DECLARATION = '''"""消防車の到達（町別）: who is reached by fire engines in time, by town."""

from layers import attributions, licences, owners
from layers.fields import flag, persons, text
from layers.model import Coordinates, Geometry, Layer, SourceFormat, Style, StyleClass, Text, Theme, UpdateFrequency

LAYER = Layer(
    id="coverage-by-town",
    title=Text("消防車の到達（町別）", "Fire engines in time, by town"),
    description=Text("走行4.5分以内に消防車が届く人の数。", "People whom fire engines reach within 4.5 minutes of travel."),
    theme=Theme.FIRE,
    geometry=Geometry.POINT,
    fields=(
        text("name", "町名", "Town", required=True),
        persons("population", "人口", "Population"),
        persons("covered", "到達人口", "Reached"),
        persons("uncovered", "未到達人口", "Not reached"),
        flag("withheld", "秘匿", "Withheld"),
    ),
    formats=(
        SourceFormat(
            id="coverage-by-town-csv",
            title=Text("分析結果 消防車の到達（町別）", "Analysis: fire engines in time, by town"),
            columns={
                "町名": "name",
                "人口": "population",
                "到達人口": "covered",
                "未到達人口": "uncovered",
                "秘匿": "withheld",
            },
            signature=frozenset({"町名", "到達人口", "未到達人口"}),
            geometry=Coordinates(),
            identity=("name",),
        ),
    ),
    style=Style(
        color="#4575b4",
        outline="#ffffff",
        by="withheld",
        classes=(
            StyleClass(False, Text("公表", "Published"), "#4575b4"),
            StyleClass(True, Text("秘匿", "Withheld"), "#bdbdbd"),
        ),
    ),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.FIRE,
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
)
'''
(folder / "coverage_by_town.py").write_text(DECLARATION, "utf-8")
spec = importlib.util.spec_from_file_location("coverage_by_town", folder / "coverage_by_town.py")
declared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(declared)

# %%
rows = published.rename(columns={"town": "name", "total": "population"})
rows = rows.assign(
    source_id="coverage-by-town-csv", as_of=found.answer["answered_at"][:10], fictitious=found.answer["fictitious"]
)
shown = folium_map((declared.LAYER, rows))
shown.save(folder / "coverage_by_town.html")
shown

# %% [markdown]
# ## 答え / Answer

# %%
answer = (
    f"{len(published):,}町のうち{int(small.sum()):,}町の人数を秘匿し、CSV、GeoJSON、メタデータ、地図、宣言の"
    f"{len(list(folder.glob('coverage_by_town.*')))}つのファイルにした（{folder.name}）。"
)
answer

# %% [markdown]
# **限界 Limits.** 町の合計を別に公表していると、秘匿した数を引き算で求められることがある：同じ区分の表を重ねて出すときは、`privacy`の
# 検査（補完的秘匿）を受ける。 Where other totals are published, withheld counts may be found by subtraction: overlapping releases have to
# be checked together.

# %%
assert repeated.same or repeated.data or repeated.code
again = pd.read_csv(folder / "coverage_by_town.csv", encoding="utf-8-sig")
shown_towns = again[again["秘匿"] == 0]
assert len(again) == len(found.towns)
assert (shown_towns["到達人口"] + shown_towns["未到達人口"] <= shown_towns["人口"] + 1e-6).all()
for column in ("人口", "到達人口", "未到達人口"):
    assert not shown_towns[column].between(1, K - 1).any()
    assert again.loc[again["秘匿"] == 1, column].isna().all()
form = declared.LAYER.formats[0]
assert form.signature <= set(again.columns)
assert set(form.columns) | {"経度", "緯度"} == set(again.columns)
assert metadata["code"]["version"]
assert published.geometry.notna().all()
