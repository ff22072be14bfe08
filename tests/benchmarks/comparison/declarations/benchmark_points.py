"""Facilities of a made-up city, as points; of the benchmarks only."""

from layers import attributions, licences, owners
from layers.fields import integer, number, text
from layers.model import Field, FieldKind, Geometry, Layer, Style, Text, Theme, UpdateFrequency

LAYER = Layer(
    id="benchmark-points",
    title=Text("性能測定用の点", "Points of the benchmark"),
    description=Text("性能測定のために生成した施設。", "Facilities generated for the benchmark."),
    theme=Theme.BASE,
    geometry=Geometry.POINT,
    fields=(
        text("name", "名称", "Name", required=True),
        text("category", "種別", "Category"),
        text("status", "状態", "Status"),
        integer("capacity", "収容人数", "Capacity", minimum=0),
        number("value", "観測値", "Value"),
        text("address", "住所", "Address"),
        Field(name="observed_at", kind=FieldKind.DATETIME, title=Text("観測日時", "Observed at")),
    ),
    formats=(),
    style=Style(color="#005ea2", by="category"),
    licence=licences.PDL_1_0,
    attribution=attributions.CITY,
    owner=owners.FACILITIES,
    update_frequency=UpdateFrequency.AS_NEEDED,
    title_field="name",
    time_field="observed_at",
)
