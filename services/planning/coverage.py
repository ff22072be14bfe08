"""Who is reached in time."""

from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from layers.model import Text
from services.ogc.alone import outputs_of
from services.ogc.processes._model import Context
from services.planning import frames
from services.planning.drawing import demand_drawing, sites_drawing
from services.planning.frames import Given
from services.planning.result import Result
from services.settings import Settings
from web_map.portable.drawing import Drawing

FACILITY_COLUMNS = ("name", "units")


class Coverage(Result):
    """What the process ``coverage`` says, as frames; see its description for every figure."""

    @cached_property
    def facilities(self) -> gpd.GeoDataFrame:
        """Every facility, with what is lost where it fails."""
        return frames.points(self.answer["facilities"])

    @cached_property
    def towns(self) -> pd.DataFrame:
        """Every town, the most uncovered first."""
        return frames.table(self.outputs["table"], sums=True)

    def drawings(self) -> list[Drawing]:
        """The facilities, and how late they come."""
        return [
            sites_drawing(self.facilities, self.answer, Text("施設", "Facilities")),
            demand_drawing(self.demand, self.answer, Text("到達の充足", "Coverage")),
        ]


def coverage(
    facilities: Given = "fire-stations",
    demand: Given = "population-mesh",
    *,
    settings: Settings | None = None,
    context: Context | None = None,
    **inputs: Any,
) -> Coverage:
    """Who is reached from facilities in time: each the id of a layer or a GeoDataFrame in any reference system.

    ``inputs`` are those of the process ``coverage`` (``limits_s``, ``profile``, ``hazard`` ...).  Facilities have the
    columns ``name`` and ``units``, demand has ``weight`` and may have ``town``, ``reason`` and the census's age bands.

    Raises
    ------
    InputError
        If a frame does not say its reference system.
    GisError
        As ``services.ogc.alone.ask``.
    """
    given = {
        **frames.drawn(inputs),
        "facilities": frames.given(facilities, FACILITY_COLUMNS, "facilities"),
        "demand": frames.demand(demand, inputs.get("weight")),
    }
    return Coverage(outputs_of("coverage", given, settings, context))
