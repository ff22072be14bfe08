"""The licences under which the city's sources are published."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from geo.errors import NotFoundError
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
KSJ = Licence(
    "KSJ",
    Text("国土数値情報ダウンロードサイト利用規約", "Terms of the National Land Numerical Information site"),
    "https://nlftp.mlit.go.jp/ksj/other/agreement.html",
)
STATISTICS = Licence(
    "e-Stat",
    Text("政府統計の総合窓口（e-Stat）利用規約", "e-Stat Terms of Use"),
    "https://www.e-stat.go.jp/terms-of-use",
)
JAPAN_POST = Licence(
    "Japan-Post",
    Text("日本郵便株式会社 郵便番号データ（自由利用）", "Japan Post postal code data (free of restrictions)"),
    "https://www.post.japanpost.jp/zipcode/dl/readme.html",
)
PUBLIC_DOMAIN = Licence(
    "PDM-1.0",
    Text("パブリックドメイン", "Public domain"),
    "https://creativecommons.org/publicdomain/mark/1.0/",
)

INTERNAL = Licence(
    "Internal",
    Text("庁内限り（公開しない）", "Internal use only, not published"),
    "https://laws.e-gov.go.jp/law/415AC0000000057",  # 個人情報の保護に関する法律
)


@cache
def known_licences() -> Mapping[str, Licence]:
    """The licences by id."""
    every = (PDL_1_0, CC_BY_4_0, GSI, ODBL_1_0, CC0_1_0, KSJ, STATISTICS, JAPAN_POST, PUBLIC_DOMAIN, INTERNAL)
    return MappingProxyType({licence.id: licence for licence in every})


def licence_named(licence_id: str) -> Licence:
    """The licence with this id; ``NotFoundError`` names those there are."""
    known = known_licences()
    try:
        return known[licence_id]
    except KeyError:
        raise NotFoundError(f"There is no licence {licence_id!r}.", fix=f"Choose one of: {', '.join(known)}.") from None
