"""Results as files: a layer as GeoJSON, a table as CSV, a report as a page that needs nothing else."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from services.ogc import geojson
from services.ogc.formats.csv import BYTE_ORDER_MARK

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
) -> str:
    """A FeatureCollection of shapes (EPSG:6668), with what the answer ``about`` says of itself."""
    rounded = shapely.transform(np.array(shapes, object), lambda each: np.round(each, _DIGITS))
    geometries = shapely.to_geojson(rounded).tolist()
    features = (
        f'{{"type":"Feature","id":{geojson.dumps(key)},"geometry":{geometry},"properties":{geojson.dumps(dict(row))}}}'
        for key, geometry, row in zip(ids, geometries, rows, strict=True)
    )
    head = geojson.dumps({"type": "FeatureCollection", "name": name, **{each: about[each] for each in _TOLD}})
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
