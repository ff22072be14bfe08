"""Roads cut by a hazard's areas, or by areas drawn in the request: the conditions that are left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.travel.avoiding import Area, avoiding
from geo.travel.conditions import Conditions, with_metric
from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.analysis.speaking import statements
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes._exposure.zones import asked_area, is_meant, scenario_of
from services.ogc.processes._hazard.at_place import hazard_layers
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._on_roads import avoiding as drawn

INPUTS: Mapping[str, Input] = {
    "hazard": Input(
        title=Text("災害", "Hazard"),
        description=Text(
            "この災害の想定区域に触れる道路が断たれたときも求める。浸水深の分かる区域では、その上限の深さを渡れる車両は通る。"
            "橋も区域に触れれば断たれるものとする。",
            "Also where the roads that touch the areas of this hazard are cut. Of areas with a depth, vehicles pass "
            "that can wade its upper bound. Bridges count as cut where they touch one.",
        ),
        schema={"type": "string", "enum": list(hazard_layers())},
        required=False,
    ),
    "scenario": Input(
        title=Text("想定", "Scenario"),
        description=Text("災害の想定の種類。省略すると最も広いもの。", "Of the hazard; the widest one where left out."),
        schema={"type": "string", "minLength": 1, "maxLength": 40},
        required=False,
    ),
    "minimum_rank": Input(
        title=Text("区分の下限", "Least rank"),
        description=Text(
            "この区分以上の区域に限る。区分の分からない区域は含む。",
            "Only areas of this rank and above, and those whose rank is not known.",
        ),
        schema={"type": "integer", "minimum": 1, "maximum": 99},
        required=False,
    ),
    **drawn.INPUTS,
}


@dataclass(frozen=True, eq=False, slots=True)
class Cut:
    """What cuts roads, and the conditions that it leaves.

    name:
        Of what it is, for a sentence.
    layer:
        Of the hazard, where one is.
    is_spoken_for:
        Whether the hazard's data speak for the city at all; True where areas are drawn only.
    areas:
        How many areas there are.
    roads_m:
        The length of the roads that the vehicle can use before and not then.
    """

    now: Conditions
    name: Text
    is_spoken_for: bool
    layer: Layer | None
    scenario: str | None
    areas: int
    roads_m: float
    met: list[dict[str, Any]]

    @property
    def assumptions(self) -> list[Text]:
        """What is taken to be cut."""
        return [
            Text(
                "断たれる道路は、区域に触れる道路（橋を含む）のうち、区域の深さの上限をその車両が渡れないもの、または"
                "深さの分からないもの。施設も需要も、自らの前の道路が断たれれば、どこへも、どこからも届かない。",
                "Roads are cut that touch an area, bridges included, and that the vehicle cannot wade at the upper "
                "bound of its depth, or whose depth is not known. Who stands on such a road reaches nothing and is not "
                "reached.",
            )
        ]

    @property
    def notes(self) -> list[Text]:
        """What must not be taken for safety."""
        if self.is_spoken_for and self.areas:
            return []
        return [
            Text(
                "この市について、対象となる区域がないか、公表されていない。道路が断たれないことは、安全を意味しない。",
                "There are no such areas for this city, or none were published: that no road is cut does not mean "
                "safe.",
            )
        ]


def asked_cut(inputs: Values, now: Conditions, context: Context) -> Cut | None:
    """What the inputs say cuts roads; None where nothing does.

    Raises
    ------
    ParameterError
        If the scenario is not one of the hazard's, or an area cannot be used.
    UnanswerableError
        If the hazard is not loaded: that nothing is cut would not be true.
    """
    hazard = inputs.get("hazard")
    given = drawn.Avoided.of(inputs, now)
    if hazard is None and given is None:
        for name in ("scenario", "minimum_rank"):
            if inputs.get(name) is not None:
                raise ParameterError(name, Text("hazard も指定してください。", "give a hazard too."))
        return None
    areas = [] if given is None else [each.area for each in given.given]
    layer, scenario, names, is_spoken_for = None, None, [], True
    if hazard is not None:
        layer = catalogue()[hazard]
        code = None if (found := scenario_of(layer, inputs.get("scenario"))) is None else found
        scenario = None if code is None else str(code.value)
        areas += _of_hazard(layer, scenario, inputs, context)
        spoken = statements(layer, context.layers, context.city)
        is_spoken_for = any(each.scenario == scenario for each in spoken)
        title = layer.title
        names.append(title if code is None else Text(f"{title.ja}（{code.title.ja}）", f"{title.en} ({code.title.en})"))
    if given is not None:
        names.append(Text("描いた範囲", "the areas drawn"))
    settled = avoiding(now, areas).settled
    after = settled if now.metric is None else with_metric(settled)
    lost = now.usable & ~after.usable
    return Cut(
        now=after,
        name=Text("・".join(each.ja for each in names), " and ".join(each.en for each in names)),
        is_spoken_for=is_spoken_for,
        layer=layer,
        scenario=scenario,
        areas=len(areas),
        roads_m=float(now.topology.network.stretches.length_m[lost].sum()),
        met=[] if given is None else given.documents([drawn.Effect.APPLIED] * len(given.given), context, {}),
    )


def _of_hazard(layer: Layer, scenario: str | None, inputs: Values, context: Context) -> list[Area]:
    if context.layers.state(layer.id) is None:
        raise UnanswerableError(
            Text(
                f"「{layer.title.ja}」のデータが読み込まれていません。区域がないことを意味しません。",
                f"“{layer.title.en}” is not loaded. This does not mean that there are no such areas.",
            )
        )
    field = None if layer.hazard is None else layer.hazard.scenario
    equal = {} if scenario is None or field is None else {field: scenario}
    found = [
        each
        for each in context.layers.features(layer.id, within=asked_area(None, context), equal=equal)
        if each.geometry is not None and is_meant(each, inputs)
    ]
    context.check()
    areas = []
    for each in found:
        # A depth that is open upwards, or not known, is one that nobody passes.
        depth = each.properties.get("depth_upper_m")
        deep = depth is None or not np.isfinite(float(depth)) or float(depth) <= 0
        areas += [Area(part, None if deep else float(depth)) for part in shapely.get_parts(each.geometry)]  # type: ignore[arg-type]
    return areas
