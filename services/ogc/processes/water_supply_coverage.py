"""water-supply-coverage: who has water for fire fighting within the distance of the standard, and who has none."""

from geo.travel.conditions import Conditions
from geo.water_supply.standard import DENSE_ZONES, NO_ZONE, OTHER_ZONES
from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.errors import UnanswerableError
from services.ogc.processes import _place
from services.ogc.processes._model import LANGUAGE, Context, Input, Process, Values
from services.ogc.processes._on_roads.provenance import REACH_M
from services.ogc.processes._planning import demand as demand_inputs
from services.ogc.processes._planning import documents
from services.ogc.processes._planning.basis import basis
from services.ogc.processes._planning.demand import MESH, DemandPoints, asked_demand
from services.ogc.processes._planning.outputs import Outputs, declared
from services.ogc.processes._planning.words import amount
from services.ogc.processes._water import files
from services.ogc.processes._water.analysis import analysed, check_sums
from services.ogc.processes._water.answer import SCHEMA, answer
from services.ogc.processes._water.classes import classed
from services.ogc.processes._water.covering import along_roads, in_straight_lines
from services.ogc.processes._water.places import SIDE, places_of
from services.ogc.processes._water.report import report
from services.ogc.processes._water.sources import INPUT, Water, asked_water

_PUMP = "pumper"


def run(inputs: Values, context: Context) -> Values:
    """The analysis, in the forms that are asked for."""
    context = context.speaking(inputs.get("language"))
    context.report(5, Text("水利と需要を読んでいます。", "Reading water and demand."))
    water = asked_water(inputs, context)
    points = asked_demand(inputs, context)
    places = places_of(points, inputs, context)
    context.check()
    context.report(30, Text("距離を求めています。", "Measuring distances."))
    now = _roads(context)
    model = context.roads.figures().figures.widths
    roadless: list[Text] = []
    if inputs["along_roads"]:
        both, off, sources_off = along_roads(places, water, context)
        roadless = _roadless(places.demand.sum(off), sources_off)
    else:
        both = in_straight_lines(points, places, water, context.spanning(30, 60))
    found = analysed(
        points,
        places,
        both,
        now,
        model,
        without_hydrants=inputs["without_hydrants"],
        further=inputs["further_cisterns"],
    )
    check_sums(found, points.demand)
    told = basis(
        PROCESS,
        inputs,
        now,
        context,
        read=_read(water, points, context),
        assumptions=_assumptions(points, is_along_roads=inputs["along_roads"]),
        notes=[*documents.notes_of_demand(points), *_notes(water, now), *roadless],
    )
    document = answer(found, points, places, water, inputs, told, context)
    return Outputs(
        answer=lambda: document,
        layer=lambda: files.layer(found, points, places, classed(found, points, places), document),
        table=lambda: files.table(found),
        report=lambda: report(points, classed(found, points, places), document, context),
    )


def _roads(context: Context) -> Conditions | None:
    """What a pump finds; None where no roads are known, which leaves the rest as it is."""
    try:
        return context.roads.conditions(_PUMP)
    except UnanswerableError:
        return None


def _read(water: Water, points: DemandPoints, context: Context) -> list[Layer]:
    towns = points.layer is None or points.layer.id == MESH
    found = [water.layer, points.layer, catalogue()[_place.TOWNS] if towns else None]
    return [each for each in found if each is not None and context.layers.state(each.id) is not None]


def _roadless(people: float, sources: int) -> list[Text]:
    said = []
    if people:
        much = amount(round(people))
        said.append(
            Text(
                f"{REACH_M:.0f}m以内に道路のない土地の需要が{much}あり、水利のないものに数える。",
                f"A demand of {much} has no road within {REACH_M:.0f} m and counts as having no water.",
            )
        )
    if sources:
        said.append(
            Text(
                f"{REACH_M:.0f}m以内に道路のない水利が{sources:,}あり、どこにも届かない。",
                f"{sources:,} sources have no road within {REACH_M:.0f} m and give water to nobody.",
            )
        )
    return said


_STRAIGHT = Text("距離は直線で、ホースの延長ではない。", "Distances are straight, not along a hose.")
_ALONG = Text(
    "距離は、土地の点から最も近い道までの直線、道に沿った距離（歩ける道。一方通行や一時の通行止めによらない）、道から水利までの"
    "直線の和である。基準の距離はふつう直線で測るので、基準より厳しい。次に置く所は直線の距離で探す。",
    "Distances are of a hose: straight from a point of the place to the nearest road, along roads that can be walked "
    "(one-way or closed for a time or not), and straight to the source. The standard is usually measured straight, so "
    "this asks for more. Further cisterns are looked for by straight lines.",
)


