"""Every answer that there is for a hazard in the city, and where in the city each one holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.offline.faces import Cells, packed_faces
from layers.advice import State
from layers.hazard import severity
from layers.model import Layer
from services.ogc.analysis.city import DISTRICTS, city_area
from services.ogc.analysis.layers import Feature
from services.ogc.analysis.speaking import statements
from services.ogc.processes._hazard.at_place import hazard_found
from services.ogc.processes._hazard.states import Ground, ground
from services.ogc.processes._model import Context

_WORST_FIRST = [State.INSIDE, State.UNKNOWN, State.OUTSIDE]
_OF_AREA = ("name", "class", "zone", "depth", "duration")
_OF_HAZARD = ("id", "type", "state", "possible_states", "source", "as_of", "fictitious")


@dataclass(frozen=True, eq=False)
class Case:
    """An answer for a hazard: the areas it follows from, on such ground."""

    areas: tuple[Feature, ...]
    where: Ground


@dataclass(frozen=True, eq=False)
class Cases:
    """Of one hazard: all its answers, the gravest first, and the bytes that say where each holds."""

    layer: Layer
    every: tuple[Case, ...]
    faces: bytes

    def documents(self, context: Context) -> list[dict[str, Any]]:
        """The answers in the language of the context, without what no card shows; in ``inside``, whether a place is in
        a zone of any scenario.
        """
        return [{**_document(self.layer, each, context), "inside": bool(each.areas)} for each in self.every]


def cases_of(layer: Layer, cells: Cells, context: Context) -> Cases:
    """The answers for a hazard within the cells."""
    areas = [each for each in context.layers.features(layer.id) if each.geometry is not None]
    city = city_area(context.layers, context.city)
    spoken = [] if city is None else [each.within(city) for each in statements(layer, context.layers, context.city)]
    districts = [each for each in context.layers.features(DISTRICTS) if each.geometry is not None]
    known = _Known(layer, context, areas, districts, has_boundary=city is not None)
    faces = packed_faces(
        _polygons([*(each.geometry for each in areas), *spoken, *([] if city is None else [city])]), cells, known.sort
    )
    return Cases(layer, known.every, faces)


def city_faces(cells: Cells, context: Context) -> bytes | None:
    """Where the city is (case 1) and is not (case 0); None where its boundary is not known."""
    city = city_area(context.layers, context.city)
    if city is None:
        return None
    shapely.prepare(city)
    return packed_faces(_polygons([city]), cells, lambda points: shapely.intersects(city, points).astype(np.int64))


class _Known:
    """Sorts points by what is answered there."""

    def __init__(
        self,
        layer: Layer,
        context: Context,
        areas: Sequence[Feature],
        districts: Sequence[Feature],
        *,
        has_boundary: bool,
    ) -> None:
        self.every: tuple[Case, ...] = ()
        self._layer, self._context = layer, context
        self._areas, self._districts, self._has_boundary = areas, districts, has_boundary
        kinds = [json.dumps(each.properties, sort_keys=True, default=str) for each in areas]
        self._kinds = np.unique(np.array(kinds, object), return_inverse=True)[1] if kinds else np.empty(0, int)

    def sort(self, points: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
        """The case of each point; to be asked once."""
        tree = shapely.STRtree(points)
        met, near = (_met(tree, features, len(points)) for features in (self._areas, self._districts))
        spoken = statements(self._layer, self._context.layers, self._context.city)
        keys: dict[tuple[Any, ...], str] = {}
        cases: dict[str, tuple[Any, Case]] = {}
        found: list[str] = []
        for point, areas, districts in zip(points, met, near, strict=True):
            corner = [(point.x, point.y)]
            key = (
                tuple(sorted({int(self._kinds[each]) for each in areas})),
                tuple(districts),
                tuple(each.covers(corner) for each in spoken),
            )
            if key not in keys:
                case = self._case(point, areas, districts)
                answer = _document(self._layer, case, self._context)
                keys[key] = name = json.dumps([answer, bool(areas)], sort_keys=True, default=str)
                cases.setdefault(name, (_gravity(case, answer), case))
            found.append(keys[key])
        ordered = sorted(cases, key=lambda name: cases[name][0])
        self.every = tuple(cases[name][1] for name in ordered)
        number = {name: place for place, name in enumerate(ordered)}
        return np.array([number[name] for name in found], np.int64)

    def _case(self, point: BaseGeometry, areas: Sequence[int], districts: Sequence[int]) -> Case:
        where = ground(
            point,
            [self._districts[each] for each in districts],
            self._context.city,
            has_boundary=self._has_boundary,
        )
        return Case(tuple(self._areas[each] for each in areas), where)


def _met(tree: shapely.STRtree, features: Sequence[Feature], count: int) -> list[list[int]]:
    """Of each point of a tree the features that it meets."""
    found: list[list[int]] = [[] for _ in range(count)]
    if features:
        shapes = np.array([each.geometry for each in features], object)
        for feature, point in zip(*tree.query(shapes, predicate="intersects").tolist(), strict=True):
            found[point].append(feature)
    return found


def _document(layer: Layer, case: Case, context: Context) -> dict[str, Any]:
    spoken = statements(layer, context.layers, context.city)
    whole = hazard_found(layer, case.areas, spoken, case.where, context)
    scenarios = [
        {
            "title": each["title"],
            "reason": each["reason"],
            "areas": [{name: area[name] for name in _OF_AREA} for area in each["areas"][:1]],
        }
        for each in whole["scenarios"]
    ]
    return {
        **{name: whole[name] for name in _OF_HAZARD},
        "scenarios": scenarios,
        "what_to_do": whole["what_to_do"],
    }


def _gravity(case: Case, answer: Mapping[str, Any]) -> tuple[int, list[float], int]:
    """By which answers are ordered, the gravest first."""
    worst = max((severity(each.properties) for each in case.areas), default=(0.0, 0.0))
    return _WORST_FIRST.index(State(answer["state"])), [-each for each in worst], -len(case.areas)


def _polygons(shapes: Sequence[BaseGeometry | None]) -> list[BaseGeometry]:
    """The polygons of these shapes, one by one."""
    parts = shapely.get_parts(np.array([each for each in shapes if each is not None], object)) if shapes else []
    return [each for each in parts if each.geom_type == "Polygon" and not each.is_empty]
