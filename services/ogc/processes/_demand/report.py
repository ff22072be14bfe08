"""The index as a report: A4, with a map, the weights, and all that it rests on."""

from collections.abc import Mapping, Sequence
from typing import Any

from layers.text import Text
from services.ogc.processes._demand.cells import Cells
from services.ogc.processes._demand.index import Index
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting

_COLOURS = ("#bdbdbd", "#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837")
"""Of what is not known, then from the least fifth to the greatest (ColorBrewer)."""
_TITLE = Text("需要指数", "Index of demand")
_FIFTHS: Sequence[Text] = (
    Text("不明", "not known"),
    Text("最も少ない2割", "least fifth"),
    Text("2", "2"),
    Text("3", "3"),
    Text("4", "4"),
    Text("最も多い2割", "greatest fifth"),
)


def report(index: Index, cells: Cells, answer: Mapping[str, Any], context: Context) -> str:
    """The page."""
    return reporting.report(
        "demand.html",
        context,
        context.say(_TITLE),
        answer,
        shapes=cells.shapes,
        colours=[_COLOURS[each] for each in index.fifths.tolist()],
        key=[(colour, context.say(text)) for colour, text in zip(_COLOURS, _FIFTHS, strict=True)],
    )
