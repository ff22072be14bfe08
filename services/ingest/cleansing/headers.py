"""Folding of column names: two names that a person takes for the same come out equal.

Always compare folded with folded; a folded name is a key, not a text to show.
"""

import re
import unicodedata
from functools import lru_cache

# Every hyphen, dash, minus and wave seen between two characters of a header, the prolonged sound mark included:
# 都道府県コ―ド (U+2015), 0-4歳 / 0～4歳 / 0ー4歳.
_DASHES = re.compile("[-‐‑‒–—―−─━ー〜~⁓﹣]+")
_DASH = "ー"
# Control and format characters (byte order mark, zero-width space, soft hyphen) and white space of any kind.
_INVISIBLE = re.compile(
    r"[\s\u0000-\u001f\u007f-\u009f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]+"
)

# Whole names and parts of names that real files get wrong, after the folding above.
_WHOLE = {
    "no": "NO",
    "no.": "NO",
    "No": "NO",
    "No.": "NO",
    "NO.": "NO",
    "名称_英語": "名称_英字",
    "名称_ローマ字": "名称_英字",
    "名称_かな": "名称_カナ",
    "名称_フリガナ": "名称_カナ",
    "url": "URL",
    "Url": "URL",
    "FAX": "FAX番号",
}
_PARTS = (
    ("連結標記", "連結表記"),
    ("小児対応機器設備", "小児対応設備"),
    ("がけ崩れ", "崖崩れ"),
    ("崖くずれ", "崖崩れ"),
    ("崖崩れ・土石流", "崖崩れ、土石流"),
    ("土石流・地滑り", "土石流及び地滑り"),
    ("土石流、地滑り", "土石流及び地滑り"),
    ("土石流及び地すべり", "土石流及び地滑り"),
    ("都道府県コード又は市町村コード", "都道府県コード又は市区町村コード"),
    ("都道府県コードまたは市区町村コード", "都道府県コード又は市区町村コード"),
)


@lru_cache(maxsize=4096)
def fold_header(text: str) -> str:
    """The key under which a column name is compared.  Folding twice is folding once.

    NFKC (full-width letters and brackets, half-width kana), dashes of any kind as ``ー``, ``,`` as ``、``, no
    white space, line break or invisible character, no leading ``#`` (Takamatsu), and the spelling mistakes seen
    in published files.  Case is kept.

    >>> fold_header("都道府県コ―ド又は\\n市区町村コード")
    '都道府県コード又は市区町村コード'
    >>> fold_header("所在地＿連結標記") == fold_header("所在地_連結表記")
    True
    """
    folded = text
    while (step := _fold_once(folded)) != folded:
        folded = step
    return folded


def _fold_once(text: str) -> str:
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    folded = _DASHES.sub(_DASH, folded).replace(",", "、").lstrip("#")
    for wrong, right in _PARTS:
        folded = folded.replace(wrong, right)
    return _WHOLE.get(folded, folded)
