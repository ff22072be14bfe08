"""Whether the sites for a hazard hold the people of its zones."""

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

SHELTER_COLUMNS = (
    "name",
    "floor_area_m2",
    "capacity",
    "capacity_text",
    "designated",
    "remarks",
    "municipality_code",
    "position_error_m",
)


class ShelterCapacity(Result):
    """What the process ``shelter-capacity`` says, as frames; see its description for every figure."""

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """Every site, with its room and who is taken in."""
        return frames.layer(self.outputs["sites"])

    @cached_property
    def towns(self) -> pd.DataFrame:
        """Every town, the most without a place first."""
        return frames.table(self.outputs["table"], sums=True)

    @cached_property
    def designations(self) -> pd.DataFrame:
        """How many emergency sites are designated for each hazard; empty where they are not loaded."""
        return pd.DataFrame(self.answer["designations"] or [])

    def drawings(self) -> list[Drawing]:
        """The usable sites, and what becomes of the people; what is not known never looks as if all were well."""
        used = self.sites[self.sites["used"]]
        people = demand_drawing(self.demand, self.answer, Text("避難先の収容力", "Shelter capacity"))
        return [people] if used.empty else [sites_drawing(used, self.answer, Text("避難先", "Sites")), people]


def shelter_capacity(
    hazard: str,
    sites: Given = "emergency-sites",
    demand: Given = "population-mesh",
    *,
    settings: Settings | None = None,
    context: Context | None = None,
    **inputs: Any,
) -> ShelterCapacity:
    """Who finds room out of a hazard's zones: sites and demand each the id of a layer or a GeoDataFrame in any system.

    ``inputs`` are those of the process ``shelter-capacity`` (``scenario``, ``m2_per_person``, ``reach_s`` ...).  Frames
    of sites have the columns ``name``, ``floor_area_m2``, ``capacity`` and ``designated``; those of demand are as of
    ``coverage``.

    Raises
    ------
    InputError
        If a frame does not say its reference system.
    GisError
        As ``services.ogc.alone.ask``.
    """
    given = {
        **frames.drawn(inputs),
        "hazard": hazard,
        "sites": frames.given(sites, SHELTER_COLUMNS, "sites"),
        "demand": frames.demand(demand, inputs.get("weight")),
    }
    return ShelterCapacity(outputs_of("shelter-capacity", given, settings, context))
