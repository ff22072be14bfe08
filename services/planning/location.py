"""Where facilities should be."""

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

SITE_COLUMNS = ("name", "capacity")


class Location(Result):
    """What the process ``facility-location`` says, as frames; see its description for every figure."""

    @cached_property
    def plans(self) -> pd.DataFrame:
        """One row for each plan: sites, who is covered, who gains and loses, objective, bound and gap.

        All by time; ``served_in_time`` are those who find room too, None without capacities.
        """
        return pd.DataFrame(
            {
                **{name: each[name] for name in ("sites", "units", "method", "status", "objective", "bound", "gap")},
                **{name: each["covered"][name] for name in ("covered", "uncovered", "share")},
                "served_in_time": each["served_in_time"],
                **{name: (each["change"] or {}).get(name) for name in ("gained", "lost")},
            }
            for each in self.answer["plans"]
        )

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """The open sites of every plan (``plan`` from 1), existing ones among them."""
        return frames.layer(self.outputs["sites"])

    @cached_property
    def towns(self) -> pd.DataFrame:
        """What every town gains and loses by the first plan; empty where nothing exists today."""
        return frames.table(self.outputs["table"], sums=False)

    def drawings(self) -> list[Drawing]:
        """The sites of the first plan, who gains and loses by it, and where there is no room for all."""
        sites = self.sites[self.sites["plan"] == 1]
        return [
            sites_drawing(sites, self.answer, Text("最初の案の施設", "Sites of the first plan")),
            demand_drawing(self.demand, self.answer, Text("施設の配置", "Facility location")),
        ]


def facility_location(
    candidates: Given = "at-demand",
    demand: Given = "population-mesh",
    *,
    facilities: Given = "fire-stations",
    settings: Settings | None = None,
    context: Context | None = None,
    **inputs: Any,
) -> Location:
    """Where further facilities should be: each the id of a layer or a GeoDataFrame in any reference system.

    ``facilities`` are those that exist (``"none"``: nothing does).  ``inputs`` are those of the process
    ``facility-location`` (``model``, ``sites``, ``compare``, ``limit_s`` ...).  Frames of sites may have
    the columns ``name`` and ``capacity``; those of demand are as of ``coverage``.

    Raises
    ------
    InputError
        If a frame does not say its reference system.
    GisError
        As ``services.ogc.alone.ask``.
    """
    given = {
        **frames.drawn(inputs),
        "candidates": frames.given(candidates, SITE_COLUMNS, "candidates"),
        "facilities": frames.given(facilities, SITE_COLUMNS, "facilities"),
        "demand": frames.demand(demand, inputs.get("weight")),
    }
    return Location(outputs_of("facility-location", given, settings, context))
