"""An index of demand, and counts of records that give nobody away."""

from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from layers.model import Text
from services.ogc.alone import outputs_of
from services.ogc.processes._model import Context
from services.planning import frames
from services.planning.drawing import demand_drawing
from services.planning.records import records_given
from services.planning.result import Result
from services.settings import Settings
from web_map.portable.drawing import Drawing


class DemandIndex(Result):
    """What the process ``demand`` says, as frames; see its description for every figure.

    Its frame ``demand`` is of cells with the column ``weight``: it is the demand of other analyses as it is.
    """

    @cached_property
    def towns(self) -> pd.DataFrame:
        """Every town, those with most of the index first."""
        return frames.table(self.outputs["table"], sums=False)

    @cached_property
    def released(self) -> gpd.GeoDataFrame:
        """The released counts, by group of cells; empty where no records were given."""
        return frames.layer(self.outputs["released"])

    def drawings(self) -> list[Drawing]:
        """The cells by fifths of the index."""
        return [demand_drawing(self.demand, self.answer, Text("需要指数", "Index of demand"))]


def demand(
    records: gpd.GeoDataFrame | pd.DataFrame | str | None = None,
    *,
    settings: Settings | None = None,
    context: Context | None = None,
    **inputs: Any,
) -> DemandIndex:
    """The index of demand.

    ``records`` are one row for each person or case, as points or with longitude and latitude, or the layer
    ``incidents``.

    ``inputs`` are those of the process ``demand`` (``population_weight``, ``release`` ...); with records, ``subject``,
    ``period``, ``purpose`` and ``approved_by`` are needed, and what is counted of them is written into the log of
    releases.  Of the records only places and the columns named by ``by`` and ``date_field`` are looked at.

    Raises
    ------
    InputError
        If the records have no places or reference system, or a column is missing.
    GisError
        As ``services.ogc.alone.ask``.
    """
    given = frames.drawn(inputs)
    if isinstance(records, str):
        given["records"] = records
    elif records is not None:
        columns = dict.fromkeys(inputs[name] for name in ("by", "date_field") if inputs.get(name))
        given["records"] = records_given(records, tuple(columns))
    return DemandIndex(outputs_of("demand", given, settings, context))
