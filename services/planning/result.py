"""What every analysis says, as frames."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd

from services.database.results import KeptResult
from services.ogc.alone import Answered
from services.planning import frames
from services.results import keep
from services.settings import Settings


@dataclass(frozen=True, eq=False)
class Result:
    """The outputs of a process of planning, each made when it is asked for."""

    outputs: Answered

    @property
    def answer(self) -> dict[str, Any]:
        """The whole answer, with parameters, assumptions, sources and the version of the code."""
        found: dict[str, Any] = self.outputs["answer"]
        return found

    @property
    def headline(self) -> str:
        return str(self.answer["headline"])

    @cached_property
    def demand(self) -> gpd.GeoDataFrame:
        """Every point, cell or building of demand with its figures, as the output ``layer`` has them."""
        return frames.layer(self.outputs["layer"])

    def keep(self, name: str, *, by: str, title: str | None = None, settings: Settings | None = None) -> KeptResult:
        """Keeps it as a layer of the internal face, see ``services.results.keep``."""
        return keep(name, self.outputs, by=by, title=title, settings=settings)

    @property
    def report(self) -> str:
        """A page of HTML, to be printed on A4."""
        return str(self.outputs["report"])
