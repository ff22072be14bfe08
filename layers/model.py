"""The model of a layer: everything one declaration says, and nothing about how it is stored or served.

Table, ingest checks, OGC API collection, queryables, style, legend, export and documentation are all
derived from these values.  All of them are immutable; what is inconsistent raises ``InputError`` at import,
so that a wrong declaration never reaches a running system.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from geo.errors import InputError
from layers.chronology import Chronology
from layers.hazard import Hazard
from layers.observations import Observations
from layers.sheet import OpenDataSheet
from layers.source_formats import Address as Address
from layers.source_formats import Coordinates as Coordinates
from layers.source_formats import Embedded as Embedded
from layers.source_formats import Licence as Licence
from layers.source_formats import MeshCode as MeshCode
from layers.source_formats import NoGeometry as NoGeometry
from layers.source_formats import OsmSelector as OsmSelector
from layers.source_formats import SourceFormat as SourceFormat
from layers.source_formats import Values as Values
from layers.text import Text as Text

_KEBAB_CASE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

# Columns every stored layer has beside its own fields; a declaration may not use these names.
RESERVED_FIELDS = frozenset(
    {
        "id",
        "geometry",
        "extras",
        "source_id",
        "dataset",
        "as_of",
        "fictitious",
        "position_quality",
        "position_error_m",
        "load_id",
        "raw_number",
    }
)


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code list.

    ``lower`` (inclusive) and ``upper`` (exclusive, None for open) give the interval a class stands for, in the
    unit of the list.  ``aliases`` are spellings accepted on reading beside ``value`` and the Japanese title.
    """

    value: str | int
    title: Text
    color: str | None = None
    lower: float | None = None
    upper: float | None = None
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.color is not None and not _HEX_COLOUR.fullmatch(self.color):
            raise InputError(f"Code {self.value!r}: colour {self.color!r} is not #rrggbb.")


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes, all text or all integers, with the source that defines it."""

    id: str
    title: Text
    codes: tuple[Code, ...]
    source: str
    unit: str | None = None

    def __post_init__(self) -> None:
        if not _KEBAB_CASE.fullmatch(self.id):
            raise InputError(f"Code list id {self.id!r} is not kebab-case.")
        values = [code.value for code in self.codes]
        if not values or len(set(values)) != len(values):
            raise InputError(f"Code list {self.id}: codes are missing or repeated.")
        if len({type(value) for value in values}) != 1:
            raise InputError(f"Code list {self.id}: codes mix text and integers.")

    @cached_property
    def is_integer(self) -> bool:
        return isinstance(self.codes[0].value, int)

    @cached_property
    def by_value(self) -> Mapping[str | int, Code]:
        return {code.value: code for code in self.codes}


class FieldKind(StrEnum):
    """The type of a field's values."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"  # true, false, or absent: not stated is never false
    DATE = "date"
    DATETIME = "datetime"  # an instant, stored with its offset
    TIME = "time"  # time of day, local
    CODE = "code"  # one value of ``codes``
    TEXT_LIST = "text-list"  # several texts; ``;`` between them in Japanese open data


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One attribute of a layer.

    ``members`` are the codes (texts) that the values of a TEXT_LIST may be; None: any texts.
    ``unit`` is a UCUM symbol (m, mm, h, m3).  ``minimum`` and ``maximum`` are inclusive and reject a row's value,
    not the row.  A row without a ``required`` field is rejected and reported.  ``public=False`` keeps the
    field out of everything published.
    """

    name: str
    kind: FieldKind
    title: Text
    unit: str | None = None
    codes: CodeList | None = None
    members: CodeList | None = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    description: Text | None = None
    public: bool = True

    def __post_init__(self) -> None:
        if not _SNAKE_CASE.fullmatch(self.name):
            raise InputError(f"Field name {self.name!r} is not snake_case.")
        if self.name in RESERVED_FIELDS:
            raise InputError(f"Field name {self.name!r} is reserved for every layer.")
        if (self.codes is not None) != (self.kind is FieldKind.CODE):
            raise InputError(f"Field {self.name}: a code list belongs to a CODE field, and only to one.")
        if self.members is not None and (self.kind is not FieldKind.TEXT_LIST or self.members.is_integer):
            raise InputError(f"Field {self.name}: members are codes of text, and belong to a TEXT_LIST field.")


class Geometry(StrEnum):
    """The geometry of a layer's features, as its OGC simple-feature type; stored in EPSG:6668."""

    POINT = "Point"
    LINE = "LineString"
    MULTILINE = "MultiLineString"
    MULTIPOLYGON = "MultiPolygon"
    ANY = "Geometry"  # a point, or one or more lines or areas, by feature: what somebody draws on a map
    NONE = "None"  # a table without places of its own, such as observations
    RASTER = "Raster"  # coverage; a row's geometry is the footprint (MultiPolygon) of one file


