"""Whether the sites for a hazard hold the people of its zones."""

from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from services.ogc.alone import outputs_of
from services.ogc.processes._model import Context
from services.planning import frames
from services.planning.frames import Given
from services.planning.result import Result
from services.settings import Settings

SHELTER_COLUMNS = ("name", "floor_area_m2", "capacity", "capacity_text", "designated", "remarks")


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
        **inputs,
        "hazard": hazard,
        "sites": frames.given(sites, SHELTER_COLUMNS, "sites"),
        "demand": frames.demand(demand, inputs.get("weight")),
    }
    return ShelterCapacity(outputs_of("shelter-capacity", given, settings, context))
