"""The index as a report: A4, with a map, the weights, and all that it rests on."""

from collections.abc import Mapping
from typing import Any

from layers.text import Text
from services.ogc.processes._demand.cells import Cells
from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.classes import Classed

_TITLE = Text("需要指数", "Index of demand")


def report(cells: Cells, classed: Classed, answer: Mapping[str, Any], context: Context) -> str:
    """The page."""
    return reporting.report(
        "demand.html",
        context,
        context.say(_TITLE),
        answer,
        shapes=cells.shapes,
        classed=classed,
    )
