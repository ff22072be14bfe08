"""Facilities and demand with straight lines between them, where that is asked for."""

import numpy as np

from geo.coverage.demand import Bools
from geo.coverage.pairs import Pairs
from geo.coverage.straight import TooManyPairsError, straight_pairs
from geo.crs import STORAGE, transform_xy
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning import times
from services.ogc.processes._planning.times import Placed, Places, too_many

_M_PER_KM = 1000.0


class Straight:
    """All stay where they are, and there is a way everywhere."""

    def __init__(self, inputs: Values, ends: Places, points: Places, context: Context) -> None:
        self._context = context
        self._ends, self._points = (
            np.column_stack(transform_xy(*each, STORAGE, context.city.plane_crs)) for each in (ends, points)
        )
        self._mps = float(inputs["straight_line_kph"]) * _M_PER_KM / 3600
        self._turnout_s = float(inputs.get("turnout_s") or 0.0)
        facilities, size = len(self._ends), len(self._points)
        self.placed = Placed(
            now=None,
            facilities_off=np.zeros(facilities, bool),
            points_off=np.zeros(size, bool),
            moved=0,
            facilities_apart=np.zeros(facilities, bool),
            shut=None,
            facilities_away_m=np.zeros(facilities),
            points_away_m=np.zeros(size),
        )

    def pairs(self, limit_s: float, nearest_of: Bools, beyond_s: float = 0.0, first: int = 1) -> Pairs:
        """As ``Pairs.that_count`` has them, with the turn-out.

        Raises
        ------
        TooMuchError
            If there are more than ``MOST_PAIRS``.
        """
        self._context.check()
        try:
            return straight_pairs(
                self._ends,
                self._points,
                self._mps,
                limit_s,
                nearest_of,
                beyond_s=beyond_s,
                first=first,
                before_s=self._turnout_s,
                most=times.MOST_PAIRS,
            )
        except TooManyPairsError as error:
            raise too_many() from error
