"""The licences under which the city's sources are published."""

from layers.model import Licence, Text

PDL_1_0 = Licence(
    "PDL-1.0",
    Text("公共データ利用規約（第1.0版）", "Public Data License (Version 1.0)"),
    "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
)
CC_BY_4_0 = Licence(
    "CC-BY-4.0",
    Text("クリエイティブ・コモンズ 表示 4.0 国際", "Creative Commons Attribution 4.0 International"),
    "https://creativecommons.org/licenses/by/4.0/deed.ja",
)
GSI = Licence(
    "GSI",
    Text("国土地理院コンテンツ利用規約", "GSI Website Terms of Use"),
    "https://www.gsi.go.jp/kikakuchousei/kikakuchousei40182.html",
)
ODBL_1_0 = Licence(
    "ODbL-1.0",
    Text("Open Database License 1.0", "Open Database License 1.0"),
    "https://opendatacommons.org/licenses/odbl/1-0/",
)
CC0_1_0 = Licence(
    "CC0-1.0",
    Text("クリエイティブ・コモンズ CC0 1.0", "Creative Commons CC0 1.0 Universal"),
    "https://creativecommons.org/publicdomain/zero/1.0/deed.ja",
)
