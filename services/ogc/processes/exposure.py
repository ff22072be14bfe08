"""exposure: who lives and what stands in the areas of a hazard."""

from collections.abc import Mapping, Sequence
from typing import Any

from geo.privacy import DEFAULT_K, FLOOR_K
from layers.catalogue import catalogue
from layers.model import CodeList, Text
from services.ogc.analysis.speaking import statements
from services.ogc.processes._exposure.facilities import SCHEMA as FACILITIES_SCHEMA
from services.ogc.processes._exposure.facilities import default_layers, facilities_document, facility_layers
from services.ogc.processes._exposure.people import MESH, people_document
from services.ogc.processes._exposure.people import SCHEMA as PEOPLE_SCHEMA
from services.ogc.processes._exposure.zones import POLYGON, HazardZones, asked_zones
from services.ogc.processes._hazard.at_place import hazard_layers
from services.ogc.processes._model import LANGUAGE, Context, Input, Output, Process, Values, or_null
from services.ogc.processes._sources import SCHEMA as SOURCE_SCHEMA
from services.ogc.processes._sources import source_document


def run(inputs: Values, context: Context) -> Values:
    """The areas, the people in them and the facilities, each with its sources."""
    context = context.speaking(inputs.get("language"))
    context.report(5, Text("区域を読んでいます。", "Reading the areas."))
    zones = asked_zones(inputs, context)
    context.report(20, Text("人口を按分しています。", "Estimating the population."))
    people = people_document(zones, inputs, context)
    context.report(70, Text("施設を調べています。", "Looking at the facilities."))
    chosen = inputs.get("facilities") or default_layers()
    facilities = facilities_document(zones, chosen, context)
    context.report(95, Text("まとめています。", "Summing up."))
    used = [zones.layer.id, *([MESH] if people else []), *(each["layer"] for each in facilities)]
    sources = [
        source_document(catalogue()[layer_id], context, zones.datasets if layer_id == zones.layer.id else None)
        for layer_id in used
    ]
    found = [each for each in sources if each is not None]
    areas_m2 = zones.zones.area_m2()
    return {
        "exposure": {
            "statement": context.say(_statement(zones, people, facilities)),
            "hazard": {
                "layer": zones.layer.id,
                "title": context.say(zones.layer.title),
                "scenario": zones.scenario and {"id": zones.scenario.value, "title": context.say(zones.scenario.title)},
                "area_km2": _km2(areas_m2.sum()),
                "classes": [
                    {**each.document(context), "area_km2": _km2(area)}
                    for each, area in zip(zones.classes, areas_m2, strict=True)
                ],
            },
            "area_km2": _km2(zones.area.area),
            "population": people,
            "facilities": facilities,
            "sources": found,
            "fictitious": any(each["fictitious"] for each in found),
            "notes": [context.say(note) for note in _notes(zones, people, found, context)],
        }
    }


def _km2(area_m2: float) -> float:
    return round(float(area_m2) / 1e6, 4)


def _statement(zones: HazardZones, people: Mapping[str, Any] | None, facilities: list[dict[str, Any]]) -> Text:
    ja, en = zones.title.ja, zones.title.en
    stands = sum(each["inside"] for each in facilities)
    if people is None:
        return Text(
            f"{ja}の区域内に施設が{stands:,}か所。人口のデータは読み込まれていない。",
            f"{en}: {stands:,} facilities inside. No population is loaded.",
        )
    total, least = people["totals"]["total"], people["suppression"]["k"]
    return Text(
        f"{ja}の区域内に約{total:,}人、施設{stands:,}か所。"
        if total is not None
        else f"{ja}の区域内に{least}人未満、または示せない人数、施設{stands:,}か所。",
        f"{en}: some {total:,} people and {stands:,} facilities inside."
        if total is not None
        else f"{en}: fewer than {least} people, or a number that is withheld, and {stands:,} facilities inside.",
    )


def _notes(
    zones: HazardZones, people: Mapping[str, Any] | None, sources: Sequence[Mapping[str, Any]], context: Context
) -> list[Text]:
    scenario = None if zones.scenario is None else zones.scenario.value
    found = []
    if not any(each.scenario == scenario for each in statements(zones.layer, context.layers, context.city)):
        found.append(
            Text(
                "この市について公表された区域がない。区域内が0であることは、安全を意味しない。",
                "No areas were published for this city: that nothing is inside does not mean safe.",
            )
        )
    if any(each.rank is None for each in zones.classes):
        found.append(
            Text(
                "区分のわからない区域を含む。最も悪い場合として先頭に置いた。",
                "The class of some areas is not known; as they may be the worst, they come first.",
            )
        )
    if people is not None and people["cells"]["without_figures"]:
        found.append(
            Text(
                f"人口が公表されていないメッシュが{people['cells']['without_figures']}個ある（人数に含まない）。",
                f"{people['cells']['without_figures']} cells have no published population and are not counted.",
            )
        )
    if any(each["fictitious"] for each in sources):
        found.append(
            Text(
                "架空データを含む。実際の判断には使わないこと。",
                "Some of the data is fictitious. Do not use it for real decisions.",
            )
        )
    return found