def _assumptions(points: DemandPoints, *, is_along_roads: bool) -> list[Text]:
    found = [
        _ALONG if is_along_roads else _STRAIGHT,
        Text(
            "消防水利の基準（昭和39年消防庁告示第7号）の距離による: 近隣商業・商業・工業・工業専用地域は100m、"
            "その他の用途地域と指定の"
            "ない所は120m（年間平均風速4m/s以上ではそれぞれ80m、100m）、市街地・準市街地の外は140m。"
            "分からない条件は、最も短い"
            "距離になるものとする。",
            "Distances are those of the standard (消防水利の基準, 1964): 100 m in dense zones, 120 m elsewhere in "
            "built-up "
            "areas (80 and 100 m where the mean wind is 4 m/s and over), 140 m outside. What is not known is taken "
            "as what asks for the least.",
        ),
        Text(
            "消火栓は管の口径150mm以上（75mm以上は条件つき）、貯水は40m3以上を基準とする。"
            "口径や容量の分からない水利は、基準を満たすか"
            "分からない。使用できないと分かるものだけを除く。",
            "A hydrant needs a main of 150 mm (from 75 mm on under conditions), standing water 40 m3. Of sources "
            "without "
            "such a figure it is not known whether they meet the standard. Only what is known to be out of use is "
            "left out.",
        ),
        Text(
            "消防活動困難区域は、ポンプ車の通れる幅員6m以上の道路から140mを超える所。幅員の多くは推定で、"
            "区間の両端で判断が分かれる所は"
            "「分からない」とする。",
            "Areas that are hard to fight fires in are more than 140 m from every road of 6 m that a pumper can use. "
            "Most "
            "widths are guesses: where the ends of their interval do not agree, it is not known.",
        ),
    ]
    if points.layer is not None and points.layer.id == MESH:
        found.append(
            Text(
                f"メッシュの人口は、区画を{SIDE}×{SIDE}に分けた各ますに等しくいるものとして数える。"
                "建物の位置ではない。",
                f"People of a cell are spread evenly over {SIDE} x {SIDE} squares of it; these are no buildings.",
            )
        )
    elif points.layer is not None:
        found.extend(documents.assumptions(points))
    return found


def _notes(water: Water, now: Conditions | None) -> list[Text]:
    found = []
    if water.unknown:
        found.append(
            Text(
                f"基準を満たすか分からない水利が{water.unknown:,}か所ある（口径、容量、管の網のいずれかが分からない）。",
                f"Of {water.unknown:,} sources it is not known whether they meet the standard: the main, its grid or "
                "the volume is not known.",
            )
        )
    if water.failing:
        found.append(
            Text(
                f"基準を満たさないか使用できない水利が{water.failing:,}か所ある。",
                f"{water.failing:,} sources do not meet the standard or cannot be used.",
            )
        )
    if water.without_position:
        found.append(
            Text(
                f"位置のない水利が{water.without_position:,}か所あり、含まない。",
                f"{water.without_position:,} sources without a position are left out.",
            )
        )
    if now is None:
        found.append(
            Text(
                "道路が読み込まれていないため、消防活動困難区域は分からない。",
                "No roads are loaded: areas that are hard to fight fires in are not known.",
            )
        )
    return found


PROCESS = Process(
    id="water-supply-coverage",
    version="1.1.0",
    title=Text("消防水利の充足", "Water supply coverage"),
    description=Text(
        "消防水利の基準の距離内に水利のある人・建物とない人・建物を、確かなものと分からないものに分けて、"
        "町別に答える。消火栓の"
        "使えない地震時、次に防火水槽を置くとよい所、消防活動困難区域も。",
        "Who has water for fire fighting within the distance of the national standard, who has none, and of whom it "
        "is not "
        "known, by town; with hydrants and without (earthquake); where further cisterns help most; and areas that "
        "hoses "
        "do not reach.",
    ),
    keywords=("消防水利", "防火水槽", "消防活動困難区域", "hydrant", "fire water"),
    inputs={
        "sources": INPUT,
        **demand_inputs.INPUTS,
        "built_up": Input(
            title=Text("市街地", "Built-up"),
            description=Text(
                "市街地または準市街地か。需要の属性built_upが優先する。省略すると不明（最も短い距離）。",
                "Whether it is a built-up area; the property built_up of a given place comes first. Unknown where "
                "left out.",
            ),
            schema={"type": "boolean"},
            required=False,
        ),
        "zone": Input(
            title=Text("用途地域", "Zone"),
            description=Text(
                "用途地域の名称。需要の属性zoneが優先する。省略すると不明（最も短い距離）。",
                "用途地域 by its name in law; the property zone of a given place comes first. Unknown where left out.",
            ),
            schema={"type": "string", "enum": [*sorted(DENSE_ZONES), *sorted(OTHER_ZONES), NO_ZONE]},
            required=False,
        ),
        "wind_m_s": Input(
            title=Text("年間平均風速", "Mean wind"),
            description=Text("m/s。省略すると不明（短い距離）。", "In m/s over the year; unknown where left out."),
            schema={"type": "number", "minimum": 0, "maximum": 50},
            required=False,
        ),
        "without_hydrants": Input(
            title=Text("消火栓なし", "Without hydrants"),
            description=Text(
                "町の表と次に置く所を、断水して消火栓の使えないときについて答える。",
                "Tables of towns and further cisterns are of when the mains have failed.",
            ),
            schema={"type": "boolean", "default": False},
            required=False,
        ),
        "along_roads": Input(
            title=Text("道路に沿って", "Along roads"),
            description=Text(
                "直線ではなく、ホースのように道路に沿った距離で判断する。",
                "Distances are along roads, as a hose is laid, and not straight.",
            ),
            schema={"type": "boolean", "default": False},
            required=False,
        ),
        "further_cisterns": Input(
            title=Text("次に置く数", "Further cisterns"),
            description=Text("次に防火水槽を置くとよい所の数。", "For how many further cisterns sites are looked for."),
            schema={"type": "integer", "minimum": 0, "maximum": 50, "default": 5},
            required=False,
        ),
        "language": LANGUAGE,
    },
    outputs=declared(
        SCHEMA,
        answer=Text("一文、表、前提、出典。", "One sentence, tables, assumptions, sources."),
        layer=Text(
            "需要の点または区画ごとの、水利のある土地の割合（GeoJSON）。",
            "Every point or cell of demand, with the share of its ground that has water (GeoJSON).",
        ),
        table=Text("すべての町のCSV。", "All towns, as CSV."),
    ),
    run=run,
    examples=(
        {"wind_m_s": 2.5},
        {"without_hydrants": True, "further_cisterns": 10},
        {"along_roads": True, "wind_m_s": 2.5},
    ),
)
