"""What analyses give: an answer, a layer, a table of towns and a report, each made when it is asked for.

A report of which nobody reads anything need not be written.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from layers.text import Text
from services.ogc.processes._model import Output, Schema
from services.ogc.processes._planning import writing


def file(title: Text, description: Text, media_type: str) -> Output:
    """An output that is a file."""
    schema = {"type": "string", "contentMediaType": media_type}
    return Output(title=title, description=description, schema=schema, media_type=media_type)


def declared(schema: Schema, *, answer: Text, layer: Text, table: Text, **further: Output) -> dict[str, Output]:
    """The outputs of an analysis: ``schema`` of its answer, and what answer, layer and table hold."""
    return {
        "answer": Output(title=Text("答え", "Answer"), description=answer, schema=schema),
        "layer": file(Text("地図のレイヤー", "Layer"), layer, writing.GEOJSON),
        **further,
        "table": file(Text("町の表", "Table of towns"), table, writing.CSV),
        "report": file(
            Text("報告書", "Report"),
            Text(
                "A4で印刷する、ほかに何も要らないHTML。", "A page of HTML to be printed on A4 that needs nothing else."
            ),
            writing.HTML,
        ),
    }


class Outputs(Mapping[str, Any]):
    """Values by name, each made once by its function."""

    def __init__(self, **makers: Callable[[], Any]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
