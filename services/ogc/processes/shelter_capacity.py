"""shelter-capacity: whether the sites for a hazard hold the people of its zones, who is left, and for what none is."""

from layers import emergency_sites
from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._model import LANGUAGE, Context, Input, Process, Values
from services.ogc.processes._planning import demand as demand_inputs
from services.ogc.processes._planning import documents
from services.ogc.processes._planning.basis import basis
from services.ogc.processes._planning.demand import MESH, DemandPoints, asked_demand
from services.ogc.processes._planning.outputs import Outputs, declared, file
from services.ogc.processes._planning.writing import GEOJSON
from services.ogc.processes._sheltering import files, people, sites, walks, words
from services.ogc.processes._sheltering.analysis import analysed, check_sums
from services.ogc.processes._sheltering.answer import SCHEMA, answer
from services.ogc.processes._sheltering.classes import classed
from services.ogc.processes._sheltering.people import InZones, people_in_zones
from services.ogc.processes._sheltering.report import report
from services.ogc.processes._sheltering.sites import Sites, asked_sites
from services.ogc.processes._sheltering.walks import Walks

GUIDELINE_M2, USUAL_M2 = 3.5, 2.0


def run(inputs: Values, context: Context) -> Values:
    """The analysis, in the forms that are asked for."""
    context = context.speaking(inputs.get("language"))
    now = walks.conditions(inputs, context)
    context.report(5, Text("人口と区域を読んでいます。", "Reading people and zones."))
    points = asked_demand(inputs, context)
    inside = people_in_zones(points, inputs, context)
    found_sites = asked_sites(inputs, inside, context)
    context.report(45, Text("歩く時間を求めています。", "Finding the walks."))
    walked = walks.walks(inputs, now, inside, found_sites, context.spanning(45, 60))
    standards = list(dict.fromkeys(inputs["m2_per_person"]))
    scaled = inputs.get("capacity_m2_per_person")
    found = analysed(points, inside, found_sites, walked.pairs, inputs["reach_s"], standards, scaled, context)
    check_sums(found, points)
    told = basis(
        PROCESS,
        inputs,
        walked.now,
        context,
        read=_read(points, inside, found_sites, context),
        assumptions=words.assumptions(found_sites, walked, scaled),
        notes=[
            *documents.notes_of_demand(points),
            *_on_roads(walked, inside),
            *words.notes(found_sites, inside, found),
        ],
    )
    document = answer(found, points, inside, found_sites, walked, told, context)
    return Outputs(
        answer=lambda: document,
        layer=lambda: files.layer(found, points, inside, classed(found, points, inside), document),
        sites=lambda: files.sites_layer(document),
        table=lambda: files.table(found),
        report=lambda: report(points, inside, classed(found, points, inside), document, context),
    )


def _read(points: DemandPoints, inside: InZones, found: Sites, context: Context) -> list[Layer]:
    """The layers that were read beside those of the roads."""
    towns = points.layer is None or points.layer.id == MESH
    read = [
        inside.zones.layer,
        points.layer,
        found.facilities.layer,
        emergency_sites.LAYER,
        catalogue()[_place.TOWNS] if towns else None,
    ]
    every = {each.id: each for each in read if each is not None}
    return [each for each in every.values() if context.layers.state(each.id) is not None]


def _on_roads(walked: Walks, inside: InZones) -> list[Text]:
    if walked.placed is None:
        return []
    off = walked.placed.points_off
    return documents.notes_of_places(walked.placed, int(off.sum()), float(inside.people.inside[inside.rows][off].sum()))


PROCESS = Process(
    id="shelter-capacity",
    version="1.0.0",
    title=Text("避難先の収容力", "Shelter capacity"),
    description=Text(
        "災害の区域内の人が、歩いて行ける避難先に入れるかを答える。1人あたりの面積ごとに、収容力の範囲で最もよく割り当てたとき入れる人、"
        "あふれる人、遠すぎる人を町別に、満員になる避難先、災害の種類ごとの指定の空白も。区域内か分からない人、収容力の分からない避難先は別に"
        "数える。",
        "Whether the people in a hazard's zones find room at the sites for it within walking reach: by area for each "
        "person, of the best assignment that keeps to the room there is, who has a place, who overflows and who is too "
        "far, by town; which sites are full; and for which hazards no site is designated. People of whom it is not "
        "known whether they are in the zones, and sites of unknown room, are counted apart.",
    ),
    keywords=("避難所", "収容人数", "指定緊急避難場所", "shelter", "capacity"),
    inputs={
        **people.INPUTS,
        **sites.INPUTS,
        **demand_inputs.INPUTS,
        "m2_per_person": Input(
            title=Text("1人あたりの面積", "Area for each person"),
            description=Text(
                f"m2。最初の値が表と地図の基準になる。初めの値は、{GUIDELINE_M2}（避難所運営等避難生活支援のためのガイドライン、"
                f"2024年12月、スフィア基準）と{USUAL_M2}（従来よく使われた値）。",
                "Square metres. Tables and the layer are by the first. "
                f"{GUIDELINE_M2} is that of the national guideline of December 2024 after the Sphere standard, "
                f"{USUAL_M2} what was usual before.",
            ),
            schema={
                "type": "array",
                "minItems": 1,
                "maxItems": 5,
                "items": {"type": "number", "minimum": 0.1, "maximum": 100},
                "default": [GUIDELINE_M2, USUAL_M2],
            },
            required=False,
        ),
        "capacity_m2_per_person": Input(
            title=Text("公表された収容人数の基準", "Standard of published capacities"),
            description=Text(
                "公表された収容人数が1人何m2によるか。分かれば換算し、省略するとそのまま使う。",
                "Square metres for each person that published capacities rest on: then they are scaled. Where left out "
                "they are taken as they are.",
            ),
            schema={"type": "number", "minimum": 0.1, "maximum": 100},
            required=False,
        ),
        **walks.INPUTS,
        "language": LANGUAGE,
    },
    outputs=declared(
        SCHEMA,
        answer=Text("一文、表、前提、出典。", "One sentence, tables, assumptions, sources."),
        layer=Text(
            "需要の点または区画ごとの、区域内の人とその行き先（GeoJSON）。",
            "Every point or cell of demand, with its people in the zones and what becomes of them (GeoJSON).",
        ),
        sites=file(
            Text("避難先のレイヤー", "Layer of sites"),
            Text(
                "避難先ごとの収容力と割り当てた人（GeoJSON）。",
                "Every site with its room and who is assigned to it (GeoJSON).",
            ),
            GEOJSON,
        ),
        table=Text("すべての町のCSV。", "All towns, as CSV."),
    ),
    run=run,
    examples=(
        {"hazard": "hazard-flood", "area_where_unknown_m2": 500},
        {"hazard": "hazard-tsunami", "reach_s": 900, "pace_mps": 0.5},
    ),
)
