"""The query parameters that coverages and maps share."""

from collections.abc import Callable

from layers.model import Text
from services.ogc import parameters
from services.ogc.pages.model import Parameter, Schema
from services.ogc.rasters.offered import SCENARIO, has_scenarios, known_scenario, scenarios
from services.ogc.rasters.systems import parsed, served_systems
from services.ogc.source import Source

_PROJECTION = "軸の名前は Lon、Lat、E、N、またはその座標参照系での名前（平面直角座標系ではXが北）。"
_AXES = "Axes are Lon, Lat, E, N, or as the reference system names them (X is north in a Japanese plane)."


def _system(name: str, value: str, _source: Source | None) -> None:
    parsed(name, value)


def _systems(source: Source) -> Schema:
    return {"type": "string", "enum": list(served_systems(source))}


def crs(name: str, ja: str, en: str) -> Parameter:
    """A parameter that names a reference system, by URI, URN or CURIE."""
    return Parameter(name, Text(ja, en), _systems, _system)


def _sample_subset(source: Source) -> str:
    west, south, east, north = parameters.sample_box(source)
    return f"Lon({west}:{east}),Lat({south}:{north})"


def text(name: str, description: Text, example: str | Callable[[Source], str]) -> Parameter:
    """A parameter whose form its handler reads."""
    return Parameter(name, description, {"type": "string"}, example=example)


BBOX_CRS = crs("bbox-crs", "bboxの座標参照系。指定がなければCRS84。", "Reference system of bbox; CRS84 if absent.")
SUBSET = text(
    "subset",
    Text(
        f"軸ごとの範囲（両端を含む）。*は端まで、値が1つならその位置の格子。{_PROJECTION}",
        f"Ranges of axes, ends inclusive; * is the end, one value the cells there. {_AXES}",
    ),
    _sample_subset,
)
SUBSET_CRS = crs("subset-crs", "subsetの座標参照系。", "Reference system of subset.")
SCENARIOS = Parameter(
    SCENARIO,
    Text("想定の種類。", "Scenario."),
    lambda source: {"type": "string", "enum": list(scenarios(source)), "default": scenarios(source)[0]},
    known_scenario,
    offered=has_scenarios,
)
PLACE = (parameters.BBOX, BBOX_CRS, SUBSET, SUBSET_CRS)
