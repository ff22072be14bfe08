"""標高: elevation grids.  One row for each grid with its footprint; the heights stay in the grid."""

from layers import attributions, licences, owners
from layers.fields import code, integer, number, text
from layers.model import (
    Code,
    CodeList,
    Embedded,
    Geometry,
    Layer,
    SourceFormat,
    Style,
    Text,
    Theme,
    UpdateFrequency,
)

MODELS = CodeList(
    "elevation-model",
    Text("標高モデルの種類", "Kind of elevation model"),
    (
        Code(
            "terrain",
            Text("地表面（建物・樹木を除く）", "Terrain, without buildings and trees"),
            aliases=("DTM", "DEM"),
        ),
        Code("surface", Text("表層（建物・樹木を含む）", "Surface, with buildings and trees"), aliases=("DSM",)),
    ),
    source="基盤地図情報 数値標高モデル、SRTM",
)

# Heights in metres.  The order of colours is that of GSI's 色別標高図 (blue below the sea, green plains, yellow and brown
# hills, light summits); the values are our own, for a city that reaches from polders to 930 m.  Two stops at the sea
# level make a shore.
RELIEF: tuple[tuple[float, str], ...] = (
    (-5.0, "#78a0c8"),
    (-0.01, "#a0c3dc"),
    (0.0, "#bedcbe"),
    (10.0, "#aad0a0"),
    (50.0, "#d6d696"),
    (150.0, "#d0b278"),
    (400.0, "#aa825f"),
    (950.0, "#f0ece6"),
)

LAYER = Layer(
    id="elevation",
    title=Text("標高", "Elevation"),
    description=Text(
        "標高の格子データの範囲。表層モデルの値は建物や樹木の高さを含み、浸水の計算には使えないことがある。"
        "種類の空欄は不明を意味する。",
        "Footprints of elevation grids. Values of a surface model include buildings and trees and may be unfit for "
        "computing inundation. Absent kind: unknown.",
    ),
    theme=Theme.BASE,
    geometry=Geometry.RASTER,
    fields=(
        text("file_sha256", "格子の識別子（SHA-256）", "Key of the grid (SHA-256)", required=True),
        code("model", MODELS),
        integer("crs_epsg", "座標参照系（EPSG）", "Reference system (EPSG)"),
        integer("width", "列数", "Columns", minimum=1),
        integer("height", "行数", "Rows", minimum=1),
        number(
            "resolution_x",
            "東西の間隔",
            "Spacing west to east",
            description=Text("座標参照系の単位（度またはm）。", "In the unit of the reference system (degrees or m)."),
        ),
        number(
            "resolution_y",
            "南北の間隔",
            "Spacing north to south",
            description=Text("座標参照系の単位（度またはm）。", "In the unit of the reference system (degrees or m)."),
        ),
        number("nodata", "値のない所を表す数", "Number for no value"),
        number("minimum_m", "最低標高", "Lowest", unit="m"),
        number("maximum_m", "最高標高", "Highest", unit="m"),
    ),
    formats=(
        SourceFormat(
            id="elevation-grid",
            title=Text("標高の格子（GeoTIFF、基盤地図情報DEM）", "Elevation grid (GeoTIFF, GSI DEM)"),
            columns={
                name: name
                for name in (
                    "file_sha256",
                    "model",
                    "crs_epsg",
                    "width",
                    "height",
                    "resolution_x",
                    "resolution_y",
                    "nodata",
                    "minimum_m",
                    "maximum_m",
                )
            },
            signature=frozenset(),
            geometry=Embedded(),
            part_of_name="(.+)",  # every grid is a sheet of its own
            identity=("file_sha256",),
        ),
    ),
    style=Style(color="#8c6d46", opacity=0.55, outline="#8c6d46", width=1.0, ramp=RELIEF),
    licence=licences.GSI,
    attribution=attributions.GSI_DEM,
    owner=owners.MAPPING,
    update_frequency=UpdateFrequency.IRREGULAR,
    title_field="model",
    keywords=("標高", "DEM", "elevation"),
)
