"""The query parameters that several pages share, and the check of a whole query string.

pygeoapi ignores what it does not know and answers some malformed values with 500; the standard asks for 400.
"""

import re
from collections.abc import Iterable, Mapping
from math import isfinite

from layers.model import Text
from services.ogc import cql2, filters
from services.ogc.crs import served_crs
from services.ogc.errors import ParameterError
from services.ogc.negotiation import LANGUAGES
from services.ogc.pages.model import Check, Page, Parameter, Schema
from services.ogc.source import Source

DEFAULT_ITEMS = 10
MAX_ITEMS = 10_000
_MAX_OFFSET = 2**62


# --- checks ----------------------------------------------------------------------------------------------------


def whole(least: int, most: int) -> Check:
    """A whole number within both limits, in ASCII digits."""

    def checked(name: str, value: str, _source: Source | None) -> None:
        if not re.fullmatch(r"\d{1,20}", value, re.ASCII) or not least <= int(value) <= most:
            raise ParameterError(
                name, Text(f"{least}～{most}の整数で指定してください。", f"give a whole number from {least} to {most}.")
            )

    return checked


def one_of(*choices: str) -> Check:
    """One of these words."""

    def checked(name: str, value: str, _source: Source | None) -> None:
        if value not in choices:
            raise ParameterError(
                name,
                Text(f"次のいずれかを指定してください: {', '.join(choices)}", f"give one of {', '.join(choices)}."),
            )

    return checked


def several_of(*choices: str) -> Check:
    """Some of these words, with commas between them."""

    def checked(name: str, value: str, source: Source | None) -> None:
        for word in value.split(","):
            one_of(*choices)(name, word, source)

    return checked


def box(name: str, value: str, _source: Source | None = None) -> None:
    """Four or six finite numbers, the lower edge not above the upper one; west > east crosses 180 degrees."""
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(isfinite, numbers)):
        raise ParameterError(
            name, Text("4個または6個の数をコンマで区切ってください。", "give four or six finite numbers and commas.")
        )
    half = len(numbers) // 2
    if numbers[1] > numbers[half + 1]:
        raise ParameterError(name, Text("下端が上端より大きくなっています。", "its lower edge is above its upper one."))


def known_crs(name: str, value: str, source: Source | None) -> None:
    """One of the reference systems that features are served in."""
    known = served_crs(source.plane_crs) if source is not None else {}
    if value not in known:
        raise ParameterError(
            name, Text(f"次のいずれかを指定してください: {', '.join(known)}", f"give one of {', '.join(known)}.")
        )


def _time(_name: str, value: str, _source: Source | None) -> None:
    filters.interval(value)


def properties(name: str, value: str, source: Source | None) -> None:
    """Names of properties of the layer, with commas between them."""
    _known(name, value.split(","), source)


def _sort_keys(name: str, value: str, source: Source | None) -> None:
    _known(name, [key.lstrip("+- ") for key in value.split(",")], source)


def _known(parameter: str, names: Iterable[str], source: Source | None) -> None:
    for name in names:
        if source is None or name not in source.columns:
            raise ParameterError(
                parameter, Text(f"項目「{name[:80]}」はありません。", f"there is no property {name[:80]!r}.")
            )


# --- schemas that depend on the layer --------------------------------------------------------------------------


def _crs_schema(source: Source) -> Schema:
    return {"type": "string", "format": "uri", "enum": list(served_crs(source.plane_crs))}


def _names_schema(source: Source) -> Schema:
    return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(source.columns)}}


def _sort_schema(source: Source) -> Schema:
    keys = [f"{sign}{name}" for name in source.columns for sign in ("", "-", "+")]
    return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": keys}}


def sample_box(source: Source) -> tuple[float, float, float, float]:
    """A box of about 2 km in the middle of a layer, for examples that find something."""
    west, south, east, north = source.bounds or (135.33, 34.73, 135.35, 34.75)
    lon, lat = (west + east) / 2, (south + north) / 2
    return round(lon - 0.01, 4), round(lat - 0.01, 4), round(lon + 0.01, 4), round(lat + 0.01, 4)


_BOX_SCHEMA: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}

# --- parameters ------------------------------------------------------------------------------------------------

