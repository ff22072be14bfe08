"""coverage: who is reached in time from some facilities, who is not, and what is lost when one fails."""

from collections.abc import Sequence

import numpy as np

from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._coverage import files
from services.ogc.processes._coverage.analysis import analysed, check_sums
from services.ogc.processes._coverage.answer import SCHEMA, answer
from services.ogc.processes._coverage.classes import classed
from services.ogc.processes._coverage.reaching import reaching
from services.ogc.processes._coverage.report import report
from services.ogc.processes._model import LANGUAGE, Context, Input, Process, Values
from services.ogc.processes._on_roads.provenance import PROFILE
from services.ogc.processes._planning import cutting, documents, times
from services.ogc.processes._planning import demand as demand_inputs
from services.ogc.processes._planning.basis import basis, of_times
from services.ogc.processes._planning.cutting import Cut, asked_cut
from services.ogc.processes._planning.demand import MESH, DemandPoints, asked_demand
from services.ogc.processes._planning.facilities import WHERE, Facilities, asked_facilities, facilities_input
from services.ogc.processes._planning.outputs import Outputs, declared
from services.ogc.processes._planning.times import conditions_of

PUMP_S = 270
"""4.5 minutes: the travel time that 消防力の整備指針 (平成12年消防庁告示1号) reckons with until the pump is there."""


def run(inputs: Values, context: Context) -> Values:
    """The analysis, in the forms that are asked for."""
    context = context.speaking(inputs.get("language"))
    now = conditions_of(inputs, context)
    context.report(10, Text("施設と需要を読んでいます。", "Reading facilities and demand."))
    facilities = asked_facilities(inputs, context)
    points = asked_demand(inputs, context)
    context.report(30, Text("時間を求めています。", "Finding the times."))
    units = [inputs["units"] if each.units is None else each.units for each in facilities.each]
    limits = list(dict.fromkeys(inputs["limits_s"]))
    found = reaching(inputs, now, facilities, points, np.asarray(units, np.int64), limits[0], context.spanning(30, 60))
    context.check()
    cut, cut_reach = None, None
    if now is not None:
        cut = asked_cut(inputs, now, context)
        if cut is not None and found.under is not None:
            context.report(60, Text("断たれた道路での時間を求めています。", "Finding the times on the roads left."))
            cut_reach = found.under(cut.now)
    context.report(80, Text("集計しています。", "Summing up."))
    coverage = analysed(points, found.reach, limits, inputs["second_limit_s"], cut_reach)
    check_sums(coverage, points.demand)
    told = basis(
        PROCESS,
        inputs,
        now,
        context,
        read=_read(facilities, points, cut, context),
        assumptions=[
            *of_times(inputs, now),
            *_assumptions(inputs),
            *documents.assumptions(points),
            *([] if cut is None else cut.assumptions),
        ],
        notes=[
            *documents.notes(points, found.placed),
            *_idle(units),
            *facilities.notes(),
            *([] if cut is None else cut.notes),
        ],
    )
    document = answer(coverage, facilities, units, points, found.placed, cut, told, context)
    return Outputs(
        answer=lambda: document,
        layer=lambda: files.layer(coverage, facilities, points, classed(coverage, points), document),
        table=lambda: files.table(coverage, points),
        report=lambda: report(coverage, facilities, points, classed(coverage, points), document, context),
    )


def _read(facilities: Facilities, points: DemandPoints, cut: Cut | None, context: Context) -> list[Layer]:
    """The layers that were read beside those of the roads."""
    towns = points.layer is None or points.layer.id == MESH
    found = [
        facilities.layer,
        points.layer,
        catalogue()[_place.TOWNS] if towns else None,
        None if cut is None else cut.layer,
    ]
    return [each for each in found if each is not None and context.layers.state(each.id) is not None]


