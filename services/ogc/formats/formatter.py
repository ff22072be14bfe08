"""What pygeoapi calls a formatter: it turns the selection that the provider gave into a stream of one format."""

from typing import Any

from pygeoapi.formatter.base import BaseFormatter

from layers.model import Text
from services.ogc.asked import current
from services.ogc.errors import ParameterError
from services.ogc.formats import FileFormat, file_formats
from services.ogc.selection import Selection
from services.ogc.source import Source
from services.ogc.streams import Stream
from services.settings import City


class SelectionFormatter(BaseFormatter):  # type: ignore[misc]  # pygeoapi has no types
    """One format for one layer; it keeps nothing between requests."""

    def __init__(self, file_format: FileFormat, file_name: str) -> None:
        super().__init__({"name": file_format.form.name, "geom": True})
        self.f = file_format.form.name
        self.title = file_format.form.title
        self.mimetype = file_format.form.media_type
        self._file_name = file_name
        self._file_format = file_format

    def write(self, options: dict[str, Any] | None = None, data: dict[str, Any] | None = None) -> Stream:  # noqa: ARG002
        """The file of ``data["selection"]``; ``ParameterError`` where a parameter given has no place in it."""
        asked = current()
        for name in sorted((self._file_format.form.unfit | {"after"}) & asked.given.keys()):
            raise ParameterError(
                name, Text("この形式では指定できません。", "it cannot be given together with this format.")
            )
        if asked.given.get("resulttype") == "hits":
            raise ParameterError("resulttype", Text("ファイルでは使えません。", "a file has no number of hits."))
        selection: Selection = (data or {})["selection"]
        return Stream(self._file_format.write(selection, asked.language), self._file_name)


class Unlinked(dict[str, SelectionFormatter]):
    """Formatters to which pygeoapi writes no links: it goes over ``items`` for that, and for that alone."""

    def items(self) -> Any:
        return ()


def formatters_of(source: Source, city: City) -> dict[str, SelectionFormatter]:
    """The formatters of a layer by title, as the configuration of its collection holds them."""
    return {
        each.form.title.en: SelectionFormatter(each, each.file_name(source.layer, city))
        for each in file_formats()
        if each.form.offered is None or each.form.offered(source)
    }
