"""The credit lines that the licences of the sources ask for."""

from layers.model import Text

CITY = Text("西宮市", "City of Nishinomiya")
MUNICIPALITY = Text("各地方公共団体のオープンデータ", "Open data of the municipality named in the record")
GSI_SITES = Text("国土地理院 指定緊急避難場所データ", "Geospatial Information Authority of Japan, evacuation sites")
GSI_SHELTERS = Text("国土地理院 指定避難所データ", "Geospatial Information Authority of Japan, evacuation shelters")
GSI_DEM = Text(
    "国土地理院 基盤地図情報（数値標高モデル）", "Geospatial Information Authority of Japan, digital elevation model"
)
OSM = Text("© OpenStreetMap contributors", "© OpenStreetMap contributors")
JMA = Text("出典：気象庁ホームページ", "Source: Japan Meteorological Agency website")
CENSUS = Text(
    "出典：政府統計の総合窓口（e-Stat）国勢調査", "Source: e-Stat, Population Census, Statistics Bureau of Japan"
)
ISJ = Text("国土交通省 位置参照情報", "MLIT, Location Reference Information")
GEOLONIA = Text("Geolonia 住所データ", "Geolonia Japanese address data")
JAPAN_POST = Text("日本郵便株式会社 郵便番号データ", "Japan Post, postal code data")
KOUSEI = Text("厚生労働省 近畿厚生局 コード内容別医療機関一覧表", "Kinki Regional Bureau of Health and Welfare")
MEDICAL_NET = Text("厚生労働省 医療情報ネット（ナビイ）オープンデータ", "MHLW, Medical Information Net open data")
PLATEAU = Text("国土交通省 Project PLATEAU", "MLIT, Project PLATEAU")


def ksj(title_ja: str, title_en: str) -> Text:
    """The credit of one data set of 国土数値情報, as its terms word it for processed data."""
    return Text(
        f"「国土数値情報（{title_ja}）」（国土交通省）を加工して作成",
        f"Made by processing “National Land Numerical Information ({title_en})”, MLIT, Japan",
    )
