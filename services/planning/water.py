"""Who has water for fire fighting within the distance of the standard."""

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

SOURCE_COLUMNS = ("kind", "main_diameter_mm", "capacity_m3", "flow_m3_min", "grid_side_m", "pumps", "condition")
PLACE_COLUMNS = (*frames.DEMAND_COLUMNS, "built_up", "zone")


class WaterSupply(Result):
    """What the process ``water-supply-coverage`` says, as frames; see its description for every figure."""

    @cached_property
    def towns(self) -> pd.DataFrame:
        """Every town, the most without water for certain first."""
        return frames.table(self.outputs["table"], sums=False)

    @cached_property
    def next_cisterns(self) -> gpd.GeoDataFrame:
        """Where further cisterns help most, the best first."""
        return frames.points(self.answer["next_cisterns"]["sites"])

    def drawings(self) -> list[Drawing]:
        """Where further cisterns help most, and the share of the ground that has water for certain."""
        ground = demand_drawing(self.demand, self.answer, Text("消防水利の充足", "Water for fire fighting"))
        if not self.answer["next_cisterns"]["sites"]:
            return [ground]
        return [sites_drawing(self.next_cisterns, self.answer, Text("次に置く所", "Further cisterns")), ground]


def water_supply_coverage(
    sources: Given = "fire-water-sources",
    demand: Given = "population-mesh",
    *,
    settings: Settings | None = None,
    context: Context | None = None,
    **inputs: Any,
) -> WaterSupply:
    """Who has water: sources and demand each the id of a layer or a GeoDataFrame in any reference system.

    ``inputs`` are those of the process ``water-supply-coverage`` (``wind_m_s``, ``zone``, ``without_hydrants`` ...).
    Frames of sources have the column ``kind`` and those of the layer; buildings, as demand, may have ``zone`` and
    ``built_up`` beside the columns of ``coverage``.

    Raises
    ------
    InputError
        If a frame does not say its reference system.
    GisError
        As ``services.ogc.alone.ask``.
    """
    weight = inputs.get("weight")
    given = {
        **frames.drawn(inputs),
        "sources": frames.given(sources, SOURCE_COLUMNS, "sources of water"),
        "demand": frames.given(demand, (*PLACE_COLUMNS, *([weight] if weight else [])), "places"),
    }
    return WaterSupply(outputs_of("water-supply-coverage", given, settings, context))