class Visibility(StrEnum):
    PUBLIC = "public"  # may be published; nothing is public before `ngis publish`
    INTERNAL = "internal"  # never leaves the internal face


class Role(StrEnum):
    """What an account of the staff is entrusted with."""

    EDITOR = "editor"  # 資料編集
    DISASTER = "disaster"  # 災害対策
    FIRE = "fire"  # 消防
    ADMINISTRATOR = "administrator"  # 管理者


class Duty(StrEnum):
    """What a layer is in the work of the fire service and the desk, whose pages find it by this."""

    INCIDENTS = "incidents"
    VEHICLES = "vehicles"
    DISPATCHES = "dispatches"
    CLOSURES = "closures"
    BUILDING_NOTES = "building-notes"
    EVACUATION_ORDERS = "evacuation-orders"


class UpdateFrequency(StrEnum):
    """ISO 19115 MD_MaintenanceFrequencyCode."""

    CONTINUAL = "continual"
    DAILY = "daily"
    MONTHLY = "monthly"
    ANNUALLY = "annually"
    AS_NEEDED = "asNeeded"
    IRREGULAR = "irregular"
    NOT_PLANNED = "notPlanned"


class Theme(StrEnum):
    """The groups in which people look for layers; also the order of the layer list."""

    EVACUATION = "evacuation"
    HAZARD = "hazard"
    FIRE = "fire"
    MEDICAL = "medical"
    OBSERVATION = "observation"
    POPULATION = "population"
    ANALYSIS = "analysis"
    BASE = "base"


