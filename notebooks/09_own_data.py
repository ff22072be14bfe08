# %% [markdown]
# # 9. 自分の市のデータで10分 / Own data in ten minutes
#
# **問い Question.** 自分の市のCSVを読み込み、公開し、分析するには。
# How is a CSV of your own city loaded, published and analysed?
#
# **データ Data.** 自治体標準オープンデータセットのAED設置箇所一覧（この例では10か所）と、人のいる場所のCSV。自分のファイルに替えて使う。
# A list of AEDs in the municipal standard form (ten here), and a CSV of places with people: put your own in their place.
#
# **方法 Method.** 取込（内容で見分け、直したことを報告する）→ 確認して公開 → 分析。到達は Church & ReVelle (1974)、AEDまでは片道1分
# （往復2分、日本救急医療財団「AEDの適正配置に関するガイドライン」）。 Load (recognised by content, what was mended is reported), review and
# publish, analyse. AEDs within a minute each way, by the guideline of the Japan Foundation for Emergency Medicine.
#
# **はじめに First.** 架空の見本都市とは別のデータベースで行う：`NGIS_VAR=var/own ngis db start`、`NGIS_VAR=var/own ngis db migrate`。
# Use a database other than the sample city's: rows that are real and fictitious never stand together.

# %%
from layers.catalogue import catalogue
from services.cli import cli
from services.planning import coverage, layer, read
from services.settings import Settings
from web_map import folium_map

settings = Settings()
folder = settings.var / "notebooks" / "own-data"
folder.mkdir(parents=True, exist_ok=True)


def run(*arguments):
    """`ngis ...` as on the command line."""
    cli([str(each) for each in arguments], standalone_mode=False)


# %% [markdown]
# ## 1分目：CSV / A CSV
#
# 全角数字、空白、座標のない行もあるのがふつうである。 Wide digits, blanks and rows without a place are usual.

# %%
CSV = """全国地方公共団体コード,ID,名称,所在地_連結表記,緯度,経度,設置位置,利用可能曜日,小児対応設備の有無
282049,1,市役所,西宮市六湛寺町10-3,34.7376,135.3415,1階ロビー,月火水木金,有
282049,2,中央図書館,西宮市川添町15-26,34.7318,135.3337,受付,月火水木金,有
282049,3,体育館,西宮市河原町1-16,34.7453,135.3333,事務室,月火水木金,有
282049,4,　北口ギャラリー,西宮市北口町1-1,34.7462,135.3580,入口,月火水木金,有
282049,5,鳴尾支所,西宮市鳴尾町三丁目,３４．７２０５,１３５．３７２３,1階,月火水木金,有
282049,6,瓦木支所,西宮市瓦林町8-1,34.7441,135.3720,1階,月火水木金,有
282049,7,甲東支所,西宮市甲東園三丁目,34.7668,135.3612,1階,月火水木金,有
282049,8,塩瀬支所,西宮市名塩新町1,34.8314,135.3047,1階,月火水木金,有
282049,9,山口支所,西宮市山口町下山口四丁目,34.8330,135.2490,1階,月火水木金,有
282049,10,座標のない施設,,,,,月火水木金,有
"""
file = folder / "aed.csv"
file.write_text(CSV, "utf-8-sig")

# %% [markdown]
# ## 2分目：取込と報告 / Load and report

# %%
run("ingest", file, "--as-of", "2026-04-01", "--by", "ノート")
run("ingest", "report")

# %% [markdown]
# ## 4分目：確認して公開 / Review and publish

# %%
aeds = layer("aeds")
assert not aeds["fictitious"].any(), "This database holds the fictitious sample city: use another for your own data."
run("publish", "aeds", "--by", "ノート", "--note", "9か所の位置を地図で確認")
aeds[["name", "source_id", "as_of", "position_quality", "geometry"]]

# %% [markdown]
# ## 6分目：分析 / Analyse
#
# 列名も文字コードも自由な表は `read` で読む（経度と緯度の列があればよい。置けない行があれば、行を挙げて断る）。
# 道路網をまだ読み込んでいないので、直線距離で大まかに見る（`ngis ingest roads.osm.pbf`のあとは`straight_line_kph`を外すと道路に沿う）。
# `read` takes tables with any names of columns, in any encoding, that have longitude and latitude, and names rows that it cannot
# place. No roads are loaded yet: a rough look by straight lines; with roads leave `straight_line_kph` out.

# %%
PEOPLE = """町名,緯度,経度,人数
六湛寺町,34.7380,135.3420,"1,200"
北口町,34.7470,135.3590,800
鳴尾町,34.7209,135.3730,９５０
名塩新町,34.8330,135.3120,400
"""
people_file = folder / "people.csv"
people_file.write_text(PEOPLE, "cp932")
people = read(people_file).rename(columns={"町名": "town"})
people

# %%
placed = aeds[aeds.geometry.notna()]
found = coverage(
    placed[["name", "geometry"]],
    people,
    weight="人数",
    straight_line_kph=9,
    limits_s=[60],
    profile="walking",
    direction="to-facilities",
)
found.headline

# %%
shown = folium_map(found, ("aeds", aeds), title="AEDまで1分")
shown.save(folder / "aed.html")
shown

# %% [markdown]
# ## 答え / Answer

# %%
within = found.answer["limits"][0]
answer = (
    f"{len(aeds)}か所を読み込んで公開し（位置の分からないもの{len(aeds) - len(placed)}）、直線1分以内にAEDがあるのは"
    f"{within['total']:,.0f}人のうち{within['covered']:,.0f}人である。"
)
answer

# %% [markdown]
# **限界 Limits.** 直線距離は道のりより短い。AEDを使える時間、建物の階は考えていない。 Straight lines are shorter than ways; opening hours
# and floors are not considered.

# %%
assert "aeds" in catalogue()
assert aeds.loc[aeds["name"] == "鳴尾支所"].geometry.iloc[0].x == 135.3723
assert (aeds["as_of"].astype(str).str[:10] == "2026-04-01").all()
assert "北口ギャラリー" in set(aeds["name"])
assert within["covered"] + within["uncovered"] + within["excluded"] == within["total"] == 3350
assert 0 < within["covered"] < 3350
