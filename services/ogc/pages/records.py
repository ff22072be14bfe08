"""The catalogue of layers (OGC API Records, DCAT) and the quality report of each."""

from dataclasses import replace

from layers.model import Text, Theme
from services.ogc import parameters
from services.ogc.errors import ParameterError
from services.ogc.pages.core import SCHEMA_JSON
from services.ogc.pages.features import GEOJSON
from services.ogc.pages.model import HTML, JSON, JSON_LD, Check, Page, Parameter
from services.ogc.records.catalogue import CATALOGUE
from services.ogc.records.provider import SORTABLES, TYPE
from services.ogc.source import Source

_TAG = "Records"
_PATH = f"/collections/{CATALOGUE}"
_RECORDS = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf"
CONFORMANCE = tuple(
    f"{_RECORDS}/{each}"
    for each in (
        "record-core",
        "record-collection",
        "record-core-query-parameters",
        "records-api",
        "searchable-catalog",
        "sorting",
        "searchable-catalog/sorting",
        "autodiscovery",
        "json",
        "html",
        "oas30",
    )
)
_MOST_CHARACTERS = 1_000


def _or_empty(check: Check) -> Check:
    """A parameter without a value is as if it were not there, as the standard of records says."""

    def checked(name: str, value: str, source: Source | None) -> None:
        if value:
            check(name, value, source)

    return checked


def _short(name: str, value: str, _source: Source | None) -> None:
    if len(value) > _MOST_CHARACTERS:
        raise ParameterError(
            name,
            Text(f"{_MOST_CHARACTERS:,}文字以内にしてください。", f"give at most {_MOST_CHARACTERS:,} characters."),
        )


def _sort_keys(name: str, value: str, _source: Source | None) -> None:
    if not {key.lstrip("+- ") for key in value.split(",")} <= SORTABLES.keys():
        raise ParameterError(
            name, Text(f"次から選んでください: {', '.join(SORTABLES)}", f"choose among {', '.join(SORTABLES)}.")
        )


def _list(name: str, text: Text, *, choices: tuple[str, ...] = (), example: list[str] | None = None) -> Parameter:
    each = {"type": "string", "enum": list(choices)} if choices else {"type": "string"}
    return Parameter(name, text, {"type": "array", "items": each}, _short, example=example)


def _shared(parameter: Parameter) -> Parameter:
    return replace(parameter, check=_or_empty(parameter.check))


_SEARCH = (
    _list(
        "q",
        Text(
            "検索語。コンマはいずれか、空白は続けて現れること。名称・説明・キーワード・項目名を日英とも探す。",
            "Terms to search for: any of those between commas; words with spaces between them in this order. Titles, "
            "descriptions, keywords and names of fields are searched in both languages.",
        ),
        example=["避難所"],
    ),
    _list("type", Text("資源の種類。", "Type of the resource."), choices=(TYPE,)),
    _list("ids", Text("レイヤーのID。", "Ids of layers."), example=["shelters"]),
    _list("externalIds", Text("出典での識別子。", "Identifiers given by the sources.")),
    _shared(replace(parameters.BBOX, description=Text("範囲（西,南,東,北）。", "A box: west, south, east, north."))),
    _shared(parameters.DATETIME),
    _list("theme", Text("分類。", "Themes."), choices=tuple(map(str, Theme))),
    _list("license", Text("ライセンス（SPDX）。", "Licences, SPDX.")),
    Parameter(
        "fictitious",
        Text("架空データかどうか。", "Whether the data is made up."),
        {"type": "boolean"},
        _or_empty(parameters.one_of("true", "false")),
    ),
    Parameter(
        "sortby",
        Text("並べ替えの項目。-は降順。", "Properties to sort by; - descending."),
        {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "enum": [f"{sign}{name}" for name in SORTABLES for sign in ("", "-", "+")]},
        },
        _or_empty(_sort_keys),
    ),
    _shared(parameters.LIMIT),
    _shared(parameters.OFFSET),
)


def _page(path: str, handler: str, summary: Text, **more: object) -> Page:
    return Page(path=path, handler=f"services.ogc.records.{handler}", tag=_TAG, summary=summary, **more)  # type: ignore[arg-type]


PAGES = (
    _page(
        _PATH,
        "handlers:collection",
        Text("目録の説明", "The catalogue"),
        formats=(JSON, HTML, JSON_LD),
        data=True,
    ),
    _page(
        f"{_PATH}/items",
        "handlers:items",
        Text("目録の検索", "Records"),
        formats=(GEOJSON, HTML, JSON_LD),
        parameters=_SEARCH,
        data=True,
    ),
    _page(
        f"{_PATH}/items/{{record}}",
        "handlers:item",
        Text("1件の目録", "One record"),
        formats=(GEOJSON, HTML, JSON_LD),
        path_parameters=(
            Parameter(
                "record", Text("レイヤーのid", "Id of the layer."), {"type": "string"}, example="emergency-sites"
            ),
        ),
        data=True,
    ),
    *(
        _page(f"{_PATH}/{name}", f"handlers:{name}", summary, formats=(SCHEMA_JSON,))
        for name, summary in (
            ("queryables", Text("検索できる項目", "Queryables of the catalogue")),
            ("sortables", Text("並べ替えできる項目", "Sortables of the catalogue")),
            ("schema", Text("目録の項目", "Schema of records")),
        )
    ),
    _page("/dcat", "handlers:catalogue", Text("目録（DCAT）", "The catalogue as DCAT"), formats=(JSON_LD,), data=True),
    _page(
        "/collections/{collection}/quality",
        "quality:report",
        Text("品質の報告", "Quality report"),
        formats=(JSON, HTML, JSON_LD),
        data=True,
    ),
)
