"""From which floor on a building is a site, out of the remarks of the published lists (備考)."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "flood": ("洪水",),
        "landslide": ("崖崩れ", "がけ崩れ", "土石流", "地滑り", "地すべり", "土砂災害"),
        "storm_surge": ("高潮",),
        "earthquake": ("地震",),
        "tsunami": ("津波",),
        "large_fire": ("大規模な火事", "火事", "火災"),
        "inland_flood": ("内水氾濫", "内水"),
        "volcano": ("火山現象", "火山"),
    }
)
"""What the lists call the hazards for which sites are designated."""

_KANJI = str.maketrans("一二三四五六七八九", "123456789")
_ANY = "|".join(sorted((word for words in WORDS.values() for word in words), key=len, reverse=True))
_BETWEEN = r"(?:、|,|・|及び|および|又は|または|と|\s)*"
_HAZARDS = rf"(?P<hazards>(?:{_ANY})(?:{_BETWEEN}(?:{_ANY}))*)"
_FLOOR = r"(?P<floor>[1-9][0-9]?)階(?:以上|より上)"
_RULE = re.compile(rf"(?:{_HAZARDS}(?:の場合|時|の際)?(?:は|:|\()?{_BETWEEN})?(?:校舎|建物|本館)?(?:の)?{_FLOOR}")
_ROOF = re.compile(rf"{_HAZARDS}(?:の場合|時|の際)?(?:は|:)?{_BETWEEN}(?:校舎|建物)?(?:の)?屋上")


def floor_rules(remarks: str | None) -> Mapping[str, int]:
    """By hazard the lowest storey that is a site (1 is the ground floor); hazards without a rule are not in it.

    「洪水は２階以上、高潮、津波は３階以上が対象」 is 2 for floods, 3 for storm surges and tsunami.  A floor that
    is said of no hazard holds for all of them; of several the highest counts.  What is not understood makes no rule:
    the remarks are to be shown with it.
    """
    found: dict[str, int] = {}
    for rule in _RULE.finditer(_plain(remarks)):
        floor, said = int(rule["floor"]), rule["hazards"]
        for hazard, words in WORDS.items():
            if said is None or any(word in said for word in words):
                found[hazard] = max(floor, found.get(hazard, 0))
    return found


def needs_roof(remarks: str | None, hazard: str) -> bool:
    """Whether the remarks say that of this hazard the roof (屋上) is the site."""
    return any(word in rule["hazards"] for rule in _ROOF.finditer(_plain(remarks)) for word in WORDS[hazard])


def _plain(remarks: str | None) -> str:
    text = unicodedata.normalize("NFKC", remarks or "")
    return re.sub(r"[一二三四五六七八九](?=階)", lambda digit: digit[0].translate(_KANJI), text)
