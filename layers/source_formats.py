"""How published data become rows of a layer: its forms, where their geometries come from, and under which licence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from layers.text import Text


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by its SPDX or common short id, its name and the page that states it."""

    id: str
    title: Text
    url: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """The file carries geometries (GeoJSON, shapefile, GML, OSM)."""


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Two columns of decimal degrees; where they are empty, ``address`` is geocoded against the town points."""

    longitude: str = "経度"
    latitude: str = "緯度"
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """Only an address: geocoded against the town points, with ``position_quality`` saying how well."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeshCode:
    """A JIS X 0410 mesh code gives the cell's polygon.

    ``further`` names a column of more codes (a list of texts, or one text with ``;`` between them), whose cells are
    united with it: the cells merged into this one for confidentiality.
    """

    column: str
    further: str | None = None


@dataclass(frozen=True, slots=True)
class NoGeometry:
    """The records have no place of their own."""


GeometrySource = Embedded | Coordinates | Address | MeshCode | NoGeometry


@dataclass(frozen=True, slots=True)
class OsmSelector:
    """Which OSM elements become records: any of ``elements`` that has, for one of ``tags``, one of its values.

    An empty tuple of values accepts every value of that key.  The records of one selector are one table, named by
    the id of its source format.  A record's values are its tags, ``osm_id``, ``osm_type`` (node, way, relation) and,
    of a way, ``node_ids``.  An area given to a layer of points becomes a point inside it.
    """

    elements: tuple[str, ...]  # "node", "way", "area"
    tags: Mapping[str, tuple[str, ...]]


Values = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFormat:
    """How one published form of the data becomes rows of the layer.

    A table of a file is of this format when it has every column of ``signature`` and none of ``excludes``; of
    several that fit, the one with the largest signature is taken.  Columns are compared after folding
    (NFKC, dashes, spaces, line breaks), never by position.

    Where the table carries geometries, those of an ``Embedded`` format have the dimension (point, line, area) of the
    layer; areas also fit a layer of points.  A format with an empty signature is never recognised from a table: it
    is of OSM elements (``osm``) or of grids.

    exact:
        The table has no column beside those in ``columns`` and ``signature``; for signatures that say little.
    columns:
        Column as published -> field name.  Of several columns for one field the first that has a value counts.
        Columns in no mapping are kept in the row's ``extras``.
    constants:
        Field name -> value that the format implies for every row.
    derive:
        From the values by field name (after ``columns`` and ``constants``, as received, not yet typed) to
        further or replaced values by field name.  Raises ``InputError`` where a value cannot be understood.
    prepare:
        From all values by column to the values that become rows; for sources whose rows depend on one another
        (suppressed mesh cells).  ``None`` for sources read row by row, which stream.  Every mapping keeps the
        key ``""``: the record's number in the file, for lineage.  Columns this format names are spelled as it
        spells them.
    accepts:
        From the values by field name (after ``columns`` and ``constants``, before ``derive``, as received): False
        for a record that is not of this layer; it is counted as such, not rejected.
    crs:
        EPSG code to assume.  With ``crs_overrides`` it also replaces what the file declares (known mislabelling).
    series:
        Name of the source of which this is one form (CSV and GeoJSON of one list, old and new header): formats of
        one series replace one another's partitions.  None: the format is alone.
    scope:
        Fields whose values partition the source (municipality, river).  A load replaces exactly the partitions
        it brings; it leaves the others.
    part_of_name:
        Regular expression; what its first group finds in the name of the file or of its member joins the partition.
        For sources published in sheets whose content does not say which sheet it is (mesh numbers).
    identity:
        Fields that name a feature for good, joined by ``-`` to its id.  Empty: a digest of its content.
    """

    id: str
    title: Text
    columns: Mapping[str, str]
    signature: frozenset[str]
    excludes: frozenset[str] = frozenset()
    exact: bool = False
    geometry: GeometrySource = Embedded()
    constants: Values = dataclass_field(default_factory=dict)
    derive: Callable[[Values], Values] | None = None
    prepare: Callable[[list[Values]], list[Values]] | None = None
    accepts: Callable[[Values], bool] | None = None
    crs: int = 6668
    crs_overrides: bool = False
    series: str | None = None
    scope: tuple[str, ...] = ()
    part_of_name: str | None = None
    identity: tuple[str, ...] = ()
    osm: OsmSelector | None = None
    licence: Licence | None = None
    attribution: Text | None = None
