"""How the worth of a facility falls with the time to it, as it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.accessibility.decay import LUO_QI_GRADUAL, LUO_QI_STEEP, Decay, Gaussian, Steps, within
from geo.network.profiles import PROFILES
from layers.text import Text
from services.ogc.processes._accessibility.supply import AEDS
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning.documents import AMOUNT, TEXT, array_of, object_of

REACH_S, AED_REACH_S = 1800, 300
_2SFCA, _GAUSSIAN, _GRADUAL, _STEEP = "2sfca", "gaussian", "gradual", "steep"
_LUO_QI = "Luo, W. & Qi, Y., 2009, Health & Place 15, 1100-1107"
_SOURCES: Mapping[str, str] = {
    _2SFCA: "Luo, W. & Wang, F., 2003, Environment and Planning B 30, 865-884",
    _GAUSSIAN: "Dai, D., 2010, Health & Place 16, 1038-1052",
    _GRADUAL: _LUO_QI,
    _STEEP: _LUO_QI,
}
_TITLES: Mapping[str, Text] = {
    _2SFCA: Text("2SFCA（時間内は同じ重み）", "2SFCA, all within the reach alike"),
    _GAUSSIAN: Text("E2SFCA（ガウス型の重み）", "E2SFCA, Gaussian weights"),
    _GRADUAL: Text("E2SFCA（3段階の重み、緩やか）", "E2SFCA, weights of three zones, gradual"),
    _STEEP: Text("E2SFCA（3段階の重み、急）", "E2SFCA, weights of three zones, steep"),
}

INPUTS: Mapping[str, Input] = {
    "weights": Input(
        title=Text("時間の重み", "Weights"),
        description=Text(
            f"{_2SFCA}: 時間内は同じ。{_GAUSSIAN}: ガウス型に減り、上限で0。{_GRADUAL}、{_STEEP}: 上限の3分の1ごとに"
            "1、0.68、0.22または1、0.42、0.09（30分の文献値）。",
            f"{_2SFCA}: all within the reach alike; {_GAUSSIAN}: falling to 0 at the reach; {_GRADUAL} and {_STEEP}: "
            "1, 0.68, 0.22 or 1, 0.42, 0.09 by thirds of the reach (published for 30 minutes).",
        ),
        schema={"type": "string", "enum": list(_TITLES), "default": _GAUSSIAN},
        required=False,
    ),
    "reach_s": Input(
        title=Text("時間の上限", "Reach"),
        description=Text(
            f"利用する施設までの秒数の上限（ちょうどを含む）。省略すると{REACH_S}、{AEDS}では{AED_REACH_S}。",
            f"Seconds to a facility that is used, at most, inclusive. {REACH_S} where left out, {AED_REACH_S} of "
            f"{AEDS}.",
        ),
        schema={"type": "number", "minimum": 1, "maximum": 86_400},
        required=False,
    ),
    "profile": Input(
        title=Text("移動のしかた", "Profile"),
        description=Text(
            f"車、徒歩など。省略すると乗用車、{AEDS}では徒歩。", f"By car, on foot and so on. Car, walking for {AEDS}."
        ),
        schema={"type": "string", "enum": list(PROFILES)},
        required=False,
    ),
}
SCHEMA = object_of(
    {
        "id": {"type": "string", "enum": list(_TITLES)},
        "title": TEXT,
        "source": TEXT,
        "reach_s": AMOUNT,
        "zones": array_of({"up_to_s": AMOUNT, "weight": AMOUNT}),
    }
)


@dataclass(frozen=True, slots=True)
class Weights:
    """How far people go, and how much less for what is farther."""

    id: str
    decay: Decay
    reach_s: float

    @property
    def title(self) -> Text:
        return _TITLES[self.id]

    def document(self, context: Context) -> dict[str, Any]:
        zones = zip(self.decay.bounds_s, self.decay.weights, strict=True) if isinstance(self.decay, Steps) else ()
        return {
            "id": self.id,
            "title": context.say(self.title),
            "source": _SOURCES[self.id],
            "reach_s": self.reach_s,
            "zones": [{"up_to_s": bound, "weight": weight} for bound, weight in zones],
        }


def asked_weights(inputs: Values) -> Weights:
    """The weights of the inputs."""
    usual = AED_REACH_S if inputs["facilities"] == AEDS else REACH_S
    reach = float(inputs.get("reach_s") or usual)
    chosen = inputs["weights"]
    if chosen == _2SFCA:
        return Weights(chosen, within(reach), reach)
    if chosen == _GAUSSIAN:
        return Weights(chosen, Gaussian(reach), reach)
    published = LUO_QI_GRADUAL if chosen == _GRADUAL else LUO_QI_STEEP
    bounds = tuple(each / published.bounds_s[-1] * reach for each in published.bounds_s)
    return Weights(chosen, Steps(bounds, published.weights), reach)


def asked_profile(inputs: Values) -> str:
    """The profile of the inputs."""
    return str(inputs.get("profile") or ("walking" if inputs["facilities"] == AEDS else "car"))
