"""Buildings of a made-up city, as polygons; of the benchmarks only."""

from layers import attributions, licences, owners
from layers.fields import integer, number, text
from layers.model import Field, FieldKind, Geometry, Layer, Style, Text, Theme, UpdateFrequency

LAYER = Layer(
    id="benchmark-buildings",
    title=Text("性能測定用の建物", "Buildings of the benchmark"),
    description=Text("性能測定のために生成した建物。", "Buildings generated for the benchmark."),
    theme=Theme.BASE,
    geometry=Geometry.MULTIPOLYGON,
    fields=(
        text("building_code", "建物番号", "Building number", required=True),
        text("name", "名称", "Name"),
        text("district", "地区", "District"),
        text("usage", "用途", "Use"),
        text("structure", "構造", "Structure"),
        integer("storeys", "階数", "Storeys", minimum=1),
        number("height_m", "高さ", "Height", unit="m", minimum=0),
        number("floor_area_m2", "建築面積", "Building area", unit="m2", minimum=0),
        integer("built_year", "建築年", "Year built"),
        number("flood_depth_m", "想定浸水深", "Assumed flood depth", unit="m", minimum=0),
        text("address", "住所", "Address"),
        Field(name="surveyed_at", kind=FieldKind.DATETIME, title=Text("調査日時", "Surveyed at")),
    ),
    formats=(),
    style=Style(color="#5b3a8c", by="usage"),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.FACILITIES,
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
    time_field="surveyed_at",
)