# --- how it looks -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StyleClass:
    """One entry of a legend: features whose ``Style.by`` field equals ``value``.

    ``hatched``: drawn as stripes, so that what lies beneath can be read.  ``pattern``: id of what is drawn upon it
    (``layers.patterns``); the classes of a hazard have theirs in turn.  ``opacity``: where it is not that of the style.
    """

    value: str | int | bool
    title: Text
    color: str
    width: float | None = None
    hatched: bool = False
    pattern: str | None = None
    opacity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a layer is drawn, neutral of any map library.

    ``color`` is the one colour, or the one for values in no class.  ``by`` names the field the classes are of.
    ``one_of`` names a CODE field of which a map shows one value at a time, at first the first of its list: features
    of several scenarios lie upon one another.  ``opacity`` 0-1.  ``min_zoom`` is the first Web Mercator zoom at which features are
    drawn, ``label_zoom`` that of their names where it is not the usual.  ``visible`` says whether the map shows it at
    first.  ``ramp`` are the colours of a grid by its value, ascending, linear between them
    and constant beyond.
    """

    color: str
    by: str | None = None
    classes: tuple[StyleClass, ...] = ()
    one_of: str | None = None
    opacity: float = 1.0
    width: float = 1.5
    radius: float = 5.0
    outline: str | None = None
    min_zoom: int = 0
    label_zoom: int | None = None
    visible: bool = False
    ramp: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of the city.  ``id`` is the OGC API collection id.

    hazard:
        What its areas mean for a place.
    observations:
        Of a layer of stations: where their values are.
    open_data:
        The sheet of 自治体標準オープンデータセット it is published as.
    editable_by:
        The roles that may change single features by hand on the internal face; empty: nobody, the layer is only what
        files bring.
    place_required:
        Whether a feature without a place would mean nothing: by hand none is made or left without.
    is_result:
        A result of an analysis that was kept (``layers.results``): it does not change, and its tiles are drawn for each
        who asks.
    released_by:
        The field, a flag, by which the staff make single features public as they save them; none: the layer is made
        public as a whole, after review.  What is not marked is never public.
    chronologies:
        Orders that the times of a feature keep.  By hand a breach is refused; of a file the later value is rejected.
    duty:
        What it is in the work of the fire service; no two layers are the same.
    holds:
        The fields of the time from which a feature holds (inclusive) and until which (exclusive; absent: until further
        notice).  None: features have no such times.  Maps show what holds now.
    """

    id: str
    title: Text
    description: Text
    theme: Theme
    geometry: Geometry
    fields: tuple[Field, ...]
    formats: tuple[SourceFormat, ...]
    style: Style
    licence: Licence
    attribution: Text
    owner: Text
    update_frequency: UpdateFrequency
    visibility: Visibility = Visibility.PUBLIC
    title_field: str | None = None
    time_field: str | None = None
    keywords: tuple[str, ...] = ()
    hazard: Hazard | None = None
    observations: Observations | None = None
    open_data: OpenDataSheet | None = None
    editable_by: frozenset[Role] = frozenset()
    place_required: bool = False
    chronologies: tuple[Chronology, ...] = ()
    released_by: str | None = None
    is_result: bool = False
    duty: Duty | None = None
    holds: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if not _KEBAB_CASE.fullmatch(self.id):
            raise InputError(f"Layer id {self.id!r} is not kebab-case.")
        if self.editable_by and self.geometry in (Geometry.RASTER, Geometry.NONE):
            raise InputError(f"Layer {self.id}: only features with a place of their own are edited by hand.")
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names):
            raise InputError(f"Layer {self.id}: a field is declared twice.")
        references = [self.title_field, self.time_field, self.style.by, self.style.one_of]
        if self.hazard is not None:
            references += [self.hazard.scenario, self.hazard.speaks_for.named_by]
        if self.observations is not None:
            references.append(self.observations.station)
        references += [name for each in self.chronologies for name in each.fields]
        references += self.holds or ()
        for source in self.formats:
            references += [*source.columns.values(), *source.constants, *source.scope, *source.identity]
        unknown = sorted({name for name in references if name is not None} - set(names))
        if unknown:
            raise InputError(f"Layer {self.id}: undeclared fields are referred to: {', '.join(unknown)}.")
        for each in self.chronologies:
            kinds = {self.by_name[name].kind for name in each.fields}
            if len(each.fields) < 2 or kinds not in ({FieldKind.DATE}, {FieldKind.DATETIME}):
                raise InputError(f"Layer {self.id}: a chronology is of two times or more, all dates or date-times.")
        if self.holds is not None and any(self.by_name[name].kind is not FieldKind.DATETIME for name in self.holds):
            raise InputError(f"Layer {self.id}: what holds does so between two date-times.")
        if self.released_by is not None:
            flag = self.by_name.get(self.released_by)
            if flag is None or flag.kind is not FieldKind.FLAG or self.visibility is not Visibility.PUBLIC:
                raise InputError(f"Layer {self.id}: what is released is marked by a flag of a public layer.")
            if self.keeps_tiles or self.open_data is not None:
                raise InputError(f"Layer {self.id}: tiles and open data are of layers that are reviewed as a whole.")
        hidden = set() if self.open_data is None else self.open_data.fields - {each.name for each in self.public_fields}
        if hidden:
            raise InputError(f"Layer {self.id}: its open data names fields not public: {', '.join(sorted(hidden))}.")

    @cached_property
    def table(self) -> str:
        """Name of the layer's table and views."""
        return self.id.replace("-", "_")

    @property
    def is_reviewed(self) -> bool:
        """Whether it is made public as a whole, by a publication."""
        return self.visibility is Visibility.PUBLIC and self.released_by is None

    @property
    def is_ranked(self) -> bool:
        """Whether its classes are ranks, which patterns in turn and colours for every kind of vision tell apart."""
        return self.theme is Theme.HAZARD or self.is_result

    @property
    def keeps_tiles(self) -> bool:
        """Whether its vector tiles are drawn before anyone asks; of what changes all the time, for each who asks."""
        is_drawn = self.geometry not in (Geometry.NONE, Geometry.RASTER)
        return is_drawn and not self.is_result and self.update_frequency is not UpdateFrequency.CONTINUAL

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def public_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.public)
