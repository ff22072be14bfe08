"""The coverage of a layer as a request names it."""

from collections.abc import Mapping

from layers.model import Text
from services.ogc.errors import ParameterError
from services.ogc.rasters.cells import Cells
from services.ogc.rasters.depth import DepthCells
from services.ogc.rasters.elevation import ElevationCells
from services.ogc.rasters.kinds import has_heights
from services.ogc.source import Source

SCENARIO = "scenario"
"""The parameter that chooses among what lies upon one another, where a layer declares ``Style.one_of``."""


def scenarios(source: Source) -> tuple[str, ...]:
    """What may be chosen, the one taken unasked first; none where the layer's zones do not lie upon one another."""
    name = source.layer.style.one_of
    codes = source.layer.by_name[name].codes if name is not None else None
    return () if codes is None else tuple(str(code.value) for code in codes.codes)


def has_scenarios(source: Source) -> bool:
    return bool(scenarios(source))


def known_scenario(name: str, value: str, source: Source | None) -> None:
    """Raises ``ParameterError`` for a value that the layer does not have."""
    known = scenarios(source) if source is not None else ()
    if value not in known:
        names = ", ".join(known)
        raise ParameterError(name, Text(f"次のいずれかを指定してください: {names}", f"give one of {names}."))


def cells_of(source: Source, given: Mapping[str, str]) -> Cells:
    """The coverage of a layer that has one, in the scenario asked for."""
    if has_heights(source.layer):
        return ElevationCells(source)
    known = scenarios(source)
    return DepthCells(source, given.get(SCENARIO, known[0]) if known else None)
