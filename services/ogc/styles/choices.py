"""Which styles a layer has: one, or one for each value of which a map shows one at a time."""

from dataclasses import dataclass

from layers.model import Geometry, Layer, Text
from services.ogc.errors import ResourceError
from services.ogc.source import Source

DEFAULT = "default"
CITY_STYLE = "city"
"""The style of the map of all layers."""
_ORDINARY = Text("標準", "Default")


@dataclass(frozen=True, slots=True)
class StyleChoice:
    """One style of a layer.  ``value``: of ``style.one_of``, the one that is shown."""

    id: str
    title: Text
    value: str | None = None


def is_styled(source: Source) -> bool:
    """Whether a layer has a style: one with places, or a grid with colours for its values."""
    layer = source.layer
    return bool(layer.style.ramp) if layer.geometry is Geometry.RASTER else layer.geometry is not Geometry.NONE


def choices(layer: Layer) -> tuple[StyleChoice, ...]:
    """The styles of a layer, the default one first."""
    field = layer.by_name[layer.style.one_of] if layer.style.one_of is not None else None
    if field is None or field.codes is None:
        return (StyleChoice(DEFAULT, _ORDINARY),)
    return tuple(StyleChoice(str(code.value), code.title, str(code.value)) for code in field.codes.codes)


def choice_named(layer: Layer, name: str) -> StyleChoice:
    """The style with this id, ``default`` being the first; ``ResourceError`` where there is none."""
    known = choices(layer)
    if name == DEFAULT:
        return known[0]
    for each in known:
        if each.id == name:
            return each
    raise ResourceError(Text("このスタイルはありません。", "There is no such style."))
