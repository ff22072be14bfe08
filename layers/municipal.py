"""The columns that all sheets of 自治体標準オープンデータセット share, in both generations of their header.

The first generation (推奨データセット) begins 都道府県コード又は市区町村コード,NO and has 住所,方書; the second begins
全国地方公共団体コード,ID and has the address block 所在地_….  Municipality codes come with and without their check digit: the
cleansing stores five digits.  How rows are written to these columns is said in ``layers.open_data``.
"""

from collections.abc import Mapping

OLD_HEAD: Mapping[str, str] = {
    "都道府県コード又は市区町村コード": "municipality_code",
    "NO": "local_id",
    "市区町村名": "municipality_name",
}
NEW_HEAD: Mapping[str, str] = {
    "全国地方公共団体コード": "municipality_code",
    "ID": "local_id",
    "地方公共団体名": "municipality_name",
}
OLD_ADDRESS: Mapping[str, str] = {"住所": "address", "方書": "building"}
NEW_ADDRESS: Mapping[str, str] = {
    "所在地_全国地方公共団体コード": "address_municipality_code",
    "町字ID": "town_id",
    "所在地_連結表記": "address",
    "所在地_都道府県": "address_prefecture",
    "所在地_市区町村": "address_city",
    "所在地_町字": "address_town",
    "所在地_番地以下": "address_lot",
    "建物名等(方書)": "building",
}
NAMES: Mapping[str, str] = {
    "名称": "name",
    "名称_カナ": "name_kana",
    "名称_英字": "name_english",
    "名称_英語": "name_english",
}
CONTACT: Mapping[str, str] = {
    "電話番号": "telephone",
    "内線番号": "telephone_extension",
    "連絡先FormURL": "contact_form_url",
    "URL": "url",
}
FURTHER_CONTACT: Mapping[str, str] = {
    "連絡先メールアドレス": "contact_email",
    "連絡先備考（その他、SNSなど）": "contact_remarks",
    "郵便番号": "postal_code",
}
OPENING: Mapping[str, str] = {
    "利用可能曜日": "open_days",
    "開始時間": "opens_at",
    "終了時間": "closes_at",
    "利用可能日時特記事項": "opening_remarks",
}
ORGANISATION: Mapping[str, str] = {"法人番号": "corporate_number", "団体名": "organisation"}
REMARKS: Mapping[str, str] = {"備考": "remarks"}
