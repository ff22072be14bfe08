"""What pygeoapi is told of coverages and maps; the pages themselves are answered by handlers of ours."""

from typing import Any

from pygeoapi.provider.base import BaseProvider

from services.ogc.rasters.description import fields
from services.ogc.source import Source


class CoverageProvider(BaseProvider):  # type: ignore[misc]  # pygeoapi has no types
    """Says that a collection has a coverage."""

    type_name = "coverage"

    def __init__(self, provider_def: dict[str, Any]) -> None:
        self.source: Source = provider_def["data"]
        self.name = provider_def["name"]
        self.type = self.type_name
        self.data = self.source.layer.id
        self.id_field = self.time_field = self.title_field = self.uri_field = None
        self.editable = False
        self.properties: list[str] = []
        self._fields: dict[str, Any] = {}

    def get_fields(self) -> dict[str, Any]:
        return fields(self.source, "en")

    @property
    def fields(self) -> dict[str, Any]:
        return self.get_fields()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.source.layer.id}>"


class MapProvider(CoverageProvider):
    """Says that a collection has a map."""

    type_name = "map"
