"""Which layers have a coverage, by their declarations alone."""

from layers.model import Geometry, Layer


def has_heights(layer: Layer) -> bool:
    """Whether the layer's rows are grids of heights."""
    return layer.geometry is Geometry.RASTER


def has_depths(layer: Layer) -> bool:
    """Whether the layer's rows are zones with an interval of depth."""
    return layer.geometry is Geometry.MULTIPOLYGON and "depth_upper_m" in layer.by_name


def has_coverage(layer: Layer) -> bool:
    return has_heights(layer) or has_depths(layer)
