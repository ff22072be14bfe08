"""Folding of column names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.cleansing import fold_header


@pytest.mark.parametrize(
    ("published", "standard"),
    [
        ("都道府県コ―ド又は市区町村コード", "都道府県コード又は市区町村コード"),  # U+2015, 焼津市
        ("所在地_連結標記", "所在地_連結表記"),
        ("名称_英語", "名称_英字"),
        ("男性ﾄｲﾚ総数", "男性トイレ総数"),
        ("建物名等（方書）", "建物名等(方書)"),
        ("名称＿カナ", "名称_カナ"),
        ("telephone　number", "telephonenumber"),
        ("避難が予想される\n住民の地区名", "避難が予想される住民の地区名"),
        ("\ufeffNO", "NO"),
        ("Ｎｏ．", "NO"),
        ("#property", "property"),
        ("０～４歳の男性", "0-4歳の男性"),
        ("災害種別_がけ崩れ、土石流及び地滑り", "災害種別_崖崩れ、土石流及び地滑り"),
        ("災害種別_崖崩れ，土石流及び地滑り", "災害種別_崖崩れ、土石流及び地滑り"),
        ("小児対応機器設備の有無", "小児対応設備の有無"),
        (" 緯度 ", "緯度"),
    ],
)
def test_spellings_of_one_name(published: str, standard: str) -> None:
    assert fold_header(published) == fold_header(standard)


def test_different_names_stay_different() -> None:
    names = [
        "名称",
        "名称_カナ",
        "名称_英字",
        "緯度",
        "経度",
        "ID",
        "NO",
        "0-4歳の男性",
        "0-4歳の女性",
        "A31a_101",
        "A31a_201",
    ]
    assert len({fold_header(name) for name in names}) == len(names)


@given(
    st.one_of(st.text(max_size=30), st.text(alphabet="名称_英語字連結標表記カﾄﾞ゛-―ー~ 　\n#,、.NOno（)", max_size=20))
)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_header(fold_header(text)) == fold_header(text)
