"""How much of what facilities offer there is for people."""

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

SUPPLY_COLUMNS = ("name", "supply", "open_days", "opens_at", "closes_at", "opening_remarks")


class Accessibility(Result):
    """What the process ``accessibility`` says, as frames; see its description for every figure."""

    @cached_property
    def facilities(self) -> gpd.GeoDataFrame:
        """Every facility, with what it offers and whether it is open."""
        return frames.points(self.answer["facilities"])

    @cached_property
    def towns(self) -> pd.DataFrame:
        """Every town, those whose people have least first."""
        return frames.table(self.outputs["table"], sums=True)

    @cached_property
    def moments(self) -> pd.DataFrame:
        """One row for each moment: how many are open, the mean, how unevenly it is spread."""
        return pd.DataFrame(self.answer["moments"]).drop(columns="percentiles")

    def drawings(self) -> list[Drawing]:
        """The facilities, and who has how much at the first moment, beside the mean."""
        return [
            sites_drawing(self.facilities, self.answer, Text("施設", "Facilities")),
            demand_drawing(self.demand, self.answer, Text("到達のしやすさ", "Accessibility")),
        ]


def accessibility(
    facilities: Given = "medical-facilities",
    demand: Given = "population-mesh",
    *,
    settings: Settings | None = None,
    context: Context | None = None,
    **inputs: Any,
) -> Accessibility:
    """Who has how much within reach: facilities and demand each the id of a layer or a GeoDataFrame in any system.

    ``inputs`` are those of the process ``accessibility`` (``weights``, ``reach_s``, ``moments`` ...).  Frames of
    facilities have the column ``supply`` (or the one that ``supply`` names) and may have those of opening hours;
    those of demand are as of ``coverage``.

    Raises
    ------
    InputError
        If a frame does not say its reference system.
    GisError
        As ``services.ogc.alone.ask``.
    """
    supply = inputs.get("supply")
    given = {
        **frames.drawn(inputs),
        "facilities": frames.given(facilities, (*SUPPLY_COLUMNS, *([supply] if supply else [])), "facilities"),
        "demand": frames.demand(demand, inputs.get("weight")),
    }
    return Accessibility(outputs_of("accessibility", given, settings, context))
