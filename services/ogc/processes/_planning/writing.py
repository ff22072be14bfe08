"""Results as files: a layer as GeoJSON, a table as CSV, a report as a page that needs nothing else."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.result_classes import CLASS, LEGEND, legend_as_json
from services.ogc import geojson
from services.ogc.formats.csv import BYTE_ORDER_MARK
from services.ogc.processes._planning.classes import Classed

GEOJSON = "application/geo+json"
CSV = "text/csv"
HTML = "text/html"
_DIGITS = 7
_TOLD = ("headline", "parameters", "assumptions", "code", "answered_at", "sources", "fictitious", "notes")
"""Members of the answer that a layer carries, so that it can be made again."""


def layer(
    name: str,
    shapes: Sequence[BaseGeometry],
    ids: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    about: Mapping[str, Any],
    classed: Classed | None = None,
) -> str:
    """A FeatureCollection of shapes (EPSG:6668), with what the answer ``about`` says of itself, and with the classes of
    its features (``layers.result_classes``) where it has such.
    """
    rounded = shapely.transform(np.array(shapes, object), lambda each: np.round(each, _DIGITS))
    geometries = shapely.to_geojson(rounded).tolist()
    if classed is not None:
        rows = ({**row, CLASS: value} for row, value in zip(rows, classed.values, strict=True))
    features = (
        f'{{"type":"Feature","id":{geojson.dumps(key)},"geometry":{geometry},"properties":{geojson.dumps(dict(row))}}}'
        for key, geometry, row in zip(ids, geometries, rows, strict=True)
    )
    told = {"type": "FeatureCollection", "name": name, **{each: about[each] for each in _TOLD}}
    head = geojson.dumps(told if classed is None else {**told, LEGEND: legend_as_json(classed.legend)})
    return f'{head[:-1]},"features":[{",".join(features)}]}}'


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """CSV as the layers have it: with a byte order mark and CRLF; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([["" if each is None else each for each in row] for row in rows])
    return BYTE_ORDER_MARK + text.getvalue()


def finite(value: float) -> float | None:
    """None in place of what JSON has no number for."""
    return value if isfinite(value) else None
