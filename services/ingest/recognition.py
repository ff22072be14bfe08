"""What a file is: its tables matched against every source format of the catalogue, by columns and never by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import shapely

from geo.errors import SourceError
from layers.catalogue import catalogue, layer_named, source_formats
from layers.model import Embedded, Geometry, Layer, OsmSelector, SourceFormat
from services.ingest.cleansing import fold_header
from services.ingest.model import Raster, Table
from services.ingest.readers.opened import UnrecognisedError

_OSM = "osm-pbf"
_WITHOUT_GEOMETRY = frozenset({"csv", "xlsx", "json"})  # containers whose records carry no geometry of their own
_DIMENSIONS = {
    Geometry.POINT: (0, 2),
    Geometry.LINE: (1,),
    Geometry.MULTILINE: (1,),
    Geometry.MULTIPOLYGON: (2,),
    Geometry.ANY: (0, 1, 2),
}
_LOOK_AT = 20  # records looked at for a geometry
_NEAREST = 3  # formats named when nothing fits


@dataclass(frozen=True, slots=True)
class Recognised:
    """Tables of one file that are of one format, and so make one load of one layer.

    One of ``tables`` and ``rasters`` is empty.
    """

    layer: Layer
    source: SourceFormat
    tables: tuple[Table, ...] = ()
    rasters: tuple[Raster, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a file was taken for; ``ignored`` names the tables that are of no known format."""

    loads: tuple[Recognised, ...]
    ignored: tuple[Table, ...] = ()


def osm_selectors() -> dict[str, OsmSelector]:
    """What to take out of an OSM file: format id -> selector, of every format of OSM elements."""
    return {source.id: source.osm for _, source in source_formats() if source.osm is not None}


def recognise(
    tables: Sequence[Table],
    rasters: Sequence[Raster] = (),
    *,
    layer_id: str | None = None,
    layer: Layer | None = None,
    file_name: str = "file",
) -> Recognition:
    """Which formats the tables and rasters of a file are of.

    Parameters
    ----------
    layer_id, layer:
        Look only at the formats of this layer, which may be one that the catalogue does not have.
    file_name:
        For messages.

    Raises
    ------
    SourceError
        If nothing in the file is of a known format (the nearest are named, with the columns they miss), or a table is
        of formats of several layers with equally large signatures.
    NotFoundError
        If there is no layer ``layer_id``.
    """
    candidates = _candidates(layer_id) if layer is None else [(layer, each) for each in layer.formats]
    grouped: dict[str, tuple[Layer, SourceFormat, list[Table]]] = {}
    ignored: list[Table] = []
    for table in tables:
        found = _match(table, candidates, file_name)
        if found is None:
            ignored.append(table)
        else:
            layer, source = found
            grouped.setdefault(source.id, (layer, source, []))[2].append(table)
    loads = [Recognised(layer, source, tuple(members)) for layer, source, members in grouped.values()]
    if rasters:
        layer, source = _raster_format(candidates, file_name)
        loads.append(Recognised(layer, source, rasters=tuple(rasters)))
    if not loads:
        raise _unknown(ignored, candidates, file_name)
    return Recognition(tuple(loads), tuple(ignored))


def describe(load: Recognised) -> str:
    """One line for a person: layer, format, container, encoding and CRS."""
    parts = [f"{load.layer.title.ja} ({load.layer.id})", load.source.title.ja, load.source.id]
    if load.rasters:
        return ", ".join([*parts, "raster", f"EPSG:{load.rasters[0].crs}"])
    first = load.tables[0]
    parts.append(first.container if len(load.tables) == 1 else f"{first.container}, {len(load.tables)} tables")
    if first.encoding:
        parts.append(first.encoding)
    if isinstance(load.source.geometry, Embedded):
        parts.append(f"EPSG:{table_crs(first, load.source)}" + ("" if first.crs else " (assumed)"))
    return ", ".join(parts)


def table_crs(table: Table, source: SourceFormat) -> int:
    """The EPSG code in which the coordinates of a table are to be taken."""
    return source.crs if table.crs is None or source.crs_overrides else table.crs


def _candidates(layer_id: str | None) -> list[tuple[Layer, SourceFormat]]:
    if layer_id is None:
        return list(source_formats())
    layer = layer_named(layer_id)
    return [(layer, source) for source in layer.formats]


