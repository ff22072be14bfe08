"""Records of a PBF as the layers would store them, by the repository's own reader."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import osmium

from geo.network.records import Barrier, TurnRestriction, Way
from layers import road_barriers, roads, turn_restrictions
from layers.catalogue import catalogue
from layers.model import SourceFormat
from services.ingest.readers import open_file

assert {roads.LAYER.id, turn_restrictions.LAYER.id} <= set(catalogue())
_NUMBERS = ("lanes", "max_weight_t")


def read_osm(path: Path) -> tuple[list[Way], list[TurnRestriction], list[Barrier]]:
    (of_roads,), (of_turns,) = roads.LAYER.formats, turn_restrictions.LAYER.formats
    assert of_roads.osm is not None
    assert of_turns.osm is not None
    with open_file(path, selectors={of_roads.id: of_roads.osm, of_turns.id: of_turns.osm}) as opened:
        tables = {table.name: table for table in opened.tables}
        ways = [_way(_values(of_roads, record.values), record.geometry) for record in tables[of_roads.id].records()]
        turns = [_restriction(_values(of_turns, record.values)) for record in tables[of_turns.id].records()]
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("barrier"))
    return ways, turns, [_barrier(node) for node in nodes]


def _barrier(node: Any) -> Barrier:
    (source,) = road_barriers.LAYER.formats
    values = _values(source, {"osm_id": node.id, **dict(node.tags)})
    limits = (values.get(name) for name in ("max_width_m", "max_height_m"))
    width, height = (limit if isinstance(limit, float) else None for limit in limits)
    return Barrier(str(node.id), node.tags["barrier"], dict(node.tags), width, height)


def _values(source: SourceFormat, tags: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column, field in source.columns.items():
        if tags.get(column) is not None:
            values.setdefault(field, tags[column])
    assert source.derive is not None
    return {**values, **source.derive(values)}


def _way(values: dict[str, Any], line: Any) -> Way:
    lon, lat = line.xy
    names = set(Way.__dataclass_fields__) & set(values) - {"node_ids"}
    given: dict[str, Any] = {name: float(values[name]) if name in _NUMBERS else values[name] for name in names}
    return Way(id=values["osm_id"], node_ids=values["node_ids"], lon=lon, lat=lat, **given)


def _restriction(values: dict[str, Any]) -> TurnRestriction:
    members = (values.get(name) for name in ("from_way", "via", "to_way", "excepted"))
    return TurnRestriction(values["osm_id"], values.get("restriction"), *members)
