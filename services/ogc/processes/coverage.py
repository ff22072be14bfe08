"""coverage: who is reached in time from some facilities, who is not, and what is lost when one fails."""

from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.processes import _place
from services.ogc.processes._coverage import files
from services.ogc.processes._coverage.analysis import analysed, check_sums
from services.ogc.processes._coverage.answer import SCHEMA, answer, off_the_network, reason_text
from services.ogc.processes._coverage.report import report
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values
from services.ogc.processes._on_roads.provenance import PROFILE, REACH_M
from services.ogc.processes._planning import cutting, times, writing
from services.ogc.processes._planning import demand as demand_inputs
from services.ogc.processes._planning.basis import basis
from services.ogc.processes._planning.cutting import Cut, asked_cut
from services.ogc.processes._planning.demand import MESH, DemandPoints, asked_demand
from services.ogc.processes._planning.facilities import WHERE, Facilities, asked_facilities, facilities_input
from services.ogc.processes._planning.outputs import Outputs
from services.ogc.processes._planning.times import Between, between, conditions_of
from services.ogc.processes._planning.words import amount

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
    found = between(inputs, now, (facilities.lon, facilities.lat), (points.lon, points.lat), context)
    context.check()
    cut, cut_times = None, None
    if now is not None:
        cut = asked_cut(inputs, now, context)
        if cut is not None and found.under is not None:
            context.report(60, Text("断たれた道路での時間を求めています。", "Finding the times on the roads left."))
            cut_times = found.under(cut.now)
    context.report(80, Text("集計しています。", "Summing up."))
    units = [inputs["units"] if each.units is None else each.units for each in facilities.each]
    limits = list(dict.fromkeys(inputs["limits_s"]))
    coverage = analysed(points, found.times_s, units, limits, inputs["second_limit_s"], cut_times)
    check_sums(coverage, points.demand)
    told = basis(
        PROCESS,
        inputs,
        found,
        context,
        read=_read(facilities, points, cut, context),
        assumptions=_assumptions(points, inputs),
        notes=[*_notes(points, found, units), *facilities.notes()],
    )
    document = answer(coverage, facilities, units, points, found, cut, told, context)
    return Outputs(
        answer=lambda: document,
        layer=lambda: files.layer(coverage, facilities, points, document),
        table=lambda: files.table(coverage, points),
        report=lambda: report(coverage, facilities, points, document, context),
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


def _assumptions(points: DemandPoints, inputs: Values) -> list[Text]:
    found = [
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
    if points.layer is not None and points.layer.id == MESH:
        found.append(
            Text(
                "人口は住んでいる場所で、区画の人は皆その中心にいるものとして数える。町は、区画の中心に最も近い町の代表点による。",
                "People are counted where they live, all of a cell at its centre. The town is the one whose point is "
                "nearest to that centre.",
            )
        )
    elif points.layer is not None:
        found.append(
            Text("町の人は皆その代表点にいるものとして数える。", "All people of a town are counted at its point.")
        )
    return found


def _notes(points: DemandPoints, found: Between, units: list[int]) -> list[Text]:
    """What is not as it should be, counted."""
    demand, said = points.demand, []
    for each in demand.exclusions():
        why = reason_text(each.reason)
        said.append(
            Text(
                f"{each.points:,}点の需要を除外した（{why.ja}）。分かっている数は{amount(each.demand)}、"
                f"数の分からない点は{each.unknown:,}。",
                f"{each.points:,} points are excluded ({why.en}): {amount(each.demand)} are known of them, and "
                f"{each.unknown:,} have no number.",
            )
        )
    if points.beyond[0]:
        said.append(
            Text(
                f"範囲にかかるが、点（区画の中心）が範囲の外にあるものが{points.beyond[0]:,}（{amount(points.beyond[1])}）あり、"
                "数えない。",
                f"{points.beyond[0]:,} ({amount(points.beyond[1])}) meet the area with their point (the centre of a "
                "cell) outside, and are not counted.",
            )
        )
    if demand.empty_points:
        said.append(
            Text(f"需要が0の点が{demand.empty_points:,}ある。", f"{demand.empty_points:,} points have a demand of 0.")
        )
    if points.without_ages:
        said.append(
            Text(
                f"年齢の一部または全部が公表されていない点が{points.without_ages:,}ある。その人は「年齢区分なし」に数える。",
                f"Of {points.without_ages:,} points some or all ages are not published: these people count as of an "
                "age not stated.",
            )
        )
    off, people = off_the_network(demand, found)
    if off:
        said.append(
            Text(
                f"{REACH_M:.0f}m以内にその車両の通れる道路がない点が{off:,}（{amount(people)}）あり、届かないものに数える。",
                f"{off:,} points ({amount(people)}) have no road for the vehicle within {REACH_M:.0f} m and count as "
                "not reached.",
            )
        )
    if found.facilities_off.any():
        number = int(found.facilities_off.sum())
        said.append(
            Text(
                f"{REACH_M:.0f}m以内に道路のない施設が{number}か所あり、どこにも届かない。",
                f"{number} facilities have no road within {REACH_M:.0f} m and reach nobody.",
            )
        )
    if found.moved:
        said.append(
            Text(
                f"最も近い道路がほかとつながっていないため、つながる道路に置いた所が{found.moved:,}ある。",
                f"{found.moved:,} places were put on a farther road, as the nearest one leads nowhere.",
            )
        )
    if any(not each for each in units):
        said.append(Text(f"隊を出さない施設が{units.count(0)}か所ある。", f"{units.count(0)} facilities send no unit."))
    return said


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
    outputs={
        "answer": Output(
            title=Text("答え", "Answer"),
            description=Text("一文、表、前提、出典。", "One sentence, tables, assumptions, sources."),
            schema=SCHEMA,
        ),
        "layer": Output(
            title=Text("地図のレイヤー", "Layer"),
            description=Text(
                "需要の点または区画ごとの到達時間（GeoJSON）。",
                "Every point or cell of demand, with when it is reached (GeoJSON).",
            ),
            schema={"type": "string", "contentMediaType": writing.GEOJSON},
            media_type=writing.GEOJSON,
        ),
        "table": Output(
            title=Text("町の表", "Table of towns"),
            description=Text("すべての町のCSV。", "All towns, as CSV."),
            schema={"type": "string", "contentMediaType": writing.CSV},
            media_type=writing.CSV,
        ),
        "report": Output(
            title=Text("報告書", "Report"),
            description=Text(
                "A4で印刷する、ほかに何も要らないHTML。", "A page of HTML to be printed on A4 that needs nothing else."
            ),
            schema={"type": "string", "contentMediaType": writing.HTML},
            media_type=writing.HTML,
        ),
    },
    run=run,
    examples=(
        {"facilities": "fire-stations", "limits_s": [270, 480]},
        {"facilities": "fire-stations", "hazard": "hazard-flood"},
    ),
)
