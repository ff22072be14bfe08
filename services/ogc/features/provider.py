"""The feature provider: pages of features as GeoJSON bytes that PostgreSQL writes.

Named by its dotted path in the configuration.  What it may name in SQL are the columns of its ``Source``; all else
is bound.
"""

from typing import Any

from pygeoapi.provider.base import BaseProvider, SchemaType

from services.database.asking import ask
from services.ogc.asked import current
from services.ogc.features import documents, statements
from services.ogc.source import Source


class FeatureProvider(BaseProvider):  # type: ignore[misc]  # pygeoapi has no types
    """Features of one layer.  Raises ``ParameterError``, ``ResourceError`` and ``StoreError``, nothing of HTTP."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        # The base class builds a reference system per request, which costs more than most queries; all it would
        # set is set here.
        self.source: Source = provider_def["data"]
        self.name = provider_def["name"]
        self.type = "feature"
        self.data = self.source.layer.id
        self.id_field = "id"
        self.title_field = self.source.title_field
        self.time_field = self.source.time_field
        self.uri_field = self.x_field = self.y_field = self.z_field = None
        self.editable = False
        self.count = True
        self.options = self.filename = None
        self.properties: list[str] = []
        self.include_extra_query_parameters = False

    def get_fields(self) -> dict[str, Any]:
        return {name: column.schema() for name, column in self.source.columns.items()}

    @property
    def fields(self) -> dict[str, Any]:
        return self.get_fields()

    def get_schema(self, schema_type: SchemaType = SchemaType.item) -> tuple[str, dict[str, Any]]:
        properties = {name: {"oneOf": [schema, {"type": "null"}]} for name, schema in self.get_fields().items()}
        return "application/geo+json", {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": {"type": "string", "enum": ["Feature"]},
                "id": {"type": "string"},
                "geometry": {"type": "object", "nullable": True},
                "properties": {"type": "object", "properties": properties},
            },
            "x-schema-type": schema_type.value,
        }

    def query(self, **_asked: Any) -> dict[str, Any]:
        """One page of features, by the request in hand; pygeoapi's own reading of its parameters is not needed."""
        return ask(self.source.pool, documents.page(current()))

    def get(self, identifier: str, **_asked: Any) -> dict[str, Any]:
        """The feature with this id; ``ResourceError`` where there is none."""
        return ask(self.source.pool, documents.item(current(), identifier)).parsed()

    def get_domains(self, properties: list[str] | tuple[()] = (), current: bool = False) -> Any:  # noqa: ARG002
        """Values that occur, of properties with a code list or few values; for ``profile=actual-domain``."""
        names = properties or [name for name, column in self.source.columns.items() if column.codes is not None]
        return statements.domains(self.source, names), True

    def __repr__(self) -> str:
        return f"<FeatureProvider {self.source.layer.id}>"
