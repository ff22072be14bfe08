"""What a process may ask of the layers; who answers is none of its business."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shapely.geometry.base import BaseGeometry

from services.database.revisions import LayerState


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its properties as JSON has them (dates are texts), its geometry in EPSG:6668, longitude first."""

    id: str
    properties: Mapping[str, Any]
    geometry: BaseGeometry | None = None


class LayerReader(Protocol):
    """The layers that may be read.  A layer that is not served has no features; ``state`` tells the two apart."""

    def state(self, layer_id: str) -> LayerState | None:
        """Revision, datasets, dates and rights of a layer; None where it is not loaded or not published."""
        ...

    def meeting(
        self, layer_ids: Sequence[str], shape: BaseGeometry, *, clipped: bool = False
    ) -> Mapping[str, Sequence[Feature]]:
        """The features of several layers that meet a shape (touching is meeting), by layer, in one look.

        With ``clipped`` each carries the part of its geometry inside the shape, else none.
        """
        ...

    def features(
        self, layer_id: str, *, within: BaseGeometry | None = None, equal: Mapping[str, object] | None = None
    ) -> Sequence[Feature]:
        """The features of a layer with their geometries: those that meet ``within`` and have these values."""
        ...

    def distinct(
        self, layer_id: str, fields: Sequence[str], *, overlapping: BaseGeometry | None = None
    ) -> frozenset[tuple[Any, ...]]:
        """The combinations of values that the fields have; those of areas that share ground with ``overlapping``.

        A field that this face does not see is None everywhere.
        """
        ...

    def remember[T](self, name: str, layer_ids: Sequence[str], make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for each state of these layers."""
        ...
