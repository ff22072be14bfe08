"""How fast those who flee on foot go."""

from layers.text import Text
from services.ogc.processes._model import Input

PACE = Input(
    title=Text("速さ", "Pace"),
    description=Text(
        "平らな道での速さ（m/s）。ゆっくり歩く人は0.5。省略すると移動のしかたによる。",
        "On level ground, in m/s; 0.5 for who walks slowly. That of the profile where left out.",
    ),
    schema={"type": "number", "minimum": 0.1, "maximum": 3.0},
    required=False,
)