def _assumptions(inputs: Values) -> list[Text]:
    return [
        Text(
            "「届く」は、所要時間が基準の秒数以下であることをいう（ちょうどを含む）。届かない、または道のない需要も割合の分母に"
            "含み、除外した需要は含まない。",
            "Reached means a time of at most the limit, inclusive. What is not reached, or has no way, is part of what "
            "shares are of; what is excluded is not.",
        ),
        Text(
            f"数を示さない施設は{inputs['units']}隊を出す。2隊目は、2隊以上を出す施設が最も近ければ同じ施設から、そうでなければ"
            "次に近い施設から来る。いずれも出動中でないものとする。",
            f"Facilities send {inputs['units']} unit(s) where no number is given. The second comes from the nearest "
            "facility where that sends two, else from the next. None is out at another incident.",
        ),
    ]


def _idle(units: Sequence[int]) -> list[Text]:
    idle = sum(not each for each in units)
    if not idle:
        return []
    return [Text(f"隊を出さない施設が{idle}か所ある。", f"{idle} facilities send no unit.")]


PROCESS = Process(
    id="coverage",
    version="1.0.0",
    title=Text("到達の充足", "Coverage"),
    description=Text(
        "施設から基準の時間内に届く人と届かない人を、町別・年齢別に答える。到達時間の50・90・95パーセンタイル、2隊目の到着、"
        "重なり、施設が1つ失われたとき、災害で道路が断たれたときに届かなくなる人も。",
        "Who is reached from some facilities in time and who is not, by town and age: with percentiles of "
        "time, second arrivals, overlap, and what is lost when one facility fails or a hazard cuts roads.",
    ),
    keywords=("充足率", "到達", "消防力", "coverage", "response time"),
    inputs={
        "facilities": facilities_input(
            Text(
                "施設のレイヤーのid（fire-stationsでは隊のある署所）、またはGeoJSONのFeatureCollection。後者は属性nameとunits"
                "（出す隊の数）も読む。",
                "Id of a layer of facilities (of fire-stations those with crews), or a GeoJSON FeatureCollection, of "
                "which the properties name and units (how many it sends) are read too.",
            )
        ),
        "where": WHERE,
        **demand_inputs.INPUTS,
        "limits_s": Input(
            title=Text("基準の時間", "Limits"),
            description=Text(
                f"秒（ちょうどを含む）。最初の値が表と一文の基準になる。初めの値{PUMP_S}は消防力の整備指針の走行4.5分。",
                f"Seconds, inclusive. Tables and the sentence are by the first. {PUMP_S} are the 4.5 minutes of travel "
                "that the national standard of fire services reckons with.",
            ),
            schema={
                "type": "array",
                "minItems": 1,
                "maxItems": 10,
                "items": {"type": "number", "minimum": 0, "maximum": 86_400},
                "default": [PUMP_S],
            },
            required=False,
        ),
        "second_limit_s": Input(
            title=Text("2隊目の基準", "Limit of the second"),
            description=Text("2隊目の到着の秒数。", "Seconds until the second unit arrives."),
            schema={"type": "number", "minimum": 0, "maximum": 86_400, "default": PUMP_S},
            required=False,
        ),
        "units": Input(
            title=Text("隊の数", "Units"),
            description=Text(
                "数を示さない施設それぞれが出す隊の数。", "How many each facility sends of which nothing else is said."
            ),
            schema={"type": "integer", "minimum": 0, "maximum": 100, "default": 1},
            required=False,
        ),
        "profile": PROFILE,
        **times.INPUTS,
        **cutting.INPUTS,
        "language": LANGUAGE,
    },
    outputs=declared(
        SCHEMA,
        answer=Text("一文、表、前提、出典。", "One sentence, tables, assumptions, sources."),
        layer=Text(
            "需要の点または区画ごとの到達時間（GeoJSON）。",
            "Every point or cell of demand, with when it is reached (GeoJSON).",
        ),
        table=Text("すべての町のCSV。", "All towns, as CSV."),
    ),
    run=run,
    examples=(
        {"facilities": "fire-stations", "limits_s": [270, 480]},
        {"facilities": "fire-stations", "hazard": "hazard-flood"},
    ),
)