def _match(
    table: Table, candidates: Iterable[tuple[Layer, SourceFormat]], file_name: str
) -> tuple[Layer, SourceFormat] | None:
    if table.container == _OSM:  # the reader was given the selectors by format id, and names its tables so
        return next((pair for pair in candidates if pair[1].id == table.name), None)
    columns = {fold_header(column) for column in table.columns}
    fitting = [(layer, source) for layer, source in candidates if _fits(source, columns, table.container)]
    if any(isinstance(source.geometry, Embedded) for _, source in fitting):
        dimension = _dimension(table)
        fitting = [pair for pair in fitting if _takes(pair[0], pair[1], dimension)]
    if not fitting:
        return None
    largest = max(len(source.signature) for _, source in fitting)
    best = [(layer, source) for layer, source in fitting if len(source.signature) == largest]
    if len({layer.id for layer, _ in best}) > 1:
        names = ", ".join(f"{source.id} (--layer {layer.id})" for layer, source in best)
        raise SourceError(f"{file_name}: its columns fit several formats: {names}.", fix="Name the layer with --layer.")
    # Of one layer's formats with equally large signatures, the one that knows more of the columns.
    return max(best, key=lambda pair: len(_folded(pair[1].columns) & columns))


def _fits(source: SourceFormat, columns: set[str], container: str) -> bool:
    if source.osm is not None or not source.signature:
        return False
    if isinstance(source.geometry, Embedded) and container in _WITHOUT_GEOMETRY:
        return False
    if source.exact and columns - _folded((*source.columns, *source.signature)):
        return False
    return _folded(source.signature) <= columns and not _folded(source.excludes) & columns


def _dimension(table: Table) -> int | None:
    """0 for points, 1 for lines, 2 for areas, by the first records; None where they have no geometry."""
    for record in islice(table.records(), _LOOK_AT):
        if record.geometry is not None and not record.geometry.is_empty:
            return int(shapely.get_dimensions(record.geometry))
    return None


def _takes(layer: Layer, source: SourceFormat, dimension: int | None) -> bool:
    if not isinstance(source.geometry, Embedded) or dimension is None:
        return True
    return dimension in _DIMENSIONS.get(layer.geometry, (0, 1, 2))


def _folded(columns: Iterable[str]) -> set[str]:
    return {fold_header(column) for column in columns}


def _raster_format(candidates: Iterable[tuple[Layer, SourceFormat]], file_name: str) -> tuple[Layer, SourceFormat]:
    fitting = [(layer, source) for layer, source in candidates if layer.geometry is Geometry.RASTER]
    if not fitting:
        raise SourceError(f"{file_name} is a raster; this layer takes none.", fix="Leave out --layer.")
    if len(fitting) > 1:
        names = ", ".join(sorted({layer.id for layer, _ in fitting}))
        raise SourceError(
            f"{file_name} is a raster, and several layers take one: {names}.", fix="Name it with --layer."
        )
    return fitting[0]


def _unknown(
    tables: Sequence[Table], candidates: Iterable[tuple[Layer, SourceFormat]], file_name: str
) -> UnrecognisedError:
    if not any(table.columns for table in tables):
        names = ", ".join(layer_id for layer_id in catalogue())
        return UnrecognisedError(
            f"{file_name} holds nothing of a known format: no table with columns was found in it.",
            fix=f"Check the file; data of these layers are known: {names}.",
        )
    table = max(tables, key=lambda each: len(each.columns))
    columns = {fold_header(column) for column in table.columns}
    near: list[tuple[float, str]] = []
    for layer, source in candidates:
        if source.osm is not None or not source.signature:
            continue
        missing = sorted(column for column in source.signature if fold_header(column) not in columns)
        unwanted = sorted(column for column in source.excludes if fold_header(column) in columns)
        share = 1 - len(missing) / len(source.signature)
        if share > 0:
            reasons = [f"{what} {', '.join(names)}" for what, names in (("lacks", missing), ("has", unwanted)) if names]
            if not reasons:
                reasons = ["the geometries are of another kind"]
            near.append((share, f"{source.id} ({layer.id}; {'; '.join(reasons)})"))
    near.sort(key=lambda pair: -pair[0])
    shown = ", ".join(sorted(table.columns)[:12]) + (", …" if len(table.columns) > 12 else "")
    nearest = ". Nearest: " + ", ".join(text for _, text in near[:_NEAREST]) if near else ""
    return UnrecognisedError(
        f"{file_name} is of no known format. Its columns: {shown}{nearest}.",
        fix="Correct the header, or add a source format to the layer (CONTRIBUTING, “add a source”).",
    )
