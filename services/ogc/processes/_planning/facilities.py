"""The facilities of an analysis: those of a layer, or given ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from geo.crs import STORAGE, transform_xy
from layers import fire_stations
from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes._dispatch.vehicles import stations_of
from services.ogc.processes._exposure.facilities import facility_layers
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning.given import collection, features_of, number_of, point_of

MOST = 2_000
"""That a request brings along."""
MOST_LOADED = 200_000
"""Of a layer: what an analysis bears is limited by its pairs with the demand."""
_ONE_PLACE_M = 100.0
"""Facilities as near as this may be one, of two sources."""

WHERE = Input(
    title=Text("施設の条件", "Which of them"),
    description=Text(
        'レイヤーの施設のうち、属性がこの値（配列ならそのいずれか）のもの。例 {"kind": ["station", "branch"]}。',
        "Of the layer only those whose properties have these values (of an array: one of them), such as "
        '{"kind": ["station", "branch"]}.',
    ),
    schema={"type": "object", "default": {}},
    required=False,
)


def facilities_input(description: Text, default: str | None = "fire-stations") -> Input:
    """The input by which facilities are given."""
    forms = [{"type": "string", "enum": list(facility_layers())}, collection(MOST)]
    schema: dict[str, Any] = {"oneOf": forms} if default is None else {"oneOf": forms, "default": default}
    return Input(title=Text("施設", "Facilities"), description=description, schema=schema, required=False)


@dataclass(frozen=True, slots=True)
class Facility:
    """One facility, at a place in degrees (EPSG:6668); ``units`` as given, else None."""

    id: str
    name: str
    lon: float
    lat: float
    units: int | None
    properties: Mapping[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class Facilities:
    """The facilities that are looked at.

    layer:
        They are of; None where they were given.
    without_position:
        So many others are left out for want of a place.
    near_others:
        So many lie within ``_ONE_PLACE_M`` of another one: perhaps the same, out of two sources.
    """

    each: tuple[Facility, ...]
    layer: Layer | None
    without_position: int
    near_others: int

    def __len__(self) -> int:
        return len(self.each)

    @property
    def lon(self) -> npt.NDArray[np.float64]:
        return np.array([each.lon for each in self.each], np.float64)

    @property
    def lat(self) -> npt.NDArray[np.float64]:
        return np.array([each.lat for each in self.each], np.float64)

    @property
    def title(self) -> Text:
        return Text("施設", "facilities") if self.layer is None else self.layer.title

    def notes_of_positions(self) -> list[Text]:
        """What was left out, counted."""
        if not self.without_position:
            return []
        return [
            Text(
                f"位置のない{self.title.ja}が{self.without_position}か所あり、含まない。",
                f"{self.without_position} without a position are left out ({self.title.en}).",
            )
        ]

    def notes(self) -> list[Text]:
        """The same, and what may be wrong."""
        found = self.notes_of_positions()
        if self.near_others:
            found.append(
                Text(
                    f"別の施設から{_ONE_PLACE_M:.0f}m以内にある施設が{self.near_others}か所ある。同じ施設が2つの資料から"
                    "載っているなら、2番目の到着と重なりは実際より良く見える。",
                    f"{self.near_others} facilities lie within {_ONE_PLACE_M:.0f} m of another. Where these are one, "
                    "out of two sources, second arrivals and overlap look better than they are.",
                )
            )
        return found


def asked_facilities(inputs: Values, context: Context, parameter: str = "facilities") -> Facilities:
    """The facilities of an input.

    Raises
    ------
    ParameterError
        If there are none or too many, a property is not the layer's, or what is given cannot be used.
    UnanswerableError
        If the layer is not loaded, or empty.
    """
    given, where = inputs[parameter], inputs.get("where") or {}
    if isinstance(given, str):
        layer: Layer | None = catalogue()[given]
        every = _of_layer(catalogue()[given], where, context)
    else:
        if where:
            raise ParameterError(
                "where", Text("レイヤーの施設にだけ使えます。", "it is for facilities of a layer only.")
            )
        layer, every = None, features_of(parameter, given)
    placed = [each for each in every if each.geometry is not None]
    found = tuple(_facility(each, number, layer, parameter) for number, each in enumerate(placed))
    if not found:
        raise ParameterError(parameter, Text("該当する施設がありません。", "there are no such facilities."))
    most = MOST if layer is None else MOST_LOADED
    if len(found) > most:
        raise ParameterError(
            parameter, Text(f"{most:,}か所までです（{len(found):,}）。", f"at most {most:,}, not {len(found):,}.")
        )
    return Facilities(found, layer, len(every) - len(placed), _near_others(found, context.city.plane_crs))


def _of_layer(layer: Layer, where: Mapping[str, Any], context: Context) -> Sequence[Feature]:
    state = context.layers.state(layer.id)
    if state is None or not state.row_count:
        raise UnanswerableError(
            Text(
                f"「{layer.title.ja}」のデータが読み込まれていません。ないことを意味しません。",
                f"“{layer.title.en}” is not loaded. This does not mean that there are none.",
            )
        )
    if not where and layer.id == fire_stations.LAYER.id:
        return stations_of(context)  # the corps' posts have no crews of their own
    known = {field.name for field in layer.fields} | {"id", "dataset", "source_id"}
    for name in where:
        if name not in known:
            listed = ", ".join(sorted(known))
            raise ParameterError(
                f"where.{name[:80]}",
                Text(f"この属性はありません。使える属性: {listed}", f"there is no such property; there are {listed}."),
            )
    return [each for each in context.layers.features(layer.id) if _fits(each, where)]


def _fits(feature: Feature, where: Mapping[str, Any]) -> bool:
    return all(
        (feature.id if name == "id" else feature.properties.get(name))
        in (wanted if isinstance(wanted, list) else [wanted])
        for name, wanted in where.items()
    )


def _facility(feature: Feature, number: int, layer: Layer | None, parameter: str) -> Facility:
    assert feature.geometry is not None  # noqa: S101 - those without are left out
    lon, lat = point_of(feature.geometry)
    title = "name" if layer is None else layer.title_field or "name"
    units = None
    if layer is None:
        where = f"features[{number}].properties.units"
        told = number_of(parameter, where, feature.properties.get("units"))
        if told is not None and told != int(told):
            raise ParameterError(parameter, Text(f"{where}は整数です。", f"{where} is a whole number."))
        units = None if told is None else int(told)
    return Facility(feature.id, str(feature.properties.get(title) or feature.id), lon, lat, units, feature.properties)


def _near_others(every: Sequence[Facility], plane: int) -> int:
    x, y = transform_xy(np.array([each.lon for each in every]), np.array([each.lat for each in every]), STORAGE, plane)
    pairs = KDTree(np.column_stack([x, y])).query_pairs(_ONE_PLACE_M, output_type="ndarray")
    return len(np.unique(pairs))
