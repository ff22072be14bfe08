"""Writers of the published forms: CSV in the encodings cities use, GeoJSON, OSM PBF, GeoTIFF, and the manifest.

All of them write the same bytes for the same content: no clock, no random name, no order by chance.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import osmium
import rasterio
import shapely
from osmium.osm.mutable import Node, Relation, Way
from rasterio.transform import from_origin
from shapely.geometry.base import BaseGeometry

from services.ingest.sample.plane import DECIMALS, Floats

FICTITIOUS = "架空データ"
NOTE = "架空データ（西宮市統合型GIS サンプル都市）。実在の施設・住民・災害想定ではない。"
ATTRIBUTION = "架空データ（西宮市統合型GIS サンプル都市）"
LICENCE = "CC0-1.0"
AS_OF = date(2026, 4, 1)
GENERATOR = "ngis sample city / 架空データ"


@dataclass(frozen=True)
class Listed:
    """A file of the sample city for the manifest."""

    path: str
    title: str


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8-sig",
    newline: str = "\r\n", above: Sequence[Sequence[object]] = ()
) -> None:  # fmt: skip
    """A CSV file; ``None`` is written as an empty cell.  ``above`` are rows before the header, below stands no data."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=newline)
    writer.writerows(above)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(buffer.getvalue().encode(encoding))


def write_geojson(path: Path, name: str, features: Iterable[tuple[BaseGeometry, Mapping[str, object]]]) -> None:
    """A feature collection in longitude and latitude (JGD2011, as 国土数値情報 labels it)."""
    kept = [(geometry, properties) for geometry, properties in features if not geometry.is_empty]
    lines = []
    for geometry, properties in kept:
        text = json.loads(shapely.to_geojson(geometry))
        feature = {"type": "Feature", "properties": dict(properties), "geometry": _rounded(text)}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    head = {
        "type": "FeatureCollection",
        "name": name,
        "description": NOTE,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6668"}},
    }
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    path.write_text(f'{opening}, "features": [\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8", newline="\n")


@dataclass(frozen=True, slots=True)
class OsmWay:
    nodes: Sequence[int]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OsmRelation:
    members: Sequence[tuple[str, int, str]]
    tags: Mapping[str, str]


def write_pbf(
    path: Path, positions: Floats, node_tags: Mapping[int, Mapping[str, str]], ways: Sequence[OsmWay],
    relations: Sequence[OsmRelation]
) -> None:  # fmt: skip
    """An OSM file: nodes at (n, 2) longitudes and latitudes, ids from 1 in the order given.

    Members and way nodes refer to positions in the sequences, counted from 0.
    """
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    west, south = positions.min(axis=0).tolist()
    east, north = positions.max(axis=0).tolist()
    header.add_box(osmium.osm.Box(west, south, east, north))
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for index, position in enumerate(positions.tolist()):
            tags = dict(node_tags.get(index, {}))
            writer.add_node(Node(id=index + 1, location=tuple(position), tags=tags))
        for index, way in enumerate(ways):
            writer.add_way(Way(id=index + 1, nodes=[node + 1 for node in way.nodes], tags=dict(way.tags)))
        for index, relation in enumerate(relations):
            members = [(kind, member + 1, role) for kind, member, role in relation.members]
            writer.add_relation(Relation(id=index + 1, members=members, tags=dict(relation.tags)))


def write_dem(path: Path, heights: Floats, west: float, north: float, resolution: float, nodata: float) -> None:
    """A float32 GeoTIFF in EPSG:6668, first row in the north; ``west`` and ``north`` are the outer edges."""
    rows, columns = heights.shape
    with rasterio.open(
        path, "w", driver="GTiff", height=rows, width=columns, count=1, dtype="float32", crs="EPSG:6668",
        transform=from_origin(west, north, resolution, resolution), nodata=nodata, compress="deflate", predictor=3,
        tiled=True, blockxsize=256, blockysize=256,
    ) as target:  # fmt: skip
        target.update_tags(
            TIFFTAG_IMAGEDESCRIPTION=f"{NOTE} 数値標高モデル（地盤面）",
            TIFFTAG_SOFTWARE="ngis sample city",
            AREA_OR_POINT="Area",
            model="terrain",
        )
        target.write(np.where(np.isfinite(heights), heights, nodata).astype("float32"), 1)


def write_manifest(directory: Path, files: Sequence[Listed]) -> None:
    """``manifest.toml`` of the folder: what every file is, and that it is fictitious."""
    lines = [
        f"# {NOTE}",
        "# Written by `ngis sample`; the keys are described in data/manifest.toml.",
        "schema = 1",
    ]
    for listed in files:
        digest = hashlib.sha256((directory / listed.path).read_bytes()).hexdigest()
        entry = {
            "path": listed.path,
            "sha256": digest,
            "title": f"{listed.title}（{FICTITIOUS}）",
            "licence": LICENCE,
            "attribution": ATTRIBUTION,
        }
        lines += ["", "[[file]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items())]
        lines += [f"as_of = {AS_OF.isoformat()}", "fictitious = true"]
    (directory / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
