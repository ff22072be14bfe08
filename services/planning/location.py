"""Where facilities should be."""

from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from services.ogc.alone import outputs_of
from services.ogc.processes._model import Context
from services.planning import frames
from services.planning.coverage import DEMAND_COLUMNS
from services.planning.frames import Given
from services.planning.result import Result
from services.settings import Settings

SITE_COLUMNS = ("name", "capacity")


class Location(Result):
    """What the process ``facility-location`` says, as frames; see its description for every figure."""

    @cached_property
    def plans(self) -> pd.DataFrame:
        """One row for each plan: sites, who is covered, who gains and loses, objective, bound and gap."""
        return pd.DataFrame(
            {
                **{name: each[name] for name in ("sites", "units", "method", "status", "objective", "bound", "gap")},
                **{name: each["covered"][name] for name in ("covered", "uncovered", "share")},
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
    weight = inputs.get("weight")
    given = {
        **inputs,
        "candidates": frames.given(candidates, SITE_COLUMNS, "candidates"),
        "facilities": frames.given(facilities, SITE_COLUMNS, "facilities"),
        "demand": frames.given(demand, (*DEMAND_COLUMNS, *([weight] if weight else [])), "points of demand"),
    }
    return Location(outputs_of("facility-location", given, settings, context))
