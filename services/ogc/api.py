"""pygeoapi's ``API`` object as this system uses it: no environment, no state shared between requests."""

from typing import Any, Never, Self

from pygeoapi.api import API

from services.ogc.analysis.database import DatabaseLayers
from services.ogc.errors import UpstreamError
from services.ogc.face import Face
from services.ogc.source import Source
from services.settings import City


class CityApi(API):  # type: ignore[misc]  # pygeoapi has no types
    """The API of one face in one state of the database.  ``origin`` is the object that copies were made of."""

    origin: Self

    def __init__(self, config: dict[str, Any], city: City, face: Face) -> None:
        super().__init__(config, {})
        self.city = city
        self.face = face
        self.origin = self
        served = [each["source"] for each in config["resources"].values() if "source" in each]
        self.sources: dict[str, Source] = {source.layer.id: source for source in served}
        """The layers that are served, by id."""
        self.layers = DatabaseLayers(self.sources)
        """The same, for processes: what is gathered of them once holds for as long as the state."""
        self.documents: dict[str, dict[str, Any]] = {}
        """API definitions by language, made when they are first asked for."""

    def get_exception(
        self, status: int, _headers: dict[str, Any], _format: str | None, code: str, description: str
    ) -> Never:
        """Every refusal of pygeoapi leaves as an exception, so that all errors are answered in one place."""
        raise UpstreamError(status, code, description)

    def reached_at(self, base_url: str) -> Self:
        """A copy for one request whose links start with ``base_url``.

        pygeoapi writes absolute links from its configuration and keeps per-request state on the object; a shallow
        copy per request gives each asker the address used, and keeps requests apart.
        """
        mine = object.__new__(type(self))
        mine.__dict__ |= self.__dict__
        mine.origin = self.origin
        mine.base_url = base_url
        server = {**self.config["server"], "url": base_url}
        mine.config = {**self.config, "server": server}
        mine.tpl_config = mine.config
        return mine
