"""Points of demand by the classes of an analysis (``layers.result_classes``): for its layer, its report, every map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from geo.coverage.demand import Demand
from layers.model import StyleClass
from layers.result_classes import EMPTY, EXCLUDED, Legend
from services.ogc.processes._model import Context


@dataclass(frozen=True, slots=True)
class Classed:
    """A legend, and for every point the value of its class."""

    legend: Legend
    values: tuple[str, ...]

    @classmethod
    def of_demand(cls, classes: Sequence[StyleClass], number: npt.NDArray[np.integer], demand: Demand) -> Self:
        """By the number of its class, shape (points,), whether or not the point counts: what is excluded is of no rank,
        and where nobody is, nothing is said of anybody.
        """
        values = np.array([each.value for each in classes], object)[number]
        values = np.where(demand.weights > 0, values, EMPTY.value)
        values = np.where(demand.counts, values, EXCLUDED.value)
        return cls((*classes, EXCLUDED, EMPTY), tuple(values.tolist()))

    def colours(self) -> list[str | None]:
        """Of every point; None where nothing is to be drawn."""
        known = {each.value: None if each is EMPTY else each.color for each in self.legend}
        return [known[each] for each in self.values]

    def key(self, context: Context) -> list[tuple[str, str]]:
        """What the colours stand for."""
        return [(each.color, context.say(each.title)) for each in self.legend if each is not EMPTY]
