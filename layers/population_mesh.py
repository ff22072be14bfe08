"""人口メッシュ: census population by mesh cell and age band, with suppressed cells merged into their destination.

The tables of one census differ only in the size of the cell: T001140 (1 km), T001141 (500 m), T001142 (250 m),
T001231 (125 m), all of 2020, with the same columns: threes of total, male, female for each age band.
"""

from collections.abc import Mapping

from layers import attributions, licences, owners
from layers.census import merge_suppressed
from layers.fields import integer, persons, text, texts
from layers.model import (
    Geometry,
    Layer,
    MeshCode,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
    Values,
)

# Number of the column in its table -> field.
_COLUMN_NUMBERS: Mapping[str, str] = {
    "001": "population",
    "002": "male",
    "003": "female",
    "004": "aged_under_15",
    "010": "aged_15_to_64",
    "019": "aged_65_plus",
    "022": "aged_75_plus",
    "025": "aged_85_plus",
    "034": "households",
    "049": "households_aged_single",
}
_TABLES: Mapping[str, int] = {"T001140": 1000, "T001141": 500, "T001142": 250, "T001231": 125}
_HEAD = frozenset({"KEY_CODE", "HTKSYORI", "HTKSAKI", "GASSAN"})
_SIZES = {8: 1000, 9: 500, 10: 250, 11: 125}
CENSUS_YEAR = 2020


def _key(record: Values) -> str:
    return _code(record.get("KEY_CODE"))


def _destination(record: Values) -> str:
    return _code(record.get("HTKSAKI"))


def _code(value: object) -> str:
    return str(value if value is not None else "").strip().removesuffix(".0")


def merge_cells(records: list[Values]) -> list[Values]:
    """Mesh cells without the suppressed ones, see ``layers.census``."""
    return merge_suppressed(records, key=_key, destination=_destination)


def _from_code(values: Values) -> Values:
    code = _code(values.get("mesh_code"))
    merged = values.get("mesh_codes") or []
    further = [str(part) for part in merged] if isinstance(merged, list | tuple) else [str(merged)]
    return {
        "mesh_code": code,
        "primary_mesh": code[:4],
        "mesh_codes": list(dict.fromkeys([code, *further])),
        "mesh_size_m": _SIZES.get(len(code), values.get("mesh_size_m")),
    }


def _of_table(table: str, size_m: int) -> SourceFormat:
    return SourceFormat(
        id=f"estat-mesh-{table.lower()}",
        title=Text(
            f"e-Stat 国勢調査{CENSUS_YEAR} 地域メッシュ {table}（{size_m}m）",
            f"e-Stat census {CENSUS_YEAR}, mesh {table} ({size_m} m)",
        ),
        columns={
            "KEY_CODE": "mesh_code",
            "GASSAN": "mesh_codes",
            **{f"{table}{number}": field for number, field in _COLUMN_NUMBERS.items()},
        },
        signature=_HEAD | {f"{table}001"},
        geometry=MeshCode("KEY_CODE", further="GASSAN"),
        constants={"mesh_size_m": size_m, "census_year": CENSUS_YEAR, "statistics_table": table},
        prepare=merge_cells,
        derive=_from_code,
        scope=("primary_mesh",),
        identity=("statistics_table", "mesh_code"),
        licence=licences.STATISTICS,
        attribution=attributions.CENSUS,
    )


LAYER = Layer(
    id="population-mesh",
    title=Text("人口メッシュ", "Population mesh"),
    description=Text(
        "国勢調査の地域メッシュ別人口。秘匿されたメッシュは合算先と一つの区画にまとめてあり、二重に数えない。"
        "人数は住んでいる場所のもので、昼間の人数ではない。",
        "Census population by mesh cell. Suppressed cells are united with the cell into which their figures were added, "
        "so that nobody is counted twice. People are counted where they live, not where they are by day.",
    ),
    theme=Theme.POPULATION,
    geometry=Geometry.MULTIPOLYGON,
    fields=(
        text("mesh_code", "メッシュコード", "Mesh code", required=True),
        texts(
            "mesh_codes",
            "含まれるメッシュ",
            "Cells united here",
            description=Text(
                "秘匿のため合算されたメッシュを含む。", "Includes the cells merged into it for confidentiality."
            ),
        ),
        text("primary_mesh", "1次メッシュ", "Primary mesh"),
        integer("mesh_size_m", "メッシュの大きさ", "Cell size", unit="m", minimum=100, maximum=1000),
        integer("census_year", "調査年", "Census year", minimum=1920, maximum=2100),
        text("statistics_table", "統計表", "Statistics table"),
        persons("population", "人口総数", "Population"),
        persons("male", "男", "Male"),
        persons("female", "女", "Female"),
        persons("aged_under_15", "15歳未満", "Aged under 15"),
        persons("aged_15_to_64", "15〜64歳", "Aged 15 to 64"),
        persons("aged_65_plus", "65歳以上", "Aged 65 and over"),
        persons("aged_75_plus", "75歳以上", "Aged 75 and over"),
        persons("aged_85_plus", "85歳以上", "Aged 85 and over"),
        persons("households", "世帯総数", "Households"),
        persons("households_aged_single", "高齢単身世帯数", "Aged persons living alone"),
    ),
    formats=tuple(_of_table(table, size_m) for table, size_m in _TABLES.items()),
    style=Style(
        color="#7a5195",
        opacity=0.35,
        outline="#7a5195",
        width=0.4,
        min_zoom=11,
    ),
    licence=licences.STATISTICS,
    attribution=attributions.CENSUS,
    owner=owners.STATISTICS,
    update_frequency=UpdateFrequency.IRREGULAR,
    title_field="mesh_code",
    keywords=("人口", "国勢調査", "メッシュ", "population"),
)
