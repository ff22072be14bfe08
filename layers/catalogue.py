"""The catalogue: every layer declared in this folder, found by looking, in the order people read them."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

import layers
from geo.errors import InputError, NotFoundError
from layers.model import FieldKind, Layer, SourceFormat, Theme


@cache
def catalogue() -> Mapping[str, Layer]:
    """All layers by id, by theme and then by id.

    Raises
    ------
    InputError
        If two modules declare the same layer id, table or source format id, or a layer of stations names observations
        that are not declared.
    """
    found: list[Layer] = []
    for module in pkgutil.iter_modules(layers.__path__, f"{layers.__name__}."):
        content = vars(importlib.import_module(module.name))
        declared = [*content.get("LAYERS", ()), content.get("LAYER")]
        found.extend(layer for layer in declared if isinstance(layer, Layer))
    order = list(Theme)
    found.sort(key=lambda layer: (order.index(layer.theme), layer.id))
    _refuse_repeated("layer", [layer.id for layer in found])
    _refuse_repeated("source format", [source.id for layer in found for source in layer.formats])
    by_id = {layer.id: layer for layer in found}
    for layer in found:
        _require_observations(layer, by_id)
    return MappingProxyType(by_id)


def layer_named(layer_id: str) -> Layer:
    """The layer with this id; ``NotFoundError`` names the ids there are."""
    try:
        return catalogue()[layer_id]
    except KeyError:
        raise NotFoundError(
            f"There is no layer {layer_id!r}.", fix=f"Choose one of: {', '.join(catalogue())}."
        ) from None


def source_formats() -> Iterator[tuple[Layer, SourceFormat]]:
    """Every source format with the layer it feeds."""
    for layer in catalogue().values():
        for source in layer.formats:
            yield layer, source


def _require_observations(layer: Layer, by_id: Mapping[str, Layer]) -> None:
    if (told := layer.observations) is None:
        return
    rows = by_id.get(told.layer)
    if rows is None or rows.time_field is None:
        raise InputError(f"Layer {layer.id}: there is no layer {told.layer!r} of observations with a time.")
    for each in told.observed:
        field = rows.by_name.get(each.field)
        if field is None or field.kind not in (FieldKind.NUMBER, FieldKind.INTEGER):
            raise InputError(f"Layer {layer.id}: {told.layer} has no numbers {each.field!r}.")
        graded = None if each.quality is None else rows.by_name.get(each.quality)
        if each.quality is not None and (graded is None or graded.codes is None or not graded.codes.is_integer):
            raise InputError(f"Layer {layer.id}: {told.layer} has no integer codes of quality {each.quality!r}.")
    if told.station not in rows.by_name:
        raise InputError(f"Layer {layer.id}: {told.layer} has no field {told.station!r}.")


def _refuse_repeated(what: str, ids: list[str]) -> None:
    repeated = sorted({name for name in ids if ids.count(name) > 1})
    if repeated:
        raise InputError(f"Declared more than once as {what}: {', '.join(repeated)}.")
