"""The index of the cells and what towns have of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.demand_index import Normalisation, demand_index, quintiles
from layers.text import Text
from services.ogc.errors import ParameterError
from services.ogc.processes._demand.cells import Cells
from services.ogc.processes._model import Input, Values

Floats = npt.NDArray[np.float64]
PEOPLE, OLDER, INCIDENTS = "population", "older", "incidents"
_WEIGHT = {"type": "number", "minimum": 0, "maximum": 1000}
_AGES = ("aged_65_plus", "aged_75_plus", "aged_85_plus")

INPUTS: Mapping[str, Input] = {
    "population_weight": Input(
        title=Text("人口の重み", "Weight of population"),
        description=Text("指数のうち人口の重み。", "Of the number of people in the index."),
        schema={**_WEIGHT, "default": 1},
        required=False,
    ),
    "older_weight": Input(
        title=Text("高齢者の重み", "Weight of older people"),
        description=Text("指数のうち高齢者数の重み。", "Of the number of older people in the index."),
        schema={**_WEIGHT, "default": 1},
        required=False,
    ),
    "incidents_weight": Input(
        title=Text("事案の重み", "Weight of incidents"),
        description=Text(
            "指数のうち過去の事案数の重み。記録も公開の番号もなければ使わない。",
            "Of the number of past incidents in the index; not used where neither records nor a release are given.",
        ),
        schema={**_WEIGHT, "default": 1},
        required=False,
    ),
    "older": Input(
        title=Text("高齢者", "Older people"),
        description=Text("高齢者とする年齢の列。", "The column of ages that are older people."),
        schema={"type": "string", "enum": list(_AGES), "default": "aged_75_plus"},
        required=False,
    ),
    "normalisation": Input(
        title=Text("正規化", "Normalisation"),
        description=Text(
            "成分をそろえる方法。mean：平均で割る（平均の区画が1）。maximum：最大で割る（0～1）。rank：それより少ない区画の割合（0～1、"
            "同じ値は半分）。",
            "How components are made comparable. mean: by the mean (1 is the average cell); maximum: by the greatest "
            "(0 to 1); rank: the share of cells with less (0 to 1, equals count half).",
        ),
        schema={"type": "string", "enum": [str(each) for each in Normalisation], "default": str(Normalisation.MEAN)},
        required=False,
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """One component: its weight, its values by cell, and the same normalised."""

    id: str
    title: Text
    weight: float
    values: Floats
    normalised: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The index of each cell, NaN where a figure is missing, and its fifth (5 is the greatest, 0 not known)."""

    components: tuple[Component, ...]
    values: Floats
    fifths: npt.NDArray[np.int64]
    how: Normalisation


@dataclass(frozen=True, slots=True)
class Town:
    """What a town has: cells, those without an index, figures by component, and its share of the whole index."""

    name: str | None
    cells: int
    unknown: int
    figures: Mapping[str, float]
    mean: float | None
    share: float | None


def indexed(cells: Cells, inputs: Values) -> Index:
    """The index by the weights of the inputs; ``ParameterError`` where nothing would count."""
    ages = {"aged_65_plus": 65, "aged_75_plus": 75, "aged_85_plus": 85}[inputs["older"]]
    given = [
        (PEOPLE, Text("人口", "people"), float(inputs["population_weight"]), cells.people),
        (OLDER, Text(f"{ages}歳以上", f"{ages} and over"), float(inputs["older_weight"]), cells.older),
    ]
    if cells.incidents is not None:
        given.append((INCIDENTS, Text("事案", "incidents"), float(inputs["incidents_weight"]), cells.incidents))
    if not any(weight for _, _, weight, _ in given):
        raise ParameterError("population_weight", Text("重みがすべて0です。", "all weights are 0."))
    how = Normalisation(inputs["normalisation"])
    normalised, values = demand_index([each[3] for each in given], [each[2] for each in given], how)
    components = tuple(Component(*each, own) for each, own in zip(given, normalised, strict=True))
    return Index(components, values, quintiles(values), how)


def by_town(cells: Cells, index: Index) -> list[Town]:
    """Every town, those with most of the index first."""
    known = ~np.isnan(index.values)
    whole = float(index.values[known].sum())
    rows: dict[str | None, list[int]] = {}
    for number, town in enumerate(cells.towns):
        rows.setdefault(town, []).append(number)
    found = []
    for name, own in rows.items():
        some = np.array(own)
        sure = some[known[some]]
        amount = float(index.values[sure].sum())
        found.append(
            Town(
                name,
                len(own),
                len(own) - len(sure),
                {each.id: float(np.nansum(each.values[some])) for each in index.components},
                amount / len(sure) if len(sure) else None,
                amount / whole if whole else None,
            )
        )
    return sorted(found, key=lambda each: (-(each.share or 0.0), each.name or ""))