def _scenarios() -> list[str]:
    """Ids of the scenarios of all hazards."""
    lists: list[CodeList] = []
    for layer in hazard_layers().values():
        field = layer.by_name.get(layer.hazard.scenario or "") if layer.hazard else None
        if field is not None and field.codes is not None:
            lists.append(field.codes)
    return list(dict.fromkeys(str(code.value) for codes in lists for code in codes.codes))


PROCESS = Process(
    id="exposure",
    version="1.0.0",
    title=Text("災害区域内の人口と施設", "Exposure to a hazard"),
    description=Text(
        "災害の想定区域内の人口（区分別・年齢別）、世帯、施設を答える。人口は国勢調査メッシュを面積で按分した推計で、下限と上限を"
        "添える。少ない人数は示さない。",
        "People by class and age band, households and facilities in the areas of a hazard. People are estimated from "
        "the census mesh by area, with a lower and an upper bound; small counts are withheld.",
    ),
    keywords=("人口", "施設", "曝露", "exposure", "population"),
    inputs={
        "hazard": Input(
            title=Text("災害", "Hazard"),
            description=Text("災害のレイヤー。", "Id of a hazard layer."),
            schema={"type": "string", "enum": list(hazard_layers())},
        ),
        "scenario": Input(
            title=Text("想定", "Scenario"),
            description=Text(
                "想定の種類。省略すると最も広いもの。", "The scenario; the widest one where it is left out."
            ),
            schema={"type": "string", "enum": _scenarios()},
            required=False,
        ),
        "minimum_rank": Input(
            title=Text("区分の下限", "Least rank"),
            description=Text("この区分以上の区域に限る。", "Only areas of this rank and above."),
            schema={"type": "integer", "minimum": 1, "maximum": 99},
            required=False,
        ),
        "minimum_depth_m": Input(
            title=Text("浸水深の下限", "Least depth"),
            description=Text(
                "浸水深がこの値（m）を超えうる区域に限る。区分の上限で判断する。",
                "Only areas whose depth may exceed this, in metres, judged by the upper bound of the class.",
            ),
            schema={"type": "number", "minimum": 0, "maximum": 1000},
            required=False,
        ),
        "area": Input(
            title=Text("範囲", "Area"),
            description=Text(
                "GeoJSONのPolygonまたはMultiPolygon（経度、緯度）、または行政区域のコードか名称、都道府県名。省略すると市域。",
                "A GeoJSON Polygon or MultiPolygon (longitude, latitude), the code or name of a district, or a "
                "prefecture; the city "
                "where it is left out.",
            ),
            schema={"oneOf": [{"type": "string", "minLength": 1, "maxLength": 50}, dict(POLYGON)]},
            required=False,
        ),
        "facilities": Input(
            title=Text("施設", "Facilities"),
            description=Text(
                "施設のレイヤー。省略すると避難、医療、消防の施設。",
                "Ids of layers of facilities; those for evacuation, medical care and the fire service where left out.",
            ),
            schema={
                "type": "array",
                "uniqueItems": True,
                "items": {"type": "string", "enum": list(facility_layers())},
            },
            required=False,
        ),
        "k": Input(
            title=Text("示す人数の下限", "Least count shown"),
            description=Text(
                "1からこの値未満の人数は示さない。", "Counts of people from 1 to below this are withheld."
            ),
            schema={"type": "integer", "minimum": FLOOR_K, "maximum": 1000, "default": DEFAULT_K},
            required=False,
        ),
        "rounding": Input(
            title=Text("丸め", "Rounding"),
            description=Text("人数をこの値の倍数に丸める。", "Counts of people are rounded to multiples of this."),
            schema={"type": "integer", "enum": [1, 5, 10, 100], "default": 1},
            required=False,
        ),
        "language": LANGUAGE,
    },
    outputs={
        "exposure": Output(
            title=Text("曝露", "Exposure"),
            description=Text("区域、人口、施設とその出典。", "The areas, people, facilities, and their sources."),
            schema={
                "type": "object",
                "required": [
                    "statement",
                    "hazard",
                    "area_km2",
                    "population",
                    "facilities",
                    "sources",
                    "fictitious",
                    "notes",
                ],
                "properties": {
                    "statement": {"type": "string"},
                    "hazard": {
                        "type": "object",
                        "required": ["layer", "title", "scenario", "area_km2", "classes"],
                    },
                    "area_km2": {"type": "number", "minimum": 0},
                    "population": or_null(PEOPLE_SCHEMA),
                    "facilities": FACILITIES_SCHEMA,
                    "sources": {"type": "array", "items": SOURCE_SCHEMA},
                    "fictitious": {"type": "boolean"},
                    "notes": {"type": "array", "items": {"type": "string"}},
                },
            },
        )
    },
    run=run,
    examples=({"hazard": "hazard-flood", "minimum_depth_m": 3},),
)
