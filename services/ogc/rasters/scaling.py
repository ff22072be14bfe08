"""How many cells a request asks for: ``scale-factor``, ``scale-axes`` or ``scale-size``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite

from geo.grid import Grid
from layers.model import Text
from services.ogc.errors import ParameterError
from services.ogc.rasters.boxes import axis_values
from services.ogc.rasters.systems import System

NAMES = ("scale-factor", "scale-axes", "scale-size", "scaleSize")
"""``scaleSize``: as a draft of 2020 had it, and as GDAL's OGCAPI driver asks."""

_MOST = 1_000_000.0
_WHOLE = re.compile(r"\d{1,7}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scaling:
    """Factors by which cells become fewer, or numbers of cells (None: as many as there are)."""

    factor_x: float = 1.0
    factor_y: float = 1.0
    width: int | None = None
    height: int | None = None

    @property
    def sized(self) -> bool:
        return self.width is not None or self.height is not None

    def of(self, grid: Grid) -> Grid:
        """The same bounds in the number of cells asked for; a rest is one more cell."""
        width = self.width or ceil(round(grid.width / self.factor_x, 6))
        height = self.height or ceil(round(grid.height / self.factor_y, 6))
        return grid.resized(max(1, width), max(1, height))


def scaling_of(given: Mapping[str, str], system: System) -> Scaling:
    """What a request asks for, its axes named as in the system it is answered in.

    Raises
    ------
    ParameterError
        If it cannot be understood, or is asked for in two ways.
    """
    asked = [name for name in NAMES if name in given]
    if not asked:
        return Scaling()
    name = asked[0]
    if len(asked) > 1:
        raise ParameterError(
            name, Text(f"{asked[1]}と同時には指定できません。", f"it cannot be given together with {asked[1]}.")
        )
    if name == "scale-factor":
        factor = _factor(name, given[name])
        return Scaling(factor, factor)
    by_axis = {_axis(name, axis, system): text for axis, text in axis_values(name, given[name])}
    if name == "scale-axes":
        factors = {axis: _factor(name, text) for axis, text in by_axis.items()}
        return Scaling(factors.get("x", 1.0), factors.get("y", 1.0))
    sizes = {axis: _size(name, text) for axis, text in by_axis.items()}
    return Scaling(width=sizes.get("x"), height=sizes.get("y"))


def _axis(parameter: str, name: str, system: System) -> str:
    if name in system.x_names:
        return "x"
    if name in system.y_names:
        return "y"
    known = f"{system.x_names[0]}, {system.y_names[0]}"
    raise ParameterError(parameter, Text(f"軸の名前は {known} です。", f"the axes are {known}."))


def _factor(parameter: str, text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not isfinite(factor) or not 1 / _MOST <= factor <= _MOST:
        raise ParameterError(
            parameter,
            Text(
                "格子を何分の1にするかを正の数で指定してください（2なら縦横とも半分）。",
                "give by how much the cells become fewer, a positive number: 2 for half of them along each axis.",
            ),
        )
    return factor


def _size(parameter: str, text: str) -> int:
    if not _WHOLE.fullmatch(text) or int(text) < 1:
        raise ParameterError(
            parameter, Text("格子の数を1以上の整数で指定してください。", "give whole numbers of cells, 1 or more.")
        )
    return int(text)
