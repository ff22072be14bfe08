"""OpenStreetMap extracts (PBF) through libosmium: one table for every selector of the layer catalogue."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium import osm
from shapely.geometry import LineString, Point

from geo.errors import SourceError
from layers.model import OsmSelector
from services.ingest.model import Action, Finding, Record, Table
from services.ingest.readers.opened import Contents

RESTRICTIONS = "restrictions"
_OSM_CRS = 4326
_OWN_COLUMNS = ("osm_id", "osm_type")
_FIX = "Get the file again; it may be truncated."


def read_osm(path: Path, *, selectors: Mapping[str, OsmSelector]) -> Contents:
    """One table per selector, named by its key; without any selector, one table named "" of every tagged way.

    A node becomes a Point, a way a LineString over all its nodes, an area (closed way or multipolygon) a
    MultiPolygon, in EPSG:4326.  Where a selector asks for ways and areas, a closed way is given once, as an area.
    ``Record.number`` is the OSM id; ``values`` are all tags, ``osm_id``, ``osm_type`` ("node", "way", "relation") and
    for ways ``node_ids``, the ids of their nodes in order: two ways meet where they share one.

    A way whose file lacks some of its nodes keeps the others and is noted; with less than two left it is rejected.

    The selector id ``restrictions`` gives the turn restrictions instead, see ``turn_restrictions``.

    ``Table.metadata`` counts the whole file: nodes, ways, relations, restrictions.

    Raises
    ------
    SourceError
        If the file is truncated or damaged.
    """
    chosen = dict(selectors) or {"": OsmSelector(elements=("way",), tags={})}
    counts, columns = _survey(path, chosen)
    metadata = {kind: str(counts[kind]) for kind in ("nodes", "ways", "relations", "restrictions")}
    tables = []
    for selector_id, selector in chosen.items():
        if selector_id == RESTRICTIONS:
            names: tuple[str, ...] = (*_OWN_COLUMNS, "from", "via", "to", "restriction")
            records = _restriction_source(path)
        else:
            own = (*_OWN_COLUMNS, "node_ids") if "way" in selector.elements else _OWN_COLUMNS
            names = (*own, *sorted(columns[selector_id] - set(own)))
            records = _source(path, selector)
        tables.append(Table(selector_id, "osm-pbf", names, records, crs=_OSM_CRS, encoding="utf-8", metadata=metadata))
    return Contents(tables=tuple(tables))


def turn_restrictions(path: Path) -> Iterator[Record]:
    """The turn restrictions of the file, one record per relation, without geometry.

    ``values``: osm_id, osm_type, restriction (``no_left_turn`` ...), and ``from``, ``via``, ``to``: members as
    ``w1867`` or ``n1711``, several joined by ``;``, None where there is none (a finding says so).
    """
    for relation in _objects(path, osmium.FileProcessor(_pbf(path), osm.RELATION)):
        tags = dict(relation.tags)
        if not _is_restriction(tags):
            continue
        members: dict[str, object] = {}
        for role in ("from", "via", "to"):
            refs = [f"{member.type}{member.ref}" for member in relation.members if member.role == role]
            members[role] = ";".join(refs) or None
        missing = [role for role, refs in members.items() if refs is None]
        findings = tuple(
            Finding("dangling-reference", Action.NOTED, relation.id, role, detail="the restriction has no such member")
            for role in missing
        )
        yield Record(relation.id, {"osm_id": relation.id, "osm_type": "relation", **tags, **members}, None, findings)


def _is_restriction(tags: Mapping[str, str]) -> bool:
    return tags.get("type", "").startswith("restriction")


def matches(selector: OsmSelector, tags: Mapping[str, str]) -> bool:
    """Whether ``tags`` have, for one key of the selector, one of its values; any tag at all where it names no key."""
    if not selector.tags:
        return bool(tags)
    for key, accepted in selector.tags.items():
        value = tags.get(key)
        if value is not None and (not accepted or value in accepted):
            return True
    return False


def _survey(path: Path, selectors: Mapping[str, OsmSelector]) -> tuple[Counter[str], dict[str, set[str]]]:
    """Count the elements and collect the tag keys of what each selector takes, in one pass without coordinates."""
    counts: Counter[str] = Counter()
    columns: dict[str, set[str]] = {selector_id: set() for selector_id in selectors}
    kinds = {"n": "nodes", "w": "ways", "r": "relations"}
    # An area is a way or a relation in the file.
    wanted: dict[str, list[tuple[str, OsmSelector]]] = {"n": [], "w": [], "r": []}
    for selector_id, selector in selectors.items():
        for element, codes in (("node", "n"), ("way", "w"), ("area", "wr")):
            if element in selector.elements:
                for code in codes:
                    wanted[code].append((selector_id, selector))
    for element in _objects(path, osmium.FileProcessor(_pbf(path), osm.NODE | osm.WAY | osm.RELATION)):
        code = element.type_str()
        counts[kinds[code]] += 1
        if not element.tags:
            continue
        tags = dict(element.tags)
        if code == "r" and _is_restriction(tags):
            counts["restrictions"] += 1
        for selector_id, selector in wanted[code]:
            if matches(selector, tags):
                columns[selector_id].update(tags)
    return counts, columns


def _pbf(path: Path) -> Any:
    """The file as PBF whatever its name: libosmium would judge by the ending."""
    return osmium.io.File(str(path), "pbf")


def _objects(path: Path, processor: Any) -> Iterator[Any]:
    """The elements of a file; what libosmium raises becomes ``SourceError``."""
    try:
        yield from processor
    except (RuntimeError, OSError, ValueError) as error:
        reason = str(error).replace(str(path), path.name)
        raise SourceError(f"{path.name}: the OSM file is truncated or damaged ({reason}).", fix=_FIX) from error


def _restriction_source(path: Path) -> Callable[[], Iterator[Record]]:
    return lambda: turn_restrictions(path)


def _source(path: Path, selector: OsmSelector) -> Callable[[], Iterator[Record]]:
    return lambda: _records(path, selector)


def _records(path: Path, selector: OsmSelector) -> Iterator[Record]:
    areas = "area" in selector.elements
    processor = osmium.FileProcessor(_pbf(path))
    if "way" in selector.elements or areas:
        processor = processor.with_locations("flex_mem")  # 8 bytes a node where ids are dense, 16 where sparse
    keys = list(selector.tags)
    if areas:
        filters = [osmium.filter.KeyFilter(*keys)] if keys else []
        processor = processor.with_areas(*filters)
    # Elements without the keys are dropped before Python sees them.
    processor = processor.with_filter(osmium.filter.KeyFilter(*keys) if keys else osmium.filter.EmptyTagFilter())
    polygons = osmium.geom.WKBFactory()
    incomplete: dict[int, dict[str, str]] = {}  # multipolygon relations of which no area was made yet
    for element in _objects(path, processor):
        code = element.type_str()
        tags = dict(element.tags)
        if not matches(selector, tags):
            continue
        if code == "n" and "node" in selector.elements:
            yield _node(element, tags)
        elif code == "w" and "way" in selector.elements and not (areas and element.is_closed()):
            yield _way(element, tags)
        elif code == "r" and areas and tags.get("type") in ("multipolygon", "boundary"):
            incomplete[element.id] = tags
        elif code == "a" and areas:
            if not element.from_way():
                incomplete.pop(element.orig_id(), None)
            yield _area(element, tags, polygons)
    for number, tags in incomplete.items():
        detail = f"relation {number}: not all of its ways are in the file"
        finding = Finding("dangling-reference", Action.REJECTED, number, detail=detail)
        yield Record(number, {**tags, "osm_id": number, "osm_type": "relation"}, findings=(finding,))


def _node(node: Any, tags: Mapping[str, str]) -> Record:
    values = {**tags, "osm_id": node.id, "osm_type": "node"}
    if not node.location.valid():
        finding = Finding("geometry-unreadable", Action.NOTED, node.id, detail="the node has no position")
        return Record(node.id, values, findings=(finding,))
    return Record(node.id, values, Point(node.location.lon, node.location.lat))


def _way(way: Any, tags: Mapping[str, str]) -> Record:
    node_ids: list[int] = []
    coordinates: list[tuple[float, float]] = []
    absent: list[int] = []
    for node in way.nodes:
        node_ids.append(node.ref)
        if node.location.valid():
            coordinates.append((node.location.lon, node.location.lat))
        else:
            absent.append(node.ref)
    usable = len(coordinates) >= 2
    findings: tuple[Finding, ...] = ()
    if absent or not usable:
        listed = ", ".join(map(str, absent[:10])) + (" ..." if len(absent) > 10 else "")
        findings = (
            Finding(
                "dangling-reference",
                Action.NOTED if usable else Action.REJECTED,
                way.id,
                old=listed or None,
                detail=f"way {way.id}: {len(absent)} of its {len(node_ids)} nodes are not in the file",
            ),
        )
    values = {**tags, "osm_id": way.id, "osm_type": "way", "node_ids": node_ids}
    return Record(way.id, values, LineString(coordinates) if usable else None, findings)


def _area(area: Any, tags: Mapping[str, str], polygons: Any) -> Record:
    number = area.orig_id()
    values = {**tags, "osm_id": number, "osm_type": "way" if area.from_way() else "relation"}
    try:
        return Record(number, values, shapely.from_wkb(polygons.create_multipolygon(area)))
    except RuntimeError as error:
        finding = Finding("geometry-unreadable", Action.REJECTED, number, detail=str(error))
        return Record(number, values, findings=(finding,))