LANG = Parameter(
    "lang",
    Text("応答の言語。", "Language of the answer."),
    {"type": "string", "enum": list(LANGUAGES)},
    one_of(*LANGUAGES),
)
BBOX = Parameter(
    "bbox",
    Text(
        "範囲（西,南,東,北。軸の順はbbox-crsに従う）。西が東より大きいときは東経180度線をまたぐ。",
        "A box: west, south, east, north, in the axis order of bbox-crs; where west is greater than east it crosses "
        "180 degrees.",
    ),
    _BOX_SCHEMA,
    box,
    example=lambda source: list(sample_box(source)),
)
BBOX_CRS = Parameter("bbox-crs", Text("bboxの座標参照系。", "Reference system of bbox."), _crs_schema, known_crs)
CRS = Parameter("crs", Text("応答の座標参照系。", "Reference system of the answer."), _crs_schema, known_crs)
DATETIME = Parameter(
    "datetime",
    Text("日時または期間（RFC 3339、端を含む、..は無期限）。", "An instant or interval, RFC 3339, ends inclusive."),
    {"type": "string"},
    _time,
    example="2024-01-01T00:00:00Z/..",
)
LIMIT = Parameter(
    "limit",
    Text(
        f"1回の件数。{MAX_ITEMS:,}を超える値は{MAX_ITEMS:,}とみなす。ファイル（CSVなど）では上限がなく、指定しなければ全件。",
        f"Features in one answer; more than {MAX_ITEMS:,} counts as {MAX_ITEMS:,}. Files (CSV and others) have no such "
        "limit: without it they hold all.",
    ),
    {"type": "integer", "minimum": 1, "maximum": MAX_ITEMS, "default": DEFAULT_ITEMS},
    whole(1, 10**9),  # beyond the largest page it is lowered, as the standard says; 0 and less are refused
)
OFFSET = Parameter(
    "offset",
    Text("読み飛ばす件数。", "Features to pass over."),
    {"type": "integer", "minimum": 0, "default": 0},
    whole(0, _MAX_OFFSET),
)
FILTER = Parameter(
    "filter",
    Text("CQL2の条件。", "A CQL2 filter."),
    {"type": "string"},
    example="fictitious = false OR fictitious = true",
)
FILTER_LANG = Parameter(
    "filter-lang",
    Text("filterの書き方。", "Language of the filter."),
    {"type": "string", "enum": [*cql2.LANGUAGES], "default": "cql2-text"},
    one_of(*cql2.LANGUAGES),
)
FILTER_CRS = Parameter(
    "filter-crs",
    Text("filterの中の位置の座標参照系。", "Reference system of the geometries in the filter."),
    _crs_schema,
    known_crs,
)
AFTER = Parameter(
    "after",
    Text(
        "前のページの最後のid。次のページのリンクが使う。",
        "Id of the last feature of the page before; used by next links.",
    ),
    {"type": "string"},
)
PROPERTIES = Parameter(
    "properties", Text("応答に含める項目。", "Properties to answer with."), _names_schema, properties
)
RESULT_TYPE = Parameter(
    "resulttype",
    Text("hitsなら件数だけを返す。", "hits: count only."),
    {"type": "string", "enum": ["results", "hits"], "default": "results"},
    one_of("results", "hits"),
)
SKIP_GEOMETRY = Parameter(
    "skipGeometry",
    Text("trueなら位置を省く。", "true: without geometries."),
    {"type": "boolean", "default": False},
    one_of("true", "false"),
)
SORT_BY = Parameter(
    "sortby",
    Text("並べ替えの項目。-は降順。値のないものは最後。", "Properties to sort by; - descending; absent values last."),
    _sort_schema,
    _sort_keys,
)
REVISION = Parameter(
    "revision",
    Text(
        "データの版。現在の版と同じなら応答は変わることがない。",
        "Revision of the data; where it is the current one, the answer under this address never changes.",
    ),
    {"type": "integer", "minimum": 0},
    whole(0, 2**63 - 1),
)

# --- a whole query string --------------------------------------------------------------------------------------


def parse(pairs: Iterable[tuple[str, str]], page: Page, source: Source | None) -> Mapping[str, str]:
    """The parameters of a query string by name, each checked.

    ``f`` and ``lang`` are allowed everywhere; ``f`` is checked by the negotiation.

    Raises
    ------
    ParameterError
        For the first parameter that is unknown, repeated or malformed, or for a required one that is missing.
    """
    given: dict[str, str] = {}
    filterable = source.queryables if source is not None and page.filters else {}
    known = {LANG.name: LANG, **page.offer(source).parameters}
    for name, value in pairs:
        if name not in known and name != "f" and name not in filterable:
            raise ParameterError(name[:80], Text("このパラメーターはありません。", "there is no such parameter here."))
        if "\0" in value:  # which no text in the database holds, and no query can carry
            raise ParameterError(name, Text("U+0000は使えません。", "it must not contain U+0000."))
        if name in given:
            raise ParameterError(name, Text("一度だけ指定してください。", "give it only once."))
        given[name] = value
    for parameter in known.values():
        if parameter.name in given:
            parameter.check(parameter.name, given[parameter.name], source)
        elif parameter.required:
            raise ParameterError(parameter.name, Text("指定してください。", "it is required."))
    for name, value in given.items():
        if name in filterable and name not in known:
            filters.typed(filterable[name], value)
    if "bbox-crs" in given and "bbox" not in given:
        raise ParameterError("bbox-crs", Text("bboxとともに指定してください。", "it belongs to a bbox."))
    return given
