"""facility-location: where facilities should be, proven best or with the gap, and who gains and loses by it."""

from dataclasses import replace

from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._location import files
from services.ogc.processes._location import models as model_inputs
from services.ogc.processes._location import sites as site_inputs
from services.ogc.processes._location.analysis import check_sums, located
from services.ogc.processes._location.answer import SCHEMA, answer
from services.ogc.processes._location.classes import classed
from services.ogc.processes._location.models import Model, check
from services.ogc.processes._location.reaching import Question, placed, reaching
from services.ogc.processes._location.report import report
from services.ogc.processes._location.sites import AT_DEMAND, Sites, asked_sites
from services.ogc.processes._model import LANGUAGE, Context, Process, Values
from services.ogc.processes._on_roads.provenance import PROFILE
from services.ogc.processes._planning import demand as demand_inputs
from services.ogc.processes._planning import documents, times, writing
from services.ogc.processes._planning.basis import basis, of_times
from services.ogc.processes._planning.demand import MESH, DemandPoints, asked_demand
from services.ogc.processes._planning.facilities import WHERE
from services.ogc.processes._planning.outputs import Outputs, declared, file
from services.ogc.processes._planning.times import conditions_of


def run(inputs: Values, context: Context) -> Values:
    """The plans, in the forms that are asked for."""
    context = context.speaking(inputs.get("language"))
    now = conditions_of(inputs, context)
    context.report(5, Text("候補地と需要を読んでいます。", "Reading sites and demand."))
    points = asked_demand(inputs, context)
    sites = asked_sites(inputs, points, context)
    model = check(inputs, has_capacity=sites.capacity is not None)
    context.report(15, Text("時間を求めています。", "Finding the times."))
    asked = Question(model, sites, inputs)
    found = placed(asked, now, points, context.spanning(15, 40))
    context.check()
    apart = 0
    if inputs["candidates"] == AT_DEMAND:
        sites, apart = sites.without(found.placed.facilities_apart)
        asked = replace(asked, sites=sites)
    plans = located(sites, points, reaching(asked, now, found), model, inputs, context)
    check_sums(plans, points.demand)
    told = basis(
        PROCESS,
        inputs,
        now,
        context,
        read=_read(sites, points, context),
        assumptions=[*of_times(inputs, now), *_assumptions(model, inputs, sites), *documents.assumptions(points)],
        notes=[
            *documents.notes(points, found.placed),
            *(note for each in (sites.existing, sites.candidates) if each is not None for note in each.notes()),
            *_unreached(plans.unserved_by_all, apart),
        ],
    )
    document = answer(plans, sites, points, found.placed, told, context)
    return Outputs(
        answer=lambda: document,
        layer=lambda: files.layer(plans, sites, points, classed(plans, points), document),
        sites=lambda: files.sites_layer(plans, sites, points, document),
        table=lambda: files.table(plans),
        report=lambda: report(plans, sites, points, classed(plans, points), document, context),
    )


def _read(sites: Sites, points: DemandPoints, context: Context) -> list[Layer]:
    towns = points.layer is None or points.layer.id == MESH
    found = [
        None if sites.existing is None else sites.existing.layer,
        None if sites.candidates is None else sites.candidates.layer,
        points.layer,
        catalogue()[_place.TOWNS] if towns else None,
    ]
    kept = {each.id: each for each in found if each is not None and context.layers.state(each.id) is not None}
    return list(kept.values())


def _assumptions(model: Model, inputs: Values, sites: Sites) -> list[Text]:
    found = [
        Text(
            "「届く」は、所要時間が基準の秒数以下であることをいう（ちょうどを含む）。候補地には、置けるかどうか（用地、法令、"
            "費用）を考えていない。",
            "Reached means a time of at most the limit, inclusive. Whether a candidate can be built on (land, law, "
            "cost) is not considered.",
        ),
        Text(
            "どの候補地からも道のない需要は、どのモデルにも入らない（届かないものに数える）。",
            "Demand to which there is a way from no site is in no model, and counts as not reached.",
        ),
    ]
    if sites.capacity is not None:
        found.append(
            Text(
                "届くかどうか（新たに届く、届かなくなる）は時間だけで決め、定員の中で受け持てる数は別に示す。今ある施設が"
                "受け持てる数は、時間の中でできるだけ多く受け持つときのものである。",
                "Who is reached, gains or loses is a matter of time alone; for how many there is room is told beside. "
                "For how many there is room today is where today's facilities serve as many in time as they can.",
            )
        )
    if model is Model.MEXCLP:
        busy = inputs["busy_fraction"]
        found.append(
            Text(
                f"隊はそれぞれ{busy:.0%}の時間、互いに独立に出動中であるとする。",
                f"Each unit is busy for {busy:.0%} of the time, independently of the others.",
            )
        )
    return found


def _unreached(weight: float, apart: int) -> list[Text]:
    found = []
    if weight:
        found.append(
            Text(
                f"どの候補地からも道のない需要が{weight:,.0f}ある。",
                f"To {weight:,.0f} of the demand there is a way from no site.",
            )
        )
    if apart:
        found.append(
            Text(
                f"ほかとつながらない道路に面した{apart}点は、候補地にしない。",
                f"{apart} points on roads that lead nowhere else are no candidates.",
            )
        )
    return found


PROCESS = Process(
    id="facility-location",
    version="1.0.0",
    title=Text("施設の配置", "Facility location"),
    description=Text(
        "候補地のどこに施設を置くとよいかを、道路に沿った所要時間で答える。最適であることの証明、または最適との差の上限を添える。"
        "今ある施設、必ず置く・置けない候補地、移転、定員を考え、施設の数の違う案を比べ、町ごとに得るものと失うものを示す。",
        "Where facilities should be, by travel times along the roads: proven optimal, or with a bound on how far from "
        "it. With existing, required and forbidden sites, relocations and capacities; plans of several sizes compared, "
        "and who gains and who loses by town.",
    ),
    keywords=("最適配置", "署所", "facility location", "MCLP", "p-median"),
    inputs={
        **{name: each for name, each in site_inputs.INPUTS.items() if name == "facilities"},
        "where": WHERE,
        **{name: each for name, each in site_inputs.INPUTS.items() if name != "facilities"},
        **model_inputs.INPUTS,
        **demand_inputs.INPUTS,
        "profile": PROFILE,
        **times.INPUTS,
        "language": LANGUAGE,
    },
    outputs=declared(
        SCHEMA,
        answer=Text("一文、案、前提、出典。", "One sentence, plans, assumptions, sources."),
        layer=Text(
            "最初の案での、需要の点または区画ごとの到達時間と、今との違い（GeoJSON）。",
            "Of the first plan every point or cell of demand, with when it is reached then and today (GeoJSON).",
        ),
        sites=file(
            Text("施設のレイヤー", "Sites"),
            Text("すべての案の施設（GeoJSON）。", "The sites of every plan (GeoJSON)."),
            writing.GEOJSON,
        ),
        table=Text("最初の案で町ごとに得るものと失うもの（CSV）。", "What each town gains and loses, as CSV."),
    ),
    run=run,
    most_waiting=10,
    examples=(
        {"facilities": "fire-stations", "candidates": "public-facilities", "sites": 9, "compare": [10]},
        {"facilities": "none", "candidates": "public-facilities", "model": "p-center", "sites": 8},
    ),
)
