"""Query parameters, checked before pygeoapi sees them: unknown, repeated and malformed ones are refused.

pygeoapi ignores what it does not know and answers some malformed values with 500; the standard asks for 400.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from math import isfinite

from layers.model import Text
from services.ogc import filters
from services.ogc.configuration import MAX_ITEMS
from services.ogc.crs import served_crs
from services.ogc.errors import ParameterError
from services.ogc.maps import MAX_PIXELS, map_crs
from services.ogc.source import Source

COMMON = frozenset({"f", "lang"})
ITEMS = COMMON | {
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "limit",
    "offset",
    "properties",
    "resulttype",
    "skipGeometry",
    "sortby",
}
ITEM = COMMON | {"crs"}
QUERYABLES = COMMON | {"properties", "profile"}
TILE = COMMON | {"revision"}
COVERAGE = COMMON | {"bbox", "bbox-crs", "subset"}
MAP = COMMON | {"bbox", "bbox-crs", "crs", "width", "height", "transparent", "revision"}
OPENAPI = COMMON | {"ui"}

_MAX_OFFSET = 2**62


def check(pairs: Iterable[tuple[str, str]], allowed: frozenset[str], source: Source | None = None) -> None:
    """Checks names and values of a query string.

    ``source`` is the layer whose properties are filters too (items), and whose reference systems are known.

    Raises
    ------
    ParameterError
        For the first parameter that is unknown, repeated or malformed.
    """
    given: dict[str, str] = {}
    filterable = source.columns if source is not None and allowed == ITEMS else {}
    for name, value in pairs:
        if name not in allowed and name not in filterable:
            raise ParameterError(name[:80], Text("このパラメーターはありません。", "there is no such parameter here."))
        if name in given:
            raise ParameterError(name, Text("一度だけ指定してください。", "give it only once."))
        given[name] = value
    for name, value in given.items():
        if name in filterable and name not in allowed:
            filters.typed(filterable[name], value)
        elif (checker := _CHECKS.get(name)) is not None:
            checker(name, value)
    if allowed == MAP:
        for name in ("crs", "bbox-crs"):
            if name in given:
                map_crs(given[name])
    elif source is not None:
        _check_crs(given, source)
        _check_names(given, source)


def _check_crs(given: Mapping[str, str], source: Source) -> None:
    known = served_crs(source.plane_crs)
    for name in ("crs", "bbox-crs"):
        if name in given and given[name] not in known:
            raise ParameterError(
                name, Text(f"次のいずれかを指定してください: {', '.join(known)}", f"give one of {', '.join(known)}.")
            )
    if "bbox-crs" in given and "bbox" not in given:
        raise ParameterError("bbox-crs", Text("bboxとともに指定してください。", "it belongs to a bbox."))


def _check_names(given: Mapping[str, str], source: Source) -> None:
    names = [*given.get("properties", "").split(",")] if "properties" in given else []
    names += [key.lstrip("+- ") for key in given["sortby"].split(",")] if "sortby" in given else []
    for name in names:
        if name not in source.columns:
            where = "properties" if "properties" in given and name in given["properties"].split(",") else "sortby"
            raise ParameterError(
                where, Text(f"項目「{name[:80]}」はありません。", f"there is no property {name[:80]!r}.")
            )


def _bbox(name: str, value: str) -> None:
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


def _whole(least: int, most: int) -> Callable[[str, str], None]:
    def checked(name: str, value: str) -> None:
        if not re.fullmatch(r"\d{1,20}", value, re.ASCII) or not least <= int(value) <= most:
            raise ParameterError(
                name, Text(f"{least}～{most}の整数で指定してください。", f"give a whole number from {least} to {most}.")
            )

    return checked


def _one_of(*choices: str) -> Callable[[str, str], None]:
    def checked(name: str, value: str) -> None:
        if value not in choices:
            raise ParameterError(
                name,
                Text(f"次のいずれかを指定してください: {', '.join(choices)}", f"give one of {', '.join(choices)}."),
            )

    return checked


def _datetime(_name: str, value: str) -> None:
    filters.interval(value)


# A limit beyond the largest page is lowered to it, as the standard says; 0 and less are refused.
_CHECKS: Mapping[str, Callable[[str, str], None]] = {
    "bbox": _bbox,
    "datetime": _datetime,
    "limit": _whole(1, 10**9),
    "offset": _whole(0, _MAX_OFFSET),
    "resulttype": _one_of("results", "hits"),
    "skipGeometry": _one_of("true", "false"),
    "transparent": _one_of("true", "false"),
    "width": _whole(1, MAX_PIXELS),
    "height": _whole(1, MAX_PIXELS),
    "profile": _one_of("actual-domain", "valid-domain"),
}

__all__ = ["COMMON", "COVERAGE", "ITEM", "ITEMS", "MAP", "MAX_ITEMS", "OPENAPI", "QUERYABLES", "TILE", "check"]
