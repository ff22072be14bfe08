"""Our terms in the vocabularies that catalogues share: themes, frequencies, licences, quality dimensions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from layers.model import Licence, Text, Theme, UpdateFrequency
from services.settings import ROOT

_LOCALES = ROOT / "layers" / "locales"
_EU = "http://publications.europa.eu/resource/authority"

FREQUENCIES: Mapping[UpdateFrequency, str] = {
    UpdateFrequency.CONTINUAL: f"{_EU}/frequency/UPDATE_CONT",
    UpdateFrequency.DAILY: f"{_EU}/frequency/DAILY",
    UpdateFrequency.MONTHLY: f"{_EU}/frequency/MONTHLY",
    UpdateFrequency.ANNUALLY: f"{_EU}/frequency/ANNUAL",
    UpdateFrequency.AS_NEEDED: f"{_EU}/frequency/AS_NEEDED",
    UpdateFrequency.IRREGULAR: f"{_EU}/frequency/IRREG",
    UpdateFrequency.NOT_PLANNED: f"{_EU}/frequency/NOT_PLANNED",
}
"""EU frequency authority table, as DCAT-AP asks."""

THEME_SCHEME = f"{_EU}/data-theme"
THEMES: Mapping[Theme, str] = {
    Theme.EVACUATION: "GOVE",
    Theme.HAZARD: "ENVI",
    Theme.FIRE: "JUST",  # justice, legal system and public safety
    Theme.MEDICAL: "HEAL",
    Theme.OBSERVATION: "ENVI",
    Theme.POPULATION: "SOCI",
    Theme.ANALYSIS: "GOVE",
    Theme.BASE: "REGI",
}
"""EU data theme authority table."""

LANGUAGES: Mapping[str, str] = {"ja": f"{_EU}/language/JPN", "en": f"{_EU}/language/ENG"}
LANGUAGE_NAMES: Mapping[str, tuple[str, str]] = {"ja": ("日本語", "Japanese"), "en": ("English", "English")}
PUBLIC_ACCESS = f"{_EU}/access-right/PUBLIC"
RESTRICTED_ACCESS = f"{_EU}/access-right/RESTRICTED"

_SPDX = frozenset({"CC-BY-4.0", "CC0-1.0", "ODbL-1.0"})  # those of ``layers.licences`` that are on the SPDX list


def theme_title(theme: Theme) -> Text:
    """The name of a theme, as the map's list of layers has it."""
    return _told(f"theme.{theme}")


def position_quality_title(name: str) -> Text:
    """What a quality of position is called."""
    return _told(f"position_quality.{name}")


@cache
def _told(key: str) -> Text:
    """A text of the locales in both languages; the key itself where they have none."""
    ja, en = (json.loads((_LOCALES / f"{each}.json").read_text("utf-8")).get(key, key) for each in ("ja", "en"))
    return Text(ja, en)


def spdx_expression(licences: list[Licence]) -> str:
    """The licences as OGC API Records writes them: an SPDX expression, or ``other`` where one is not of that list."""
    names = [licence.id for licence in licences]
    return " AND ".join(names) if names and set(names) <= _SPDX else "other"


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to measure quality.

    element:
        The data quality element of ISO 19157-1.
    dimension:
        Of the linked data quality dimensions that DQV recommends (LDQD).
    unit:
        UCUM; ``1`` for a share.
    """

    id: str
    title: Text
    definition: Text
    element: str
    dimension: str
    unit: str = "1"


_LDQD = "http://www.w3.org/2016/05/ldqd#"

FIELD_COMPLETENESS = Metric(
    "field-completeness",
    Text("項目の充足率", "Completeness of a field"),
    Text(
        "その項目に値のある行の割合。値のないものは不明で、「なし」や0ではない。",
        "Share of rows with a value; one without is unknown, not none and not zero.",
    ),
    "completenessOmission",
    f"{_LDQD}completeness",
)
PLACED = Metric(
    "records-with-a-place",
    Text("位置のある行の割合", "Rows with a place"),
    Text("位置（図形）のある行の割合。", "Share of rows that have a geometry."),
    "completenessOmission",
    f"{_LDQD}completeness",
)
ACCEPTED = Metric(
    "records-accepted",
    Text("採用した行の割合", "Rows accepted"),
    Text(
        "このレイヤーの行として読んだもののうち、宣言に合い採用した割合。",
        "Share of the rows read for this layer that met its declaration and were loaded.",
    ),
    "logicalConsistencyDomain",
    f"{_LDQD}syntacticValidity",
)
MENDED = Metric(
    "records-mended",
    Text("表記を直した行の割合", "Rows mended"),
    Text(
        "採用した行のうち、少なくとも1つの値の表記を直したものの割合。",
        "Share of the rows loaded of which at least one value was mended.",
    ),
    "logicalConsistencyFormat",
    f"{_LDQD}syntacticValidity",
)
POSITION_QUALITY = Metric(
    "position-quality",
    Text("位置の精度区分の割合", "Rows by quality of position"),
    Text("位置の精度区分ごとの行の割合。", "Share of rows whose position is of this quality."),
    "positionalAccuracyAbsolute",
    f"{_LDQD}semanticAccuracy",
)
POSITION_ERROR = Metric(
    "position-error-median",
    Text("位置の誤差の中央値", "Median positional error"),
    Text("位置の誤差が分かる行の、その中央値。", "Median of the positional errors that are known."),
    "positionalAccuracyAbsolute",
    f"{_LDQD}semanticAccuracy",
    unit="m",
)
METRICS = (FIELD_COMPLETENESS, PLACED, ACCEPTED, MENDED, POSITION_QUALITY, POSITION_ERROR)
