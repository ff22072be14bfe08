"""accessibility: how much of what hospitals, clinics or AEDs offer there is for people, shared with all in reach."""

from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._accessibility import files, supply, weights, words
from services.ogc.processes._accessibility.analysis import analysed, check_sums
from services.ogc.processes._accessibility.answer import SCHEMA, answer
from services.ogc.processes._accessibility.classes import classed
from services.ogc.processes._accessibility.report import report
from services.ogc.processes._accessibility.supply import Supplies, asked_supplies
from services.ogc.processes._accessibility.weights import asked_profile, asked_weights
from services.ogc.processes._model import LANGUAGE, Context, Process, Values
from services.ogc.processes._planning import demand as demand_inputs
from services.ogc.processes._planning import documents, times
from services.ogc.processes._planning.basis import basis, of_places
from services.ogc.processes._planning.demand import MESH, DemandPoints, asked_demand
from services.ogc.processes._planning.outputs import Outputs, declared
from services.ogc.processes._planning.times import conditions_of
from services.ogc.processes._planning.ways import ways


def run(inputs: Values, context: Context) -> Values:
    """The analysis, in the forms that are asked for."""
    context = context.speaking(inputs.get("language"))
    profile, asked = asked_profile(inputs), asked_weights(inputs)
    travel = {
        "profile": profile,
        "direction": "to-facilities",
        "straight_line_kph": inputs.get("straight_line_kph"),
    }
    now = conditions_of(travel, context)
    context.report(10, Text("施設と需要を読んでいます。", "Reading facilities and demand."))
    supplies = asked_supplies(inputs, context)
    points = asked_demand(inputs, context)
    context.report(30, Text("時間を求めています。", "Finding the times."))
    places = supplies.facilities
    moments = inputs["moments"] or [None]
    found_ways = ways(travel, now, (places.lon, places.lat), (points.lon, points.lat), context.spanning(30, 70))
    placed = found_ways.placed
    pairs = found_ways.pairs(now, asked.reach_s, supplies.may_offer(moments[0]))
    context.check()
    context.report(70, Text("集計しています。", "Summing up."))
    found = analysed(points, supplies, pairs, asked, moments)
    check_sums(found, points.demand)
    told = basis(
        PROCESS,
        inputs,
        now,
        context,
        read=_read(supplies, points, context),
        assumptions=[*of_places(now), *words.assumptions(asked), *documents.assumptions(points)],
        notes=[*documents.notes(points, placed), *words.notes(found, supplies)],
    )
    document = answer(found, supplies, asked, points, placed, profile, told, context)
    return Outputs(
        answer=lambda: document,
        layer=lambda: files.layer(found, points, classed(found, points), document),
        table=lambda: files.table(found),
        report=lambda: report(supplies, asked, points, classed(found, points), document, context),
    )


def _read(supplies: Supplies, points: DemandPoints, context: Context) -> list[Layer]:
    """The layers that were read beside those of the roads."""
    towns = points.layer is None or points.layer.id == MESH
    read = [supplies.facilities.layer, points.layer, catalogue()[_place.TOWNS] if towns else None]
    return [each for each in read if each is not None and context.layers.state(each.id) is not None]


PROCESS = Process(
    id="accessibility",
    version="1.0.0",
    title=Text("医療・AEDへの近づきやすさ", "Accessibility of care"),
    description=Text(
        "病院・診療所の病床やAEDなどの供給を、時間内に行ける人が分け合うとしたとき、各地点の人がどれだけ使えるかを答える（2SFCA、E2SFCA）。"
        "町別、開いている日時別に、偏り（ジニ係数）と、届かない人、開いているか分からない施設にしか届かない人も。",
        "How much of what hospitals, clinics or AEDs offer there is for the people of each place, shared with all who "
        "reach it (2SFCA, E2SFCA): by town and by moment of the week, how unevenly (Gini coefficient), who reaches "
        "none, and who reaches only such of which it is not known whether they are open.",
    ),
    keywords=("医療", "AED", "アクセシビリティ", "2SFCA", "E2SFCA"),
    inputs={
        **supply.INPUTS,
        **demand_inputs.INPUTS,
        **weights.INPUTS,
        "straight_line_kph": times.INPUTS["straight_line_kph"],
        "language": LANGUAGE,
    },
    outputs=declared(
        SCHEMA,
        answer=Text("一文、表、前提、出典。", "One sentence, tables, assumptions, sources."),
        layer=Text(
            "需要の点または区画ごとの、1,000人あたりの供給（GeoJSON）。",
            "Every point or cell of demand, with the supply for 1,000 people (GeoJSON).",
        ),
        table=Text("すべての町のCSV。", "All towns, as CSV."),
    ),
    run=run,
    examples=(
        {"facilities": "medical-facilities", "where": {"kind": "hospital"}},
        {"facilities": "aeds", "moments": ["mon 10:00", "sun 03:00"]},
    ),
)
